"""Whether a card's text still agrees with its page's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.metadata.compare import (
    excerpt_similarity,
    fold,
    similarity,
    title_similarity,
)

SAME = 0.9
"""Likeness of two texts that differ in a typo at most."""


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("“Don’t” — stop…", '"don\'t" - stop...'),
        ("A&amp;amp;B&nbsp;&lt;3", "a&b <3"),
        ("  two\n lines ", "two lines"),
        ("ﬁne", "fine"),
        ("soft\u00adhyphen", "softhyphen"),
    ],
)
def test_folds_what_house_styles_change(written: str, expected: str) -> None:
    """Quotes, dashes, entities, blanks, ligatures and soft hyphens make no difference."""
    assert fold(written) == expected


@given(st.text(), st.text())
def test_similarity_is_symmetric_at_its_ends(one: str, other: str) -> None:
    """A text is wholly like itself, and no similarity leaves the range from 0 to 1."""
    assert similarity(one, one) == 1.0
    assert 0.0 <= similarity(one, other) <= 1.0


@pytest.mark.parametrize(
    ("card", "page", "site"),
    [
        ("New features in May", "New features in May | The Example", "The Example"),
        ("New features in May", "The Example: New features in May", "The Example"),
        ("What’s new?", "What's New?", None),
    ],
)
def test_titles_agree_without_the_site(card: str, page: str, site: str | None) -> None:
    """The site's name and typography are no drift."""
    assert title_similarity(card, page, site) >= SAME


@pytest.mark.parametrize("page", [None, "", "Home", "Page not found", "New features in June for other products"])
def test_other_titles_do_not_agree(page: str | None) -> None:
    """Another title, or none, is no agreement."""
    assert title_similarity("New features in May", page, "The Example") < SAME
    assert title_similarity("New features in May", page) < SAME


def test_an_excerpt_is_a_beginning() -> None:
    """An excerpt that was cut agrees with the whole description, and with a page that cuts it shorter."""
    whole = "We are glad to announce that the long awaited preview of our product is open to all, starting today."

    assert excerpt_similarity(whole[:60] + "…", whole) >= SAME
    assert excerpt_similarity(whole, whole[:50] + " ...") >= SAME
    assert excerpt_similarity(whole[:60], None, whole) >= SAME


def test_another_text_is_no_beginning() -> None:
    """A description that says something else, or nothing, does not agree."""
    whole = "We are glad to announce that the long awaited preview of our product is open to all, starting today."

    assert (
        excerpt_similarity(whole, "The page that you were looking for could not be found on this server, sorry.") < SAME
    )
    assert excerpt_similarity(whole, None, None) == 0.0
    assert excerpt_similarity(whole, "We are") < SAME
