"""A request in, the better of two readings out: what is refused as no HTTP is read once more as browsers read it."""

from __future__ import annotations

from crawler.model import Failure, FailureKind, Fetched, Request
from crawler.net.seam import Fetch, summed


class Tolerant:
    """Asks `strict`, which is fast, and where that finds a breach of protocol, `lenient`."""

    def __init__(self, strict: Fetch, lenient: Fetch) -> None:
        self._strict, self._lenient = strict, lenient

    async def fetch(self, request: Request) -> Fetched:
        """The answer; if neither can read it, what `strict` said of it."""
        first = await self._strict.fetch(request)
        if not isinstance(first.outcome, Failure) or first.outcome.kind is not FailureKind.PROTOCOL:
            return first
        second = await self._lenient.fetch(request)
        return summed((first, second), first if isinstance(second.outcome, Failure) else second)
