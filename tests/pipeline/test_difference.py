"""Two runs held against each other, link by link."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.model import Code, Finding, Turn
from crawler.pipeline.difference import turn_of, turned
from tests.render.records import finding


def run(codes: dict[str, Code]) -> list[Finding]:
    return [finding(code, url) for url, code in sorted(codes.items())]


@pytest.mark.parametrize(
    ("before", "after", "turn"),
    [
        (None, Code.NOT_FOUND, Turn.NEW),
        (None, Code.OK, None),
        (None, Code.BLOCKED, None),
        (Code.OK, Code.NOT_FOUND, Turn.NEW),
        (Code.BLOCKED, Code.NOT_FOUND, Turn.NEW),
        (Code.NOT_FOUND, Code.NOT_FOUND, Turn.STILL),
        (Code.TIMEOUT, Code.NOT_FOUND, Turn.CHANGED),
        (Code.NOT_FOUND, Code.OK, Turn.FIXED),
        (Code.NOT_FOUND, Code.BLOCKED, Turn.CHANGED),
        (Code.NOT_FOUND, Code.DEFERRED, Turn.CHANGED),
        (Code.OK, Code.MOVED, Turn.CHANGED),
        (Code.OK, Code.OK, None),
        (Code.BLOCKED, Code.BLOCKED, None),
    ],
)
def test_how_a_link_stands(before: Code | None, after: Code, turn: Turn | None) -> None:
    """What cannot be told, or was not asked, fixes nothing."""
    assert turn_of(finding(before) if before else None, finding(after)) is turn


CODES = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from([Code.OK, Code.NOT_FOUND, Code.TIMEOUT]))


@given(CODES, CODES)
def test_every_link_of_both_runs_is_told_once(before: dict[str, Code], after: dict[str, Code]) -> None:
    """Sorted by URL; a problem that is on no card any more is gone."""
    rows = list(turned(iter(run(before)), iter(run(after))))
    expected = {}
    for url in sorted({*before, *after}):
        then = finding(before[url]) if url in before else None
        turn = turn_of(then, finding(after[url])) if url in after else None
        if url not in after and before[url] is not Code.OK:
            turn = Turn.GONE
        if turn:
            expected[url] = turn

    assert {row.finding.link.url: row.turn for row in rows} == expected
    assert [row.finding.link.url for row in rows] == sorted(expected)
