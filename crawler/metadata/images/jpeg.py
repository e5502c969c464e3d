"""JPEG in, its displayed size out (ITU T.81 annex B); and a copy without metadata for the decoder."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from crawler.metadata.images.header import DamagedError, Header, MoreNeededError, big, take
from crawler.metadata.images.tiff import is_turned_exif

_MARKER = re.compile(rb"\xff[^\x00\xff]")
# The next marker, over fill bytes and over whatever strays between two segments.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset(range(0xD0, 0xD9)) | {0x01}  # markers without a length: RST0-7, SOI, TEM
_END, _SCAN, _EXIF, _COMMENT = 0xD9, 0xDA, 0xE1, 0xFE
_MOST_SEGMENTS = 4_096  # an ICC profile takes up to 255, an embedded Photoshop document some hundreds
_MOST_SCANS = 50  # progressive encoders write about ten; each scan costs a pass over all blocks


def measure(data: bytes) -> Header:
    """The size in the frame header, turned as EXIF asks: browsers do so (CSS Images 3, image-orientation)."""
    turned: bool | None = None
    for marker, at in _segments(data):
        if marker in _FRAMES:
            height, width = big(data, at + 3, 2), big(data, at + 5, 2)
            # Huffman codes are at least one bit for each block of 64 pixels (T.81 F.1.2).
            least = width * height // 512 if marker <= 0xC2 else 0
            if turned:
                width, height = height, width
            return Header(format="jpeg", width=width, height=height, pixels=width * height, least=least)
        if marker in (_SCAN, _END):
            break
        if marker == _EXIF and turned is None and take(data, at, big(data, at, 2))[2:8] == b"Exif\0\0":
            turned = is_turned_exif(data[at + 8 : at + big(data, at, 2)])
    raise DamagedError("no frame header before the picture's data")


def bare(data: bytes) -> bytes:
    """The same picture without application data and comments, which no decoder has to look at.

    DamagedError if the file has no scan, or so many that decoding it is an attack.
    """
    kept = [b"\xff\xd8"]
    for marker, at in _segments(data):
        if marker == _SCAN:
            rest = data[at - 2 :]
            if rest.count(b"\xff\xda") > _MOST_SCANS:
                raise DamagedError(f"more than {_MOST_SCANS} scans")
            return b"".join([*kept, rest])
        if marker == _END:
            break
        if not (0xE0 <= marker <= 0xEF or marker == _COMMENT):
            kept.append(data[at - 2 : at + big(data, at, 2)])
    raise DamagedError("no scan")


def is_progressive(data: bytes) -> bool:
    """Whether the picture is coded in scans that refine each other (SOF2 and above)."""
    return any(marker in _FRAMES and marker > 0xC1 for marker, _ in _until_scan(data))


def _until_scan(data: bytes) -> Iterator[tuple[int, int]]:
    return itertools.takewhile(lambda segment: segment[0] != _SCAN, _segments(data))


def _segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Each segment's marker, and the offset of its length."""
    at = 2
    for _ in range(_MOST_SEGMENTS):
        found = _MARKER.search(data, at)
        if not found:
            raise MoreNeededError
        marker, at = data[found.end() - 1], found.end()
        if marker in _ALONE:
            continue
        yield marker, at
        at += max(big(data, at, 2), 2)
    raise DamagedError(f"more than {_MOST_SEGMENTS} segments before the picture")
