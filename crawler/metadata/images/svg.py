"""SVG in, its size in CSS pixels out, read from the root element alone.

No XML parser: entities are never expanded, nothing outside is ever loaded, and at most 512 KiB are looked at. A page
of HTML that holds an SVG is not an SVG: the root element must be `svg` (https://www.w3.org/TR/SVG2/struct.html).
"""

from __future__ import annotations

import codecs
import re

from crawler.metadata.images.header import DamagedError, Header, MoreNeededError

_LIMIT = 512 * 1024
_BLANK = re.compile(r"[\s\ufeff]*")
_NAME = re.compile(r"<((?:[A-Za-z_][\w.-]*:)?[A-Za-z_!][\w.-]*)")
_ATTRIBUTE = re.compile(r"\s+([^\s=<>\"'/]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
_TAG_END = re.compile(r"\s*(/?)>")
_UNFINISHED = re.compile(r"\s*(?:[^\s=<>\"'/]+\s*(?:=\s*(?:\"[^\"]*|'[^']*)?)?|/)?\Z")
_CLOSED = re.compile(r"</(?:[\w.-]+:)?svg\s*>")
_SUBSET_END = re.compile(r"\]\s*>")
_LENGTH = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([a-zA-Z]*|%)\s*\Z")
_FLUID = re.compile(r"\s*(?:[\d.]+%|auto)\s*\Z")
_UNITS = {
    "": 1.0,
    "px": 1.0,
    "in": 96.0,
    "cm": 96 / 2.54,
    "mm": 96 / 25.4,
    "q": 96 / 101.6,
    "pt": 96 / 72,
    "pc": 16.0,
    "em": 16.0,
    "rem": 16.0,
    "ex": 8.0,
}
# CSS pixels of each unit (CSS Values 4, section 6); font-relative ones at the default size of 16 px
_LARGEST = 1e7


def root_name(data: bytes) -> str | None:
    """The name of the first element, without its prefix, or None if the data do not begin like markup."""
    return _root(_text(data))[0]


def measure(data: bytes) -> Header:
    """Width and height of the root element; where they are missing or in per cent, the viewBox fills in."""
    attributes, _ = _root_element(_text(data))
    width, height = _size(attributes)
    return Header(format="svg", width=width, height=height)


def check(data: bytes) -> str | None:
    """Whether the root element ends; a root element with nothing after it does no harm."""
    text = _text(data)
    _, end = _root_element(text)
    if text[:end].endswith("/>") or not text[end:].strip():
        return None
    tail = text if len(data) < _LIMIT else data[-_LIMIT:].replace(b"\0", b"").decode("latin-1")
    return None if _CLOSED.search(tail) else "truncated: the root element is never closed"


def _root_element(text: str) -> tuple[dict[str, str], int]:
    """The root's attributes, names in lower case, and the offset after its tag."""
    name, at = _root(text)
    if name != "svg":
        raise DamagedError("the root element is not svg")
    attributes: dict[str, str] = {}
    while found := _ATTRIBUTE.match(text, at):
        attributes.setdefault(found[1].lower(), found[2][1:-1])
        at = found.end()
    end = _TAG_END.match(text, at)
    if end:
        return attributes, end.end()
    if _UNFINISHED.match(text, at) and len(text) < _LIMIT:
        raise MoreNeededError
    raise DamagedError("the root element is malformed")


def _text(data: bytes) -> str:
    """The head as text: only its ASCII matters, so that any encoding that holds ASCII will do."""
    head = data[:_LIMIT]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head[: len(head) & ~1].decode("utf-16", "replace")
    return head.removeprefix(codecs.BOM_UTF8).decode("latin-1")


def _root(text: str) -> tuple[str | None, int]:
    """Name of the first element and the offset after it, past the declaration, comments and the document type."""
    at = 0
    while True:
        blank = _BLANK.match(text, at)
        at = blank.end() if blank else at
        if text.startswith("<?", at):
            end = _after(text, "?>", at + 2)
        elif text.startswith("<!--", at):
            end = _after(text, "-->", at + 4)
        elif text.startswith("<!", at):
            end = _doctype_end(text, at)
            if re.match(r"<!doctype\s+html", text[at : at + 40], re.IGNORECASE):
                return "html", at
        else:
            break
        at = end
    if at >= len(text) or (text[at] == "<" and not re.search(r"[\s/>]", text[at + 1 : at + 64])):
        if len(text) < _LIMIT:
            raise MoreNeededError
        return None, at
    name = _NAME.match(text, at)
    return (name[1].rpartition(":")[2], name.end()) if name else (None, at)


def _doctype_end(text: str, at: int) -> int:
    mark = re.compile(r"[\[>]").search(text, at)
    if mark and mark[0] == "[":
        mark = _SUBSET_END.search(text, mark.end())
    return mark.end() if mark else len(text)


def _after(text: str, mark: str, at: int) -> int:
    """The offset after the next `mark`, or the end."""
    found = text.find(mark, at)
    return len(text) if found < 0 else found + len(mark)


def _size(attributes: dict[str, str]) -> tuple[int | None, int | None]:
    """Raises DamagedError for a size that cannot be shown, or that is given on one side only."""
    box = _view_box(attributes.get("viewbox", ""))
    width, height = _length(attributes, "width"), _length(attributes, "height")
    if box and width is None and height is None:
        width, height = box
    elif box and width is None and height is not None:
        width = height * box[0] / box[1]
    elif box and height is None and width is not None:
        height = width * box[1] / box[0]
    elif (width is None) != (height is None):
        missing = attributes.get("width" if width is None else "height", "")
        if not _FLUID.match(missing):
            raise DamagedError("one side has a size, the other has none, and there is no viewBox")
    return _pixels(width), _pixels(height)


def _length(attributes: dict[str, str], name: str) -> float | None:
    """One side in CSS pixels; None where it is missing, relative or no length."""
    length = _LENGTH.match(attributes.get(name, "")[:100])
    unit = _UNITS.get(length[2].lower()) if length else None
    pixels = float(length[1]) * unit if length and unit else None
    if pixels is not None and pixels <= 0:
        raise DamagedError(f"a {name} of {length[0] if length else 0}")
    return pixels


def _view_box(written: str) -> tuple[float, float] | None:
    parts = re.split(r"[\s,]+", written.strip()[:200])
    try:
        _, _, width, height = (float(part) for part in parts)
    except ValueError:
        return None
    return (width, height) if 0 < width < _LARGEST and 0 < height < _LARGEST else None


def _pixels(length: float | None) -> int | None:
    """Whole pixels, one at least."""
    return None if length is None or not length < _LARGEST else max(1, int(length))
