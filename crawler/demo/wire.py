"""A connection in, requests out, and replies in, bytes with their faults out: HTTP/1.1 as a server speaks it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formatdate

from crawler.demo.reply import Headers, Reply, encoded, head_of, unchanged

HEAD_LIMIT = 65_536
"""Bytes of a request's head that are read."""
LINGER = 0.02
"""Seconds before a reset within a body, so that what was sent before it is read before it."""


@dataclass(slots=True)
class Hit:
    """One request as the server saw it; filled in while it is answered."""

    method: str
    host: str
    """Lower-case, without port."""
    target: str
    """Path and query as sent."""
    headers: Headers
    """Lower-case names."""
    tls: bool
    connection: int
    """Counts accepted connections from 1."""
    at: float
    """When its head was read, by the loop's clock (`time.monotonic`)."""
    status: int | None = None
    """As sent; None before, and if nothing of HTTP was sent."""
    finished: float | None = None
    """When the last byte was written or the client was gone; None while it lasts."""

    @property
    def key(self) -> str:
        """As routes are keyed: `host/path?query`."""
        return self.host + self.target

    def header(self, name: str) -> str | None:
        """The first value of the lower-case header `name`."""
        return next((value for key, value in self.headers if key == name), None)


async def hear(reader: asyncio.StreamReader, *, connection: int, tls: bool) -> Hit:
    """The next request. Raises IncompleteReadError when the client is gone, LimitOverrunError for an endless head."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    headers = tuple((name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines))
    fields = dict(headers)
    length = fields.get("content-length", "0")
    await reader.readexactly(int(length) if length.isdecimal() else 0)
    method, _, rest = first.partition(" ")
    host, _, port = fields.get("host", "").lower().rpartition(":")
    return Hit(
        method=method,
        host=host if host and port.isdecimal() else fields.get("host", "").lower(),
        target=rest.rpartition(" ")[0],
        headers=headers,
        tls=tls,
        connection=connection,
        at=asyncio.get_running_loop().time(),
    )


async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hit: Hit, reply: Reply) -> bool:
    """Answers `hit`; whether the connection can serve another request.

    Raises OSError when the client leaves before the end.
    """
    await _wait(reader, reply.delay)
    if reply.hang == "head":
        await _wait(reader, None)
    if reply.reset == "head":
        return reset(writer)
    if reply.raw is not None:
        writer.write(reply.raw)
        return False
    if unchanged(reply, hit.header("if-none-match"), hit.header("if-modified-since")):
        reply = Reply(status=304, headers=reply.headers, etag=reply.etag, last_modified=reply.last_modified)
    hit.status = reply.status
    body = encoded(reply)
    framed = reply.chunked or reply.endless
    length = None if framed or reply.status in (204, 304) else len(body)
    writer.write(head_of(reply, length, date=formatdate(usegmt=True)))
    if hit.method != "HEAD":
        stop = len(body) // 2 if reply.hang or reply.reset else len(body) - reply.missing
        for piece in _pieces(body[:stop], reply):
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece) if framed else piece)
            # Over TLS a dead transport neither blocks nor raises: without this the loop would never run again.
            await asyncio.sleep(0)
            if writer.is_closing():
                return False
            await writer.drain()
            await _wait(reader, reply.pause)
        if reply.hang:
            await _wait(reader, None)
        if reply.reset:
            await asyncio.sleep(LINGER)
            return reset(writer)
        if framed and not reply.missing:
            writer.write(b"0\r\n\r\n")
    await writer.drain()
    leaving = (hit.header("connection") or "").lower() == "close"
    return not (reply.close or reply.missing or leaving)


async def _wait(reader: asyncio.StreamReader, seconds: float | None) -> None:
    """Waits, None for ever, or until the client leaves; what it sends meanwhile is lost."""
    if seconds != 0:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while await reader.read(HEAD_LIMIT):
                    pass
                raise ConnectionResetError("the client left")


def reset(writer: asyncio.StreamWriter) -> bool:
    """Ends the connection with RST; False, as it can serve no more."""
    linger(writer.get_extra_info("socket"))
    writer.transport.abort()
    return False


def linger(connection: socket.socket) -> None:
    """Makes closing send RST at once: lingering, for no time (socket(7), SO_LINGER)."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _pieces(body: bytes, reply: Reply) -> Iterator[bytes]:
    while body:
        for start in range(0, len(body), reply.chunk):
            yield body[start : start + reply.chunk]
        if not reply.endless:
            return
