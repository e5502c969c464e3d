"""Over which address family a host failed in, which family is tried first from then on out.

A host with a broken IPv6 beside a sound IPv4 is common, and happy eyeballs (RFC 8305) help only where no connection
comes about: an address that accepts and then is silent, or has another certificate, wins the race every time.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING

from crawler.model import FailureKind

if TYPE_CHECKING:  # the memory of a run is made before the run needs aiohttp
    from aiohttp.abc import ResolveResult

OF_ONE_ADDRESS = frozenset(
    {
        FailureKind.CONNECT_REFUSED,
        FailureKind.CONNECT_FAILED,
        FailureKind.CONNECT_TIMEOUT,
        FailureKind.TLS_EXPIRED,
        FailureKind.TLS_WRONG_HOST,
        FailureKind.TLS_SELF_SIGNED,
        FailureKind.TLS_INCOMPLETE_CHAIN,
        FailureKind.TLS_FAILED,
        FailureKind.RESET,
        FailureKind.TIMEOUT,
    }
)
"""Failures that the machine behind another address of the same name may not have."""


class Families:
    """What is tried first at each host that has addresses of both families."""

    def __init__(self) -> None:
        self._first: dict[str, socket.AddressFamily] = {}

    def ordered(self, host: str, found: Sequence[ResolveResult]) -> list[ResolveResult]:
        """`found` with the family to be tried first in front; the resolver's first, unless that has failed."""
        if len({entry["family"] for entry in found}) < 2:
            return list(found)
        first = self._first.setdefault(host, socket.AddressFamily(found[0]["family"]))
        return sorted(found, key=lambda entry: entry["family"] != first)

    def first(self, host: str) -> socket.AddressFamily | None:
        """The family that is tried first now; None where there is no choice."""
        return self._first.get(host)

    def failed(self, host: str, family: socket.AddressFamily) -> None:
        """An attempt that began with `family` failed: the other one comes first. Many attempts may say so at once."""
        if self._first.get(host) == family:
            self._first[host] = socket.AF_INET if family == socket.AF_INET6 else socket.AF_INET6
