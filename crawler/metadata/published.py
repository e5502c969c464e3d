"""A document in, when it was published and when it was last changed out; the two are never confused."""

from __future__ import annotations

import re

from crawler.metadata import dates
from crawler.metadata.document import Document, following_texts, short_text_of, text_of
from crawler.metadata.jsonld import ARTICLES
from crawler.metadata.rules import Find, Rule, item, linked_data, meta
from crawler.urls import split

DATELINE = 100
"""Characters of text up to which an element can be a dateline."""
MOST_TIMES = 10
"""`<time>` elements that are looked at; an article's own is among the first."""
UNDER_HEADLINE = 8
"""Pieces of text after the headline among which its date can stand: a line of explanation, the author, the section."""
LINE = 60
"""Characters of a piece of text that can be the date's line."""

# Without their first letters the words match in both cases at the price of one.
_DATELINES = '[class*="date"],[class*="Date"],[class*="ublish"],[class*="osted"],[class*="imestamp"],[class*="yline"]'
_NOT_A_DATELINE = re.compile(
    r"updat|modif|comment|reply|valid|related|card|event|teaser|archive|sidebar|footer", re.IGNORECASE
)


def _path_date(document: Document) -> str | None:
    return dates.from_path(split(document.url).path)


def _time(document: Document) -> str | None:
    """The first `<time>` that does not say that it means something else."""
    for node in document.elements["time"][:MOST_TIMES]:
        attributes = node.attributes
        if not _NOT_A_DATELINE.search(f"{attributes.get('class')} {attributes.get('itemprop')}"):
            return dates.iso(attributes.get("datetime")) or dates.iso(text_of(node, apart=True))
    return None


def _under_headline(document: Document) -> str | None:
    """A short piece of text with a date, right after the only first-level heading of what is marked as an article."""
    if len(document.elements["h1"]) != 1 or not _is_article(document):
        return None
    for text in following_texts(document.elements["h1"][0], UNDER_HEADLINE):
        value = dates.iso(text) if len(text) <= LINE else None
        if value:
            return value
    return None


def _is_article(document: Document) -> bool:
    return (
        "article" in (document.first("og:type") or "").lower()
        or bool(document.elements["article"])
        or any(key.startswith("article:") for key in document.metas)
        or next(document.graph.typed(ARTICLES), None) is not None
    )


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


# Names that htmldate, too, takes for the date of publication (htmldate/core.py, DATE_ATTRIBUTES).
_META_DATES = (
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "publication_date",
    "publication-date",
    "published_date",
    "published-date",
    "article_date_original",
    "originalpublicationdate",
    "date",
)
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
    Rule("meta date", _meta(*_META_DATES)),
    Rule("date in the URL", _path_date),
    Rule("<time>", _time),
    Rule("dateline", _dateline),
    Rule("date under the headline", _under_headline),
)
MODIFIED = (
    Rule("article:modified_time", _meta("article:modified_time", "og:article:modified_time", "og:updated_time")),
    Rule("JSON-LD dateModified", linked_data("dateModified", read=dates.iso)),
    Rule("microdata dateModified", item("datemodified", read=dates.iso)),
    Rule("dc or last-modified", _meta("dcterms.modified", "dc.date.modified", "last-modified", "lastmod")),
)
