"""Files made to crash, to stall or to fill the memory."""

from __future__ import annotations

import gzip
import itertools
import struct
import tracemalloc
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.metadata.image import ImageReader, read_image
from crawler.metadata.images.formats import FORMATS
from crawler.metadata.images.header import MOST_PIXELS
from crawler.model import Image
from tests.metadata import pictures
from tests.metadata.pictures import box, chunk, exif, grey_rows, heif, irot, ispe, noise, png, saved

FRAME = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\2\2D\1\0"
SEEDS = [
    saved(noise(24, 16), "JPEG", exif=exif(6)),
    saved(noise(24, 16), "JPEG", progressive=True),
    saved(noise(24, 16), "PNG", save_all=True, append_images=[noise(24, 16)]),
    saved(noise(24, 16), "GIF", save_all=True, append_images=[noise(24, 16)]),
    saved(noise(24, 16), "WEBP"),
    saved(noise(24, 16, "RGBA"), "WEBP", lossless=True, exif=exif(1)),
    saved(noise(24, 16), "AVIF", exif=exif(8)),
    saved(noise(24, 16), "BMP"),
    saved(noise(16, 16), "ICO", sizes=[(8, 8), (16, 16)]),
    saved(noise(16, 16), "ICO", sizes=[(8, 8), (16, 16)], bitmap_format="bmp"),
    saved(noise(24, 16), "TIFF"),
    pictures.tiff(24, 16, wide=True, order=">"),
    heif(b"heic", ispe(24, 16), pictures.clap(20, 10), irot(1), items=2),
    pictures.jxl(24, 16),
    b"\0\0\0\x0cJXL \r\n\x87\n" + box(b"jxlp", bytes(4), pictures.jxl(24, 16)),
    b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b">]><svg width="24" viewBox="0 0 24 16">&a;</svg>',
    gzip.compress(b'<svg width="24" height="16"/>'),
]
STARTS = [seed[:40] for seed in SEEDS] + [b"GIF89a", b"\xff\xd8\xff", b"BM", b"\0\0\1\0\1\0", b"<svg ", b"8BPS\0\1"]


def whole(body: bytes) -> Image:
    return read_image(body, content_type="image/png", complete=True, length=len(body))


def stream(body: bytes, step: int) -> None:
    for wanted in (True, False):
        reader = ImageReader(whole=wanted)
        for at in range(0, len(body), step):
            if not reader.feed(body[at : at + step]):
                break


def check(body: bytes) -> None:
    """No exception, and facts that hold together."""
    for complete in (True, False):
        image = read_image(body, content_type="image/png", complete=complete, length=None)
        assert image.format is None or image.format in {row.name for row in FORMATS}
        assert image.format is not None or image.broken is not None or not complete
        assert image.broken is None or image.suspicious is None
        assert image.broken is not None or image.width is None or image.width > 0
    stream(body, max(1, len(body) // 9))


@settings(max_examples=300)
@given(start=st.sampled_from(STARTS), rest=st.binary(max_size=400))
def test_any_bytes(start: bytes, rest: bytes) -> None:
    """No bytes make the readers raise."""
    check(rest)
    check(start + rest)


@settings(max_examples=400)
@given(data=st.data(), seed=st.sampled_from(SEEDS))
def test_any_damage(data: st.DataObject, seed: bytes) -> None:
    """No cut and no changed byte of a sound file makes the readers raise."""
    body = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at] = data.draw(st.sampled_from([0, 1, 127, 128, 255]) | st.integers(0, 255))
    check(bytes(body[: data.draw(st.integers(0, len(body)))]))
    check(bytes(body))


def test_every_byte_flipped() -> None:
    """Flipping any one byte of the first 300 of any format makes nothing raise."""
    for seed in SEEDS:
        for at in range(min(len(seed), 300)):
            whole(seed[:at] + bytes([seed[at] ^ 0xFF]) + seed[at + 1 :])


def test_large_numbers_anywhere() -> None:
    """Sizes, counts and offsets of all ones, and of zero, make nothing raise."""
    for seed, value in itertools.product(SEEDS, (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\0\0\0\1", b"\x7f\xff\xff\xff")):
        for at in range(0, min(len(seed) - 4, 300), 2):
            whole(seed[:at] + value + seed[at + 4 :])


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (png(40_000, 40_000, grey_rows(10, 10)), "truncated"),
        (b"GIF89a\xff\xff\xff\xff\0\0\0," + struct.pack("<HHHHB", 0, 0, 65_535, 65_535, 0) + b"\2\1D\0;", "truncated"),
        (b"BM" + bytes(12) + struct.pack("<IiiHHI", 40, 99_999, 99_999, 1, 24, 0) + bytes(100), "truncated"),
        (b"\xff\xd8\xff\xc0\0\x11\x08\xff\xff\xff\xff\x03" + bytes(100), "truncated"),
    ],
)
def test_claims_that_cannot_be(body: bytes, reason: str) -> None:
    """A billion pixels in a hundred bytes are no picture."""
    broken = whole(body).broken

    assert broken is not None
    assert broken.startswith(reason)


def test_huge_pictures_are_not_decoded() -> None:
    """What may be sound but is too large to look at is suspicious, and costs no memory."""
    rows = chunk(b"IDAT", zlib.compress(bytes(8_000 * 8_001)))
    for body in (png(8_000, 8_000, rows), heif(b"avif", ispe(60_000, 60_000))):
        tracemalloc.start()
        image = whole(body)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert image.width is not None
        assert image.width**2 > MOST_PIXELS
        assert (image.broken, (image.suspicious or "")[:5]) == (None, "huge:")
        assert peak < 1_000_000


def test_profiles_and_texts_are_not_unpacked() -> None:
    """Compressed profiles and texts, where bombs hide, are passed over."""
    bomb = b"a\0\0" + zlib.compress(bytes(50_000_000))
    body = png(5, 5, chunk(b"zTXt", bomb), chunk(b"iCCP", bomb), chunk(b"iTXt", bomb), grey_rows(5, 5))

    tracemalloc.start()
    image = whole(body)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert image.broken is None
    assert peak < 2_000_000


def test_an_inflating_picture_takes_no_memory() -> None:
    """The rows of a PNG are counted as they are inflated, and forgotten."""
    body = png(7_000, 7_000, chunk(b"IDAT", zlib.compress(bytes(7_000 * 7_001))))

    tracemalloc.start()
    image = whole(body)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert image.broken is None
    assert peak < 4_000_000


def test_a_gzip_bomb_is_bounded() -> None:
    """Of gzip that nobody announced, 20 MiB are unpacked at most."""
    body = gzip.compress(bytes(100_000_000))

    tracemalloc.start()
    whole(body)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 64 * 1024 * 1024


ENTITIES = b"".join(b'<!ENTITY e%d "%s">' % (n + 1, b"&e%d;" % n * 10) for n in range(20))
LONG = 2_000_000
STALLS = {
    "jpeg of nothing but markers": b"\xff\xd8" + b"\xff" * LONG,
    "jpeg of stuffed bytes": b"\xff\xd8\xff" + b"\xff\0" * (LONG // 2),
    "jpeg of empty segments": b"\xff\xd8" + b"\xff\xe1\0\2" * (LONG // 4),
    "gif of a million frames": b"GIF89a\1\0\1\0\x80\0\0" + bytes(6) + FRAME * 1_000_000 + b";",
    "gif of blocks of one byte": b"GIF89a\1\0\1\0\0\0\0" + FRAME[:11] + b"\1A" * (LONG // 2),
    "gif of one long comment": b"GIF89a\1\0\1\0\0\0\0!\xfe" + (b"\xff" + b"a" * 255) * 8_000 + b"\0" + FRAME + b";",
    "png of empty chunks": png(9, 9, chunk(b"teXt", b"") * (LONG // 12)),
    "boxes of no size": heif(b"avif", ispe(9, 9))[:24] + b"\0\0\0\x08free" * (LONG // 8),
    "boxes within boxes": heif(b"avif", ispe(9, 9))[:24]
    + box(b"moov", box(b"trak", b"\0\0\0\x08free" * 9_000) * (LONG // 72_000)),
    "heif of many ties": box(b"ftyp", b"heic\0\0\0\0")
    + box(
        b"meta",
        bytes(4),
        box(b"pitm", b"\0\0\0\0\xff\xff"),
        box(b"iprp", box(b"ipco", ispe(9, 9)), box(b"ipma", b"\0\0\0\0\xff\xff\xff\xff", b"\0\1\0" * (LONG // 3))),
    ),
    "svg of comments": b"<!---->" * (LONG // 7),
    "svg of attributes": b"<svg" + b" a=''" * (LONG // 5),
    "svg of blanks": b"<svg" + b" " * LONG,
    "svg of one name": b"<svg " + b"a" * LONG,
    "svg of laughs": b'<!DOCTYPE svg [<!ENTITY e0 "ha">%s]><svg width="9" height="9">&e20;</svg>' % ENTITIES,
    "tiff of long lists": b"II*\0\x08\0\0\0\x06\0"
    + b"".join(struct.pack("<HHII", tag, 4, 65_536, 8) for tag in (256, 257, 273, 279, 324, 325))
    + b"\1" * 300_000,
    "tiff that points at itself": b"II*\0\x08\0\0\0\1\0" + struct.pack("<HHII", 256, 4, 1, 9) + struct.pack("<I", 8),
    "bmp of runs": b"BM" + bytes(8) + struct.pack("<IIiiHHIIiiII", 54, 40, 6_000, 6_000, 1, 8, 1, 0, 0, 0, 0, 0),
    "blanks": b" " * LONG,
    "brackets": b"<" * LONG,
    "json": b"[" * LONG,
}


@pytest.mark.timeout(10)
@pytest.mark.parametrize("name", STALLS)
def test_nothing_stalls(name: str) -> None:
    """Files of megabytes that walk a careless parser round in circles are soon done with."""
    whole(STALLS[name])
    stream(STALLS[name], 16_384)


@pytest.mark.timeout(30)
def test_a_jpeg_of_many_scans() -> None:
    """A progressive JPEG that repeats its scans is refused; decoding each costs a pass over the picture."""
    body = saved(noise(64, 64), "JPEG", progressive=True)
    last = body[body.rfind(b"\xff\xda") : -2]

    assert whole(body).broken is None
    assert whole(body[:-2] + last * 1_000 + b"\xff\xd9").broken == "more than 50 scans"
