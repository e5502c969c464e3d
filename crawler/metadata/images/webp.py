"""WebP in, its size and whether it moves out (RFC 9649).

EXIF orientation is left alone: Chrome and Firefox show a WebP as it is stored.
"""

from __future__ import annotations

from crawler.metadata.images.header import DamagedError, Header, little, take

_ANIMATED = 0x02


def measure(data: bytes) -> Header:
    """The size of the canvas, or of the only frame."""
    kind, animated = take(data, 12, 4), False
    if kind == b"VP8X":
        animated = bool(take(data, 20, 1)[0] & _ANIMATED)
        width, height = little(data, 24, 3) + 1, little(data, 27, 3) + 1
    elif kind == b"VP8L":
        if take(data, 20, 1) != b"\x2f":
            raise DamagedError("the lossless frame has no signature")
        bits = little(data, 21)
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 ":
        if take(data, 23, 3) != b"\x9d\x01\x2a":
            raise DamagedError("the frame is no key frame")
        width, height = little(data, 26, 2) & 0x3FFF, little(data, 28, 2) & 0x3FFF
    else:
        raise DamagedError("the first chunk is no picture")
    return Header(format="webp", width=width, height=height, animated=animated, pixels=width * height)


def check(data: bytes) -> str | None:
    """Whether there are as many bytes as the file says; decoding is for the decoder."""
    size = little(data, 4) + 8
    return f"truncated: {len(data):,} of {size:,} bytes" if len(data) < size else None
