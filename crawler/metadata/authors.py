"""A document in, who wrote it out: names, no addresses, dates or sites; several are joined by a comma."""

from __future__ import annotations

import re

from crawler.metadata.cleaning import clean
from crawler.metadata.document import Document, text_of
from crawler.metadata.rules import Find, Rule
from crawler.metadata.sites import site_names
from crawler.metadata.titles import plain

MAX_AUTHORS = 10
MAX_NAME = 100
"""Characters; what is longer is a biography."""

_PREFIX = re.compile(
    r"^(?:(?:written|posted|published|reported|story|text|words)\s+)?(?:by|von|par|por|di|door|av|af|autor|author|text)\b[:\s]+",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*(?:;|,|\||&|/|\band\b|\bund\b)\s*")
_NOT_A_NAME = re.compile(r"https?:|www\.|@\w+\.|\d{2,}|^\W*$", re.IGNORECASE)


def names(written: list[str | None], document: Document) -> str | None:
    """The people among `written`, or None."""
    sites = set(site_names(document))
    found: dict[str, str] = {}
    for text in written:
        for part in _SPLIT.split(_PREFIX.sub("", clean(text, 1_000) or "")):
            name = _PREFIX.sub("", part.strip(" .,:-–—|•·"))
            key = plain(name)
            if key and key not in sites and len(name) <= MAX_NAME and not _NOT_A_NAME.search(name):
                found.setdefault(key, name)
    return ", ".join(list(found.values())[:MAX_AUTHORS]) or None


def _meta(*keys: str) -> Find:
    def find(document: Document) -> str | None:
        for key in keys:
            value = names(list(document.metas.get(key, ())), document)
            if value:
                return value
        return None

    return find


def _linked_data(document: Document) -> str | None:
    for node in document.graph.main():
        value = names(list(document.graph.texts(node.get("author") or node.get("creator"))), document)
        if value:
            return value
    return None


def _microdata(document: Document) -> str | None:
    written: list[str | None] = []
    for node in document.items.get("author", [])[:MAX_AUTHORS]:
        inner = node.css_first('[itemprop~="name"]')
        attributes = (inner or node).attributes
        written.append(attributes.get("content") or text_of(inner or node))
    return names(written, document)


def _elements(query: str) -> Find:
    def find(document: Document) -> str | None:
        for node in document.select(query)[:3]:
            value = names([text_of(node)], document)
            if value:
                return value
        return None

    return find


AUTHOR = (
    Rule("JSON-LD author", _linked_data),
    Rule(
        "parsely, sailthru, dc or citation",
        _meta("parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl", "citation_author"),
    ),
    Rule("microdata author", _microdata),
    Rule("rel=author", _elements('a[rel~="author"]')),
    Rule("meta author", _meta("author")),
    Rule("article:author", _meta("article:author", "og:article:author", "og:author", "book:author")),
    Rule(
        "byline",
        _elements('[class*="byline" i] a, [class*="author-name" i], [class*="byline" i], [class*="author" i] a'),
    ),
)
