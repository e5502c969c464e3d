"""Settings in, the aiohttp sessions of a run out: one for each way of reaching a host."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import AsyncIterator, Mapping
from types import SimpleNamespace

import aiohttp
from aiohttp.abc import AbstractResolver

from crawler.net.exchange import Attempt
from crawler.net.failures import DroppedError
from crawler.net.guard import Guard, new_socket
from crawler.net.resolve import GuardedResolver
from crawler.net.route import ConnectToResolver, Routes, Way

LONGEST_LINE = 16 << 10
"""Bytes of a status line."""
LONGEST_HEADER = 32 << 10
"""Bytes of one header; with MOST_HEADERS, and what aiohttp buffers, some 64 kB in honest answers are far away."""
MOST_HEADERS = 256
DNS_LIFETIME = 300
"""Seconds that a resolved name is remembered."""
KEEP_ALIVE = 10.0
"""Seconds that an idle connection is kept: some host intervals long, and short for who asks many hosts once."""
MOST_IDLE = 400
"""Idle connections kept; with those in use, well below the 1,024 files that many systems grant a process."""
CONNECTING = 10.0
"""The longest time for name, connection and TLS handshake, in seconds; never more than three quarters of an attempt."""
RESOLVING = 8.0
"""The longest time for a name: shorter than CONNECTING, so that a silent name server is not told as a silent host."""


@contextlib.asynccontextmanager
async def open_sessions(
    *, attempt: float, resolver: AbstractResolver, guard: Guard, routes: Routes, context: ssl.SSLContext
) -> AsyncIterator[Mapping[Way, aiohttp.ClientSession]]:
    """Sessions without cookies, redirects, decompression or retries of their own; closed on leaving.

    `attempt` is the time of one attempt, in seconds.
    """
    connecting = min(CONNECTING, 0.75 * attempt)
    resolving = min(RESOLVING, 0.8 * connecting)
    plain = GuardedResolver(resolver, None, timeout=resolving)
    ways: dict[Way, tuple[AbstractResolver, aiohttp.SocketFactoryType]] = {
        Way.DIRECT: (GuardedResolver(resolver, guard, timeout=resolving), guard.socket),
        # Here every address was named by the user, as a target or as a proxy.
        Way.CONNECT_TO: (ConnectToResolver(routes, plain), new_socket),
        Way.PROXY: (plain, new_socket),
    }
    async with contextlib.AsyncExitStack() as stack:
        sessions = {}
        for way, (names, make_socket) in ways.items():
            connector = aiohttp.TCPConnector(
                limit=0,  # `Pace` bounds what is under way
                resolver=names,
                socket_factory=make_socket,
                ssl=context,
                ttl_dns_cache=DNS_LIFETIME,
                dns_cache_max_size=10_000,
                keepalive_timeout=KEEP_ALIVE,
            )
            sessions[way] = await stack.enter_async_context(
                aiohttp.ClientSession(
                    connector=connector,
                    cookie_jar=aiohttp.DummyCookieJar(),
                    auto_decompress=False,
                    timeout=aiohttp.ClientTimeout(total=None, connect=connecting),
                    max_line_size=LONGEST_LINE,
                    max_field_size=LONGEST_HEADER,
                    max_headers=MOST_HEADERS,
                    middlewares=(_no_hidden_retry,),
                    trace_configs=[_trace()],
                )
            )
        yield sessions


async def _no_hidden_retry(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """aiohttp sends a GET again by itself when the connection drops, uncounted and unpaced; we decide that."""
    try:
        return await handler(request)
    except (aiohttp.ClientConnectorError, aiohttp.ServerTimeoutError):
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise DroppedError from error


def _trace() -> aiohttp.TraceConfig:
    """Tells each attempt when its connection stands, and whether that was made for it."""
    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(_created)
    trace.on_connection_reuseconn.append(_reused)
    return trace


async def _created(session: aiohttp.ClientSession, context: SimpleNamespace, _: object) -> None:
    attempt: Attempt = context.trace_request_ctx
    attempt.sending(fresh=True)


async def _reused(session: aiohttp.ClientSession, context: SimpleNamespace, _: object) -> None:
    attempt: Attempt = context.trace_request_ctx
    attempt.sending(fresh=False)
