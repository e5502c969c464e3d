"""Lines in, the aiohttp sessions of a run out: one for each way of reaching a host."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import AsyncIterator, Mapping
from types import SimpleNamespace

import aiohttp

from crawler.net.attempt import Attempt
from crawler.net.failures import DroppedError
from crawler.net.lines import Line
from crawler.net.route import Way
from crawler.net.seam import LONGEST_HEADER, MOST_HEADERS

KEEP_ALIVE = 10.0
"""Seconds that an idle connection is kept: some host intervals long, and short for who asks many hosts once."""
MOST_IDLE = 400
"""Idle connections kept; with those in use, well below the 1,024 files that many systems grant a process."""


@contextlib.asynccontextmanager
async def open_sessions(
    lines: Mapping[Way, Line], context: ssl.SSLContext, *, connecting: float
) -> AsyncIterator[Mapping[Way, aiohttp.ClientSession]]:
    """Sessions without cookies, redirects, decompression or retries of their own; closed on leaving.

    `connecting` is the time that a connection may take, in seconds.
    """
    async with contextlib.AsyncExitStack() as stack:
        sessions = {}
        for way, line in lines.items():
            connector = aiohttp.TCPConnector(
                limit=0,  # `Pace` bounds what is under way
                resolver=line.resolver,
                socket_factory=line.make_socket,
                ssl=context,
                use_dns_cache=False,  # the resolver has one, which knows what does not exist, and never turns addresses
                keepalive_timeout=KEEP_ALIVE,
            )
            sessions[way] = await stack.enter_async_context(
                aiohttp.ClientSession(
                    connector=connector,
                    cookie_jar=aiohttp.DummyCookieJar(),
                    auto_decompress=False,
                    timeout=aiohttp.ClientTimeout(total=None, connect=connecting),
                    max_line_size=LONGEST_HEADER,
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
    """Tells each attempt when addresses are known and its connection stands, and whether that was made for it."""
    trace = aiohttp.TraceConfig()
    trace.on_dns_resolvehost_end.append(_resolved)
    trace.on_connection_create_end.append(_created)
    trace.on_connection_reuseconn.append(_reused)
    return trace


async def _resolved(
    session: aiohttp.ClientSession, context: SimpleNamespace, resolved: aiohttp.TraceDnsResolveHostEndParams
) -> None:
    attempt: Attempt = context.trace_request_ctx
    attempt.resolved(resolved.host)


async def _created(session: aiohttp.ClientSession, context: SimpleNamespace, _: object) -> None:
    attempt: Attempt = context.trace_request_ctx
    await attempt.sending(fresh=True)


async def _reused(session: aiohttp.ClientSession, context: SimpleNamespace, _: object) -> None:
    attempt: Attempt = context.trace_request_ctx
    await attempt.sending(fresh=False)
