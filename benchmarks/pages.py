"""A port in, the URLs of the benchmarks out; a URL's path in, a page of about 50 kB out; and the cards that hold them.

The pages are written here, and shaped like a news site's: some forty tags and JSON-LD in the head, styles, a menu of
links, an article of paragraphs with figures, a list of other articles, comments, and a script at the end. The same
number gives the same page, byte for byte.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

HOSTS = 600
PER_HOST = 10
SIZE = 50_000
"""Bytes of a page, about: each is between 47 and 53 kB."""
VARIANTS = 40
"""Bodies that the pages share; the head and the headline are each page's own."""

_TEXT = (
    "harbour water morning council market bridge river evening station letter window garden winter summer garden road "
    "people village school company office paper history number question answer picture story season weather island "
    "the a of and to in is it that was for on with as by at from they were had this one their which would there been "
    "has more who when will no if out so up said what about into than them can only other time new some could these "
    "two may first then do any like my now over such our man even most made after also did many before must through"
)
_WORDS = _TEXT.split()


@dataclass(frozen=True, slots=True)
class Address:
    """One page: its host, its path and its headline."""

    host: str
    path: str
    title: str

    def url(self, scheme: str, port: int) -> str:
        """As a card writes it."""
        return f"{scheme}://{self.host}:{port}{self.path}"


def addresses(hosts: int = HOSTS) -> Iterator[Address]:
    """Every page, one of each host in turn, so that whoever asks in this order can use a connection again."""
    for number in range(PER_HOST):
        for host in range(hosts):
            words = _seeded(f"{host} {number}")
            title = _sentence(words, 6, 11).rstrip(".")
            slug = "-".join(title.lower().split())
            yield Address(host=address(host), path=f"/2026/{number + 1:02}/{slug}-{host}", title=title)


def address(host: int) -> str:
    """An address of its own for each host; Linux answers for all of 127.0.0.0/8."""
    return f"127.{10 + host // 62_500}.{host // 250 % 250}.{1 + host % 250}"


def page(where: Address, url: str) -> tuple[bytes, bytes]:
    """The page's own part, and the part that it shares with others."""
    variant = _seeded(where.path).randrange(VARIANTS)
    return (_HEAD % _described(where, url)).encode(), _rest(variant)


def write_cards(folder: Path, urls: list[tuple[Address, str]]) -> None:
    """A card for each page, as a news site keeps them."""
    folder.mkdir(parents=True)
    for number, (where, url) in enumerate(urls):
        (folder / f"2026-05-{1 + number % 28:02}-card-{number:05}.md").write_text(
            _CARD.format(title=json.dumps(where.title), url=json.dumps(url), host=where.host, quality=number % 100),
            encoding="utf-8",
        )


def _described(where: Address, url: str) -> dict[str, str]:
    words = _seeded(where.title)
    description = _sentence(words, 18, 26)
    origin = url.removesuffix(where.path)
    image = f"{origin}/images/{words.randrange(10**9)}-1200x630.jpg"
    facts = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": where.title,
        "description": description,
        "mainEntityOfPage": {"@type": "WebPage", "@id": url},
        "image": [{"@type": "ImageObject", "url": image, "width": 1200, "height": 630}],
        "datePublished": "2026-05-12T07:30:00Z",
        "dateModified": "2026-05-13T09:00:00Z",
        "author": [{"@type": "Person", "name": "A. Writer", "url": f"{origin}/people/a-writer"}],
        "publisher": {"@type": "Organization", "name": "The Evening Ledger", "logo": {"url": f"{origin}/logo.png"}},
    }
    return {
        "title": where.title,
        "description": description,
        "url": url,
        "origin": origin,
        "image": image,
        "facts": json.dumps(facts, indent=1),
        "style": _style(),
        "lead": _sentence(words, 25, 40),
    }


def _other(words: random.Random, number: int) -> str:
    image = f"/images/{words.randrange(10**9)}-320x180.jpg"
    return (
        f'<li class="more__item"><a href="/2026/04/story-{number}">'
        f'<img loading="lazy" alt="" width="320" height="180" src="{image}">'
        f'<span class="more__title">{_sentence(words, 6, 11)}</span></a></li>'
    )


def _seeded(text: str) -> random.Random:
    return random.Random(text)  # noqa: S311 - the same text each time is what is wanted


def _sentence(words: random.Random, least: int, most: int) -> str:
    chosen = words.choices(_WORDS, k=words.randint(least, most))
    return " ".join(chosen).capitalize() + "."


def _paragraph(words: random.Random) -> str:
    text = " ".join(_sentence(words, 8, 22) for _ in range(words.randint(3, 6)))
    first, _, rest = text.partition(" ")
    return (
        f'<p class="story__text">{first} <a href="/topic/{words.choice(_WORDS)}">{words.choice(_WORDS)}</a> {rest}</p>'
    )


@lru_cache(maxsize=1)
def _style() -> str:
    """The inline styles of a page's first screen, some 6 kB."""
    words = _seeded("style")
    rule = ".%s__%s{margin:%dpx;color:#%06x}"
    return "".join(
        rule % (words.choice(_WORDS), words.choice(_WORDS), words.randrange(40), words.randrange(1 << 24))
        for _ in range(130)
    )


@lru_cache(maxsize=VARIANTS)
def _rest(variant: int) -> bytes:
    """What follows the headline: the article, a list of others, comments, a footer and a script."""
    words = _seeded(f"rest {variant}")
    parts = ["".join(_paragraph(words) for _ in range(18)), '<aside class="more"><h2>More of this</h2><ul>']
    parts.extend(_other(words, number) for number in range(40))
    parts.append('</ul></aside><section class="comments"><h2>Comments</h2>')
    parts.extend(f'<div class="comment"><p>{_sentence(words, 8, 30)}</p></div>' for _ in range(10))
    parts.append('</section></main><footer class="foot"><ul>')
    parts.extend(f'<li><a href="/{word}">{word}</a></li>' for word in words.choices(_WORDS, k=30))
    parts.append("</ul></footer><script>window.__STATE__=")
    sofar = sum(map(len, parts)) + 13_500  # and the head
    state = [
        {"id": words.randrange(10**9), "kind": "story", "seen": False, "score": words.random()} for _ in range(200)
    ]
    text = json.dumps(state)
    parts.append(json.dumps(text)[: max(2_000, SIZE - sofar)].rstrip("\\") + '"')
    parts.append(";</script></body></html>\n")
    return "".join(parts).encode()


_MENU = "".join(
    f'<li class="menu__item"><a class="menu__link" href="/section/{word}">{word}</a></li>' for word in _WORDS[:40]
)

_HEAD = (
    """<!DOCTYPE html>
<html lang="en" prefix="og: https://ogp.me/ns#">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%(title)s | The Evening Ledger</title>
<meta name="description" content="%(description)s">
<link rel="canonical" href="%(url)s">
<link rel="amphtml" href="%(url)s/amp">
<link rel="icon" href="/favicon.ico" sizes="32x32">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="apple-touch-icon" href="/touch-icon.png">
<link rel="manifest" href="/manifest.webmanifest">
<link rel="preconnect" href="%(origin)s" crossorigin>
<link rel="preload" href="/fonts/serif.woff2" as="font" type="font/woff2" crossorigin>
<link rel="alternate" type="application/rss+xml" title="The Evening Ledger" href="/feed.xml">
<link rel="stylesheet" href="/assets/site.css">
<meta property="og:type" content="article">
<meta property="og:title" content="%(title)s">
<meta property="og:description" content="%(description)s">
<meta property="og:url" content="%(url)s">
<meta property="og:site_name" content="The Evening Ledger">
<meta property="og:locale" content="en_GB">
<meta property="og:image" content="%(image)s">
<meta property="og:image:width" content="1200">
<meta property="og:image:height" content="630">
<meta property="og:image:alt" content="A view of the harbour">
<meta property="article:published_time" content="2026-05-12T07:30:00Z">
<meta property="article:modified_time" content="2026-05-13T09:00:00Z">
<meta property="article:section" content="News">
<meta property="article:tag" content="Harbour">
<meta name="twitter:card" content="summary_large_image">
<meta name="twitter:title" content="%(title)s">
<meta name="twitter:description" content="%(description)s">
<meta name="twitter:image" content="%(image)s">
<meta name="author" content="A. Writer">
<meta name="robots" content="max-image-preview:large">
<meta name="theme-color" content="#14213d">
<script type="application/ld+json">%(facts)s</script>
<style>%(style)s</style>
<script>(function(w){w.dataLayer=w.dataLayer||[];w.dataLayer.push({page:"article",section:"news"});})(window);</script>
</head>
<body class="article article--news">
<header class="top"><a class="top__home" href="/">The Evening Ledger</a><nav class="menu"><ul>"""
    + _MENU
    + """</ul></nav></header>
<main class="story"><article>
<h1 class="story__title">%(title)s</h1>
<p class="story__lead">%(lead)s</p>
<figure class="story__figure"><img src="%(image)s" width="1200" height="630" alt="A view of the harbour">
<figcaption>A view of the harbour in the morning.</figcaption></figure>
<p class="byline">By <a href="/people/a-writer">A. Writer</a>, <time datetime="2026-05-12T07:30:00Z">12 May</time></p>
"""
)

_CARD = """---
category: news
title: {title}
publishedDateTime: 2026-05-12T07:30:00Z
webUrl: {url}
type: article
quality: {quality}
published: true

provider:
  name: The Evening Ledger
  domain: {host}

topics:
  - Harbour
  - Weather
---
"""
