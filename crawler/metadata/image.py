"""The bytes behind an image URL in, the Image record out; and the reader that tells the network when to stop.

`broken` says why nobody can see the picture; it begins with `truncated:` where the file is too short, which a second
request may cure. `suspicious` begins with one of these words and a colon:
`pixel` (3 x 3 or smaller: a tracker or a spacer), `huge` (too many pixels to be decoded here, or for a card),
`exotic` (sound, but browsers do not show the format), `mislabelled` (sound, but served as something else).
"""

from __future__ import annotations

import zlib

from crawler.metadata.images.formats import FORMATS, Format, identify, media_of
from crawler.metadata.images.header import MOST_PIXELS, DamagedError, Header, MoreNeededError
from crawler.model import Image

_MOST_BYTES = 20 * 1024 * 1024
_SAMPLE = 64 * 1024
"""As much is read of what is no image: enough for a judge to see what it is."""
_TRACKER = 3
_GZIP = b"\x1f\x8b\x08"


class ImageReader:
    """Watches the body of an image as it comes in.

    whole: read all of it, so that it can be decoded; otherwise stop once type and size are known.
    """

    def __init__(self, *, whole: bool) -> None:
        self._whole = whole
        self._head = bytearray()
        self._next = 1
        self._done = False

    def feed(self, data: bytes) -> bool:
        """Takes the next bytes; True means read on."""
        if self._done:
            return self._whole
        self._head += data
        if len(self._head) >= self._next:
            self._next = 2 * len(self._head)  # so that all looks together cost no more than the last one
            return self._look()
        return True

    def _look(self) -> bool:
        body = bytes(self._head)
        row = None
        try:
            row = identify(_unpacked(body)[0])
            if row is None:
                return len(body) < _SAMPLE
            if not self._whole:
                row.measure(_unpacked(body)[0])
        except MoreNeededError:
            return row is not None or len(body) < _SAMPLE
        except DamagedError:
            return len(body) < _SAMPLE
        self._done = True
        self._head.clear()
        return self._whole


def read_image(body: bytes, *, content_type: str | None, complete: bool, length: int | None) -> Image:
    """What `body` is.

    complete: False if the body goes on after `body`; then only the header is judged.
    length: Content-Length of an unencoded body, in bytes.
    A complete body is decoded: some 3 ms for a JPEG of 1200 x 630; a hostile one may take a second or two, so that
    this is best called in a thread (the decoders release the interpreter's lock).
    """
    size = len(body) if complete else length
    if complete and not body:
        return Image(bytes=0, broken="empty: no bytes came")
    data, packed = _unpacked(body)
    try:
        row = identify(data)
    except MoreNeededError:
        if complete or len(data) >= _SAMPLE:
            return Image(bytes=size, media=media_of(data), broken="not an image")
        return Image(bytes=size)
    if row is None:
        media = media_of(data)
        return Image(bytes=size, media=media, broken=f"not an image, but {media or 'bytes of no known format'}")
    try:
        header = row.measure(data)
    except MoreNeededError:
        broken = "truncated: the file ends within its header" if complete else None
        return Image(format=row.name, bytes=size, broken=broken)
    except DamagedError as error:
        return Image(format=row.name, bytes=size, broken=str(error))
    broken = _broken(data, row, header, complete=complete)
    if complete and length is not None and len(body) < length:
        broken = f"truncated: {len(body):,} of {length:,} bytes came"
    return Image(
        format=header.format,
        width=header.width,
        height=header.height,
        bytes=size,
        animated=header.animated,
        broken=broken,
        suspicious=None if broken else _suspicious(header, content_type, packed=packed),
    )


def _broken(data: bytes, row: Format, header: Header, *, complete: bool) -> str | None:
    if header.width == 0 or header.height == 0:
        return f"no pixels: {header.width} x {header.height}"
    if not complete:
        return None
    if header.least > len(data):
        return f"truncated: {len(data):,} bytes cannot hold {header.width} x {header.height} pixels"
    if header.pixels > MOST_PIXELS:
        return None
    try:
        return row.check(data)
    except MoreNeededError:
        return "truncated: the file ends within its structure"
    except DamagedError as error:
        return str(error)


def _suspicious(header: Header, content_type: str | None, *, packed: bool) -> str | None:
    width, height = header.width, header.height
    if width and height and width <= _TRACKER and height <= _TRACKER:
        return f"pixel: {width} x {height}"
    if header.pixels > MOST_PIXELS:
        return f"huge: {width} x {height}"
    if header.exotic:
        return f"exotic: {header.exotic}"
    if packed:
        return "mislabelled: compressed with gzip, and no Content-Encoding says so"
    essence = (content_type or "").split(";", 1)[0].strip().lower()
    named = next((other.name for other in FORMATS if essence in other.types), None)
    if (named and named != header.format) or essence.startswith(_NO_IMAGES):
        return f"mislabelled: {header.format} served as {essence}"
    return None


_NO_IMAGES = (
    "text/",
    "application/json",
    "application/xhtml",
    "application/xml",
    "application/pdf",
    "video/",
    "audio/",
)


def _unpacked(body: bytes) -> tuple[bytes, bool]:
    """`body`, or what is within if it is gzip that no header spoke of; and whether it was."""
    if not body.startswith(_GZIP):
        return body, False
    inflate = zlib.decompressobj(31)
    try:
        return inflate.decompress(body, _MOST_BYTES), True
    except zlib.error:
        return body, False
