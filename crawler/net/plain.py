"""One request in, one answer out, read as browsers read it: for servers whose HTTP aiohttp refuses.

aiohttp's parser is strict: bytes after the announced end, a length beside chunks, a length said twice, a header line
that is none, and the answer is an error. Browsers show such pages, so none of it may be told as a dead link. Framing
is lenient here; limits are not.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Mapping

import aiohappyeyeballs

from crawler.model import Failure, FailureKind, Fetched, Request
from crawler.net.attempt import Attempt, Terms
from crawler.net.decode import PIECE
from crawler.net.lines import Line
from crawler.net.route import Route, Way
from crawler.net.seam import LONGEST_HEAD, LONGEST_HEADER, MOST_HEADERS, Moment
from crawler.text import printable
from crawler.urls import address_of, origin_of

HAPPY_EYEBALLS = 0.25
"""Seconds after which the next address is tried beside the first (RFC 8305, 5)."""
MOST_INTERIM = 8
"""Heads with a status 1xx before the answer (RFC 9110, 15.2)."""
SWITCHING = 101

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})(?:\s|$)")
_NO_BODY = frozenset({SWITCHING, 204, 304})

RawHeaders = list[tuple[bytes, bytes]]


class PlainExchange:
    """Exchanges one request for one answer on a connection of its own. Not through proxies."""

    def __init__(self, terms: Terms, lines: Mapping[Way, Line], context: ssl.SSLContext) -> None:
        self._terms, self._lines, self._context = terms, lines, context

    async def exchange(self, request: Request, moment: Moment) -> Fetched:
        """The answer with what was wanted of its body; PROTOCOL, whatever the reason, if there is none."""
        attempt = Attempt(request, self._terms, moment)
        try:
            async with asyncio.timeout(self._terms.timeout) as attempt.limit:
                await self._exchange(attempt)
        except (OSError, EOFError, ValueError) as error:  # TimeoutError and ssl.SSLError are OSErrors
            detail = printable(str(error)) or type(error).__name__
            return attempt.failed(Failure(kind=FailureKind.PROTOCOL, detail=detail, url=request.url))
        return attempt.answered()

    async def _exchange(self, attempt: Attempt) -> None:
        route = self._terms.routes.route(attempt.request.url)
        await attempt.due()  # first, as no connection should stand unused for long
        reader, writer = await self._connect(route)
        try:
            await attempt.due()
            attempt.leaves()
            writer.write(self._spelt(attempt.request, route))
            status, raw = await _head(reader)
            chunked = any(b"chunked" in value.lower() for name, value in raw if name == b"transfer-encoding")
            announced = None if chunked else _length(raw)
            stream = _Framed(reader, chunked=chunked, left=0 if status in _NO_BODY else announced)
            await attempt.hear(status, raw, announced, stream)
        finally:
            writer.transport.abort()

    async def _connect(self, route: Route) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if route.way is Way.PROXY:
            raise ValueError("not asked again through a proxy")
        line, host, port = self._lines[route.way], route.url.raw_host or "", route.url.port or 0
        found = [(host, port)]
        if not address_of(host):
            found = [(entry["host"], entry["port"]) for entry in await line.resolver.resolve(host, port)]
        # The same sockets as ever, so the guard sees each address here too.
        connected = await aiohappyeyeballs.start_connection(
            [_info(*place) for place in found],
            happy_eyeballs_delay=HAPPY_EYEBALLS,
            socket_factory=line.make_socket,
        )
        secure = route.url.scheme == "https"
        return await asyncio.open_connection(
            sock=connected,
            limit=LONGEST_HEADER,
            ssl=self._context if secure else None,
            server_hostname=(route.name or host).rstrip(".") if secure else None,
        )

    def _spelt(self, request: Request, route: Route) -> bytes:
        headers = self._terms.headers_for(request, route, close=True).copy()
        authority = origin_of(request.url).partition("://")[2]
        target = "/" + request.url.split("/", 3)[3]
        lines = [f"GET {target} HTTP/1.1", f"Host: {headers.pop('Host', authority)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join((*lines, "", "")).encode()


class _Framed:
    """A body as it was framed: in chunks, by its length (`left`), or until the connection closes."""

    def __init__(self, reader: asyncio.StreamReader, *, chunked: bool, left: int | None) -> None:
        self._reader, self._chunked, self._left = reader, chunked, 0 if chunked else left
        self._over = left == 0 and not chunked
        self.total_bytes = 0

    def at_eof(self) -> bool:
        return self._over

    async def readany(self) -> bytes:
        if self._chunked and not self._left:
            self._left = await self._next_chunk()
            self._over = not self._left
        if self._over:
            return b""
        data = await self._reader.read(PIECE if self._left is None else min(PIECE, self._left))
        self.total_bytes += len(data)
        if self._left is None:
            self._over = not data
            return data
        if not data:
            raise EOFError("the body breaks off")
        self._left -= len(data)
        if not self._left:
            self._over = not self._chunked
        return data

    async def _next_chunk(self) -> int:
        line = await self._reader.readline()
        if not line.strip() and line:  # the end of the chunk before
            line = await self._reader.readline()
        digits = line.partition(b";")[0].strip()
        if not digits:
            raise EOFError("the chunks break off")
        size = int(digits, 16)
        if size < 0:
            raise ValueError("a chunk of less than nothing")
        return size


async def _head(reader: asyncio.StreamReader) -> tuple[int, RawHeaders]:
    """Status and headers (lower-case names) of the answer. Raises ValueError for what is no HTTP, or too long."""
    for _ in range(MOST_INTERIM):
        first = await reader.readline()
        match = _STATUS.match(first)
        if not match:
            raise ValueError(f"not HTTP: {first[:60]!r}")
        headers: RawHeaders = []
        size = len(first)
        while line := (await reader.readline()):
            size += len(line)
            if not line.strip():
                break
            if size > LONGEST_HEAD or len(headers) > MOST_HEADERS:
                raise ValueError("the head of the answer is too long")
            name, colon, value = line.partition(b":")
            if colon and name.strip() and not line[:1].isspace():  # else no header, or the rest of one
                headers.append((name.strip().lower(), value.strip()))
        status = int(match[1])
        if status >= 200 or status == SWITCHING:
            return status, headers
    raise ValueError("interim answers without an end")


def _length(raw: RawHeaders) -> int | None:
    """The announced length; several that differ are an error to browsers too."""
    lengths = {part.strip() for name, value in raw if name == b"content-length" for part in value.split(b",")} - {b""}
    if len(lengths) > 1 or not all(part.isdigit() for part in lengths):
        raise ValueError("lengths that contradict each other, or are none")
    return int(lengths.pop()) if lengths else None


def _info(host: str, port: int) -> aiohappyeyeballs.AddrInfoType:
    if ":" in host:
        return socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port, 0, 0)
    return socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port)
