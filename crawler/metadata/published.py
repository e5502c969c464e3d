"""A document in, when it was published and when it was last changed out; the two are never confused."""

from __future__ import annotations

import re

from crawler.metadata import dates
from crawler.metadata.document import Document, short_text_of, text_of
from crawler.metadata.rules import Find, Rule, item, linked_data, meta
from crawler.urls import split

DATELINE = 100
"""Characters of text up to which an element can be a dateline."""

# Without their first letters the words match in both cases at the price of one.
_DATELINES = '[class*="date"],[class*="Date"],[class*="ublish"],[class*="osted"],[class*="imestamp"],[class*="yline"]'
_NOT_A_DATELINE = re.compile(
    r"updat|modif|comment|reply|valid|related|card|event|teaser|archive|sidebar|footer", re.IGNORECASE
)


def _path_date(document: Document) -> str | None:
    return dates.from_path(split(document.url).path)


def _time(document: Document) -> str | None:
    for node in document.elements["time"][:1]:
        return dates.iso(node.attributes.get("datetime")) or dates.iso(text_of(node, apart=True))
    return None


def _dateline(document: Document) -> str | None:
    """The first short element whose class says that it holds the date."""
    for node in document.select(_DATELINES)[:20]:
        attributes = node.attributes
        if _NOT_A_DATELINE.search(f"{attributes.get('class')} {attributes.get('id')}"):
            continue
        text = short_text_of(node, DATELINE)
        if text is not None:
            value = dates.iso(attributes.get("datetime")) or dates.iso(attributes.get("title")) or dates.iso(text)
            if value:
                return value
    return None


def _meta(*keys: str) -> Find:
    return meta(*keys, read=dates.iso)


PUBLISHED = (
    Rule("article:published_time", _meta("article:published_time", "og:article:published_time", "og:published_time")),
    Rule("JSON-LD datePublished", linked_data("datePublished", read=dates.iso)),
    Rule("microdata datePublished", item("datepublished", read=dates.iso)),
    Rule("parsely or sailthru", _meta("parsely-pub-date", "sailthru.date")),
    Rule(
        "dc or citation",
        _meta(
            "dc.date.issued",
            "dcterms.created",
            "dc.date.created",
            "dc.date",
            "dcterms.date",
            "citation_publication_date",
            "citation_date",
        ),
    ),
    Rule("meta date", _meta("pubdate", "publishdate", "publish-date", "publication_date", "date")),
    Rule("date in the URL", _path_date),
    Rule("<time>", _time),
    Rule("dateline", _dateline),
)
MODIFIED = (
    Rule("article:modified_time", _meta("article:modified_time", "og:article:modified_time", "og:updated_time")),
    Rule("JSON-LD dateModified", linked_data("dateModified", read=dates.iso)),
    Rule("microdata dateModified", item("datemodified", read=dates.iso)),
    Rule("dc or last-modified", _meta("dcterms.modified", "dc.date.modified", "last-modified", "lastmod")),
)
