"""A document in, who wrote it out: names, no addresses, dates or sites; several are joined by a comma."""

from __future__ import annotations

import re
from collections.abc import Iterable

from selectolax.lexbor import LexborNode

from crawler.metadata.cleaning import clean
from crawler.metadata.document import Document, in_comments, short_text_of, text_of
from crawler.metadata.rules import Find, Rule
from crawler.metadata.sites import site_names
from crawler.metadata.titles import plain, without_site

MAX_AUTHORS = 10
MAX_NAME = 60
"""Characters; what is longer is a sentence."""
MAX_WORDS = 6
BYLINE = 160
"""Characters of text up to which an element can be a byline."""

_BY = re.compile(
    r"(?:(?:written|posted|published|reported|story|text|words|eingestellt|geschrieben|publié|écrit)\s+)?"
    r"(?:by|von|par|por|di|da|door|av|af|autor(?:in|es)?|auteur|author|text)(?:\s*:\s*|\s+)",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*(?:;|,|\||&|/|•|·|\b(?:and|und|et|y)\b)\s*", re.IGNORECASE)
_ADDRESS = re.compile(r"https?:|www\.|@\w+\.|\b\w+\.(?:com|org|net|de|ch|at|uk|fr|co|io|eu)\b", re.IGNORECASE)
_HANDLE = re.compile(r"\s*[(@].*$")
_WHEN = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\d|"
    r"(?:jan|feb|mar|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-z]{0,6}\.?\s+\d)"
)
# What a date here holds, found in an eighth of the time.
_DATED = re.compile(r"(?=[\ddup])(?:\d|day|updated|published|posted)", re.IGNORECASE)
_DATE = re.compile(
    rf"\s*(?:\b(?:updated|published|posted)\b|(?:\b(?:on|am|le|at|um)\s+)?(?<!\w){_WHEN}).*$", re.IGNORECASE | re.DOTALL
)
_NO_PERSON = re.compile(
    r"\b(?:gmbh|ag|inc|ltd|llc|e\. ?v|s\.a|verlag|redaktion|staff|comments?|admin|more|all|alle|follow|login|facebook|"
    r"twitter|editorial|articles?|artikel)\b",
    re.IGNORECASE,
)
_EDGES = " .,:;-–—|•·\"'"
_NOT_A_BYLINE = re.compile(
    r"comment|reply|respond|avatar|image|img|photo|picture|caption|bio|card|related|teaser|footer|sidebar|widget|form|"
    r"social|share|follow|title|about|img|icon|count|date|time|nav|menu",
    re.IGNORECASE,
)


def names(written: Iterable[str | None], document: Document) -> str | None:
    """The people among `written`, or None."""
    sites = site_names(document)
    found: dict[str, str] = {}
    for text in written:
        whole = _unprefixed(clean(text, 1_000) or "")
        if ("." in whole or ":" in whole) and _ADDRESS.search(whole):
            continue
        for part in _AND.split(whole):
            name = without_site(_bare(_unprefixed(part.strip(_EDGES))), sites).strip(_EDGES)
            key = plain(name)
            if key and key not in sites and len(name) <= MAX_NAME and name.count(" ") < MAX_WORDS:
                found.setdefault(key, name)
    return ", ".join(list(found.values())[:MAX_AUTHORS]) or None


def _unprefixed(text: str) -> str:
    for _ in range(2):
        prefix = _BY.match(text)
        if not prefix:
            break
        text = text[prefix.end() :]
    return text


def _bare(name: str) -> str:
    """A name without the date and the handle that follow it."""
    if _DATED.search(name):
        name = _DATE.sub("", name)
    return _HANDLE.sub("", name) if "(" in name or "@" in name else name


def _meta(*keys: str) -> Find:
    def find(document: Document) -> str | None:
        for key in keys:
            value = names(document.metas[key], document) if key in document.metas else None
            if value:
                return value
        return None

    return find


def _person(*keys: str) -> Find:
    """As `_meta`, but not a company: this tag often names who built or owns the site."""
    found = _meta(*keys)

    def find(document: Document) -> str | None:
        value = found(document)
        return None if value and _NO_PERSON.search(value) else value

    return find


def _linked_data(document: Document) -> str | None:
    for node in document.graph.main:
        written = node.get("author") or node.get("creator")
        value = names(document.graph.texts(written), document) if written else None
        if value:
            return value
    return None


def _microdata(document: Document) -> str | None:
    """The first author and those beside it; further ones belong to other articles and comments."""
    nodes = document.items.get("author")
    if not nodes:
        return None
    written: list[str | None] = []
    for node in nodes[:MAX_AUTHORS]:
        if not _siblings(node, nodes[0]):
            break
        inner = node.css_first('[itemprop~="name"]') or node
        written.append(inner.attributes.get("content") or text_of(inner, apart=True))
    return names(written, document)


def _siblings(one: LexborNode, other: LexborNode) -> bool:
    return one.parent is not None and other.parent is not None and one.parent.mem_id == other.parent.mem_id


def _rel_author(document: Document) -> str | None:
    for node in document.authors[:3]:
        value = names([text_of(node, apart=True)], document)
        if value:
            return value
    return None


def _byline(nodes: Iterable[LexborNode], document: Document) -> str | None:
    """The first short element of `nodes` that names people."""
    for node in nodes:
        attributes = node.attributes
        if _NOT_A_BYLINE.search(f"{attributes.get('class')} {attributes.get('id')}"):
            continue
        text = short_text_of(node, BYLINE)
        if not text or in_comments(node):
            continue
        linked = [text_of(link, apart=True) for link in node.css("a")] if node.tag != "a" else []
        for written in (linked, [text]):
            value = names(written, document) if written else None
            if value and not _NO_PERSON.search(value):
                return value
    return None


# Class names are matched without their first letter, so that both cases cost one selector. In two walks, as most pages
# have an answer after the first.
_BYLINES = '[class*="uthor"],[class*="yline"]'
_RARER_BYLINES = '[class*="riter"],[class*="utor"],[class*="uteur"],[class~="fn"],a[href*="/author/"]'
MAX_BYLINES = 40
"""Elements that are looked at; an article's own byline is among the first."""


AUTHOR = (
    Rule("JSON-LD author", _linked_data),
    Rule(
        "parsely, sailthru, dc or citation",
        _meta("parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl", "citation_author"),
    ),
    Rule("rel=author", _rel_author),
    Rule("microdata author", _microdata),
    Rule("meta author", _person("author", "cxenseparse:author")),
    Rule("article:author", _person("article:author", "og:article:author", "og:author", "book:author")),
    Rule("byline", lambda document: _byline(document.select(_BYLINES)[:MAX_BYLINES], document)),
    Rule("rarer byline", lambda document: _byline(document.select(_RARER_BYLINES)[:MAX_BYLINES], document)),
)
