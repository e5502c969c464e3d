"""Settings in, the one thing that asks the network out; the order of its wrappers is the policy."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping

from aiohttp.abc import AbstractResolver
from multidict import CIMultiDict

from crawler.errors import ConfigError
from crawler.model import Want
from crawler.net.attempt import Terms
from crawler.net.breaker import Breaking
from crawler.net.exchange import AiohttpExchange
from crawler.net.guard import Guard
from crawler.net.headers import ordinary
from crawler.net.idle import Idle
from crawler.net.lines import connecting_time, lines
from crawler.net.memory import Memory
from crawler.net.pace import Pace
from crawler.net.plain import PlainExchange
from crawler.net.polite import Polite
from crawler.net.proxies import Proxies, Screen
from crawler.net.redirect import Redirecting
from crawler.net.resolve import CheckedResolver, RememberingResolver, SystemResolver
from crawler.net.retry import Retrying
from crawler.net.robots import MOST_REDIRECTS, Robots
from crawler.net.route import Routes
from crawler.net.seam import Fetch, Readers
from crawler.net.sessions import KEEP_ALIVE, MOST_IDLE, open_sessions
from crawler.net.tls import client_context
from crawler.net.tolerant import Tolerant
from crawler.settings import HostTable, NetworkSettings


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
    memory: Memory | None = None,
    clock: Callable[[], float] = time.monotonic,
    pause: float = 1.0,
    hosts: HostTable | None = None,
    certificates: str = "",
) -> AsyncIterator[Fetch]:
    """What asks the network, until the context is left.

    `resolver` is by default the one that the settings name, `proxies` as `urllib.request.getproxies` gives them, by
    default none. `memory` is what the run knows from before. `pause` stretches or shrinks the pauses between attempts.
    `certificates` (PEM) are trusted beside those of `ca_file`. Raises ConfigError.
    """
    hosts = hosts or HostTable()
    _check_headers({**net.headers, "User-Agent": user_agent}, "[network]")
    for name, host in hosts.rows.items():
        _check_headers({**host.headers, "User-Agent": host.user_agent}, f'[hosts."{name}"]')
    guard = Guard(net.allow_private)
    routes = Routes(net.connect_to, guard, Proxies(proxies or {}))
    context = client_context(net.ca_file, certificates)
    memory = memory or Memory()
    system = resolver or _resolver(net)
    names = RememberingResolver(system, memory.names, clock)
    terms = Terms(
        routes=routes,
        screen=Screen(names, guard),
        families=memory.families,
        readers=readers,
        timeout=net.timeout,
        headers={want: CIMultiDict(ordinary(want, user_agent)) for want in Want},
        clock=clock,
    )
    async with contextlib.AsyncExitStack() as stack:
        if resolver is None:
            stack.push_async_callback(system.close)
        stack.push_async_callback(names.close)
        ways = lines(names, guard, routes, memory.families, attempt=net.timeout)
        sessions = await stack.enter_async_context(
            open_sessions(ways, context, connecting=connecting_time(net.timeout))
        )
        exchange = AiohttpExchange(terms, sessions, Idle(MOST_IDLE, 2 * KEEP_ALIVE, clock))
        plain = PlainExchange(terms, ways, context)
        # Read from the inside: an exchange waits for its turn; what is no HTTP to one reading is read in another;
        # who takes no connections is left alone; what failed in passing is tried again, each time with a new turn; and
        # each hop of a redirect is asked in this way, at its own host's pace.
        tolerant = Tolerant(Polite(exchange, pace), Polite(plain, pace))
        breaking = Breaking(tolerant, memory.breaker)
        retrying = Retrying(
            breaking, net.max_retries, randomness=randomness, sleep=lambda wait: asyncio.sleep(wait * pause)
        )
        if not net.robots:
            yield Redirecting(retrying, net.max_redirects, net.headers, hosts)
            return
        robots = Robots(
            retrying,
            Redirecting(retrying, MOST_REDIRECTS, {}, hosts),
            user_agent=user_agent,
            known=memory.robots,
            pace=pace,
        )
        stack.push_async_callback(robots.close)
        yield Redirecting(robots, net.max_redirects, net.headers, hosts)


def _resolver(net: NetworkSettings) -> AbstractResolver:
    if not net.nameservers:
        return CheckedResolver(SystemResolver())
    from crawler.net import nameservers  # dnspython takes 30 ms that a run without missing names need not wait

    return nameservers.NameServerResolver(nameservers.NameServers(nameservers.servers_of(net.nameservers)))


def _check_headers(headers: Mapping[str, str], section: str) -> None:
    for name, value in headers.items():
        if not name or not set(name) <= _TOKEN or not value.isprintable():
            raise ConfigError(f"{section} headers: {name!r} = {value!r} cannot be sent (RFC 9110, 5.1 and 5.5)")
        if name.lower() in _FRAMING:
            raise ConfigError(
                f"{section} headers: {name!r} says where a message ends or whose it is; requests set it themselves"
            )


_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_FRAMING = frozenset(
    ("connection", "content-length", "expect", "host", "keep-alive", "proxy-connection", "te", "trailer",
     "transfer-encoding", "upgrade")
)  # fmt: skip
"""With one of these a server reads another request than was sent (RFC 9112, 6 and 11.2)."""
