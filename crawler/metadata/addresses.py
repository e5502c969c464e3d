"""A document in, the addresses that it declares out: its own, its AMP page and its icon."""

from __future__ import annotations

import re

from crawler.metadata.document import Document
from crawler.metadata.rules import Find, Rule
from crawler.metadata.sites import domain_label
from crawler.urls import is_root, origin_of


def link_to(*relations: str) -> Find:
    """Finds the address of the first `<link>` that has all of the relations."""
    wanted = set(relations)

    def find(document: Document) -> str | None:
        for have, href, _ in document.links:
            if wanted <= have:
                url = document.absolute(href)
                if url:
                    return url
        return None

    return find


def meta_address(*keys: str) -> Find:
    """Finds the first address among the contents of the first of the meta keys that has one."""

    def find(document: Document) -> str | None:
        for key in keys:
            for content in document.metas.get(key, ()):
                url = document.absolute(content)
                if url:
                    return url
        return None

    return find


def _own(find: Find) -> Find:
    """Takes a declared address only if it is on the page's own site and not its front page."""

    def checked(document: Document) -> str | None:
        url = find(document)
        return url if url and _credible(url, document) and _same_site(url, document.url) else None

    return checked


def _moved(document: Document) -> str | None:
    """An address on another site, if both tags name that site; one alone may name who wrote a syndicated text."""
    canonical, shared = link_to("canonical")(document), meta_address("og:url")(document)
    if canonical and shared and _credible(canonical, document) and _same_site(canonical, shared):
        return canonical
    return None


def _credible(url: str, document: Document) -> bool:
    """Front pages are declared by mistake, and by soft 404s."""
    return not is_root(url) or is_root(document.url)


def _same_site(one: str, other: str) -> bool:
    return origin_of(one) == origin_of(other) or domain_label(one) == domain_label(other)


CANONICAL = (Rule("link canonical", link_to("canonical")),)
URL = (
    Rule("link canonical", _own(link_to("canonical"))),
    Rule("og:url", _own(meta_address("og:url"))),
    Rule("link canonical and og:url", _moved),
    Rule("final URL", lambda document: document.url),
)
AMPHTML = (Rule("link amphtml", link_to("amphtml")),)


def _icon(document: Document) -> str | None:
    """The largest icon of those that declare a size, else the first."""
    icons = [link for link in document.links if "icon" in link.relations]
    icons.sort(key=lambda link: -_largest(link.attributes.get("sizes")))
    return next((url for link in icons if (url := document.absolute(link.href))), None)


def _largest(sizes: str | None) -> int:
    """The widest of `16x16 32x32`; the sign × is seen too."""
    return max((int(side) for side in _SIZE.findall(sizes.lower())), default=0) if sizes else 0


_SIZE = re.compile(r"(\d{1,4})[x×]\d")
FAVICON = (
    Rule("link icon", _icon),
    Rule("link apple-touch-icon", link_to("apple-touch-icon")),
    Rule("link apple-touch-icon-precomposed", link_to("apple-touch-icon-precomposed")),
    Rule("link mask-icon", link_to("mask-icon")),
)
