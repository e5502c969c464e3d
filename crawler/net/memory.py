"""What a run learns of its hosts, kept from one opening of the network to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crawler.net.breaker import Breaker
from crawler.net.families import Families

if TYPE_CHECKING:  # made before the run needs aiohttp
    from aiohttp.abc import ResolveResult

    from crawler.net.robots import Rules

LIFETIME = 300.0
"""Seconds that the answer of a resolver is remembered; a run's requests to one host lie close together."""
MOST_NAMES = 10_000
"""Names remembered; beyond, the oldest goes."""


class Resolved(NamedTuple):
    """What a resolver said: addresses, or the error's number and text."""

    until: float
    addresses: tuple[ResolveResult, ...] = ()
    error: tuple[int, str] | None = None


class Memory:
    """Belongs to one run, on one event loop."""

    def __init__(self) -> None:
        self.names = Names()
        self.families = Families()
        self.breaker = Breaker()
        self.robots: dict[str, Rules] = {}
        """By origin."""

    def try_again(self) -> None:
        """The next request for each name looks it up anew, and hosts that are down get one more chance."""
        self.names = Names()
        self.breaker.again()


class Names:
    """What was resolved, by host."""

    def __init__(self) -> None:
        self._known: dict[str, Resolved] = {}

    def get(self, host: str, now: float) -> Resolved | None:
        """What is known of `host`, if it is not too old; `now` is monotonic, in seconds."""
        known = self._known.get(host)
        return known if known and now < known.until else None

    def keep(self, host: str, resolved: Resolved) -> None:
        """Remembers."""
        self._known.pop(host, None)
        if len(self._known) >= MOST_NAMES:
            del self._known[next(iter(self._known))]
        self._known[host] = resolved
