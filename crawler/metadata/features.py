"""A document in, the features of its shape out that verdicts rest on: headings, lead, how much text, what it asks."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from crawler.metadata.cleaning import clean
from crawler.metadata.document import Document, absolute
from crawler.model import Features

LEAD = 200
"""Characters of the main part that are kept."""
LONG = 80
"""A paragraph of more characters than this is running text, not a button or a caption."""
MUCH = 1_500
"""Characters of running text from which on nothing else is counted: a wall or an error page has half of it at most."""
MOST = 1_000_000
NEXT_TO_NOTHING = 600
"""Characters of visible text up to which a page may be there for its refresh alone."""

_UNIT = "\x1f"  # between texts; `str.split` takes it for a blank
_REFRESH = re.compile(r"\s*(\d*)(?:\.[\d.]*)?\s*[;,\s]\s*(?:url\s*=\s*)?(.*)", re.IGNORECASE | re.DOTALL)
# The whole of a page's only script: a longer one may send some of its visitors on, and others not.
_LOCATION = re.compile(
    r"\s*(?:(?:window|document|self|top)\.)?location(?:\.href)?(?:\s*=\s*|\.(?:replace|assign)\(\s*)"
    r"[\"']([^\"'\\\s]{1,2000})[\"']\s*\)?\s*;?\s*"
)
# No forms: ASP.NET wraps whole pages in one.
_UNREAD = frozenset(
    "script style noscript template nav header footer aside button select label textarea svg iframe".split()  # noqa: SIM905 - reads best
)


def read_features(document: Document) -> Features:
    """The features; may remove scripts and styles from the document, so it comes last."""
    body = document.body
    lead = _lead(document)
    scripts = [] if lead else document.select("script")
    leaves = _LOCATION.fullmatch(scripts[0].text()) if len(scripts) == 1 else None
    visible = prose = _paragraphs(document)
    if prose < MUCH:
        document.strip("script", "style", "noscript")
        text = body.text(separator=_UNIT, skip_empty=True) if body else ""
        prose = max(prose, sum(_if_long(piece) for piece in text.split(_UNIT) if len(piece) > LONG))
        visible = len(" ".join(text.split()))
    return Features(
        heading=document.title,
        h1=document.h1,
        lead=lead,
        prose=prose,
        visible=visible,
        body_class=clean(body.attributes.get("class"), 500) or "" if body else "",
        password=bool(document.elements["input"]),
        noindex=any("noindex" in value.lower() for value in document.metas.get("robots", ())),
        refresh=_refresh(document, visible) or (_elsewhere(document, leaves[1]) if leaves and not visible else None),
        paywall=any(str(node.get("isAccessibleForFree")).endswith(("False", "false")) for node in document.graph.main),
    )


def _lead(document: Document) -> str:
    """The first words of the main part that belong neither to navigation nor to a form."""
    start = next((node for name in ("main", "article") for node in document.elements[name]), document.body)
    text = _words(start, LEAD) if start else ""
    if not text and start is not document.body and document.body:
        text = _words(document.body, LEAD)
    return text


def _words(start: LexborNode, limit: int) -> str:
    """The first `limit` characters of text below `start`, skipping what is not read."""
    found: list[str] = []
    length, top = 0, start.mem_id
    node = start.first_child
    while node is not None and length < limit:
        tag = node.tag
        following = None
        if tag == "-text":
            text = " ".join((node.text_content or "").split())
            if text:
                found.append(text)
                length += len(text) + 1
        elif tag not in _UNREAD:
            following = node.first_child
        while following is None:
            following = node.next
            if following is None:
                node = node.parent
                if node is None or node.mem_id == top:
                    break
        node = following
    return clean(" ".join(found), limit) or ""


def _paragraphs(document: Document) -> int:
    """Characters in long paragraphs; the count ends at MOST, since paragraphs nested in objects count repeatedly."""
    found = 0
    for node in document.elements["p"]:
        text = node.text_lexbor()
        if len(text) > LONG:
            found += _if_long(text)
        if found > MOST:
            break
    return found


def _if_long(text: str) -> int:
    length = len(text)
    if length > LONG and ("\n" in text or "  " in text):
        length = len(" ".join(text.split()))
    return length if length > LONG else 0


def _refresh(document: Document, visible: int) -> str | None:
    """The other page that a visitor is sent to at once by a page which says nothing itself.

    Of 26 pages with a refresh among 1,743 live ones, none was a redirect: they reload themselves, or stand in a
    comment or `<noscript>` (neither reaches the tree).
    """
    if visible > NEXT_TO_NOTHING:
        return None
    for value in document.metas.get("refresh", ()):
        match = _REFRESH.match(value)
        if match and int(match[1][:6] or 0) <= 1 and (target := _elsewhere(document, match[2].strip().strip("\"'"))):
            return target
    return None


def _elsewhere(document: Document, address: str) -> str | None:
    """The absolute address of another page."""
    target = absolute(address, document.base)
    return target if target and target != document.url else None
