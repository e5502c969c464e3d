"""AVIF and HEIC in, the displayed size of the primary picture out (ISO 23008-12, ISO 23000-22).

The stored size is in `ispe`; `clap` cuts it and `irot` turns it, in the order in which they are tied to the picture.
"""

from __future__ import annotations

import itertools

from crawler.metadata.images.boxes import Box, boxes, cut
from crawler.metadata.images.header import DamagedError, Header, MoreNeededError, big, take

_AVIF = {b"avif", b"avis"}
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_MOVING = {b"avis", b"msf1", b"hevc", b"hevx", b"hevm", b"hevs"}
BRANDS = frozenset(_AVIF | _HEIC | _MOVING | {b"mif1", b"mif2", b"miaf"})
"""A file with one of these brands holds pictures; other files of the family are films."""
_MOST_ITEMS, _MOST_TRACKS = 65_536, 64
_ANYWHERE = 1 << 62


def brands(data: bytes) -> list[bytes]:
    """The major brand and the compatible ones."""
    head = take(data, 0, max(16, min(big(data, 0), 1_024)))
    return [head[8:12], *(head[at : at + 4] for at in range(16, len(head) - 3, 4))]


def measure(data: bytes) -> Header:
    """The size of the primary item, or of the first track of a sequence without one."""
    names = brands(data)
    size, meta, moving = None, None, False
    for box in boxes(data, 0, _ANYWHERE):
        if box.kind == b"meta":
            take(data, box.start, box.end - box.start)
            size, meta = _primary_size(data, box), box
            if not size and _MOVING.isdisjoint(names):
                break
        elif box.kind == b"moov":
            moving = True
            size = size or _track_size(data, box)
        if size:
            break
    if not size:
        raise DamagedError("no size is given")
    avif = not _AVIF.isdisjoint(names)
    if meta and not avif and _HEIC.isdisjoint(names):  # only the codec of the items tells
        avif = data.find(b"av01", meta.start, meta.end) >= 0
    return Header(
        format="avif" if avif else "heic",
        width=size[0],
        height=size[1],
        animated=moving or names[0] in _MOVING,
        pixels=size[0] * size[1],
    )


def check(data: bytes) -> str | None:
    """Whether the last box is all there, and the picture's data among the boxes; decoding is for the decoder."""
    fault = cut(data)
    if not fault and data.find(b"mdat") < 0 and data.find(b"idat") < 0:
        return "truncated: there are no data"
    return fault


def _primary_size(data: bytes, meta: Box) -> tuple[int, int] | None:
    """Follows pitm -> ipma -> ipco."""
    children = {box.kind: box for box in boxes(data, meta.start + 4, meta.end)}
    if b"iprp" not in children:
        return None
    inner = {box.kind: box for box in boxes(data, children[b"iprp"].start, children[b"iprp"].end)}
    if b"ipco" not in inner:
        return None
    properties = list(boxes(data, inner[b"ipco"].start, inner[b"ipco"].end))
    tied = properties
    if b"pitm" in children and b"ipma" in inner:
        start = children[b"pitm"].start
        item = big(data, start + 4, 4 if big(data, start, 1) else 2)
        tied = [properties[number - 1] for number in _ties(data, inner[b"ipma"], item) if 0 < number <= len(properties)]
    return _displayed(data, tied) or _displayed(data, [box for box in properties if box.kind == b"ispe"])


def _ties(data: bytes, ipma: Box, wanted: int) -> list[int]:
    """The numbers, from 1, of the properties of item `wanted`."""
    version, wide = big(data, ipma.start, 1), big(data, ipma.start + 3, 1) & 1
    at, length = ipma.start + 8, 4 if version else 2
    for _ in range(min(big(data, ipma.start + 4), _MOST_ITEMS)):
        item, count = big(data, at, length), big(data, at + length, 1)
        at += length + 1
        if item == wanted:
            step = 2 if wide else 1
            mask = 0x7FFF if wide else 0x7F  # the top bit says that the property is essential
            return [big(data, place, step) & mask for place in range(at, at + count * step, step)]
        at += count * (2 if wide else 1)
        if at >= ipma.end:
            break
    return []


def _displayed(data: bytes, properties: list[Box]) -> tuple[int, int] | None:
    size: tuple[int, int] | None = None
    for box in properties:
        if box.kind == b"ispe" and size is None:
            size = big(data, box.start + 4), big(data, box.start + 8)
        elif box.kind == b"clap" and size:
            wide, wide_by, high, high_by = (big(data, box.start + at) for at in (0, 4, 8, 12))
            if wide_by and high_by and 0 < wide // wide_by <= size[0] and 0 < high // high_by <= size[1]:
                size = wide // wide_by, high // high_by
        elif box.kind == b"irot" and size and big(data, box.start, 1) & 1:
            size = size[1], size[0]
    return size


def _track_size(data: bytes, moov: Box) -> tuple[int, int] | None:
    """Width and height of the first track that has any, 16.16 fixed point at the end of its header."""
    take(data, moov.start, moov.end - moov.start)
    for track in itertools.islice(boxes(data, moov.start, moov.end), _MOST_TRACKS):
        if track.kind != b"trak":
            continue
        for box in boxes(data, track.start, track.end):
            if box.kind == b"tkhd":
                size = big(data, box.end - 8) >> 16, big(data, box.end - 4) >> 16
                if all(size):
                    return size
    return None


def without_exif(data: bytes) -> bytes:
    """A copy in which no item is called EXIF, so that no decoder parses it; the picture is untouched."""
    for box in boxes(data, 0, len(data)):
        if box.kind == b"meta":
            return data[: box.start] + data[box.start : box.end].replace(b"Exif", b"free") + data[box.end :]
    return data


def is_film(data: bytes) -> bool:
    """Whether a file with an `ftyp` box is a film rather than a picture."""
    try:
        return BRANDS.isdisjoint(brands(data))
    except MoreNeededError:
        return False
