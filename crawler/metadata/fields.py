"""A document in, a `Page` out: for each field an ordered table of named rules, of which the first that answers wins."""

from __future__ import annotations

import re

from crawler.metadata import dates, titles
from crawler.metadata.addresses import AMPHTML, CANONICAL, FAVICON, URL, shares
from crawler.metadata.authors import AUTHOR
from crawler.metadata.cleaning import clean
from crawler.metadata.document import Document, item_value, text_of
from crawler.metadata.rules import Find, Rule, decide, decide_by_majority, linked_data, meta
from crawler.metadata.sites import SITE_NAME, site_names
from crawler.model import Page
from crawler.urls import is_root, split


def _item(name: str) -> Find:
    def find(document: Document) -> str | None:
        for node in document.items.get(name, [])[:3]:
            value = clean(item_value(node))
            if value:
                return value
        return None

    return find


# ---- titles ----


def _bare(find: Find) -> Find:
    def bare(document: Document) -> str | None:
        value = find(document)
        return titles.without_site(value, site_names(document)) if value else None

    return bare


def _headings(document: Document) -> list[str]:
    """The first-level headings that are not the site's banner."""
    if is_root(document.url):
        return list(document.h1)
    sites = site_names(document)
    return [heading for heading in document.h1 if not titles.names_site(heading, sites)]


def _heading_within(find: Find) -> Find:
    return lambda document: titles.heading_within(_headings(document), find(document))


def _heading_like(document: Document) -> str | None:
    title = _bare(OG_TITLE)(document) or titles.without_site(document.title, site_names(document))
    return titles.heading_like(_headings(document), title)


OG_TITLE = meta("og:title")
TWITTER_TITLE = meta("twitter:title", "parsely-title", "sailthru.title", "dc.title", "citation_title")


def _head(document: Document) -> str | None:
    return document.title or None


def _head_segment(document: Document) -> str | None:
    bare = titles.without_site(document.title, site_names(document))
    return titles.headline_of(bare) or None


HEADLINE = (
    Rule("h1 in og:title", _heading_within(OG_TITLE)),
    Rule("h1 in <title>", _heading_within(_head)),
    Rule("h1 like og:title or <title>", _heading_like),
    Rule("og:title without site", _bare(OG_TITLE)),
    Rule("twitter:title without site", _bare(TWITTER_TITLE)),
    Rule("JSON-LD headline", linked_data("headline")),
    Rule("<title> without site", _head_segment),
    Rule("h1", lambda document: document.h1[0] if document.h1 else None),
)
PLAIN_TITLE = (
    Rule("og:title", OG_TITLE),
    Rule("twitter:title", TWITTER_TITLE),
    Rule("<title>", _head),
    Rule("JSON-LD headline", linked_data("headline")),
    Rule("h1", lambda document: document.h1[0] if document.h1 else None),
)
TITLES = {"headline": HEADLINE, "og": PLAIN_TITLE, "keep": PLAIN_TITLE}
"""Title mode (`metadata.title` in config.toml) -> rules. Where titles are kept, the report shows the page's own."""

DESCRIPTION = (
    Rule("og:description", meta("og:description")),
    Rule("twitter:description", meta("twitter:description")),
    Rule("meta description", meta("description", "dc.description", "dcterms.description", "sailthru.description")),
    Rule("JSON-LD description", linked_data("description")),
    Rule("microdata description", _item("description")),
)

# ---- dates ----


def _path_date(document: Document) -> str | None:
    return dates.from_path(split(document.url).path)


def _time(document: Document) -> str | None:
    for node in document.select("time")[:1]:
        return dates.iso(node.attributes.get("datetime")) or dates.iso(text_of(node, apart=True))
    return None


def _dateline(document: Document) -> str | None:
    """The first short element whose class says that it holds the date."""
    for node in document.select(_DATELINES)[:20]:
        attributes = node.attributes
        if _NOT_A_DATELINE.search(f"{attributes.get('class')} {attributes.get('id')}"):
            continue
        text = " ".join(text_of(node, apart=True).split())
        if len(text) <= DATELINE:
            value = dates.iso(attributes.get("datetime")) or dates.iso(attributes.get("title")) or dates.iso(text)
            if value:
                return value
    return None


DATELINE = 100
"""Characters of text up to which an element can be a dateline."""
_DATELINES = (
    '[class*="date" i],[class*="publish" i],[class*="posted" i],[class*="timestamp" i],[class*="time-stamp" i],'
    '[class*="byline" i],[class$="time" i],abbr[title]'
)
_NOT_A_DATELINE = re.compile(
    r"updat|modif|comment|reply|valid|related|card|event|teaser|archive|sidebar|footer", re.IGNORECASE
)


def _item_date(name: str) -> Find:
    find = _item(name)
    return lambda document: dates.iso(find(document))


PUBLISHED = (
    Rule(
        "article:published_time",
        meta("article:published_time", "og:article:published_time", "og:published_time", read=dates.iso),
    ),
    Rule("JSON-LD datePublished", linked_data("datePublished", read=dates.iso)),
    Rule("microdata datePublished", _item_date("datepublished")),
    Rule(
        "parsely, sailthru, dc or pubdate",
        meta(
            "parsely-pub-date",
            "sailthru.date",
            "dc.date.issued",
            "dcterms.created",
            "dc.date.created",
            "dc.date",
            "dcterms.date",
            "pubdate",
            "publishdate",
            "publish-date",
            "publication_date",
            "citation_publication_date",
            "citation_date",
            "date",
            read=dates.iso,
        ),
    ),
    Rule("date in the URL", _path_date),
    Rule("<time>", _time),
    Rule("dateline", _dateline),
)
MODIFIED = (
    Rule(
        "article:modified_time",
        meta("article:modified_time", "og:article:modified_time", "og:updated_time", read=dates.iso),
    ),
    Rule("JSON-LD dateModified", linked_data("dateModified", read=dates.iso)),
    Rule("microdata dateModified", _item_date("datemodified")),
    Rule(
        "dc or last-modified", meta("dcterms.modified", "dc.date.modified", "last-modified", "lastmod", read=dates.iso)
    ),
)

# ---- language ----

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{2,8})*", re.IGNORECASE)


def language(written: str | None) -> str | None:
    """A language tag as BCP 47 writes it (`en_US` -> `en-US`), or None."""
    match = _LANGUAGE.match((written or "").strip())
    return match[0].replace("_", "-") if match else None


LANG = (
    Rule("html lang", lambda document: language(document.html.get("lang")) or language(document.html.get("xml:lang"))),
    Rule("og:locale", meta("og:locale", read=language)),
    Rule("content-language", meta("content-language", "language", "dc.language", read=language)),
    Rule("JSON-LD inLanguage", linked_data("inLanguage", read=language)),
    Rule("microdata inLanguage", lambda document: language(_item("inlanguage")(document))),
)


def read_fields(document: Document, title_mode: str = "headline") -> Page:
    """What the page says of itself, with the rule that found each value."""
    values: dict[str, str] = {}
    rules: list[tuple[str, str]] = []
    for field, table in (
        ("title", TITLES[title_mode]),
        ("url", URL),
        ("site_name", SITE_NAME),
        ("published", PUBLISHED),
        ("modified", MODIFIED),
        ("author", AUTHOR),
        ("lang", LANG),
        ("amphtml", AMPHTML),
        ("favicon", FAVICON),
        ("canonical", CANONICAL),
    ):
        decided = decide(table, document)
        if decided:
            values[field] = decided[0]
            rules.append((field, decided[1]))
    described = decide_by_majority(DESCRIPTION, document)
    if described:
        values["description"] = described[0]
        rules.append(("description", described[1]))
    images = shares(document)
    if images:
        rules.append(("image", images[0].rule))
    first = images[0] if images else None
    return Page(
        **values,
        image=first.url if first else None,
        image_width=first.width if first else None,
        image_height=first.height if first else None,
        image_alt=clean(first.alt) if first else None,
        images=tuple(share.url for share in images[:20]),
        is_amp="amp" in document.html or "⚡" in document.html,
        rules=tuple(rules),
    )
