"""A document in, a `Page` out: for each field an ordered table of named rules, of which the first that answers wins.

The tables of the larger fields stand in modules of their own; those of description and language stand here.
"""

from __future__ import annotations

import re

from crawler.metadata.addresses import AMPHTML, CANONICAL, FAVICON, URL
from crawler.metadata.authors import AUTHOR
from crawler.metadata.cleaning import clean
from crawler.metadata.document import Document
from crawler.metadata.headlines import TITLES
from crawler.metadata.published import MODIFIED, PUBLISHED
from crawler.metadata.rules import Rule, decide, decide_by_majority, item, linked_data, meta
from crawler.metadata.shares import shares
from crawler.metadata.sites import SITE_NAME
from crawler.model import Page

MAX_IMAGES = 20
"""Share images that are kept."""

DESCRIPTION = (
    Rule("og:description", meta("og:description")),
    Rule("twitter:description", meta("twitter:description")),
    Rule("meta description", meta("description", "dc.description", "dcterms.description", "sailthru.description")),
    Rule("JSON-LD description", linked_data("description")),
    Rule("microdata description", item("description")),
)
"""Decided by majority: where the shared text is a teaser of its own, the others agree on what the page is about."""

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{2,8})*(?![^\s,;])", re.IGNORECASE)


def language(written: str | None) -> str | None:
    """A language tag with the hyphens of BCP 47 (`en_US` -> `en-US`), or None."""
    match = _LANGUAGE.match((written or "").strip())
    return match[0].replace("_", "-") if match else None


LANG = (
    Rule("html lang", lambda document: language(document.html.get("lang")) or language(document.html.get("xml:lang"))),
    Rule("og:locale", meta("og:locale", read=language)),
    Rule("content-language", meta("content-language", "language", "dc.language", read=language)),
    Rule("JSON-LD inLanguage", linked_data("inLanguage", read=language)),
    Rule("microdata inLanguage", item("inlanguage", read=language)),
)


def read_fields(document: Document, title_mode: str = "headline") -> Page:
    """What the page says of itself, with the rule that found each value; `title_mode` is a key of TITLES."""
    decided = {
        "title": decide(TITLES[title_mode], document),
        "description": decide_by_majority(DESCRIPTION, document),
        "url": decide(URL, document),
        "site_name": decide(SITE_NAME, document),
        "published": decide(PUBLISHED, document),
        "modified": decide(MODIFIED, document),
        "author": decide(AUTHOR, document),
        "lang": decide(LANG, document),
        "amphtml": decide(AMPHTML, document),
        "favicon": decide(FAVICON, document),
        "canonical": decide(CANONICAL, document),
    }
    values = {field: answer[0] for field, answer in decided.items() if answer}
    rules = [(field, answer[1]) for field, answer in decided.items() if answer]
    images = shares(document)
    best = images[0] if images else None
    if best:
        rules.append(("image", best.rule))
    return Page(
        **values,
        image=best.url if best else None,
        image_width=best.width if best else None,
        image_height=best.height if best else None,
        image_alt=clean(best.alt) if best else None,
        images=tuple(share.url for share in images[:MAX_IMAGES]),
        is_amp="amp" in document.html or "⚡" in document.html,
        rules=tuple(rules),
    )
