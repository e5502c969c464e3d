"""A request in, its answer out; or, where nobody could be reached several times in a row, the same failure unasked.

That a server takes no connection concerns all of its addresses alike, so the links that are left fail alike, without
each of them waiting for it. The second pass asks once more, and the first connection that stands closes the circuit.
"""

from __future__ import annotations

from crawler.model import Answered, Failure, FailureKind, Fetched, Request
from crawler.net.seam import Fetch
from crawler.urls import origin_of

IN_A_ROW = 5
"""Failures to connect, with nothing else in between, from which on an origin is asked no more."""
UNCONNECTED = (FailureKind.CONNECT_REFUSED, FailureKind.CONNECT_FAILED, FailureKind.CONNECT_TIMEOUT)
"""Failures that every address of an origin shares. A request that times out may be one slow page's."""


class Breaker:
    """The ledger of a run: how often in a row each origin took no connection, and how it failed."""

    def __init__(self) -> None:
        self._failures: dict[str, tuple[int, FailureKind]] = {}

    def broken(self, origin: str) -> FailureKind | None:
        """How `origin` keeps failing, if it is not to be asked."""
        count, kind = self._failures.get(origin, (0, None))
        return kind if count >= IN_A_ROW else None

    def heard(self, origin: str, outcome: Answered | Failure) -> None:
        """Counts one outcome. Only a connection, whatever comes over it, starts the count over."""
        if isinstance(outcome, Failure) and outcome.kind in UNCONNECTED:
            self._failures[origin] = self._failures.get(origin, (0, outcome.kind))[0] + 1, outcome.kind
        elif isinstance(outcome, Answered) or outcome.kind not in _OURS:
            self._failures.pop(origin, None)

    def again(self) -> None:
        """Each origin that is not asked gets one more chance: the next failure is enough."""
        for origin, (count, kind) in self._failures.items():
            self._failures[origin] = min(count, IN_A_ROW - 1), kind


_OURS = (
    FailureKind.DEFERRED,
    FailureKind.ROBOTS_DISALLOWED,
    FailureKind.UNSAFE_ADDRESS,
    FailureKind.PROXY,
    FailureKind.DNS_NOT_FOUND,
    FailureKind.DNS_TEMPORARY,
)
"""Failures without an attempt to connect: they say nothing of it."""


class Breaking:
    """Asks `inner` unless the circuit is broken; what is not asked counts no attempt."""

    def __init__(self, inner: Fetch, breaker: Breaker) -> None:
        self._inner, self._breaker = inner, breaker

    async def fetch(self, request: Request) -> Fetched:
        """The answer, or the failure that the origin's other addresses had."""
        origin = origin_of(request.url)
        kind = self._breaker.broken(origin)
        if kind is not None:
            detail = f"not asked: {IN_A_ROW} connection failures in a row on this host"
            return Fetched(outcome=Failure(kind=kind, detail=detail, url=request.url), attempts=0)
        fetched = await self._inner.fetch(request)
        self._breaker.heard(origin, fetched.outcome)
        return fetched
