"""A document in, its share images out, best first: those of Open Graph with their properties, else another tag's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from crawler.metadata.addresses import link_to, meta_address
from crawler.metadata.document import Document, item_value
from crawler.metadata.rules import Rule


class Share(NamedTuple):
    """A share image with what the page says of it."""

    url: str
    width: int | None
    height: int | None
    alt: str | None
    rule: str


def shares(document: Document) -> list[Share]:
    """Every share image that shows something of the page."""
    found = [share for share in _open_graph(document) if not is_stand_in(share.url)]
    if not found:
        for rule in IMAGE:
            url = rule.find(document)
            if url and not is_stand_in(url):
                found = [Share(url, None, None, None, rule.name)]
                break
    unique: dict[str, Share] = {}
    for share in found:
        unique.setdefault(share.url, share)
    return list(unique.values())


def is_stand_in(url: str) -> bool:
    """Whether the address of an image says that it stands for any page that has none: a blank, a default, an avatar."""
    folders, _, name = url.partition("?")[0].rpartition("/")
    return folders.rpartition("/")[2].lower() in _STAND_IN_FOLDERS or _STAND_IN.search(name[-LONGEST_NAME:]) is not None


LONGEST_NAME = 80
"""Characters at the end of a file's name that are looked at."""
_STAND_IN_FOLDERS = frozenset({"avatar", "avatars", "category", "categories"})
# wordpress.com shares /i/blank.jpg for each post without a picture.
_STAND_IN = re.compile(
    r"(?:\A(?:blank|spacer|transparent|pixel)|(?:\A|[-_])(?:placeholder|no[-_]?(?:image|photo|picture)"
    r"|social[-_]media[-_]image|default[-_](?:[a-z]{1,12}[-_])?(?:image|picture|share|thumbnail)))"
    r"(?:[-_]\d{1,5}x\d{1,5})?\.[a-z]{3,4}\Z",
    re.IGNORECASE,
)


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
    # secure_url is there for pages that are served over https (https://ogp.me/#structured).
    secure = document.url.startswith("https:")
    for key in _SECURE_FIRST if secure else _SECURE_LAST:
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


_SECURE_FIRST = ("og:image:secure_url", "og:image", "og:image:url")
_SECURE_LAST = ("og:image", "og:image:url", "og:image:secure_url")


def _pixels(written: str | None) -> int | None:
    match = _PIXELS.match(written or "")
    return int(match[1]) or None if match else None


_PIXELS = re.compile(r"\s*(\d{1,5})(?:\.0*)?\s*(?:px)?\s*\Z", re.IGNORECASE)


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
    Rule("twitter:image", meta_address("twitter:image", "twitter:image:src", "twitter:image0")),
    Rule("link image_src", link_to("image_src")),
    Rule("microdata image", _microdata_image),
    Rule("meta thumbnail", meta_address("parsely-image-url", "sailthru.image.full", "thumbnail", "image")),
    Rule("JSON-LD image", _linked_data_image),
)
