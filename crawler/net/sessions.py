"""Lines in, the aiohttp sessions of a run out: one for each way of reaching a host."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextvars import ContextVar
from functools import partial
from typing import Any

import aiohttp
from aiohappyeyeballs import AddrInfoType, SocketFactoryType
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

from crawler.net.attempt import Attempt
from crawler.net.failures import DroppedError, UnusedError
from crawler.net.lines import Line
from crawler.net.route import Way
from crawler.net.seam import LONGEST_HEADER, MOST_HEADERS

KEEP_ALIVE = 10.0
"""Seconds that an idle connection is kept: some host intervals long, and short for who asks many hosts once."""
MOST_IDLE = 400
"""Idle connections kept; with those in use, well below the 1,024 files that many systems grant a process."""

CURRENT: ContextVar[Attempt] = ContextVar("CURRENT")
"""What a connection is wanted for."""
_DROPPED = (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError)
"""What makes aiohttp send a GET again by itself, uncounted and unpaced; we decide that."""


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
                resolver=_TellingResolver(line.resolver),
                socket_factory=partial(_made, line.make_socket),
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
                    response_class=_Response,
                )
            )
        yield sessions


class _PatientConnector(aiohttp.TCPConnector):
    """Hands a connection out when the request may leave.

    The wait is no part of the time that connecting may take, and a connection that is waited with in vain is closed.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        protocol: type[ResponseHandler] = _Protocol
        self._factory = partial(protocol, loop=self._loop)

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - theirs
    ) -> Connection:
        attempt = CURRENT.get()
        try:
            connection = await super().connect(req, traces, timeout)
        except aiohttp.ClientConnectorError:
            raise
        except _DROPPED as error:  # by a proxy, which is asked for a tunnel
            raise DroppedError from error
        attempt.kept = not attempt.made
        try:
            await attempt.due()
            if not _is_silent(connection):
                raise UnusedError("closed before it was used")
        except BaseException:
            connection.close()
            raise
        attempt.leaves()
        return connection


class _Protocol(ResponseHandler):
    """One connection, which ends at once when it is let go.

    A TLS connection that is closed waits half a minute for the other side's leave, and nothing that we send needs it.
    """

    def close(self) -> None:
        self.abort()


def _is_silent(connection: Connection) -> bool:
    """Whether a connection is open, and nothing has come on it yet, such as a 408 for who says nothing."""
    transport, protocol = connection.transport, connection.protocol
    return transport is not None and not transport.is_closing() and protocol is not None and not protocol.should_close


class _TellingResolver(AbstractResolver):
    """Tells the current attempt when the addresses of a host are looked up, and when they are known."""

    def __init__(self, inner: AbstractResolver) -> None:
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        attempt = CURRENT.get()
        attempt.naming = True
        found = await self._inner.resolve(host, port, family)
        attempt.resolved(host)
        return found

    async def close(self) -> None:
        """The inner one is another's."""


def _made(make_socket: SocketFactoryType, info: AddrInfoType) -> socket.socket:
    """A new socket; the current attempt is told of it."""
    CURRENT.get().made = True
    return make_socket(info)


class _Response(aiohttp.ClientResponse):
    """Tells a dropped connection by a name that aiohttp does not know."""

    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        try:
            return await super().start(connection)
        except _DROPPED as error:
            raise DroppedError from error
