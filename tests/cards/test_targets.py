from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.cards.targets import Site, Target
from crawler.errors import ConfigError
from crawler.model import Kind

SITE = Site("https://cards.example/site")
PAGE, IMAGE = Kind.PAGE, Kind.IMAGE


@pytest.mark.parametrize(
    ("written", "kind", "expected"),
    [
        (" https://News.example/a#b ", PAGE, Target(url="https://news.example/a")),
        ("//cdn.example/a.jpg", IMAGE, Target(url="https://cdn.example/a.jpg")),
        ("\\\\cdn.example\\a.jpg", IMAGE, Target(url="https://cdn.example/a.jpg")),
        ("/assets/a.jpg?v=1#x", IMAGE, Target(url="/assets/a.jpg?v=1", asset="assets/a.jpg")),
        ("/assets/a%20b.jpg", IMAGE, Target(url="/assets/a%20b.jpg", asset="assets/a b.jpg")),
        ("assets/a.jpg", IMAGE, Target(url="assets/a.jpg", asset="assets/a.jpg")),
        ("./assets//x/../a.jpg", IMAGE, Target(url="./assets//x/../a.jpg", asset="assets/a.jpg")),
        ("/files/a.pdf", PAGE, Target(url="/files/a.pdf", asset="files/a.pdf")),
        ("/site/assets/a.jpg", IMAGE, Target(url="/site/assets/a.jpg", asset="assets/a.jpg")),
        ("/siteassets/a.jpg", IMAGE, Target(url="/siteassets/a.jpg", asset="siteassets/a.jpg")),
        ("/news/", PAGE, Target(url="https://cards.example/site/news/")),
        ("/site/news/#x", PAGE, Target(url="https://cards.example/site/news/")),
    ],
)
def test_where_an_address_leads(written: str, kind: Kind, expected: Target) -> None:
    """Addresses without a host are files of the site, or pages that it generates; all others are on the web."""
    assert SITE.target(written, kind) == expected


@pytest.mark.parametrize(
    ("written", "kind", "asset"),
    [
        ("https://cards.example/site/assets/a.jpg", IMAGE, "assets/a.jpg"),
        ("HTTP://CARDS.example:80/site/assets/a.jpg?x#y", IMAGE, "assets/a.jpg"),
        ("https://cards.example/site/assets/thumb", IMAGE, "assets/thumb"),
        ("https://cards.example/site/files/a.PDF", PAGE, "files/a.PDF"),
        ("https://cards.example/site/files/a%20b.zip", PAGE, "files/a b.zip"),
        ("https://cards.example/site/news/", PAGE, None),
        ("https://cards.example/site/news/a.html", PAGE, None),
        ("https://cards.example/site/feed.xml", PAGE, None),
        ("https://cards.example/site", IMAGE, None),
        ("https://cards.example/sites/a.jpg", IMAGE, None),
        ("https://cards.example/a.jpg", IMAGE, None),
        ("https://cards.example/site/../a.jpg", IMAGE, None),
        ("https://cards.example/site/%2e%2e%2fa.jpg", IMAGE, None),
        ("https://cards.example/site/..%2f..%2f..%2fetc/a.jpg", IMAGE, None),
        ("https://cards.example:8443/site/a.jpg", IMAGE, None),
        ("https://other.example/site/a.jpg", IMAGE, None),
        ("https://cards.example/site/%FF.jpg", IMAGE, None),
    ],
)
def test_files_under_the_site_url_are_assets(written: str, kind: Kind, asset: str | None) -> None:
    """Pictures and other copied files under site_url are looked up on disk; generated pages are asked on the web."""
    target = SITE.target(written, kind)

    assert target.asset == asset
    assert target.invalid is None


@pytest.mark.parametrize("written", ["/about/", "/"])
def test_without_a_site_url_a_generated_page_is_left_out(written: str) -> None:
    """Nobody knows where it is served, and it is no file: to call it missing would be crying wolf."""
    target = Site("").target(written, PAGE)

    assert (target.url, target.asset, target.invalid) == (written, None, None)
    assert "set [cards] site_url" in (target.excluded or "")


@pytest.mark.parametrize(
    ("written", "kind", "because"),
    [
        ("/../etc/passwd", IMAGE, "out of the site"),
        ("/a/%2e%2e/%2E%2E/etc/passwd", IMAGE, "out of the site"),
        ("/a\\..\\..\\etc", IMAGE, "out of the site"),
        ("../a.jpg", IMAGE, "out of the site"),
        ("/a%00.jpg", IMAGE, "control character"),
        ("/%ff.jpg", IMAGE, "not UTF-8"),
        ("news/a", PAGE, "relative address"),
        ("data:image/png;base64,AA", IMAGE, "data"),
        ("#top", IMAGE, "relative"),
        ('"https://a.example"', PAGE, "stray"),
        ("https://", PAGE, "no host"),
    ],
)
def test_what_cannot_be_asked_says_why(written: str, kind: Kind, because: str) -> None:
    """An address that leads nowhere is kept as written, with the reason."""
    target = SITE.target(written, kind)

    assert target.url == written
    assert because in (target.invalid or "")


def test_a_site_url_must_be_one() -> None:
    """A site_url that is no web address is a configuration error."""
    with pytest.raises(ConfigError, match="site_url"):
        Site("cards.example")


@given(st.lists(st.sampled_from(["..", ".", "a", "%2e%2e", "%2f", "\\", "b.jpg", "", "%5c", "site", "%252e"])))
def test_an_asset_never_leaves_the_site(names: list[str]) -> None:
    """However a path is spelled, its file lies below the site's root."""
    asset = SITE.target("/" + "/".join(names).lstrip("/\\"), IMAGE).asset

    assert asset is None or not (asset.startswith("/") or ".." in asset.split("/"))


def test_a_link_for_another_program_is_left_out_not_called_wrong() -> None:
    """A reader's mail program follows it; nobody here can."""
    target = SITE.target("mailto:a@b.example", PAGE)

    assert (target.invalid, target.excluded) == (None, "mailto: is not asked over HTTP")
