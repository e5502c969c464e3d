"""Where redirects end, and what they keep."""

from __future__ import annotations

import pytest

from crawler.health.evidence import Tally
from crawler.health.judge import judge
from crawler.health.tally import tally_of
from crawler.health.targets import is_front, landing, registrable, slug
from crawler.model import Code, FailureKind, Observation, Purpose
from tests.health.evidence import MONDAY, failed
from tests.health.pages import ARTICLE, evidence, html, seen, verdict

PAGE = html(ARTICLE * 3, title="Harbour opens")
OLD = "https://blog.a.example/2021/05/new-buoys-laid"


def test_a_landing_says_what_was_kept() -> None:
    """Site, slug and title, for whoever wants to adopt the new address."""
    seen_there = seen(PAGE, url=OLD, final="https://www.a.example/news/new-buoys-laid")
    where = landing(evidence(seen_there, title="Harbour opens"))

    assert where is not None
    assert (where.same_site, where.slug_kept, where.title_likeness) == (True, True, 1.0)
    away = landing(evidence(seen(PAGE, url=OLD, final="https://b.example/"), title="New buoys"))
    assert away is not None
    assert (away.same_site, away.slug_kept, away.title_likeness) == (False, False, 0.0)
    assert landing(evidence(seen(PAGE))) is None


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.tide.co.uk/a", "tide.co.uk"),
        ("https://blog.tide.com/", "tide.com"),
        ("https://tides.github.io/", "tides.github.io"),
        ("http://127.0.0.1/", "127.0.0.1"),
    ],
)
def test_a_site_is_what_somebody_registered(url: str, site: str) -> None:
    """By the public suffix list."""
    assert registrable(url) == site


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://a.example/2021/05/new-buoys-laid.html", {"buoys", "laid"}),
        ("https://a.example/2021/05/new-buoys-laid/amp/", {"buoys", "laid"}),
        ("https://a.example/p/12345", {"12345"}),
        ("https://a.example/news/", {"news"}),
        ("https://a.example/x?story=buoys", {"story", "buoys"}),
        ("https://a.example/ab", {"ab"}),
        ("https://harbour.example/harbour-buoys", {"buoys"}),
        ("https://a.example/", set()),
    ],
)
def test_a_slug_is_the_telling_words_of_the_last_step(url: str, words: set[str]) -> None:
    """Numbers tell as well; "amp" and "index" do not."""
    assert slug(url) == words


@pytest.mark.parametrize(
    ("url", "front"),
    [
        ("https://a.example", True),
        ("https://a.example/en-us/", True),
        ("https://a.example/de/index.html", True),
        ("https://a.example/home?ref=old", True),
        ("https://a.example/?p=12", False),
        ("https://a.example/news/", False),
        ("https://a.example/archive", False),
    ],
)
def test_front_pages_come_in_languages(url: str, front: bool) -> None:
    """And under their file names."""
    assert is_front(url) is front


@pytest.mark.parametrize(
    ("final", "title", "code"),
    [
        ("https://www.a.example/", "New buoys laid", Code.REDIRECT_GENERIC),
        ("https://www.a.example/en-us/", "New buoys laid", Code.REDIRECT_GENERIC),
        ("https://www.a.example/", "Harbour opens", Code.MOVED),
        ("https://new-buoys.example/", "Something else", Code.MOVED),
        ("https://www.a.example/404.html", "New buoys laid", Code.REDIRECT_GENERIC),
        ("https://www.a.example/page-not-found", "New buoys laid", Code.REDIRECT_GENERIC),
        ("https://www.a.example/errors/404", "New buoys laid", Code.REDIRECT_GENERIC),
        ("https://www.a.example/news/new-buoys-laid", "New buoys laid", Code.MOVED),
        ("https://www.a.example/news/404-buoys", "New buoys laid", Code.MOVED),
    ],
)
def test_a_page_that_became_a_front_or_error_page_is_gone(final: str, title: str, code: Code) -> None:
    """Unless the card means that page, or its subject has a domain of its own by now."""
    assert verdict(seen(PAGE, url=OLD, final=final), title=title).code is code


def test_front_pages_may_move() -> None:
    """From one language, scheme or host to another."""
    page = seen(PAGE, url="http://a.example/", final="https://www.a.example/en-us/", hop=302)

    assert verdict(page, title="Tides").code is Code.REDIRECTED


def redirected(url: str, final: str) -> Observation:
    return seen(PAGE, url=url, final=final)


def test_several_pages_that_end_at_one_address_are_gone() -> None:
    """Whatever their number; a query does not make it another address."""
    archive = "https://a.example/archive/"
    pages = [redirected(f"https://a.example/2020/{name}", archive) for name in ("fog-signals", "new-buoys")]
    pages.append(redirected("https://a.example/2020/gull-count", f"{archive}?from=gull-census"))
    tally = tally_of(pages)

    for page in pages:
        assert judge(evidence(page, tally=tally)).rule == "fan_in"
    assert judge(evidence(pages[0], tally=tally_of(pages[:1]))).code is Code.MOVED


def test_where_the_pages_of_one_host_end_is_no_end_for_another() -> None:
    """One page of a second host may well have moved there."""
    end = "https://c.example/archive"
    lost = [redirected(f"https://a.example/2020/{name}", end) for name in ("fog-signals", "new-buoys")]
    moved = redirected("https://b.example/old-papers", end)
    tally = tally_of([*lost, moved])

    assert judge(evidence(lost[0], tally=tally)).rule == "fan_in"
    assert judge(evidence(moved, tally=tally)).code is Code.MOVED


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("https://a.example/p/123", "https://a.example/node/123"),
        ("http://a.example/new-buoys", "https://a.example/new-buoys/"),
        ("https://a.example/new-buoys", "https://b.example/fog-signals"),
        ("https://a.example/archive-buoys", "https://a.example/archive-gulls"),  # and the end says more than theirs
    ],
    ids=["two addresses of one page", "two spellings", "two hosts", "both kept half of their words"],
)
def test_what_is_no_fan_in(first: str, second: str) -> None:
    """One page under two addresses, pages of two hosts, pages that left a trace."""
    tally = tally_of([redirected(url, "https://c.example/old/archive") for url in (first, second)])

    assert not tally.fan_in


@pytest.mark.parametrize(
    ("final", "kept"),
    [
        ("https://a.example/post/gull-count-of-fog-signals", True),
        ("https://a.example/post/count-fog-and-gull", True),
        ("https://a.example/fog/", False),
        ("https://a.example/signals/fog/", False),
        ("https://a.example/2020/gull-count/", False),
        ("https://a.example/post?from=gull-count-in-fog", False),
    ],
)
def test_a_slug_is_kept_by_half_of_its_words(final: str, kept: bool) -> None:
    """Fewer words and no others are the name of a section; a query just repeats what was asked."""
    where = landing(evidence(redirected("https://a.example/2020/gull-count-fog-signals", final)))

    assert where is not None
    assert where.slug_kept is kept


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("https://a.example/log/gull-count-fog.html?source=mail", True),
        ("http://a.example/log/gull-count-fog/amp/?source=mail", True),
        ("https://a.example/log/gull-count-fog-signals?source=mail", False),
        ("https://a.example/log/gull-count-fog?p=signals", False),
        ("https://a.example/log/gull-count-fog?nr=12", False),
    ],
    ids=["a parameter", "of an AMP edition", "words of the path", "what names the page", "its number"],
)
def test_an_address_without_its_parameters_is_no_section(asked: str, kept: bool) -> None:
    """Newsletters add some, each its own, and no words of the page's name go with them."""
    where = landing(evidence(redirected(asked, "https://a.example/log/gull-count-fog")))

    assert where is not None
    assert where.slug_kept is kept


def test_one_page_with_parameters_of_several_senders_is_no_fan_in() -> None:
    """All of them lead to the page without any."""
    end = "https://a.example/log/gull-count-fog"
    pages = [redirected(f"{end}?source={name}", end) for name in ("mail", "home")]

    assert judge(evidence(pages[0], tally=tally_of(pages))).code is Code.MOVED


@pytest.mark.parametrize(
    ("final", "title", "rule"),
    [
        ("https://a.example/log/2020/", "New buoys", "folder_above"),
        ("https://a.example/Log", "New buoys", "folder_above"),
        ("https://a.example/log/2020/", "Harbour opens", "permanent_redirect"),
        ("https://a.example/log/2020/", None, "permanent_redirect"),
        ("https://a.example/log/2021/", "New buoys", "permanent_redirect"),
        ("https://b.example/log/2020/", "New buoys", "permanent_redirect"),
        ("https://a.example/log/2020/new-buoys/", "New buoys", "permanent_redirect"),
    ],
    ids=["folder", "one higher", "same title", "no title", "other folder", "other site", "the page itself"],
)
def test_the_folder_of_a_page_is_not_the_page(final: str, title: str | None, rule: str) -> None:
    """An index stands where the page was put away; a card's title tells it from pages that were put together."""
    page = redirected("https://a.example/log/2020/new-buoys", final)

    assert judge(evidence(page, title=title)).rule == rule


def test_a_made_up_address_that_ends_there_too_is_proof() -> None:
    """For a single link that lost all its words on the way."""
    archive = "https://a.example/archive/"
    page = redirected("https://a.example/2020/new-buoys", archive)
    junk = seen(PAGE, url="https://a.example/2020/zzzzz", final=archive, purpose=Purpose.SIBLING)
    gone = seen("", url="https://a.example/2020/zzzzz", status=404, purpose=Purpose.SIBLING)

    assert judge(evidence(page, junk)).rule == "sibling_redirects_alike"
    assert judge(evidence(page, gone)).code is Code.MOVED
    assert judge(evidence(page, junk, title="Harbour opens")).code is Code.MOVED


def test_a_shortener_leads_where_it_likes() -> None:
    """Front pages are as good as others, and two short addresses may lead to one page."""
    front = "https://www.harbour.example/"
    pages = [redirected(url, front) for url in ("https://bit.ly/2xYzAb", "https://bit.ly/3aBcDe")]
    tally = tally_of(pages)

    for page in pages:
        assert judge(evidence(page, tally=tally)).code is Code.MOVED


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("/news/new-buoys-laid", Code.REDIRECTED),
        ("/", Code.REDIRECT_GENERIC),
        ("/404.html", Code.REDIRECT_GENERIC),
        ("https://login.a.example/start", Code.AUTH_REQUIRED),
        ("https://consent.a.example/?continue=x", Code.CONSENT_WALL),
        ("https://www.sedoparking.com/a.example", Code.PARKED),
    ],
)
def test_a_page_that_sends_its_visitors_on_is_a_redirect(target: str, code: Code) -> None:
    """At once, and without text of its own."""
    page = html("Moved", head=f'<meta http-equiv="refresh" content="0; url={target}">')

    assert verdict(seen(page, url=OLD), title="New buoys laid").code is code


def test_the_tally_knows_who_answers_and_who_refuses() -> None:
    """Hosts that were found, that answered as they should, that refused something."""
    broken = Observation(
        url="https://d.example/", purpose=Purpose.LINK, asked_at=MONDAY, outcome=failed(FailureKind.DNS_NOT_FOUND)
    )
    tally = tally_of([
        seen(PAGE, url="https://a.example/1"),
        seen(PAGE, url="https://a.example/2", status=403),
        seen(html(title="Just a moment..."), url="https://b.example/1"),
        seen(PAGE, url="https://c.example/1", status=404),
        broken,
    ])  # fmt: skip

    assert tally == Tally(
        resolved_hosts=3,
        answering_hosts=frozenset({"a.example"}),
        refusing_hosts=frozenset({"a.example", "b.example"}),
    )
