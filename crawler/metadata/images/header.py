"""Bytes in, numbers out; and the record that every format's parser returns.

A parser is `measure(data) -> Header`; it works on the first bytes of a file and raises MoreNeededError where they end
before the answer, DamagedError where the answer is that this cannot be shown. `check(data) -> str | None` wants the
whole file, and tells what is wrong with the rest. No parser trusts a count, a size or an offset from the
file: every walk has a bound, so that no file takes longer than it took to download.
"""

from __future__ import annotations

from collections.abc import Callable

from crawler.model import Record


class MoreNeededError(Exception):
    """The bytes end before type and size are known."""


class DamagedError(Exception):
    """No program can show this; the message says why."""


class Header(Record, frozen=True):
    """What the head of an image file says."""

    format: str
    width: int | None
    """Pixels as displayed; None where the file leaves it to the page (SVG) or we do not read it."""
    height: int | None
    animated: bool = False
    pixels: int = 0
    """What a decoder would have to hold."""
    least: int = 0
    """Bytes without which so many pixels cannot be encoded in this format; 0 if there is no such bound."""
    exotic: str | None = None
    """Why browsers do not show the format, or None."""


Measure = Callable[[bytes], Header]
Check = Callable[[bytes], str | None]

MOST_PIXELS = 50_000_000
"""More are never decoded: 200 MB in memory, and no picture for a card."""


def take(data: bytes, at: int, size: int) -> bytes:
    """`size` bytes from offset `at`; MoreNeededError if they are not all there."""
    if at < 0 or at + size > len(data):
        raise MoreNeededError
    return data[at : at + size]


def big(data: bytes, at: int, size: int = 4) -> int:
    """An unsigned big-endian number of `size` bytes."""
    return int.from_bytes(take(data, at, size), "big")


def little(data: bytes, at: int, size: int = 4) -> int:
    """An unsigned little-endian number of `size` bytes."""
    return int.from_bytes(take(data, at, size), "little")
