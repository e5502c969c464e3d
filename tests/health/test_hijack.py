"""Domains that fell into other hands."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.demo.reply import PROSE
from crawler.health.hijack import ENOUGH, TRADES, points_of, suspect
from crawler.health.judge import judge
from crawler.health.questions import questions
from crawler.health.words import fold
from crawler.model import Code, Health, Purpose
from tests.health.pages import ARTICLE, evidence, html, seen, verdict

SLOTS = html(
    "<h1>Bandar slot gacor dan togel online</h1>"
    + "<p>Daftar sekarang, bonus tiap hari untuk semua pemain kami.</p>" * 30,
    title="TIDE88: situs judi slot gacor",
)
FRONT = "https://a.example/"
EXAMPLES = [
    ("gambling", "Alphatogel, daftar togel"), ("gambling", "Paling gacor"), ("gambling", "Situs judi"),
    ("gambling", "Bandar toto"), ("gambling", "Toto Macau"), ("gambling", "tide888 slot88"),
    ("gambling", "Slot deposit"), ("gambling", "Sbobet"), ("gambling", "Online casino"),
    ("gambling", "No deposit bonus"), ("gambling", "Deneme bonusu"), ("gambling", "1xbet"),
    ("gambling", "Онлайн казино"), ("gambling", "Nhà cái"), ("gambling", "คาสิโน"), ("gambling", "百家乐"),
    ("gambling", "바카라"), ("gambling", "オンラインカジノ"), ("gambling", "The casino"), ("gambling", "Slots"),
    ("gambling", "Poker"), ("gambling", "Sports betting"), ("gambling", "Blackjack"), ("gambling", "Jackpot"),
    ("pills", "Cheap Viagra"), ("pills", "Online pharmacy"), ("porn", "XXX"), ("porn", "Escorts"),
    ("porn", "Call girls"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "example"), list(zip(TRADES, EXAMPLES, strict=True)), ids=[words for _, words in EXAMPLES]
)
def test_each_row_knows_its_words(row: tuple[str, str, int], example: tuple[str, str]) -> None:
    """And says what trade they are of."""
    trade, words = example

    assert row[0] == trade
    assert points_of(fold(words)) >= row[2]
    assert points_of(fold("High water at nine: ferries, gulls and a bandstand")) == 0


def test_the_front_page_must_speak_the_same_way() -> None:
    """It is asked first; one injected page is not a hijacked site."""
    page = seen(SLOTS)
    asked = questions(evidence(page, title="Council meeting notes"), seed="1")

    assert [(one.request.url, one.request.purpose) for one in asked] == [(FRONT, Purpose.CONTROL)]
    same = seen(SLOTS, url=FRONT, purpose=Purpose.CONTROL)
    fine = seen(html(ARTICLE, title="Town council"), url=FRONT, purpose=Purpose.CONTROL)
    assert verdict(page, same, title="Council meeting notes").code is Code.USURPED
    assert verdict(page, fine, title="Council meeting notes").code is Code.OK
    assert verdict(page, title="Council meeting notes").code is Code.OK


def test_a_front_page_speaks_for_itself() -> None:
    """Nothing more is asked, and the report quotes both titles."""
    told = verdict(seen(SLOTS, url=FRONT), title="Town of Tidewater")

    assert told.code is Code.USURPED
    assert told.because == (
        "a.example has become something else as a whole, “TIDE88: situs judi slot gacor”, "
        "where the card says “Town of Tidewater”"
    )


@pytest.mark.parametrize(
    ("heading", "card"),
    [
        ("How casinos count their money, from poker to slots", "How casinos count their money"),
        ("Poker night: betting, slots and a jackpot for charity", "Casino night at the town hall"),
        ("The casino on the pier", "New buoys laid"),
        ("Slots for the ferry: book online", "Ferry times"),
    ],
)
def test_newspapers_write_about_casinos(heading: str, card: str) -> None:
    """A card that says so, too few words, or words that mean something else."""
    page = seen(html(f"<h1>{heading}</h1>{PROSE * 3}", title=heading), url=FRONT)

    assert verdict(page, title=card).code.health is Health.HEALTHY


def test_without_a_title_or_a_past_there_is_nothing_to_compare_with() -> None:
    """A card may be about such a site."""
    assert verdict(seen(SLOTS, url=FRONT)).code is Code.OK
    before = seen(html(ARTICLE, title="Town of Tidewater"), url=FRONT)
    assert judge(evidence(seen(SLOTS, url=FRONT), before=before)).code is Code.USURPED


def test_another_language_than_last_time_makes_fewer_words_enough() -> None:
    """Against what was stored."""
    words = html("<h1>Casino</h1>", title="Poker casino").replace("<html>", '<html lang="id">')
    page = seen(words, url=FRONT)
    english = seen(html(ARTICLE, title="Tidewater").replace("<html>", '<html lang="en">'), url=FRONT)
    indonesian = seen(html(ARTICLE, title="Tidewater").replace("<html>", '<html lang="id">'), url=FRONT)

    assert points_of(fold("Poker casino")) < ENOUGH
    assert suspect(evidence(page, title="Tidewater", before=english))
    assert not suspect(evidence(page, title="Tidewater", before=indonesian))


@settings(max_examples=150)
@given(st.sampled_from(TRADES).flatmap(lambda row: st.from_regex(row[1])))
def test_the_first_look_misses_nothing_that_a_row_finds(text: str) -> None:
    """Stems are looked for before the rows are, so that one of them must stand in whatever a row finds."""
    assert points_of(text) > 0
