"""What is broken, what is no image, and what is suspicious."""

from __future__ import annotations

import gzip
import struct
import warnings
import zlib

import pytest
from PIL import Image as Pillow
from PIL import ImageFile

from crawler.metadata.image import read_image
from crawler.model import Image
from tests.metadata.pictures import chunk, grey_rows, heif, ispe, noise, png, saved

PICTURE = noise(120, 80)
WHOLE = {
    "jpeg": saved(PICTURE, "JPEG", quality=90),
    "jpeg, progressive": saved(PICTURE, "JPEG", progressive=True),
    "png": saved(PICTURE, "PNG"),
    "gif": saved(PICTURE, "GIF"),
    "gif, animated": saved(PICTURE, "GIF", save_all=True, append_images=[noise(120, 80)]),
    "webp": saved(PICTURE, "WEBP"),
    "avif": saved(PICTURE, "AVIF"),
    "heic": heif(b"heic", ispe(120, 80)),
    "bmp": saved(PICTURE, "BMP"),
    "ico": saved(noise(64, 64), "ICO", sizes=[(64, 64)]),
    "ico, bitmap": saved(noise(64, 64), "ICO", sizes=[(64, 64)], bitmap_format="bmp"),
    "tiff": saved(PICTURE, "TIFF"),
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">' + b"<path/>" * 50 + b"</svg>",
}


def whole(body: bytes, content_type: str | None = None) -> Image:
    return read_image(body, content_type=content_type, complete=True, length=None)


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.9, 0.97])
def test_a_file_that_stops_early_is_broken(name: str, share: float) -> None:
    """A complete answer that holds a part of a picture only is broken."""
    body = WHOLE[name]

    assert whole(body).broken is None
    assert whole(body[: int(len(body) * share)]).broken is not None


def test_too_few_bytes_came() -> None:
    """A body shorter than its announced length is broken, even if it decodes."""
    body = WHOLE["jpeg"]

    image = read_image(body, content_type=None, complete=True, length=len(body) + 100)

    assert image.broken is not None
    assert image.broken.startswith("truncated:")


def test_damage_within() -> None:
    """Bytes overwritten in the middle of a PNG are noticed; most other formats decode to another picture."""
    body = bytearray(WHOLE["png"])
    body[len(body) // 2 : len(body) // 2 + 40] = bytes(40)

    assert whole(bytes(body)).broken is not None


@pytest.mark.parametrize(
    ("body", "because"),
    [
        (b"", "empty: no bytes came"),
        (png(0, 5, grey_rows(0, 5)), "no pixels: 0 x 5"),
        (b"GIF89a\0\0\x05\0\0\0\0;", "no pixels: 0 x 5"),
        (b"GIF89a\x05\0\x05\0\0\0\0;", "no frame"),
        (png(5, 5), "truncated: 30 of 30 bytes of pixels are missing"),
        (png(5, 5, grey_rows(5, 5), colour=3), "no palette"),
        (png(5, 5, grey_rows(5, 5), depth=3), "colour type 0 with 3 bits does not exist"),
        (png(5, 5, chunk(b"IDAT", b"no zlib")), "the compressed data are damaged"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDO", bytes(13)), "the header chunk is missing"),
        (b"\xff\xd8\xff\xd9", "no frame header before the picture's data"),
        (b"\xff\xd8\xff\xdb\0", "truncated: the file ends within its header"),
        (b"II*\0\x08\0\0\0\0\0\0\0", "a directory of 0 entries"),
        (b"\0\0\1\0\0\0", "a directory of 0 pictures"),
        (b"RIFF\x20\0\0\0WEBPVP8 \x14\0\0\0" + bytes(20), "the frame is no key frame"),
        (heif(b"heic"), "no size is given"),
        (b'<svg width="-1" viewBox="0 0 9 9"/>', "a width of -1"),
        (b'<svg width="0" height="9"/>', "a width of 0"),
        (b'<svg width="9"/>', "one side has a size, the other has none, and there is no viewBox"),
        (b'<svg width="9" viewBox="0 0 9px 3in"/>', "one side has a size, the other has none, and there is no viewBox"),
        (b"<svg width='9' ^(*-^)> height='9'/>", "the root element is malformed"),
        (b'<svg width="9" height="9"', "truncated: the file ends within its header"),
        (b'<svg width="9" height="9"><g><path/>', "truncated: the root element is never closed"),
        (gzip.compress(WHOLE["jpeg"])[:-200], "truncated"),
    ],
)
def test_broken(body: bytes, because: str) -> None:
    """Each way to be broken says so."""
    broken = whole(body).broken

    assert broken is not None
    assert broken.startswith(because)


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (b"<!DOCTYPE html><html><body><svg width='9' height='9'></svg>", "html"),
        (b"\xef\xbb\xbf\n <!-- a --><HTML>", "html"),
        (b"<p>Forbidden</p>", "html"),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'></html>", "html"),
        (b"<!-- a comment that never ends", "html"),
        (b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "xml"),
        (b'{"error": "not found"}', "json"),
        (b"[]", "json"),
        (b"%PDF-1.7\n", "pdf"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(50), "video"),
        (b"File not found.", "text"),
        (b"\x01\x02\x03\x04" * 20, None),
        (b"   \n ", None),
    ],
)
def test_no_image(body: bytes, media: str | None) -> None:
    """What is no image has no format, is broken, and is called by its name."""
    image = whole(body, "image/jpeg")

    assert (image.format, image.media) == (None, media)
    assert image.broken is not None


@pytest.mark.parametrize(
    ("body", "content_type", "suspicious"),
    [
        (saved(noise(50, 50), "PNG"), "image/png", None),
        (saved(noise(50, 50), "PNG"), None, None),
        (saved(noise(50, 50), "PNG"), "application/octet-stream", None),
        (saved(noise(50, 50), "JPEG"), "image/jpg; charset=binary", None),
        (saved(noise(50, 50), "ICO"), "image/vnd.microsoft.icon", None),
        (saved(noise(50, 50), "PNG"), "image/jpeg", "mislabelled: png served as image/jpeg"),
        (saved(noise(50, 50), "PNG"), "text/html; charset=utf-8", "mislabelled: png served as text/html"),
        (saved(noise(1, 1), "GIF"), "image/gif", "pixel: 1 x 1"),
        (saved(noise(3, 3), "PNG"), "text/plain", "pixel: 3 x 3"),
        (saved(noise(4, 3), "PNG"), "image/png", None),
        (b"8BPS\0\1" + bytes(40), "image/png", "exotic: browsers do not show PSD"),
        (
            gzip.compress(saved(noise(50, 50), "PNG")),
            "image/png",
            "mislabelled: compressed with gzip, and no Content-Encoding says so",
        ),
    ],
)
def test_suspicious(body: bytes, content_type: str | None, suspicious: str | None) -> None:
    """A sound image is suspicious if it is a tracker, exotic or mislabelled; the size is left to the judge."""
    image = whole(body, content_type)

    assert (image.broken, image.suspicious) == (None, suspicious)


def test_apples_png_is_exotic() -> None:
    """A PNG that Xcode crushed, its rows without the frame of zlib, is whole but shows on iOS alone."""
    deflate = zlib.compressobj(wbits=-15)
    rows = chunk(b"IDAT", deflate.compress(bytes(30)) + deflate.flush())
    plain = png(5, 5, rows)
    crushed = plain[:8] + chunk(b"CgBI", bytes(4)) + plain[8:]

    image = whole(crushed)

    assert (image.width, image.height, image.broken) == (5, 5, None)
    assert image.suspicious == "exotic: the CgBI variant of PNG is for iOS alone"
    assert whole(plain).broken is not None


def test_interlaced_png() -> None:
    """All passes of an interlaced PNG are counted."""
    # 5 x 5 pixels in Adam7: passes of 1x1, 1x1, 2x1, 1x2, 3x1, 2x3, 5x2 with a filter byte for each row.
    rows = bytes(1 + 1 + 1 + 1 + 1 + 2 + 2 * (1 + 1) + 1 + 3 + 3 * (1 + 2) + 2 * (1 + 5))
    header = struct.pack(">IIBBBBB", 5, 5, 8, 0, 0, 0, 1)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)

    for size, broken in ((len(rows), False), (len(rows) - 1, True)):
        body = start + chunk(b"IDAT", zlib.compress(rows[:size])) + chunk(b"IEND", b"")
        assert (whole(body).broken is not None) is broken


def test_no_warning_and_no_global_state() -> None:
    """Bad metadata cause no warning, and Pillow's global settings stay as they are."""
    settings = (Pillow.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES)
    bad = b"Exif\0\0MM\0*\0\0\0\x08\0\1\x01\x12\0\3\xff\xff\xff\xff\0\6\0\0"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bodies = [saved(PICTURE, kind, exif=bad) for kind in ("JPEG", "WEBP", "AVIF")]

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        filters = list(warnings.filters)
        results = [whole(body).broken for body in bodies]
        assert warnings.filters == filters

    assert results == [None, None, None]
    assert caught == []
    assert settings == (Pillow.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES)
