"""A document in, a `Page` out: for each field an ordered table of named rules, of which the first that answers wins."""

from __future__ import annotations

import re

from crawler.metadata import dates, titles
from crawler.metadata.addresses import AMPHTML, CANONICAL, FAVICON, URL, shares
from crawler.metadata.authors import AUTHOR
from crawler.metadata.cleaning import clean
from crawler.metadata.document import Document, item_value
from crawler.metadata.rules import Find, Rule, decide, linked_data, meta
from crawler.metadata.sites import SITE_NAME, site_names
from crawler.model import Page
from crawler.urls import split


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


OG_TITLE = meta("og:title")
TWITTER_TITLE = meta("twitter:title", "parsely-title", "sailthru.title", "dc.title", "citation_title")


def _head(document: Document) -> str | None:
    return document.title or None


def _head_segment(document: Document) -> str | None:
    bare = titles.without_site(document.title, site_names(document))
    return titles.first_segment(bare) or None


HEADLINE = (
    Rule("h1 in og:title", lambda document: titles.heading_within(document.h1, OG_TITLE(document))),
    Rule("h1 in <title>", lambda document: titles.heading_within(document.h1, document.title)),
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
    for node in document.select("time[datetime]")[:1]:
        return dates.iso(node.attributes.get("datetime"))
    return None


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
)


def read_fields(document: Document, title_mode: str = "headline") -> Page:
    """What the page says of itself, with the rule that found each value."""
    values: dict[str, str] = {}
    rules: list[tuple[str, str]] = []
    for field, table in (
        ("title", TITLES[title_mode]),
        ("description", DESCRIPTION),
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
