"""Settings in, how names become addresses and addresses sockets out, for each way of reaching a host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from aiohappyeyeballs import SocketFactoryType
from aiohttp.abc import AbstractResolver

from crawler.net.families import Families
from crawler.net.guard import Guard, new_socket
from crawler.net.resolve import FamilyResolver, GuardedResolver
from crawler.net.route import ConnectToResolver, Routes, Way

CONNECTING = 10.0
"""The longest time for name, connection and TLS handshake, in seconds; never more than three quarters of an attempt."""
RESOLVING = 8.0
"""The longest time for a name: shorter than CONNECTING, so that a silent name server is not told as a silent host."""


class Line(NamedTuple):
    """One way's resolver and sockets."""

    resolver: AbstractResolver
    make_socket: SocketFactoryType


def connecting_time(attempt: float) -> float:
    """Seconds that connecting may take within an attempt of `attempt` seconds."""
    return min(CONNECTING, 0.75 * attempt)


def lines(
    resolver: AbstractResolver, guard: Guard, routes: Routes, families: Families, *, attempt: float
) -> Mapping[Way, Line]:
    """The line of each way. Only what the user named himself, as a target or as a proxy, is reached unguarded."""
    resolving = min(RESOLVING, 0.8 * connecting_time(attempt))
    unguarded = GuardedResolver(resolver, None, timeout=resolving)
    guarded = GuardedResolver(resolver, guard, timeout=resolving)
    return {
        Way.DIRECT: Line(FamilyResolver(guarded, families), guard.socket),
        Way.CONNECT_TO: Line(ConnectToResolver(routes, unguarded), new_socket),
        Way.PROXY: Line(unguarded, new_socket),
    }
