"""A response in, as much of its body as is wanted in memory once, the rest let go without waste."""

from __future__ import annotations

import asyncio
import contextlib
from io import BytesIO
from typing import Protocol

import aiohttp

from crawler.net.decode import Decoder
from crawler.net.seam import Reader

WORTH_DRAINING = 64 << 10
"""Announced bytes left of a body that are read to keep the connection; reading more costs more than connecting."""
DRAINING = 1.0
"""Seconds given to that."""


class Stream(Protocol):
    """What aiohttp's StreamReader has, as far as a body needs it."""

    total_bytes: int
    """Received so far."""

    async def readany(self) -> bytes:
        """What is there, or the next that comes; empty at the end."""

    def at_eof(self) -> bool:
        """Whether everything has come and been read."""


class Body:
    """What has arrived of one body. BytesIO gives its buffer away without a copy, so there is never a second one."""

    __slots__ = ("_kept", "_stream", "complete")

    def __init__(self) -> None:
        self._kept = BytesIO()
        self._stream: Stream | None = None
        self.complete = False

    @property
    def bytes(self) -> bytes:
        """The decoded bytes kept."""
        return self._kept.getvalue()

    @property
    def received(self) -> int:
        """Bytes that came over the wire, read or not."""
        return self._stream.total_bytes if self._stream else 0

    async def read(self, stream: Stream, decoder: Decoder, reader: Reader | None, limit: int) -> None:
        """Reads until `reader` has seen enough, `limit` decoded bytes are kept, or all is there.

        Raises what aiohttp raises for a body that breaks off, and UndecodableError.
        """
        self._stream = stream
        # An encoded body may decode to nothing at all, so what comes over the wire has a limit too.
        while limit and stream.total_bytes <= 2 * limit:
            pieces = decoder.decode(await stream.readany())
            for piece in pieces:
                kept = piece[: limit - self._kept.tell()]
                self._kept.write(kept)
                wanted = reader is None or reader.feed(kept)
                if not wanted or len(kept) < len(piece):
                    self.complete = len(kept) == len(piece) and stream.at_eof() and next(pieces, None) is None
                    return
            if stream.at_eof():
                break
        self.complete = stream.at_eof()

    async def let_go(self, response: aiohttp.ClientResponse, announced: int | None) -> bool:
        """Reads a small announced rest, so that the connection can be kept, and else closes it; whether it was kept."""
        stream = response.content
        left = (announced or 0) - stream.total_bytes
        if not stream.is_eof() and 0 < left <= WORTH_DRAINING:
            # The answer is known already, so nothing that happens here matters.
            with contextlib.suppress(TimeoutError, aiohttp.ClientError, OSError):
                async with asyncio.timeout(DRAINING):
                    while await stream.readany():
                        pass
        if stream.is_eof():
            response.release()
            return True
        response.close()
        return False
