"""HTML bytes in, the page's metadata and the features of its shape out, each value with the rule that found it."""

from __future__ import annotations

import re

from selectolax.lexbor import SelectolaxError

from crawler.metadata.charset import as_utf8
from crawler.metadata.document import Document
from crawler.metadata.features import read_features
from crawler.metadata.fields import read_fields
from crawler.metadata.limits import bounded
from crawler.metadata.magic import looks_binary
from crawler.model import Features, Page

SNIFFED = 1_024
"""Bytes in which something must show that a body of unknown type is HTML."""

_HTML_TYPES = ("text/html", "application/xhtml+xml")
_VAGUE_TYPES = ("", "text/plain", "application/octet-stream", "unknown/unknown", "application/unknown", "*/*")
_MARKUP = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|title|meta|script|!--|div|p|h1|a|table|br|link|style)\b|<!--", re.IGNORECASE
)


def read_page(
    body: bytes, *, content_type: str | None, url: str, complete: bool, title_mode: str = "headline"
) -> tuple[Page, Features] | None:
    """What the page at the final `url` says of itself, and what it looks like; None if the body is no HTML.

    `complete` is False if the body goes on: then what was cut in two at its end is left out. `title_mode` is the
    setting `metadata.title`. Never raises, whatever the body holds.
    """
    if not is_html(body, content_type):
        return None
    html = as_utf8(body, content_type)
    if not complete:
        html = html[: html.rfind(b"<")] if b"<" in html else html
    try:
        document = Document(bounded(html), url)
    except SelectolaxError:  # the parser ran out of memory
        return None
    page = read_fields(document, title_mode)
    return page, read_features(document)


def is_html(body: bytes, content_type: str | None) -> bool:
    """Whether the body is a page: by its type, or by its first bytes where the type says nothing."""
    kind = (content_type or "").split(";")[0].strip().lower()
    start = body[:SNIFFED]
    if looks_binary(start):
        return False
    if kind in _HTML_TYPES:
        return True
    return kind in _VAGUE_TYPES and _MARKUP.search(start) is not None
