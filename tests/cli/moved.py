"""Two cards whose pages have moved for good, for what is to be fixed in them."""

from __future__ import annotations

from crawler.demo.web import Routes, page, redirect
from tests.cli.site import CardSite

AT_ONCE = "\n[fix]\nconfirmed_only = false\n"
OLD = "https://a.example/news/harbour-opens"
NEW = "https://a.example/2026/news/harbour-opens"
ROUTES: Routes = {
    "a.example/news/harbour-opens": redirect("/2026/news/harbour-opens", 301),
    "a.example/2026/news/harbour-opens": page("Harbour opens", description="The harbour is open again."),
    "a.example/news/mole": redirect("/2026/news/mole", 301),
    "a.example/2026/news/mole": page("Mole", description="The mole is open again."),
}
ONE = b"""---\r
title: Harbour opens # ours\r
excerpt: Open again.\r
publishedDateTime: 2026-01-02\r
webUrl: 'https://a.example/news/harbour-opens'\r
secured: "x=="\r
---\r
No last line end"""
TWO = ONE.replace(b"harbour-opens", b"mole").replace(b"Harbour opens", b"Mole").replace(b"\r\n", b"\n")


def cards(site: CardSite) -> list[bytes]:
    """The bytes of every card, by path."""
    return [path.read_bytes() for path in sorted((site.folder / "_news").rglob("*.md"))]
