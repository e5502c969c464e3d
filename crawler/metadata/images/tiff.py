"""TIFF in (both byte orders, BigTIFF), its displayed size out; EXIF blocks are TIFF too, and give the orientation.

TIFF 6.0 section 2; BigTIFF as in libtiff; orientation is tag 0x0112 (TIFF 6.0 p. 36, EXIF 2.32 4.6.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from crawler.metadata.images.header import DamagedError, Header, MoreNeededError, take

_WIDTH, _HEIGHT, _ORIENTATION = 256, 257, 274
_OFFSETS = (273, 324)  # of strips, of tiles
_COUNTS = (279, 325)
_SIZES = {1: 1, 3: 2, 4: 4, 13: 4, 16: 8}  # field type -> bytes: BYTE, SHORT, LONG, IFD, LONG8
_MOST_ENTRIES = 4_096
_MOST_VALUES = 65_536


def measure(data: bytes) -> Header:
    """The size of the first picture, turned as the file asks."""
    tags = directory(data, {_WIDTH, _HEIGHT, _ORIENTATION})
    if not tags.get(_WIDTH) or not tags.get(_HEIGHT):
        raise DamagedError("the first directory gives no size")
    width, height = tags[_WIDTH][0], tags[_HEIGHT][0]
    if is_turned(tags.get(_ORIENTATION, (1,))):
        width, height = height, width
    return Header(format="tiff", width=width, height=height, pixels=width * height)


def check(data: bytes) -> str | None:
    """Whether the strips or tiles are all there. They are not decoded: no browser but Safari shows TIFF."""
    tags = directory(data, {*_OFFSETS, *_COUNTS})
    for offsets, counts in zip(_OFFSETS, _COUNTS, strict=True):
        ends = (at + size for at, size in zip(tags.get(offsets, ()), tags.get(counts, ()), strict=False))
        if max(ends, default=0) > len(data):
            return "truncated: image data would lie beyond the end of the file"
    return None


def is_turned_exif(block: bytes) -> bool:
    """Whether an EXIF block (a TIFF without pictures) asks for a quarter turn; a block that cannot be read does not."""
    try:
        return is_turned(directory(block, {_ORIENTATION}).get(_ORIENTATION, (1,)))
    except (MoreNeededError, DamagedError):
        return False


def is_turned(values: tuple[int, ...]) -> bool:
    """Orientations 5 to 8 swap width and height."""
    return bool(values) and 5 <= values[0] <= 8


def directory(data: bytes, wanted: set[int]) -> Mapping[int, tuple[int, ...]]:
    """The values of the `wanted` tags in the first directory; the chain of directories is not followed."""
    order: Literal["little", "big"] = "little" if take(data, 0, 2) == b"II" else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(take(data, at, size), order)

    wide = number(2, 2) == 43
    word = 8 if wide else 4  # bytes of an offset
    at = number(8 if wide else 4, word)
    entries = number(at, 8 if wide else 2)
    at += 8 if wide else 2
    if not 0 < entries <= _MOST_ENTRIES:
        raise DamagedError(f"a directory of {entries} entries")
    found: dict[int, tuple[int, ...]] = {}
    for entry in range(at, at + entries * (4 + 2 * word), 4 + 2 * word):
        tag = number(entry, 2)
        if tag not in wanted or tag in found:
            continue
        size, count = _SIZES.get(number(entry + 2, 2), 0), number(entry + 4, word)
        if not size or count > _MOST_VALUES:
            continue
        value = entry + 4 + word
        first = value if size * count <= word else number(value, word)
        found[tag] = tuple(number(place, size) for place in range(first, first + size * count, size))
    return found
