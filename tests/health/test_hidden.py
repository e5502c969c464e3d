"""The age of what is hidden."""

from __future__ import annotations

import pytest

from crawler.health.hidden import aged
from crawler.model import Code, Verdict, Vote
from tests.health.evidence import MONDAY, weeks

OK, WALL, NOTE, DOWN = Code.OK, Code.BLOCKED, Code.DRIFTED, Code.TIMEOUT


@pytest.mark.parametrize(
    ("past", "told"),
    [
        ((), "a wall"),
        ((OK,), "a wall; its last good answer was 7 days ago"),
        ((NOTE, WALL), "a wall; its last good answer was 2 weeks ago"),
        ((OK, *(WALL,) * 6), "a wall; its last good answer was 7 weeks ago"),
        ((OK, *(WALL,) * 7), "a wall; its last good answer was 8 weeks ago, so look at it in a browser"),
        ((WALL, DOWN), "a wall; no good answer is known in 2 weeks"),
        ((WALL,) * 9, "a wall; no good answer is known in 9 weeks, so look at it in a browser"),
    ],
)
def test_what_is_hidden_has_an_age(past: tuple[Code, ...], told: str) -> None:
    """Of its last good answer; after eight weeks somebody should look."""
    now = MONDAY + weeks(len(past))
    votes = [Vote(asked_at=MONDAY + weeks(number), code=code) for number, code in enumerate(past)]

    assert aged(Verdict(code=WALL, rule="wall", because="a wall"), votes[::-1], now=now).because == told


def test_runs_on_one_day_give_no_age() -> None:
    """Who audits twice in an hour has not waited for a good answer."""
    wall, now = Verdict(code=WALL, rule="wall", because="a wall"), MONDAY + weeks(1 / 168)

    assert aged(wall, [Vote(asked_at=MONDAY, code=WALL)], now=now) == wall


def test_what_tells_something_has_none() -> None:
    """Other verdicts stay as they are."""
    verdict = Verdict(code=DOWN, rule="timeout", because="no answer")

    assert aged(verdict, [Vote(asked_at=MONDAY, code=OK)], now=MONDAY + weeks(9)) == verdict
