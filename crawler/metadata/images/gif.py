"""GIF in, its size and whether it moves out (GIF89a specification); and a copy of the first frame for the decoder."""

from __future__ import annotations

from typing import NamedTuple

from crawler.metadata.images.header import DamagedError, Header, MoreNeededError, little, take

_MOST_BLOCKS = 200_000  # 20 MiB in blocks of the usual 255 bytes are 82,000
_IMAGE, _EXTENSION = 0x2C, 0x21
_PIXELS_PER_BYTE = 2_731  # a code of 12 bits stands for at most 4,096 pixels


class _Scan(NamedTuple):
    frames: int
    first: tuple[int, int] | None
    """Where the first frame's descriptor begins, and where its data end."""
    cut: bool
    """The data end within a frame."""


def measure(data: bytes) -> Header:
    """The size of the logical screen; more than one frame is an animation."""
    width, height = little(data, 6, 2), little(data, 8, 2)
    scan = _scan(data)
    pixels, least = width * height, 0
    if scan.first:
        start = scan.first[0]
        left, top, wide, high = (little(data, start + at, 2) for at in (1, 3, 5, 7))
        pixels = max(width, left + wide) * max(height, top + high)
        least = wide * high // _PIXELS_PER_BYTE
    return Header(
        format="gif",
        width=width,
        height=height,
        animated=scan.frames > 1,
        pixels=pixels,
        least=least,
    )


def check(data: bytes) -> str | None:
    """Whether the frames are all there; decoding is for the decoder."""
    scan = _scan(data)
    if scan.cut:
        return "truncated: the data end within a frame"
    return None if scan.first else "no frame"


def first_frame(data: bytes) -> bytes:
    """The same file with nothing but its first frame: comments, which can be megabytes, are left out."""
    first = _scan(data).first
    if not first:
        raise DamagedError("no frame")
    return data[: _after_colours(data, 10, 13)] + data[slice(*first)] + b";"


def _scan(data: bytes) -> _Scan:
    """Walks the blocks to the end of the data, or to the bound."""
    at = _after_colours(data, 10, 13)
    frames, first, budget = 0, None, _MOST_BLOCKS
    while at < len(data) and budget > 0:
        budget -= 1
        kind, start = data[at], at
        try:
            if kind == _IMAGE:
                take(data, at, 10)
                at = _after_colours(data, at + 9, at + 10) + 1
                frames += 1
                first = first or (start, len(data))
            elif kind == _EXTENSION:
                at += 2
            elif kind == 0:  # some writers pad
                at += 1
                continue
            else:
                break  # the trailer, or rubbish after the last frame, which browsers pass over
            while size := take(data, at, 1)[0]:
                at += 1 + size
                budget -= 1
                if budget <= 0:
                    return _Scan(frames, first, cut=False)
            at += 1
        except MoreNeededError:
            return _Scan(frames, first, cut=kind == _IMAGE)
        if kind == _IMAGE and frames == 1:
            first = (start, at)
    return _Scan(frames, first, cut=False)


def _after_colours(data: bytes, flags: int, at: int) -> int:
    """`at`, moved past the colour table that the packed field at offset `flags` announces."""
    packed = take(data, flags, 1)[0]
    return at + (3 << (packed & 7) + 1) if packed & 0x80 else at
