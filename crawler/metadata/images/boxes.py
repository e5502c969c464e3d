"""ISO base media files (ISO 14496-12) in, their boxes out; AVIF, HEIC and JPEG XL containers are made of these."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from crawler.metadata.images.header import DamagedError, MoreNeededError, big, take

_MOST_BOXES = 10_000


class Box(NamedTuple):
    """One box."""

    kind: bytes
    start: int
    """Offset of its content."""
    end: int
    """The byte after it; may lie beyond the data."""


def boxes(data: bytes, start: int, end: int) -> Iterator[Box]:
    """The boxes from `start` to `end`, one level deep.

    MoreNeededError where the data end first, DamagedError at a size that cannot be.
    """
    at = start
    for _ in range(_MOST_BOXES):
        if at >= end:
            return
        size, kind, head = big(data, at), take(data, at + 4, 4), 8
        if size == 1:
            size, head = big(data, at + 8, 8), 16
        elif size == 0:  # the box goes on to the end
            size = end - at
        if size < head:
            raise DamagedError(f"a box of {size} bytes")
        yield Box(kind, at + head, at + size)
        at += size
    raise DamagedError(f"more than {_MOST_BOXES} boxes")


def cut(data: bytes) -> str | None:
    """Whether the last box is all there; bytes after it that are no box do not count."""
    end = 0
    try:
        for box in boxes(data, 0, len(data)):
            end = box.end
    except (DamagedError, MoreNeededError):
        pass
    return f"truncated: {end - len(data):,} bytes are missing" if end > len(data) else None
