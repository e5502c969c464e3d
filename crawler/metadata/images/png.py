"""PNG in, its displayed size out (W3C PNG, third edition); and whether the picture's data are all there.

The data are inflated and counted, not decoded: that needs no memory however large the picture claims to be, looks
at no text or profile chunk (where decompression bombs hide), and takes a third of the time of a full decode.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import NamedTuple

from crawler.metadata.images.header import DamagedError, Header, MoreNeededError, big, take
from crawler.metadata.images.tiff import is_turned_exif

_MOST_CHUNKS = 100_000  # encoders cut data into 8 kB; the smallest file that needs more is hostile
_RATIO = 1_032  # deflate shrinks no further (zlib.net/zlib_tech.html)
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_ADAM7 = ((0, 8, 0, 8), (4, 8, 0, 8), (0, 4, 4, 8), (2, 4, 0, 4), (0, 2, 2, 4), (1, 2, 0, 2), (0, 1, 1, 2))
# (first column, column step, first row, row step) of each pass of an interlaced picture
_PIECE = 1 << 16
_PIXELS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")


class _Frame(NamedTuple):
    width: int
    height: int
    depth: int
    colour: int
    interlaced: int
    apple: bool

    @property
    def size(self) -> int:
        """Bytes of the inflated data: each row of each pass has a filter byte."""
        bits = self.depth * _CHANNELS[self.colour]
        total = 0
        for column, across, row, down in _ADAM7 if self.interlaced else ((0, 1, 0, 1),):
            wide, high = (self.width - column + across - 1) // across, (self.height - row + down - 1) // down
            total += high * ((wide * bits + 7) // 8 + 1) if wide > 0 else 0
        return total


def measure(data: bytes) -> Header:
    """The size in IHDR, turned as an eXIf chunk before the data asks; APNG is recognised by its acTL chunk."""
    frame = _frame(data)
    animated = turned = False
    for kind, at, size in _chunks(data):
        if kind in (b"IDAT", b"IEND"):
            break
        if kind == b"acTL":
            animated = big(data, at) > 1
        elif kind == b"eXIf":
            turned = is_turned_exif(take(data, at, size))
    else:
        raise MoreNeededError
    width, height = (frame.height, frame.width) if turned else (frame.width, frame.height)
    return Header(
        format="png",
        width=width,
        height=height,
        animated=animated,
        pixels=width * height,
        least=frame.size // _RATIO,
        exotic="the CgBI variant of PNG is for iOS alone" if frame.apple else None,
    )


def check(data: bytes) -> str | None:
    """Whether the picture's data are whole, and the frames of an animation all there."""
    fault = _rows_fault(data, _frame(data))
    if fault:
        return fault
    kinds = {kind for kind, _, _ in _chunks(data)}
    return "truncated: the animation has no end" if b"acTL" in kinds and b"IEND" not in kinds else None


def bare(data: bytes) -> bytes:
    """The same picture, as far as it goes, without texts, profiles and further frames."""
    kept = (data[at - 8 : at + size + 4] for kind, at, size in _chunks(data) if kind in _PIXELS)
    return b"".join([data[:8], *kept])


def _rows_fault(data: bytes, frame: _Frame) -> str | None:
    """Inflates until the last row that the size asks for."""
    inflate = zlib.decompressobj(-15 if frame.apple else 15)
    missing, palette = frame.size, frame.colour != 3
    for kind, at, size in _chunks(data):
        palette = palette or kind == b"PLTE"
        if kind == b"IEND":
            break
        if kind != b"IDAT":
            continue
        if not palette:
            return "no palette"
        for piece in range(at, min(at + size, len(data)), _PIECE):
            waiting = data[piece : min(piece + _PIECE, at + size)]
            while waiting and missing > 0 and not inflate.eof:
                try:
                    missing -= len(inflate.decompress(waiting, 16 * _PIECE))
                except zlib.error as error:
                    return f"the compressed data are damaged ({error})"
                waiting = inflate.unconsumed_tail
        if missing <= 0:
            return None
        if at + size + 4 <= len(data) and zlib.crc32(data[at - 4 : at + size]) != big(data, at + size):
            return "a checksum is wrong"
    missing -= len(inflate.flush())
    return None if missing <= 0 else f"truncated: {missing:,} of {frame.size:,} bytes of pixels are missing"


def _frame(data: bytes) -> _Frame:
    apple = take(data, 12, 4) == b"CgBI"
    at = 8 + 12 + big(data, 8) if apple else 8
    if take(data, at + 4, 4) != b"IHDR" or big(data, at) != 13:
        raise DamagedError("the header chunk is missing")
    depth, colour, interlaced = take(data, at + 16, 5)[0], take(data, at + 17, 1)[0], take(data, at + 20, 1)[0]
    if depth not in _DEPTHS.get(colour, ()):
        raise DamagedError(f"colour type {colour} with {depth} bits does not exist")
    return _Frame(big(data, at + 8), big(data, at + 12), depth, colour, interlaced, apple)


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Type, offset and length of each chunk that begins in `data`; its content may be cut."""
    at = 8
    for _ in range(_MOST_CHUNKS):
        if at + 8 > len(data):
            return
        size, kind = big(data, at), data[at + 4 : at + 8]
        yield kind, at + 8, size
        at += 12 + size
    raise DamagedError(f"more than {_MOST_CHUNKS} chunks")
