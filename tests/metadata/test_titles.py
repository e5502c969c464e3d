"""Headlines without the site's name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.metadata.titles import SEPARATOR, heading_like, heading_within, headline_of, plain, without_site


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Storm ahead - The Example", "Storm ahead"),
        ("Storm ahead | Weather | The Example", "Storm ahead | Weather"),
        ("Storm ahead | The Example | News you need", "Storm ahead"),
        ("Storm ahead | Example.org", "Storm ahead"),
        ("The Example » Storm ahead", "Storm ahead"),
        ("Storm ahead:The Example", "Storm ahead"),
        ("Storm ahead - Example News", "Storm ahead"),
        ("Storm ahead - a must-have", "Storm ahead - a must-have"),
        ("For example - a storm", "For example - a storm"),
        ("The Example", "The Example"),
        (" | The Example", "| The Example"),
        ("Blog » Blog Archive » Storm ahead", "Storm ahead"),
        ("x" * 600 + " | The Example", "x" * 600 + " | The Example"),
    ],
)
def test_the_sites_name_is_taken_off(title: str, expected: str) -> None:
    """Names of the site go at either end, and with the slogan behind them; nothing else does."""
    assert without_site(title, [plain("The Example"), "example"]) == expected


@given(st.text("aé日 \t-–|/\\:>~*•»：_", max_size=12))
def test_a_title_without_a_sign_is_one_piece(title: str) -> None:
    """Blanks and words alone part nothing."""
    without_signs = "".join(one for one in title if one.isalnum() or one.isspace())

    assert SEPARATOR.split(without_signs) == [without_signs]
    assert without_site(without_signs, ["a"]) == without_signs.strip()


@given(st.text(st.characters(max_codepoint=0x17F), max_size=30))
def test_ascii_is_folded_as_any_text_is(text: str) -> None:
    """Letters and digits stay, in lower case, and what stands between them becomes one blank."""
    ascii_text = text.encode("ascii", "ignore").decode()

    assert plain(ascii_text) == plain(ascii_text + " é").removesuffix("é").strip()


@given(st.text(max_size=60), st.lists(st.text(max_size=10), max_size=3))
def test_what_is_left_is_part_of_the_title(title: str, sites: list[str]) -> None:
    """A headline is a piece of its title, and never empty where the title is not."""
    left = without_site(title, [plain(site) for site in sites])

    assert left in title
    assert bool(left) == bool(title.strip())


@pytest.mark.parametrize(
    ("headings", "title", "expected"),
    [
        (["News", "Storm ahead"], "Storm ahead | News", "Storm ahead"),
        (["News"], "News of the storm that is ahead of us all", None),
        (["Storm “ahead”"], 'storm "AHEAD" - Example', "Storm “ahead”"),
        (["Storm"], "Thunderstorm", None),
        ([], "Storm", None),
        (["Storm"], None, None),
    ],
)
def test_headings_that_titles_contain(headings: list[str], title: str | None, expected: str | None) -> None:
    """The longest heading within the title is the headline, if it is not just a word of it."""
    assert heading_within(headings, title) == expected


@pytest.mark.parametrize(
    ("heading", "title", "expected"),
    [
        ("Why the storm will be late this year", "Why the storm is late this year", True),
        ("Tennis Final postponed to next week", "Final postponed to next week", False),
        ("We fight for good work", "Work", True),
        ("Other stories", "Why the storm is late this year", False),
        ("嵐は来週に来る予定です", "嵐は来週に来る予定", True),
    ],
)
def test_headings_that_titles_reword(heading: str, title: str, expected: bool) -> None:
    """A heading that shares most words with the title is its headline; one that only adds a kicker is not."""
    assert (heading_like([heading], title) == heading) is expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Storm ahead of us - Weather - Somewhere", "Storm ahead of us"),
        ("Somewhere » Storm ahead of us", "Storm ahead of us"),
        ("Storm: ahead of us", "Storm: ahead of us"),
        ("A - B", "A - B"),
    ],
)
def test_headlines_of_unknown_sites(title: str, expected: str) -> None:
    """Where the site's name is unknown, the longest piece is the headline."""
    assert headline_of(title) == expected
