"""A document in, when it was published and when it was last changed out; the two are never confused.

Any page may show a date: of a comment, of a review, of the next concert. So what stands in its body, or under a name
of no standard, counts only where the page says elsewhere what it is: by og:type, an article's tags, JSON-LD, a month in
its address. WordPress and Drupal say it in the class of the body, which is enough for dates that are marked as such.
"""

from __future__ import annotations

import re

from crawler.metadata import datelines, dates
from crawler.metadata.document import Document
from crawler.metadata.jsonld import ARTICLES
from crawler.metadata.rules import Find, Rule, item, linked_data, meta

_MONTH = re.compile(r"/(?:19|20)\d\d[/-]?(?:0[1-9]|1[0-2])(?:[/-]?[0-3]\d)?(?!\d)|/(?:19|20)\d\d/\d/")
# WordPress: get_body_class(); Drupal: the classes that themes add to html.html.twig.
_POST = re.compile(r"\bsingle-post\b|\bnode-type-(?:article|blog|news|story|post|press)", re.IGNORECASE)


def _says_what_it_is(document: Document) -> bool:
    return (
        "og:type" in document.metas
        or any(key.startswith("article:") for key in document.metas)
        or next(document.graph.typed(ARTICLES), None) is not None
        or _MONTH.search(document.path) is not None
    )


def _is_post(document: Document) -> bool:
    body = document.body
    return body is not None and _POST.search(body.attributes.get("class") or "") is not None


def _told(find: Find) -> Find:
    """Finds only on pages that say what they are."""
    return lambda document: find(document) if document.once(_says_what_it_is) else None


def _marked(find: Find) -> Find:
    """As `_told`, and on what a content management system marks as a post."""
    return lambda document: find(document) if document.once(_says_what_it_is) or _is_post(document) else None


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
    Rule("microdata datePublished", _marked(item("datepublished", read=dates.iso))),
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
    Rule("date in the URL", datelines.in_address),
    Rule("<time>", _marked(datelines.in_time)),
    Rule("meta date", _told(_meta(*_META_DATES))),
    Rule("date in <title>", datelines.in_title),
    Rule("dateline", _told(datelines.in_dateline)),
    Rule("date under the headline", _told(datelines.under_headline)),
    Rule("labelled date", datelines.labelled),
    Rule("date in the page's data", _told(datelines.in_state)),
)
MODIFIED = (
    Rule("article:modified_time", _meta("article:modified_time", "og:article:modified_time", "og:updated_time")),
    Rule("JSON-LD dateModified", linked_data("dateModified", read=dates.iso)),
    Rule("microdata dateModified", item("datemodified", read=dates.iso)),
    Rule("dc or last-modified", _meta("dcterms.modified", "dc.date.modified", "last-modified", "lastmod")),
)
