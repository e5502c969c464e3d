"""Encoded bytes in, decoded pieces of bounded size out, so that a bomb never unfolds in memory.

A server's label is not believed blindly: a body that is not what `Content-Encoding` says, but plainly something
else, is passed on as it is, and so is one under a label that browsers do not know either.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PIECE = 1 << 14
"""Decoded bytes that are handed on at a time (brotli may make twice as many). A reader that has seen enough is spared
the rest: with 64 kB, 291 pages took a quarter more time to read and to parse."""
MOST_LAYERS = 4
"""curl stops at 5; honest servers use one."""
WINDOW_LOG = 23
"""8 MiB, the zstd window that a decoder of Content-Encoding must have, and need not exceed (RFC 9659)."""

MOST_PARTS = 1_000
"""Gzip members or zstd frames in one body; each costs a copy of what follows it."""
MOST_UNFOLDED = 64 << 20
"""Bytes that pass between two layers: the inner one may turn any number of them into nothing at all."""

_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


class UndecodableError(ValueError):
    """The body is not what its Content-Encoding says."""


class Decoder(Protocol):
    """One layer."""

    def decode(self, data: bytes) -> Iterator[bytes]:
        """The decoded pieces of the next `data`. Raises UndecodableError."""


class _Identity:
    def decode(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), PIECE):
            yield data[start : start + PIECE]


class _Zlib:
    """Deflate, bare or in a zlib wrapping, or gzip with any number of members (RFC 1952, 2.2)."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._stream = zlib.decompressobj(window)
        self._members = 1
        self._cut = b""  # half the magic of the next member

    def decode(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._stream.eof:
                data, self._cut = self._cut + data, b""
                if data == _GZIP_MAGIC[:1]:
                    self._cut = data
                    return
                if not data.startswith(_GZIP_MAGIC) or self._members == MOST_PARTS:
                    return  # rubbish after the end; browsers ignore it
                self._stream = zlib.decompressobj(self._window)
                self._members += 1
            try:
                piece = self._stream.decompress(data, PIECE)
            except zlib.error as error:
                raise UndecodableError(str(error)) from error
            data = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
            if piece:
                yield piece


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    def decode(self, data: bytes) -> Iterator[bytes]:
        while not self._stream.is_finished():
            try:
                piece = self._stream.process(data, output_buffer_limit=PIECE // 2)
            except brotli.error as error:
                raise UndecodableError(str(error)) from error
            if not piece:  # not `can_accept_more_data`: it is True while up to a window of output still waits
                return
            yield piece
            data = b""


class _Zstd:
    """Any number of frames (RFC 8878, 3)."""

    def __init__(self) -> None:
        self._stream = _zstd_stream()
        self._frames = 1

    def decode(self, data: bytes) -> Iterator[bytes]:
        while True:
            if self._stream.eof:
                if not data or self._frames == MOST_PARTS:
                    return
                self._stream = _zstd_stream()
                self._frames += 1
            try:
                piece = self._stream.decompress(data, PIECE)
            except zstd.ZstdError as error:
                if self._frames > 1:
                    self._frames = MOST_PARTS
                    return  # rubbish after the end
                raise UndecodableError(str(error)) from error
            data = self._stream.unused_data if self._stream.eof else b""
            if piece:
                yield piece
            if not self._stream.eof and self._stream.needs_input:
                return


class _Sniffing:
    """Decides by a body's first bytes how it is really encoded; `choose` says None while it needs more of them."""

    def __init__(self, choose: Callable[[bytes], Decoder | None]) -> None:
        self._choose = choose
        self._head = b""
        self._decoder: Decoder | None = None

    def decode(self, data: bytes) -> Iterator[bytes]:
        if self._decoder is None:
            self._head += data
            self._decoder = self._choose(self._head)
            if self._decoder is None:
                return
            data, self._head = self._head, b""
        yield from self._decoder.decode(data)


class _Layers:
    """`first` decodes what arrives, `second` what `first` makes."""

    def __init__(self, first: Decoder, second: Decoder) -> None:
        self._first, self._second = first, second
        self._between = 0

    def decode(self, data: bytes) -> Iterator[bytes]:
        for piece in self._first.decode(data):
            self._between += len(piece)
            if self._between > MOST_UNFOLDED:
                raise UndecodableError(f"more than {MOST_UNFOLDED >> 20} MiB between two encodings")
            yield from self._second.decode(piece)


def _gzip(head: bytes) -> Decoder | None:
    return _by_magic(head, _GZIP_MAGIC, lambda: _Zlib(zlib.MAX_WBITS | 16))


def _deflate(head: bytes) -> Decoder | None:
    """Some servers send bare deflate for what should be wrapped in zlib (RFC 9110, 8.4.1.2), some send gzip."""
    if len(head) < 2:  # the wrapping's two bytes
        return None
    if head.startswith(_GZIP_MAGIC):
        return _gzip(head)
    wrapped = head[0] & 0x0F == zlib.DEFLATED and (head[0] << 8 | head[1]) % 31 == 0  # RFC 1950, 2.2
    return _Zlib(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)


def _zstd(head: bytes) -> Decoder | None:
    return _by_magic(head, _ZSTD_MAGIC, _Zstd)


def _by_magic(head: bytes, magic: bytes, make: Callable[[], Decoder]) -> Decoder | None:
    if len(head) < len(magic) and magic.startswith(head):
        return None
    return make() if head.startswith(magic) else _Identity()


def _zstd_stream() -> zstd.ZstdDecompressor:
    return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: WINDOW_LOG})


DECODERS: dict[str, Callable[[], Decoder]] = {
    "gzip": lambda: _Sniffing(_gzip),
    "deflate": lambda: _Sniffing(_deflate),
    "br": _Brotli,
    "zstd": lambda: _Sniffing(_zstd),
}
"""What we can decode; `Accept-Encoding` says exactly this."""

ACCEPT_ENCODING = ", ".join(DECODERS)
_ALIASES = {"x-gzip": "gzip"}  # RFC 9110, 8.4.1.3


def decoder_for(labels: Iterable[str]) -> Decoder:
    """The decoder for a body under these `Content-Encoding` values, in the order of the header.

    Raises UndecodableError if there are too many layers.
    """
    names = [name.strip().lower() for label in labels for name in label.split(",")]
    layers = [DECODERS[known] for name in names if (known := _ALIASES.get(name, name)) in DECODERS]
    if len(layers) > MOST_LAYERS:
        raise UndecodableError(f"{len(layers)} encodings around one body")
    decoder: Decoder | None = None
    for layer in layers:  # the last one applied comes off first
        decoder = layer() if decoder is None else _Layers(layer(), decoder)
    return decoder or _Identity()
