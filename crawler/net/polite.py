"""A request in, the answer out once it was the host's turn."""

from __future__ import annotations

import msgspec

from crawler.model import Failure, FailureKind, Fetched, Request
from crawler.net.gate import Turn
from crawler.net.pace import Pace
from crawler.net.seam import Exchange, UnheardError
from crawler.urls import host_of

UNUSED = 1
"""Connections that may close before they are used, until that is told as the host's failure."""


class Polite:
    """Has `inner` ask when `pace` gives a turn, and tells `pace` what the host answered."""

    def __init__(self, inner: Exchange, pace: Pace) -> None:
        self._inner, self._pace = inner, pace

    async def fetch(self, request: Request) -> Fetched:
        """The answer, or DEFERRED without asking if the host wants to be left alone for longer than the run lasts.

        What was not heard is sent again, each time in a turn of its own; each such try uses up a kept connection.
        """
        lost = unused = 0
        while True:
            try:
                fetched = await self._in_turn(request, is_last=unused == UNUSED)
                break
            except UnheardError as error:
                fetched = error.fetched
                if not error.kept and unused == UNUSED:
                    break
                unused += not error.kept
                lost += fetched.requests
        return msgspec.structs.replace(fetched, requests=fetched.requests + lost) if lost else fetched

    async def _in_turn(self, request: Request, *, is_last: bool) -> Fetched:
        """Raises UnheardError; `is_last`: a connection that closes before it is used is told to `pace` as a failure."""
        host = host_of(request.url)
        turn = await self._pace.enter(host)
        if turn is None:
            wait = self._pace.deferred(host) or 0.0
            detail = f"{host} asks to be left alone for {wait:.0f} s"
            failure = Failure(kind=FailureKind.DEFERRED, detail=detail, url=request.url, wait=wait)
            return Fetched(outcome=failure, attempts=0)
        try:
            fetched = await self._inner.exchange(request, _Moment(self._pace, turn))
            self._pace.heard(turn, fetched.outcome)
        except UnheardError as error:
            if is_last and not error.kept:
                self._pace.heard(turn, error.fetched.outcome)
            raise
        finally:
            self._pace.leave(turn)
        return fetched


class _Moment:
    """That of one turn."""

    __slots__ = ("_pace", "_turn")

    def __init__(self, pace: Pace, turn: Turn) -> None:
        self._pace, self._turn = pace, turn

    def wait(self) -> float:
        return self._pace.wait(self._turn)

    def sent(self) -> None:
        self._pace.sent(self._turn)
