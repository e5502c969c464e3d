"""A document in, the name of its site out; and the names by which titles may call it."""

from __future__ import annotations

import re
from functools import lru_cache

from crawler.metadata.cleaning import clean
from crawler.metadata.document import Document
from crawler.metadata.rules import Rule, linked_data, meta
from crawler.metadata.titles import SEPARATOR, plain


@lru_cache(maxsize=256)
def domain_label(url: str) -> str:
    """The label of the host that names the site: `example` of `https://www.example.co.uk/`."""
    host = url.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0].lower()
    labels = host.split(".")
    while len(labels) > 2 and labels[0] in _COMMON:
        labels.pop(0)
    if len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3:
        labels.pop()  # `co.uk`; what the list of public suffixes adds to this rule does not matter for names
    return labels[-2] if len(labels) > 1 else labels[0]


_COMMON = frozenset({"www", "m", "amp", "mobile"})


def site_names(document: Document) -> tuple[str, ...]:
    """Every name of the site, as `titles.plain` writes them."""
    return document.once(_names)


def _names(document: Document) -> tuple[str, ...]:
    found = dict.fromkeys(plain(name) for name in _declared(document))
    found[plain((document.first("twitter:site") or "").lstrip("@ "))] = None
    found[plain(domain_label(document.url))] = None
    return tuple(name for name in found if name)


def _declared(document: Document) -> list[str]:
    return [name for rule in DECLARED if (name := rule.find(document))]


def _name(written: str | None) -> str | None:
    """A name, not an address."""
    name = clean(written, 200)
    return None if name and ("://" in name or name.startswith("www.")) else name


def _better_than_domain(document: Document) -> str | None:
    """The publisher's name, where og:site_name is but the domain ("Example.org")."""
    declared = document.first("og:site_name") or ""
    if not _DOMAIN.fullmatch(declared.strip()):
        return None
    name = _PUBLISHER(document)
    return name if name and not _DOMAIN.fullmatch(name) else None


def _from_title(document: Document) -> str | None:
    """The part of the `<title>` that the domain is made of."""
    domain = domain_label(document.url).replace("-", "")
    for part in reversed(SEPARATOR.split(document.title)):
        squeezed = plain(part).replace(" ", "")
        if len(squeezed) >= 3 and (
            squeezed == domain or (len(squeezed) >= len(domain) / 2 and domain.startswith(squeezed))
        ):
            return clean(part)
    return None


def _handle(document: Document) -> str | None:
    """The site's name at Twitter where it is the domain's, which it writes with its capitals."""
    handle = (document.first("twitter:site") or "").strip().lstrip("@")
    return handle if handle.isascii() and plain(handle) == domain_label(document.url).replace("-", "") else None


_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,10}", re.IGNORECASE)
_PUBLISHER = linked_data("publisher", read=_name)
DECLARED = (
    Rule("JSON-LD publisher over a domain", _better_than_domain),
    Rule("og:site_name", meta("og:site_name", read=_name)),
    Rule("JSON-LD publisher", _PUBLISHER),
    Rule("application-name", meta("application-name", "apple-mobile-web-app-title", "al:ios:app_name", read=_name)),
    Rule("twitter:app:name", meta("twitter:app:name:iphone", "twitter:app:name:ipad", "twitter:app:name:googleplay")),
    Rule(
        "meta publisher", meta("publisher", "dc.publisher", "dcterms.publisher", "citation_journal_title", read=_name)
    ),
)
"""Where a page states its site's name."""
SITE_NAME = (
    *DECLARED,
    Rule("domain in <title>", _from_title),
    Rule("twitter:site like the domain", _handle),
)
