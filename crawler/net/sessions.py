"""Lines in, the aiohttp sessions of a run out: one for each way of reaching a host."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import AsyncIterator, Mapping
from contextvars import ContextVar
from types import SimpleNamespace

import aiohttp
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

from crawler.net.attempt import Attempt
from crawler.net.failures import DroppedError
from crawler.net.lines import Line
from crawler.net.route import Way
from crawler.net.seam import LONGEST_HEADER, MOST_HEADERS

KEEP_ALIVE = 10.0
"""Seconds that an idle connection is kept: some host intervals long, and short for who asks many hosts once."""
MOST_IDLE = 400
"""Idle connections kept; with those in use, well below the 1,024 files that many systems grant a process."""

CURRENT: ContextVar[Attempt] = ContextVar("CURRENT")
"""What a connection is wanted for."""


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
            connector = _PatientConnector(
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


class _PatientConnector(aiohttp.TCPConnector):
    """Hands a connection out when the request may leave.

    The wait is no part of the time that connecting may take, and a connection that is waited with in vain is closed. In
    the trace of a connection that stands it would be one, and aiohttp would leave the connection to the collector.
    """

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - theirs
    ) -> Connection:
        attempt = CURRENT.get()
        attempt.fresh = True
        connection = await super().connect(req, traces, timeout)
        try:
            await attempt.sending()
        except BaseException:
            connection.close()
            raise
        return connection


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
    """Tells each attempt when addresses are known, and that its connection was there before."""
    trace = aiohttp.TraceConfig()
    trace.on_dns_resolvehost_end.append(_resolved)
    trace.on_connection_reuseconn.append(_reused)
    return trace


async def _resolved(_: aiohttp.ClientSession, __: SimpleNamespace, found: aiohttp.TraceDnsResolveHostEndParams) -> None:
    CURRENT.get().resolved(found.host)


async def _reused(*_: object) -> None:
    CURRENT.get().fresh = False
