"""The seams of the room: what asks (`Fetch`), sends (`Exchange`) and reads (`Reader`), and what is read at the most."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import msgspec

from crawler.model import Fetched, Request, Want


class Fetch(Protocol):
    """Asks for one URL. Wrappers take a Fetch and are one."""

    async def fetch(self, request: Request) -> Fetched:
        """What happened. A dead link is data: raises only for what the run cannot survive."""


class Moment(Protocol):
    """When a request may leave."""

    def wait(self) -> float:
        """Seconds until then, as far as is known; first asked when its connection stands. 0: at once."""

    def sent(self) -> None:
        """It leaves now, once for each turn."""


class Exchange(Protocol):
    """Sends one request whose turn it is."""

    async def exchange(self, request: Request, moment: Moment) -> Fetched:
        """What happened, as of `Fetch`; raises UnheardError where that says nothing of the host."""


class UnheardError(Exception):
    """The connection closed before anything was heard, and perhaps before the request came: it may be sent again.

    A server may close an idle connection just as it is used again (RFC 9112, 9.3.1).
    """

    def __init__(self, fetched: Fetched, *, kept: bool) -> None:
        super().__init__(fetched, kept)
        self.fetched = fetched
        """What it is told as if it is not asked again."""
        self.kept = kept
        """The connection had been used before; else the request had not left."""


class Reader(Protocol):
    """Sees a body as it arrives and says when it has seen enough."""

    def feed(self, data: bytes) -> bool:
        """Takes the next decoded bytes; True to read on."""


Readers = Mapping[Want, Callable[[], Reader]]
"""Makes the reader of one answer. A `Want` without a row is read up to its limit."""

LIMITS: Mapping[Want, int] = {
    Want.PAGE: 1 << 20,
    Want.IMAGE: 20 << 20,
    Want.IMAGE_HEAD: 20 << 20,
    Want.STATUS: 0,
    Want.DATA: 64 << 10,  # four times what is kept of it
    Want.ROBOTS: 512 << 10,  # at least 500 KiB (RFC 9309, 2.5)
}
"""Decoded bytes of a body that are ever held."""

LONGEST_HEADER = 32 << 10
"""Bytes of one header line; longer ones are no answer."""
LONGEST_HEAD = 64 << 10
MOST_HEADERS = 256


def summed(tries: Sequence[Fetched], chosen: Fetched) -> Fetched:
    """`chosen` with the costs of all `tries` of one hop."""
    return msgspec.structs.replace(
        chosen,
        requests=sum(fetched.requests for fetched in tries),
        received=sum(fetched.received for fetched in tries),
        elapsed=sum(fetched.elapsed for fetched in tries),
        attempts=sum(fetched.attempts for fetched in tries),
    )
