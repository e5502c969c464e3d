"""First bytes in, the format out: FORMATS has a row for each, with its parser and its check."""

from __future__ import annotations

import re
from typing import NamedTuple

from crawler.metadata.images import bmp, decode, gif, heif, ico, jpeg, jxl, png, svg, tiff, webp
from crawler.metadata.images.header import Check, Header, Measure, MoreNeededError

_ENOUGH = 32
"""Bytes that every signature but SVG's fits in."""


def _exotic(name: str) -> Measure:
    def measure(data: bytes) -> Header:
        return Header(format=name, width=None, height=None, exotic=f"browsers do not show {name.upper()}")

    return measure


def _sound(data: bytes) -> None:
    """Formats that we only know by name are not checked."""


class Format(NamedTuple):
    """One row of FORMATS."""

    name: str
    signature: re.Pattern[bytes]
    """Matched at the start of the file."""
    measure: Measure
    check: Check
    types: tuple[str, ...] = ()
    """Content types that servers use for it, the right one first."""


def _row(name: str, signature: bytes, measure: Measure, check: Check, *types: str) -> Format:
    return Format(name, re.compile(signature, re.DOTALL), measure, check, types)


FORMATS = (
    _row("jpeg", rb"\xff\xd8\xff", jpeg.measure, decode.check_jpeg, "image/jpeg", "image/jpg", "image/pjpeg"),
    _row("png", rb"\x89PNG\r\n\x1a\n", png.measure, png.check, "image/png", "image/apng", "image/x-png"),
    _row("gif", rb"GIF8[79]a", gif.measure, decode.check_gif, "image/gif"),
    _row("webp", rb"RIFF.{4}WEBP", webp.measure, decode.check_webp, "image/webp"),
    _row("avif", rb".{4}ftypavi[fs]", heif.measure, decode.check_heif, "image/avif", "image/avif-sequence"),
    _row("heic", rb".{4}ftyp(?!avi[fs])", heif.measure, decode.check_heif, "image/heic", "image/heif"),
    _row("jxl", rb"\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n", jxl.measure, jxl.check, "image/jxl"),
    _row("bmp", rb"BM.{12}[\x0c-\xff]\0\0\0", bmp.measure, decode.check_bmp, "image/bmp", "image/x-ms-bmp"),
    _row("ico", rb"\0\0[\1\2]\0", ico.measure, ico.check, "image/x-icon", "image/vnd.microsoft.icon"),
    _row("cr2", rb"II\*\0.{4}CR", _exotic("cr2"), _sound),
    _row("tiff", rb"II[*+]\0|MM\0[*+]", tiff.measure, tiff.check, "image/tiff"),
    _row("jp2", rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51", _exotic("jp2"), _sound, "image/jp2"),
    _row("psd", rb"8BPS\0[\1\2]", _exotic("psd"), _sound, "image/vnd.adobe.photoshop"),
    _row("dds", rb"DDS \x7c\0\0\0", _exotic("dds"), _sound, "image/vnd-ms.dds"),
    _row("pnm", rb"P[1-7][ \t\r\n#]", _exotic("pnm"), _sound, "image/x-portable-anymap"),
    _row("svg", rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*<", svg.measure, svg.check, "image/svg+xml"),
)


def identify(data: bytes) -> Format | None:
    """The row that the bytes belong to, or None if they are no image; MoreNeededError if too few to tell."""
    row = next((row for row in FORMATS if row.signature.match(data)), None)
    if row is None and (len(data) < _ENOUGH or not data.strip(b" \t\r\n\0")):
        raise MoreNeededError
    if row and row.name == "svg":
        return row if svg.root_name(data) == "svg" else None
    if row and row.name == "heic" and heif.is_film(data):
        return None
    return row


def media_of(data: bytes) -> str | None:
    """What bytes that are no image are: `html`, `xml`, `json`, `pdf`, `video`, `text`; None if unknown."""
    head = data[:4_096].lstrip(b"\xef\xbb\xbf \t\r\n\0")
    if head.startswith(b"<") or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            root = svg.root_name(data)
        except MoreNeededError:
            return "html"  # a comment without end; browsers read it as HTML
        return "html" if root is None or root.lower() in _HTML else "xml"
    if _FILM.match(data):
        return "video"
    return next((name for name, signature in _MEDIA if signature.match(head)), None)


# What a browser takes for HTML (WHATWG MIME Sniffing, 7.1), and other elements that fragments begin with.
_HTML = frozenset(
    {"html", "head", "body", "script", "iframe", "h1", "h2", "p", "div", "font", "table", "a", "style", "title", "b"}
    | {"br", "center", "meta", "link", "span"}
)
_FILM = re.compile(rb".{4}ftyp|\x1a\x45\xdf\xa3|RIFF.{4}AVI |OggS|\x00\x00\x01[\xb3\xba]", re.DOTALL)
_MEDIA = tuple(
    (name, re.compile(signature, re.DOTALL))
    for name, signature in (
        ("pdf", rb"%PDF-"),
        ("json", rb"[\[{]\s*(?:[\]}\"{\[\d-]|true|false|null)"),
        ("text", rb"[\t\n\r\x20-\x7e\x80-\xff]+\Z"),
    )
)
