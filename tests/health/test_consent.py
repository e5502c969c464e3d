"""Consent walls: every row on a page written for it, and banners that are none."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from crawler.health.consent import SIGNS
from crawler.health.sight import ADDRESS, Sign
from crawler.model import Code, Health
from tests.health.pages import ARTICLE, found, html, seen, verdict

PAGES = {
    "before_title": html("<button>Accept all</button>", title="Before you continue to Tide Maps"),
    "before_heading": html("<h1>Bevor Sie zu Tide weitergehen</h1>"),
    "google_form": html('<form action="https://consent.google.de/save" method="POST"></form>'),
    "yahoo_brands": html("<h1>Yahoo is part of the Yahoo family of brands</h1>"),
    "yahoo_page": html('<form action="https://consent.yahoo.com/v2/collectConsent?sessionId=3"></form>'),
    "consent_title": html(title="Cookie Consent"),
}
TARGETS = {
    "consent_host": "https://consent.tide.example/?continue=https%3A%2F%2Fa.example%2Fstory",
    "privacy_host": "https://myprivacy.tide.example/consent",
    "yahoo_path": "https://www.tide.example/v2/collectConsent?sessionId=3",
    "tumblr_path": "https://www.tide.example/privacy/consent?redirect=x",
    "wall_path": "https://www.tide.example/de/privacy-gate",
    "age_path": "https://a.example/age-verification?to=%2Fstory",
}
BEFORE = [
    "Before you continue to Google",
    "Bevor Sie zur Google Suche weitergehen",
    "Avant d'accéder à Google",
    "Antes de continuar a Google",
    "Prima di continuare su Google",
    "Voordat je verdergaat naar Google",
    "Zanim przejdziesz do Google",
    "Innan du fortsätter till Google",
    "Прежде чем продолжить",
    "继续之前",
]


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.name)
def test_each_row_knows_its_wall(sign: Sign) -> None:
    """On a page written for it, or at an address to which such walls redirect."""
    if sign.where in ADDRESS:
        wall = seen(html("We value your privacy"), final=TARGETS[sign.name], hop=302)
    else:
        wall = seen(PAGES[sign.name])

    assert sign.name in found(wall, SIGNS)
    assert verdict(wall).code is Code.CONSENT_WALL


def test_each_page_has_its_row() -> None:
    """No page and no address is left over."""
    assert {*PAGES, *TARGETS} == {sign.name for sign in SIGNS}


@pytest.mark.parametrize("words", BEFORE)
def test_walls_speak_many_languages(words: str) -> None:
    """Google's own titles."""
    assert verdict(seen(html(title=words))).code is Code.CONSENT_WALL


def test_a_banner_on_a_page_that_can_be_read_is_no_wall() -> None:
    """Its words stand in one live page of eleven."""
    banner = "<div>Before you continue: we and our 812 partners use cookies. <button>Accept all</button></div>"

    assert verdict(seen(html(banner + ARTICLE * 2, title="Harbour opens"))).code.health is Health.HEALTHY
    assert verdict(seen(html(f"{banner}<p>High water at nine.</p>", title="Tides"))).code.health is Health.HEALTHY


@pytest.mark.parametrize(
    ("final", "page", "code"),
    [
        ("https://a.example/choose?return=%2Fstory", html("<h1>Choose your country</h1>"), Code.CONSENT_WALL),
        ("https://a.example/ask?redirectUri=https://a.example/story/", html("Accept"), Code.CONSENT_WALL),
        ("https://a.example/choose?return=%2Fother", html("<h1>Choose your country</h1>"), Code.REDIRECTED),
        ("https://a.example/choose?from=%2Fstory", html("<h1>Choose your country</h1>"), Code.REDIRECTED),
        ("https://a.example/all?next=%2Fstory", html(ARTICLE * 3), Code.REDIRECTED),
        ("https://a.example/?next=%2Fstory", html("<h1>Welcome</h1>"), Code.REDIRECT_GENERIC),
        ("https://a.example/error?url=%2Fstory", html("<h1>Hm</h1>"), Code.REDIRECT_GENERIC),
        ("https://a.example/hmm?url=%2Fstory", html("<h1>Page not found</h1>"), Code.SOFT_404),
    ],
    ids=["path", "address", "another way", "where from", "article", "front page", "error page", "not found"],
)
def test_a_page_that_names_the_way_back_asks_something_first(final: str, page: str, code: Code) -> None:
    """An age, a country, consent; but front pages and error pages may name what was asked for, too."""
    assert verdict(seen(page, final=final, hop=302)).code is code


@pytest.mark.parametrize("way", ["http://[", "//[x]/story", "mailto:a@b.example", "http://a..b/story", ""])
def test_a_way_back_that_is_no_address_is_none(way: str) -> None:
    """What a site writes into its addresses is its own affair, and never ends a run."""
    final = f"https://a.example/choose?{urlencode({'next': way})}"
    asks = seen(html("<h1>Choose your country</h1>"), final=final, hop=302)

    assert verdict(asks).code is Code.REDIRECTED


def test_a_host_that_is_asked_for_by_name_is_no_wall() -> None:
    """Who links to consent.example means it."""
    page = seen(html(ARTICLE * 3), url="https://consent.tide.example/a", final="https://consent.tide.example/b")

    assert verdict(page).code.health is Health.HEALTHY
