"""Type and displayed size, from whole files and from their first bytes."""

from __future__ import annotations

import gzip
import itertools
import struct

import pytest
from PIL import Image as Pillow

from crawler.metadata.image import ImageReader, read_image
from crawler.model import Image
from tests.metadata import pictures
from tests.metadata.pictures import box, clap, heif, irot, ispe, noise, saved

WIDE = noise(60, 40)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" %s></svg>'

SIZES: dict[str, tuple[bytes, str, int, int]] = {
    "jpeg": (saved(WIDE, "JPEG"), "jpeg", 60, 40),
    "jpeg, progressive": (saved(WIDE, "JPEG", progressive=True), "jpeg", 60, 40),
    "jpeg, grey": (saved(WIDE.convert("L"), "JPEG"), "jpeg", 60, 40),
    "jpeg, cmyk": (saved(WIDE.convert("CMYK"), "JPEG"), "jpeg", 60, 40),
    "jpeg, upside down": (saved(WIDE, "JPEG", exif=pictures.exif(3)), "jpeg", 60, 40),
    "jpeg, turned": (saved(WIDE, "JPEG", exif=pictures.exif(6)), "jpeg", 40, 60),
    "jpeg, junk between segments": (
        saved(WIDE, "JPEG")[:20] + b"\x00\x12junk" + saved(WIDE, "JPEG")[20:],
        "jpeg",
        60,
        40,
    ),
    "jpeg, fill bytes": (saved(WIDE, "JPEG")[:20] + b"\xff\xff\xff" + saved(WIDE, "JPEG")[20:], "jpeg", 60, 40),
    "jpeg, no end marker": (saved(WIDE, "JPEG")[:-2], "jpeg", 60, 40),
    "png": (saved(WIDE, "PNG"), "png", 60, 40),
    "png, palette": (saved(WIDE.convert("P"), "PNG"), "png", 60, 40),
    "png, one bit": (saved(WIDE.convert("1"), "PNG"), "png", 60, 40),
    "png, turned": (saved(WIDE, "PNG", exif=pictures.exif(8)), "png", 40, 60),
    "png, no end chunk": (saved(WIDE, "PNG")[:-12], "png", 60, 40),
    "gif": (saved(WIDE, "GIF"), "gif", 60, 40),
    "webp": (saved(WIDE, "WEBP"), "webp", 60, 40),
    "webp, lossless": (saved(WIDE, "WEBP", lossless=True), "webp", 60, 40),
    "webp, extended": (saved(WIDE.convert("RGBA"), "WEBP", exif=pictures.exif(1)), "webp", 60, 40),
    "avif": (saved(WIDE, "AVIF"), "avif", 60, 40),
    "heic": (heif(b"heic", ispe(60, 40)), "heic", 60, 40),
    "heic, turned": (heif(b"heic", ispe(60, 40), irot(1)), "heic", 40, 60),
    "heic, cut, then turned": (heif(b"heic", ispe(64, 64), clap(60, 40), irot(3)), "heic", 40, 60),
    "heic, thumbnail first": (heif(b"heic", box(b"free"), ispe(60, 40), items=3), "heic", 60, 40),
    "heic, meta last": (
        heif(b"heic", ispe(60, 40))[:24] + box(b"mdat", bytes(9_000)) + heif(b"heic", ispe(60, 40))[24:],
        "heic",
        60,
        40,
    ),
    "jxl": (pictures.jxl(60, 40), "jxl", 60, 40),
    "jxl, turned": (pictures.jxl(60, 40, orientation=6), "jxl", 40, 60),
    "jxl, in a container": (
        b"\0\0\0\x0cJXL \r\n\x87\n" + box(b"ftyp", b"jxl \0\0\0\0jxl ") + box(b"jxlc", pictures.jxl(60, 40)),
        "jxl",
        60,
        40,
    ),
    "jxl, in parts": (
        b"\0\0\0\x0cJXL \r\n\x87\n" + box(b"jxlp", bytes(4), pictures.jxl(60, 40)),
        "jxl",
        60,
        40,
    ),
    "bmp": (saved(WIDE, "BMP"), "bmp", 60, 40),
    "bmp, top down": (
        saved(WIDE, "BMP")[:22] + struct.pack("<i", -40) + saved(WIDE, "BMP")[26:],
        "bmp",
        60,
        40,
    ),
    "bmp, OS/2": (b"BM" + bytes(8) + struct.pack("<IIHHHH", 26, 12, 60, 40, 1, 24) + bytes(180 * 40), "bmp", 60, 40),
    "ico": (saved(noise(48, 48), "ICO", sizes=[(16, 16), (48, 48)]), "ico", 48, 48),
    "ico, 0 is 256": (saved(noise(256, 256), "ICO", sizes=[(32, 32), (256, 256)]), "ico", 256, 256),
    "ico, bitmaps": (saved(noise(32, 32), "ICO", sizes=[(16, 16), (32, 32)], bitmap_format="bmp"), "ico", 32, 32),
    "cur": (
        b"\0\0\2\0" + saved(noise(32, 32), "ICO", sizes=[(32, 32)], bitmap_format="bmp")[4:],
        "ico",
        32,
        32,
    ),
    "tiff": (pictures.tiff(60, 40), "tiff", 60, 40),
    "tiff, big endian": (pictures.tiff(60, 40, order=">"), "tiff", 60, 40),
    "tiff, BigTIFF": (pictures.tiff(60, 40, wide=True), "tiff", 60, 40),
    "tiff, BigTIFF, big endian": (pictures.tiff(60, 40, order=">", wide=True), "tiff", 60, 40),
    "tiff, turned": (pictures.tiff(60, 40, orientation=5), "tiff", 40, 60),
    "svg": (SVG % b'width="60" height="40"', "svg", 60, 40),
    "svg, pixels, single quotes": (SVG % b"width='60px' height='40px'", "svg", 60, 40),
    "svg, exponent": (SVG % b'width="6e1" height="4.0E+1"', "svg", 60, 40),
    "svg, inches and picas": (SVG % b'width="1in" height="2pc"', "svg", 96, 32),
    "svg, viewBox alone": (SVG % b'viewBox="0 0 60.7 40.2"', "svg", 60, 40),
    "svg, viewBox with commas": (SVG % b'viewBox="-1,-1,60,40"', "svg", 60, 40),
    "svg, width and viewBox": (SVG % b'width="60" viewBox="0 0 120 80"', "svg", 60, 40),
    "svg, height and viewBox": (SVG % b'width="100%" height="40" viewBox="0 0 120 80"', "svg", 60, 40),
    "svg, stroke-width is no width": (SVG % b'stroke-width="9" viewBox="0 0 60 40"', "svg", 60, 40),
    "svg, mark at the start": (b"\xef\xbb\xbf" + SVG % b'width="60" height="40"', "svg", 60, 40),
    "svg, UTF-16": ((SVG % b'width="60" height="40"').decode().encode("utf-16"), "svg", 60, 40),
    "svg, namespace": (b'<svg:svg xmlns:svg="http://www.w3.org/2000/svg" width="60" height="40"/>', "svg", 60, 40),
    "svg, prologue": (
        b'<?xml version="1.0"?>\n<!-- <svg width="1"> -->\n<!DOCTYPE svg [ <!ENTITY a "x>y"> ]>\n'
        + SVG % b'width="60"\n height="40"',
        "svg",
        60,
        40,
    ),
    "svg, compressed": (gzip.compress(SVG % b'width="60" height="40"'), "svg", 60, 40),
}


def whole(body: bytes, content_type: str | None = None) -> Image:
    return read_image(body, content_type=content_type, complete=True, length=len(body))


def prefix(body: bytes, step: int) -> bytes:
    """What a reader that wants type and size alone takes."""
    reader = ImageReader(whole=False)
    for end in itertools.count(step, step):
        if not reader.feed(body[end - step : end]) or end >= len(body):
            return body[:end]
    raise AssertionError


@pytest.mark.parametrize("name", SIZES)
def test_sound_pictures(name: str) -> None:
    """Every format is known, gives the size that a browser shows, and is not called broken."""
    body, kind, width, height = SIZES[name]

    image = whole(body)

    assert (image.format, image.width, image.height, image.broken) == (kind, width, height, None)
    assert image.bytes == len(body)


@pytest.mark.parametrize("name", SIZES)
@pytest.mark.parametrize("step", [1, 7, 1_000])
def test_the_first_bytes_will_do(name: str, step: int) -> None:
    """However the bytes are cut into pieces, the reader stops at the same size as the whole file has."""
    body, kind, width, height = SIZES[name]

    image = read_image(prefix(body, step), content_type=None, complete=False, length=len(body))

    assert (image.format, image.width, image.height, image.broken) == (kind, width, height, None)
    assert image.bytes == len(body)


@pytest.mark.parametrize("name", SIZES)
def test_a_prefix_is_never_broken(name: str) -> None:
    """A body that goes on is called neither broken nor no image, wherever it was cut."""
    body = SIZES[name][0]

    for end in {*range(min(len(body), 300)), *range(300, len(body), 97)}:
        image = read_image(body[:end], content_type=None, complete=False, length=None)
        assert (image.broken, image.media) == (None, None), end


def test_little_is_read_for_the_size() -> None:
    """The size of a large JPEG takes its first piece."""
    assert len(prefix(saved(noise(1_200, 630), "JPEG"), 1_024)) == 1_024


def test_whole_means_whole() -> None:
    """A reader that wants the whole picture does not stop before its end."""
    body = saved(noise(100, 100), "PNG")
    reader = ImageReader(whole=True)

    assert all(reader.feed(body[at : at + 100]) for at in range(0, len(body), 100))


@pytest.mark.parametrize("whole_wanted", [True, False])
def test_what_is_no_image_is_read_in_part(whole_wanted: bool) -> None:
    """Of a page behind an image URL enough is read to see what it is, and no more."""
    reader = ImageReader(whole=whole_wanted)
    read = 0
    while reader.feed(b"<!DOCTYPE html><html>".ljust(4_096)):
        read += 4_096

    assert 32_768 <= read <= 131_072


FRAMES = [noise(20, 10) for _ in range(3)]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_animations(kind: str) -> None:
    """More than one frame is an animation; one frame is not."""
    moving = saved(FRAMES[0], kind, save_all=True, append_images=FRAMES[1:], duration=100)

    assert whole(moving).animated
    assert whole(moving).broken is None
    assert not whole(saved(FRAMES[0], kind)).animated


def test_every_way_to_turn_a_jpeg() -> None:
    """Orientations 1 to 4 keep the sides, 5 to 8 swap them, and what is not an orientation does nothing."""
    swapped = [whole(saved(WIDE, "JPEG", exif=pictures.exif(way))).width == 40 for way in range(10)]

    assert swapped == [5 <= way <= 8 for way in range(10)]


def test_a_webp_is_not_turned() -> None:
    """EXIF in WebP is left alone, as Chrome does."""
    assert whole(saved(WIDE, "WEBP", exif=pictures.exif(6))).width == 60


def test_an_svg_may_leave_its_size_to_the_page() -> None:
    """An SVG without any size is sound and has none."""
    image = whole(SVG % b'width="100%" height="100%"')

    assert (image.format, image.width, image.height, image.broken) == ("svg", None, None, None)


def test_pillow_agrees() -> None:
    """Our parsers and Pillow's give the same stored size for odd sizes of every format both know."""
    for kind in ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF"):
        for size in ((1, 1), (3, 255), (257, 2)):
            image = whole(saved(Pillow.new("RGB", size), kind))
            assert (image.width, image.height, image.broken) == (*size, None), kind
