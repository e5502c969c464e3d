"""What a page says of itself, taken over."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.edits.case import Case
from crawler.edits.propose import concerned
from crawler.edits.questions import questions
from crawler.model import Code, Disposition, Page, Repair, State
from tests.edits.cases import OLD, case, moved, news, proposed, seen, subject, terms

PAGE = Page(
    title="Harbour opens",
    description="Ships may enter again.",
    published="2026-05-01T10:00:00+02:00",
    modified="2026-05-02",
    site_name="The Quay",
)
FILL: dict[str, Any] = dict.fromkeys(("title", "excerpt", "published", "updated", "provider"), "fill")
REPLACE: dict[str, Any] = dict.fromkeys(FILL, "replace")
FULL: dict[str, Any] = {
    "title": "Harbor opens",
    "excerpt": "Ships may go.",
    "published": "2026-04-01T00:00:00Z",
    "updated": "2026-04-01",
    "provider": "Quay",
}


def card(page: Page = PAGE, *, code: Code = Code.OK, field: str = "webUrl", **claims: Any) -> Case:
    """A card's main link."""
    return case(subject(seen(OLD, page=page), code), field=field, main=True, **claims)


def test_what_is_empty_is_filled() -> None:
    """Title, excerpt, times in the cards' notation, and the site's name; for review."""
    found = proposed(card(), **FILL)

    assert {name: one.new for name, one in found.items()} == {
        "title": "Harbour opens",
        "excerpt": "Ships may enter again.",
        "publishedDateTime": "2026-05-01T08:00:00Z",
        "updatedDateTime": "2026-05-02",
        "provider.name": "The Quay",
    }
    assert {one.kind for one in found.values()} == {Repair.METADATA}
    assert {one.disposition for one in found.values()} == {Disposition.REVIEW}


def test_what_is_there_is_replaced_on_request_only() -> None:
    """Filling leaves it alone."""
    assert news(card(**FULL), **FILL) == {}
    assert news(card(**FULL), **REPLACE) == {
        "title": "Harbour opens",
        "excerpt": "Ships may enter again.",
        "publishedDateTime": "2026-05-01T08:00:00Z",
        "updatedDateTime": "2026-05-02",
        "provider.name": "The Quay",
    }


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Harbour opens for all ships", "Harbour opens"),
        ("Harbour opens", "Harbour opens | The Quay"),
        ("“Harbour” opens", '"Harbour" opens'),
        ("How the harbour opens for all ships", "The harbour opens"),
        ("Harbour opens", "The Quay"),
    ],
)
def test_a_title_is_never_replaced_by_less_or_by_the_same(said: str, told: str) -> None:
    """A part of it, the site's name added or in its place, other quotes: no reason for a change."""
    page = Page(title=told, site_name="The Quay")

    assert news(card(page, title=said), title="replace") == {}


def test_an_excerpt_is_never_shortened() -> None:
    """A curated text stays where the page's is shorter, cut, or goes on from it."""
    said = "Ships may enter the harbour again from Monday on."
    for told in (
        "Ships may enter.",
        said + " And so on.",
        "Something else, and longer, but it is cut in the mid...",
    ):
        assert news(card(Page(description=told), excerpt=said), excerpt="replace") == {}


def test_a_long_description_is_cut_at_a_blank() -> None:
    """As excerpts of cards are."""
    (new,) = news(card(Page(description="word " * 100)), excerpt="fill").values()

    assert new is not None
    assert new.endswith("word...")
    assert len(new) <= 300


def test_the_names_of_a_card_s_own_fields_are_used() -> None:
    """What it calls `name` stays so, and lines are told."""
    one = card(title="Old", lines=(("name", 4),))

    assert proposed(one, title="replace")["name"].line == 4


def test_related_cards_are_refreshed_on_their_own_level() -> None:
    """The field is the entry's."""
    assert set(news(card(field="related[0].webUrl"), title="fill")) == {"related[0].title"}


@pytest.mark.parametrize("code", [Code.SOFT_404, Code.BLOCKED, Code.AUTH_REQUIRED, Code.PARKED, Code.CONSENT_WALL])
def test_nothing_is_taken_from_a_page_that_is_not_the_card_s(code: Code) -> None:
    """Walls, errors and strangers say nothing of it."""
    assert news(card(code=code), **FILL) == {}


def test_a_card_that_names_only_where_it_came_from_is_refreshed_too() -> None:
    """`originalUrl` itself stays, also where it has moved; what stands beside it does not have to."""
    one = case(moved("https://site.example/2026/harbour-opens"), field="originalUrl", main=True)

    assert news(one, title="fill") == {"title": "Harbour opens"}
    assert concerned(one.place, None, Code.OK, one.subject.observation, terms(title="fill").fix)
    assert not concerned(one.place, None, Code.OK, one.subject.observation, terms().fix)
    assert list(questions(one, terms(title="fill"))) == []


def test_a_link_beside_the_main_one_refreshes_nothing() -> None:
    """Only what a card is about speaks for it."""
    assert news(case(subject(seen(OLD, page=PAGE)), field="website"), **FILL) == {}


def test_the_card_of_a_dead_page_is_marked_as_the_house_does() -> None:
    """Once confirmed and only on request; what says so already stays."""
    dead = subject(seen(OLD, status=410), Code.GONE, state=State.CONFIRMED)
    one = case(dead, main=True, flags=(("published", "true"),), lines=(("published", 12),))
    found = proposed(one, mark_dead={"removed": True, "published": False})

    assert news(one) == {}
    assert {name: (proposal.old, proposal.new, proposal.line) for name, proposal in found.items()} == {
        "removed": ("", "true", 7),
        "published": ("true", "false", 12),
    }
    assert {proposal.disposition for proposal in found.values()} == {Disposition.REVIEW}
    assert news(case(dead, main=True, flags=(("removed", "True"),)), mark_dead={"removed": True}) == {}
