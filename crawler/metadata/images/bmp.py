"""BMP in, its size out: Windows headers (40 bytes and more) and the OS/2 core header (12 bytes)."""

from __future__ import annotations

from crawler.metadata.images.header import DamagedError, Header, little

_CORE, _INFO = 12, 40  # sizes of headers
_PLAIN = (0, 3, 6)  # compression: none, or none with masks for the colours


def measure(data: bytes) -> Header:
    """The size; a negative height is a picture stored from top to bottom."""
    return _measure(data, 14)


def is_run_length(data: bytes) -> bool:
    """Whether the rows are run-length encoded."""
    return little(data, 14) >= _INFO and little(data, 30) in (1, 2)


def bitmap_fault(data: bytes, at: int, end: int) -> str | None:
    """Why the bitmap within an icon, from `at` to `end`, is not whole, or None; its height counts the mask as well."""
    header = _measure(data, at, mask=True)
    if not header.least:
        return "the icon holds no picture"
    return "truncated: the icon's rows are not all there" if header.least > min(end, len(data)) - at else None


def _measure(data: bytes, at: int, *, mask: bool = False) -> Header:
    size = little(data, at)
    if size == _CORE:
        width, height, bits = little(data, at + 4, 2), little(data, at + 6, 2), little(data, at + 10, 2)
        plain = True
    else:
        width, height = _signed(little(data, at + 4)), abs(_signed(little(data, at + 8)))
        bits = little(data, at + 14, 2)
        plain = size < 20 or little(data, at + 16) in _PLAIN
    if mask:
        height //= 2
    if width < 0:
        raise DamagedError(f"a width of {width}")
    rows = (width * bits + 31) // 32 * 4 * height
    return Header(format="bmp", width=width, height=height, pixels=width * height, least=rows if plain else 0)


def _signed(number: int) -> int:
    return number - (1 << 32) if number >> 31 else number
