"""ICO and CUR in, the size of the largest picture within out."""

from __future__ import annotations

from crawler.metadata.images import png
from crawler.metadata.images.bmp import bitmap_fault
from crawler.metadata.images.header import MOST_PIXELS, DamagedError, Header, little, take

_MOST_PICTURES = 1_024


def measure(data: bytes) -> Header:
    """The largest size in the directory, where 0 stands for 256."""
    width, height, _ = _largest(data)
    return Header(format="ico", width=width, height=height)


def check(data: bytes) -> str | None:
    """Whether the largest picture is all there."""
    entry = _largest(data)[2]
    size, at = little(data, entry + 8), little(data, entry + 12)
    if at + size > len(data):
        return "truncated: the largest picture lies beyond the end of the file"
    if data.startswith(b"\x89PNG\r\n\x1a\n", at):
        inner = data[at : at + size]
        return png.check(inner) if png.measure(inner).pixels <= MOST_PIXELS else "a picture far larger than announced"
    return bitmap_fault(data, at, at + size)


def _largest(data: bytes) -> tuple[int, int, int]:
    """Width, height, and the offset of the directory's entry."""
    count = little(data, 4, 2)
    if not 0 < count <= _MOST_PICTURES:
        raise DamagedError(f"a directory of {count} pictures")
    take(data, 6, 16 * count)
    entries = range(6, 6 + 16 * count, 16)
    return max(((data[at] or 256, data[at + 1] or 256, at) for at in entries), key=lambda entry: entry[0] * entry[1])
