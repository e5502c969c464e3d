"""A document in, the date out that its address, its title, its data or what it shows names; a finder for each place."""

from __future__ import annotations

import re

from crawler.metadata import dates
from crawler.metadata.document import (
    Document,
    following_texts,
    in_comments,
    in_margin,
    short_text_of,
    text_of,
    texts_from,
)
from crawler.metadata.titles import SEPARATOR

DATELINE = 100
"""Characters of text up to which an element can be a dateline."""
MOST_TIMES = 10
"""`<time>` elements that are looked at; an article's own is among the first."""
UNDER_HEADLINE = 8
"""Pieces of text after the headline among which its date can stand: a line of explanation, the author, the section."""
LINE = 60
"""Characters of a piece of text that can be the date's line."""
MOST_TEXTS = 2_000
"""Pieces of text among which a labelled date is looked for."""
MOST_STATE = 1_000_000
"""Characters of a page's data that are searched."""

# Without their first letters the words match in both cases at the price of one.
_DATELINES = (
    '[class*="date"],[class*="Date"],[class*="ublish"],[class*="osted"],[class*="imestamp"],[class*="yline"],'
    '[id*="date"],[id*="Date"]'
)
_NOT_A_DATELINE = re.compile(
    r"updat|modif|review|comment|reply|valid|related|card|event|teaser|archive|sidebar|footer", re.IGNORECASE
)
# "Date: 21 June 2021" and its like; the colon tells a label from a sentence that happens to begin so.
_LABELS = (
    r"(?:(?:publication )?date|published|posted|datum|veröffentlicht|erschienen|fecha|publicado|publiée?|data|"
    r"pubblicato|gepubliceerd|opublikowano)(?: (?:on|am|le|el|il|at|op))?\s*[:：]"
)
_LABEL = re.compile(_LABELS + "(.*)", re.IGNORECASE)
# The same in the source of a page, where what is not ASCII may be an entity.
_ANY_LABEL = re.compile(
    rb">\s*+(?=[defgopvDEFGOPV])" + re.sub("[öé]", "[^<]{1,8}", _LABELS).replace("[:：]", "(?::|&|：)").encode(),
    re.IGNORECASE,
)
_STATE = re.compile(
    r'"(?:date_?published|published_?(?:date|at|time|on)|publish_?(?:date|time)|publication_?date|pub_?date)"'
    r'\s*:\s*"([^"\\]{8,40})"',
    re.IGNORECASE,
)


def in_address(document: Document) -> str | None:
    """The day that the path names."""
    return dates.from_path(document.path)


def in_title(document: Document) -> str | None:
    """A piece at the end of the `<title>` that holds a day and nothing else."""
    pieces = SEPARATOR.split(document.title)
    return dates.alone(pieces[-1]) if len(pieces) > 1 else None


def in_time(document: Document) -> str | None:
    """The first `<time>` that does not say that it means something else."""
    for node in document.elements["time"][:MOST_TIMES]:
        attributes = node.attributes
        named = f"{attributes.get('class')} {attributes.get('itemprop')} {attributes.get('aria-label')}"
        if not (_NOT_A_DATELINE.search(named) or in_margin(node) or in_comments(node)):
            return dates.iso(attributes.get("datetime")) or dates.iso(text_of(node, apart=True))
    return None


def in_dateline(document: Document) -> str | None:
    """The first short element whose name says that it holds the date, unless several articles share the page."""
    if len(document.elements["article"]) > 1:
        return None
    for node in document.select(_DATELINES)[:20]:
        attributes = node.attributes
        if _NOT_A_DATELINE.search(f"{attributes.get('class')} {attributes.get('id')}"):
            continue
        text = short_text_of(node, DATELINE)
        if text is not None and not in_comments(node):
            value = dates.iso(attributes.get("datetime")) or dates.iso(attributes.get("title")) or dates.iso(text)
            if value:
                return value
    return None


def under_headline(document: Document) -> str | None:
    """A short piece of text with a date, right after the only first-level heading.

    Who marks the headline (microdata) would mark the date of publication too: one beside it is another, as a rule.
    """
    heading, *others = document.elements["h1"] or (None,)
    if heading is None or others or "itemprop" in heading.attributes:
        return None
    for text in following_texts(heading, UNDER_HEADLINE):
        value = dates.iso(text) if len(text) <= LINE else None
        if value:
            return value
    return None


def labelled(document: Document) -> str | None:
    """A short piece of text that says of itself that it is the date, or that follows such a label."""
    if document.body is None or not _ANY_LABEL.search(document.source):
        return None
    label = False
    for text in texts_from(document.body, MOST_TEXTS):
        match = _LABEL.match(text) if len(text) <= LINE else None
        value = dates.iso(match[1]) if match else dates.iso(text) if label and len(text) <= LINE else None
        if value:
            return value
        label = match is not None and not match[1].strip()
    return None


def in_state(document: Document) -> str | None:
    """The date in the data that a page is drawn from by its scripts, if all that is published there has one day."""
    found = [
        value
        for node in document.elements["script"]
        for match in _STATE.finditer(node.text()[:MOST_STATE])
        if (value := dates.iso(match[1]))
    ]
    return found[0] if found and len({value[:10] for value in found}) == 1 else None
