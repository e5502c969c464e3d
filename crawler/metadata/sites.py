"""A document in, the name of its site out; and the names by which titles may call it."""

from __future__ import annotations

from crawler.metadata.cleaning import clean
from crawler.metadata.document import Document
from crawler.metadata.rules import Rule, linked_data, meta
from crawler.metadata.titles import SEPARATOR, plain
from crawler.urls import host_of


def domain_label(url: str) -> str:
    """The label of the host that names the site: `example` of `www.example.co.uk`."""
    labels = host_of(url).split(".")
    while len(labels) > 1 and (labels[0] in {"www", "m", "amp", "mobile"}):
        labels.pop(0)
    if len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3:
        labels.pop()
    return labels[-2] if len(labels) > 1 else labels[0]


def site_names(document: Document) -> tuple[str, ...]:
    """Every name of the site, as `titles.plain` writes them."""
    found: dict[str, None] = {}
    for rule in (*SITE_NAME[:-1], TWITTER):
        value = rule.find(document)
        if value:
            found[plain(value)] = None
    found[plain(domain_label(document.url))] = None
    return tuple(name for name in found if name)


def _from_title(document: Document) -> str | None:
    """The last part of the `<title>`, if it is short or the domain is made of it."""
    cuts = list(SEPARATOR.finditer(document.title))
    if not cuts:
        return None
    last = document.title[cuts[-1].end() :]
    return clean(last) if len(last.split()) <= 4 and last else None


TWITTER = Rule("twitter:site", meta("twitter:site", read=lambda text: clean((text or "").lstrip("@ "))))

SITE_NAME = (
    Rule("og:site_name", meta("og:site_name")),
    Rule("JSON-LD publisher", linked_data("publisher")),
    Rule("application-name", meta("application-name", "apple-mobile-web-app-title", "al:ios:app_name")),
    Rule("citation or dc publisher", meta("dc.publisher", "dcterms.publisher", "citation_journal_title")),
    Rule("end of <title>", _from_title),
)
