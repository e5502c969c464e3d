"""A document in, the addresses that it declares out: its own, its AMP page, its icon and its share images."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from crawler.metadata.document import Document, item_value
from crawler.metadata.rules import Find, Rule
from crawler.metadata.sites import domain_label
from crawler.urls import is_root, origin_of


class Share(NamedTuple):
    """A share image with what the page says of it."""

    url: str
    width: int | None
    height: int | None
    alt: str | None
    rule: str


def _link(*relations: str) -> Find:
    wanted = set(relations)

    def find(document: Document) -> str | None:
        for have, href, _ in document.links:
            if wanted <= have:
                url = document.absolute(href)
                if url:
                    return url
        return None

    return find


def _meta(*keys: str) -> Find:
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
    canonical, shared = _link("canonical")(document), _meta("og:url")(document)
    if canonical and shared and _credible(canonical, document) and _same_site(canonical, shared):
        return canonical
    return None


def _credible(url: str, document: Document) -> bool:
    """Front pages are declared by mistake, and by soft 404s."""
    return not is_root(url) or is_root(document.url)


def _same_site(one: str, other: str) -> bool:
    return origin_of(one) == origin_of(other) or domain_label(one) == domain_label(other)


CANONICAL = (Rule("link canonical", _link("canonical")),)
URL = (
    Rule("link canonical", _own(_link("canonical"))),
    Rule("og:url", _own(_meta("og:url"))),
    Rule("link canonical and og:url", _moved),
    Rule("final URL", lambda document: document.url),
)
AMPHTML = (Rule("link amphtml", _link("amphtml")),)


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
    Rule("link apple-touch-icon", _link("apple-touch-icon")),
    Rule("link apple-touch-icon-precomposed", _link("apple-touch-icon-precomposed")),
    Rule("link mask-icon", _link("mask-icon")),
)


def shares(document: Document) -> list[Share]:
    """Every share image, best first: Open Graph with its structured properties, else the first other rule's."""
    found = list(_open_graph(document))
    if not found:
        for rule in IMAGE:
            url = rule.find(document)
            if url:
                found = [Share(url, None, None, None, rule.name)]
                break
    unique: dict[str, Share] = {}
    for share in found:
        unique.setdefault(share.url, share)
    return list(unique.values())


def _open_graph(document: Document) -> Iterator[Share]:
    """og:image and its properties, which belong to the nearest image before them (https://ogp.me/#array)."""
    group: dict[str, str] = {}
    for key, content in [*document.shares, ("og:image", "")]:
        if key in ("og:image", "og:image:url"):
            if key == "og:image:url" and "og:image" in group and "og:image:url" not in group:
                group[key] = content  # the same image under its second name
                continue
            share = _share(document, group)
            if share:
                yield share
            group = {key: content}
        else:
            group.setdefault(key, content)


def _share(document: Document, group: dict[str, str]) -> Share | None:
    for key in ("og:image", "og:image:url", "og:image:secure_url"):
        url = document.absolute(group.get(key))
        if url:
            return Share(
                url,
                _pixels(group.get("og:image:width")),
                _pixels(group.get("og:image:height")),
                group.get("og:image:alt"),
                key,
            )
    return None


def _pixels(written: str | None) -> int | None:
    match = re.match(r"\s*(\d{1,5})(?:\.0*)?\s*(?:px)?\s*\Z", written or "", re.IGNORECASE)
    return int(match[1]) or None if match else None


def _microdata_image(document: Document) -> str | None:
    for node in document.items.get("image", [])[:5]:
        inner = node.css_first('[itemprop~="url"]') if "itemscope" in node.attributes else None
        url = document.absolute(item_value(inner or node))
        if url:
            return url
    return None


def _linked_data_image(document: Document) -> str | None:
    for node in document.graph.main:
        for text in document.graph.texts(node.get("image"), "url"):
            url = document.absolute(text)
            if url:
                return url
    return None


IMAGE = (
    Rule("twitter:image", _meta("twitter:image", "twitter:image:src", "twitter:image0")),
    Rule("link image_src", _link("image_src")),
    Rule("microdata image", _microdata_image),
    Rule("meta thumbnail", _meta("parsely-image-url", "sailthru.image.full", "thumbnail", "image")),
    Rule("JSON-LD image", _linked_data_image),
)
