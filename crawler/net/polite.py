"""A request in, the answer out once it was the host's turn."""

from __future__ import annotations

from functools import partial

from crawler.model import Failure, FailureKind, Fetched, Request
from crawler.net.pace import Pace
from crawler.net.seam import Exchange
from crawler.urls import host_of


class Polite:
    """Has `inner` ask when `pace` gives a turn, and tells `pace` what the host answered."""

    def __init__(self, inner: Exchange, pace: Pace) -> None:
        self._inner, self._pace = inner, pace

    async def fetch(self, request: Request) -> Fetched:
        """The answer, or DEFERRED without asking if the host wants to be left alone for longer than the run lasts."""
        host = host_of(request.url)
        turn = await self._pace.enter(host)
        if turn is None:
            wait = self._pace.deferred(host) or 0.0
            detail = f"{host} asks to be left alone for {wait:.0f} s"
            failure = Failure(kind=FailureKind.DEFERRED, detail=detail, url=request.url, wait=wait)
            return Fetched(outcome=failure, attempts=0)
        try:
            fetched = await self._inner.exchange(request, partial(self._pace.moment, turn))
            self._pace.heard(turn, fetched.outcome)
        finally:
            self._pace.leave(turn)
        return fetched
