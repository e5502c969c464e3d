"""Removed videos, over real sockets: the page answers 200, and the provider tells."""

from __future__ import annotations

from urllib.parse import quote

from crawler.demo.web import Reply, page, serving
from tests.cli.site import CardSite

WATCH = "https://www.youtube.com/watch?v="
SHELL = page(" - YouTube")


def test_the_provider_is_asked_once_about_each_video_without_a_name(site: CardSite) -> None:
    """And not about those that have one."""
    told = {"removed0001": 404, "private0001": 401, "limited0001": 429, "embedded001": 200}
    routes = {f"www.youtube.com/watch?v={name}": SHELL for name in told}
    asked = {
        f"www.youtube.com/oembed?format=json&url={quote(WATCH + name, safe='')}": Reply(status=status)
        for name, status in told.items()
    }
    named = page("Fog signals - YouTube", title="Fog signals")
    for name in (*told, "healthy0001"):
        site.card(name, webUrl=WATCH + name)
    with serving({**routes, **asked, "www.youtube.com/watch?v=healthy0001": named}) as web:
        site.config(web)
        done = site.run("audit")
        counts = {key: web.count(key) for key in asked}

    assert {url.removeprefix(WATCH): verdict for url, verdict in site.verdicts().items()} == {
        "removed0001": "soft_404",
        "private0001": "auth_required",
        "limited0001": "blocked",
        "embedded001": "ok",
        "healthy0001": "ok",
    }
    assert set(counts.values()) == {1}
    assert len([hit for hit in web.hits if "/oembed" in hit.key]) == len(told)
    assert done.code == 2
