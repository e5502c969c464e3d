"""An image file in, a small picture of it out, for reports; of a file that breaks off, what can be decoded.

As in `decode`, Pillow's plug-ins are called by name, on copies without metadata.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from contextlib import suppress

from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)

from crawler.metadata.images import gif, heif, jpeg, png

_SIZE = (160, 120)
_QUALITIES = (55, 30)
"""Of WebP: 55 gives 0.7 kB for a logo and 3 to 5 kB for a photograph; what is still too large is tried once more."""
_MOST_BYTES = 6_000
_MOST_PIXELS = 16_000_000
"""A larger picture is not worth the time and the memory that decoding it takes."""


def _as_it_is(data: bytes) -> bytes:
    return data


_DECODERS: dict[str, tuple[type[ImageFile.ImageFile], Callable[[bytes], bytes]]] = {
    "jpeg": (JpegImagePlugin.JpegImageFile, jpeg.bare),
    "png": (PngImagePlugin.PngImageFile, png.bare),
    "gif": (GifImagePlugin.GifImageFile, gif.first_frame),
    "webp": (WebPImagePlugin.WebPImageFile, _as_it_is),
    "avif": (AvifImagePlugin.AvifImageFile, heif.without_exif),
    "bmp": (BmpImagePlugin.BmpImageFile, _as_it_is),
}
"""Format -> Pillow's plug-in, and what takes the metadata out of a file."""


def thumbnail(data: bytes, format_: str | None) -> str | None:
    """A WebP of at most 160 x 120 pixels and 6,000 bytes in base64; None if none can be made."""
    row = _DECODERS.get(format_ or "")
    if row is None:
        return None
    decoder, bare = row
    try:
        with decoder(io.BytesIO(bare(data))) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                return None
            return _small(picture)
    except Exception:  # noqa: BLE001 - what a decoder raises on hostile bytes is open-ended, and a report can do without
        return None


def _small(picture: ImageFile.ImageFile) -> str | None:
    picture.draft("RGB", (2 * _SIZE[0], 2 * _SIZE[1]))
    with suppress(OSError):
        picture.load()
    picture.tile = []  # what was decoded before the file broke off is shown
    small = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    small.thumbnail(_SIZE)
    for quality in _QUALITIES:
        file = io.BytesIO()
        small.save(file, "webp", quality=quality)
        if file.tell() <= _MOST_BYTES:
            return base64.b64encode(file.getvalue()).decode()
    return None
