"""Whole files in, what Pillow finds wrong with the picture out: a header alone does not show a truncated body.

Pillow's plug-ins are called by name, on copies without metadata: so no other decoder can be picked by the bytes, no
global limit or filter for warnings is touched, and profiles, comments and EXIF are never parsed. `Image.verify()`
would not do, it does not look at the pixels (Pillow issue 3012).
"""

from __future__ import annotations

import io

from PIL import AvifImagePlugin, BmpImagePlugin, GifImagePlugin, ImageFile, JpegImagePlugin, WebPImagePlugin, features

from crawler.metadata.images import boxes, gif, heif, jpeg, webp
from crawler.metadata.images.header import MOST_PIXELS

_ENDING = b"\xff\xd9"
_PADDINGS = (b"\x00" * 64, b"\xfe" * 64)


def check_jpeg(data: bytes) -> str | None:
    """Decodes at an eighth of the size: all the data are read, in half the time (2.6 ms for 1200 x 630)."""
    picture = jpeg.bare(data)
    fault = _shrunk(picture)[0]
    if not fault or picture.endswith(_ENDING) or jpeg.is_progressive(picture):
        return fault
    # Some writers forget the end marker, and browsers do not mind. If the last rows are there, whatever is put in
    # the marker's place changes nothing; if they are not, different bytes make different rows. (Not so where scans
    # refine each other: what is missing may be a whole scan.)
    first, second = (_shrunk(picture + padding + _ENDING)[1] for padding in _PADDINGS)
    return None if first is not None and first == second else fault


def check_gif(data: bytes) -> str | None:
    """Decodes the first frame alone."""
    return gif.check(data) or _fault(GifImagePlugin.GifImageFile, gif.first_frame(data))


def check_webp(data: bytes) -> str | None:
    """Decodes the first frame."""
    return webp.check(data) or (_fault(WebPImagePlugin.WebPImageFile, data) if features.check("webp") else None)


def check_avif(data: bytes) -> str | None:
    """Decodes the first frame. EXIF is hidden, or Pillow would parse it and warn of what it finds."""
    fault = boxes.check(data)
    if fault or not features.check("avif"):
        return fault
    return _fault(AvifImagePlugin.AvifImageFile, heif.without_exif(data))


def check_bmp(data: bytes) -> str | None:
    """Decodes all of it."""
    return _fault(BmpImagePlugin.BmpImageFile, data)


def _shrunk(data: bytes) -> tuple[str | None, bytes | None]:
    """The fault, or the grey picture at an eighth of its size."""
    try:
        with JpegImagePlugin.JpegImageFile(io.BytesIO(data)) as picture:
            picture.draft("L", (max(1, picture.width // 8), max(1, picture.height // 8)))
            picture.load()
            return None, picture.tobytes()
    except Exception as error:  # noqa: BLE001 - what a decoder raises on hostile bytes is open-ended
        return _reason(error), None


def _fault(decoder: type[ImageFile.ImageFile], data: bytes) -> str | None:
    try:
        with decoder(io.BytesIO(data)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return f"{picture.width} x {picture.height} pixels, and the header says otherwise"
            picture.load()
    except Exception as error:  # noqa: BLE001 - what a decoder raises on hostile bytes is open-ended
        return _reason(error)
    return None


def _reason(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:200]
