"""Settings in, the one thing that asks the network out; the order of its wrappers is the policy."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping

from aiohttp.abc import AbstractResolver

from crawler.errors import ConfigError
from crawler.net.exchange import AiohttpFetch
from crawler.net.guard import Guard
from crawler.net.idle import Idle
from crawler.net.pace import Pace
from crawler.net.polite import Polite
from crawler.net.redirect import Redirecting
from crawler.net.resolve import SystemResolver
from crawler.net.retry import Retrying
from crawler.net.route import Routes
from crawler.net.seam import Fetch, Readers
from crawler.net.sessions import KEEP_ALIVE, MOST_IDLE, open_sessions
from crawler.net.tls import client_context
from crawler.settings import NetworkSettings


@contextlib.asynccontextmanager
async def open_fetch(
    net: NetworkSettings,
    *,
    user_agent: str,
    readers: Readers,
    pace: Pace,
    randomness: random.Random,
    resolver: AbstractResolver | None = None,
    proxies: Mapping[str, str] | None = None,
    clock: Callable[[], float] = time.monotonic,
    pause: float = 1.0,
) -> AsyncIterator[Fetch]:
    """What asks the network, until the context is left.

    `resolver` is by default the operating system's, `proxies` as `urllib.request.getproxies` gives them, by default
    none. `pause` stretches or shrinks the pauses between attempts. Raises ConfigError.
    """
    _check_headers({**net.headers, "User-Agent": user_agent})
    guard = Guard(net.allow_private)
    routes = Routes(net.connect_to, guard, proxies or {})
    context = client_context(net.ca_file)
    names = resolver or SystemResolver()
    try:
        async with open_sessions(
            attempt=net.timeout, resolver=names, guard=guard, routes=routes, context=context
        ) as sessions:
            exchange = AiohttpFetch(
                sessions,
                routes,
                readers,
                Idle(MOST_IDLE, 2 * KEEP_ALIVE, clock),  # aiohttp looks for expired ones once in a lifetime
                timeout=net.timeout,
                user_agent=user_agent,
                clock=clock,
                sent=pace.sent,
            )
            # Read from the inside: an exchange waits for its turn; what failed in passing is tried again, each time
            # with a new turn; and each hop of a redirect is asked in this way, at its own host's pace.
            polite = Polite(exchange, pace)
            retrying = Retrying(
                polite, net.max_retries, randomness=randomness, sleep=lambda wait: asyncio.sleep(wait * pause)
            )
            yield Redirecting(retrying, net.max_redirects, net.headers)
    finally:
        if resolver is None:
            await names.close()


def _check_headers(headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        if not name or not set(name) <= _TOKEN or not value.isprintable():
            raise ConfigError(f"[network] headers: {name!r} = {value!r} cannot be sent (RFC 9110, 5.1 and 5.5)")


_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
