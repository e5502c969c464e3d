"""A response in, as much of its body as is wanted in memory once, the rest let go without waste."""

from __future__ import annotations

import asyncio
from io import BytesIO

import aiohttp

from crawler.net.decode import Decoder
from crawler.net.seam import Reader

WORTH_DRAINING = 64 << 10
"""Announced bytes left of a body that are read to keep the connection; reading more costs more than connecting."""
DRAINING = 1.0
"""Seconds given to that."""


class Body:
    """What has arrived of one body. BytesIO gives its buffer away without a copy, so there is never a second one."""

    __slots__ = ("_kept", "complete", "received")

    def __init__(self) -> None:
        self._kept = BytesIO()
        self.received = 0
        self.complete = False

    def bytes(self) -> bytes:
        """The decoded bytes kept."""
        return self._kept.getvalue()

    async def read(self, stream: aiohttp.StreamReader, decoder: Decoder, reader: Reader | None, limit: int) -> None:
        """Reads until `reader` has seen enough, `limit` decoded bytes are kept, or all is there.

        Raises what aiohttp raises for a body that breaks off, and UndecodableError.
        """
        more = limit > 0
        # An encoded body may decode to nothing, so what comes over the wire has the same limit.
        while more and self.received <= limit:
            data = await stream.readany()
            if not data:
                self.complete = True
                return
            self.received += len(data)
            for piece in decoder.decode(data):
                kept = piece[: limit - self._kept.tell()]
                self._kept.write(kept)
                more = (reader is None or reader.feed(kept)) and len(kept) == len(piece)
                if not more:
                    break
            else:
                self.complete = stream.at_eof()
                more = not self.complete
        if limit == 0:
            self.complete = stream.at_eof()

    async def let_go(self, response: aiohttp.ClientResponse, announced: int | None) -> None:
        """Reads a small announced rest, so that the connection can be used again, and else closes it."""
        stream = response.content
        left = (announced or 0) - self.received
        if not stream.is_eof() and 0 < left <= WORTH_DRAINING:
            try:
                async with asyncio.timeout(DRAINING):
                    while data := await stream.readany():
                        self.received += len(data)
            except (TimeoutError, aiohttp.ClientError, OSError):
                pass  # the answer is known already
        if stream.is_eof():
            response.release()
        else:
            response.close()
