"""What a report says of earlier runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.history.writing import INTERRUPTED, OFFLINE, HistoryWriter
from crawler.pipeline.audit import OUT_OF_TIME
from crawler.pipeline.findings import Judging
from crawler.pipeline.runs import run_lines
from tests.pipeline.fakes import MONDAY, FakeEngine, Site, findings, link

A, B = "https://a.example/1", "https://b.example/2"


@pytest.fixture
def history(tmp_path: Path) -> Iterator[HistoryWriter]:
    with HistoryWriter(tmp_path / "history.sqlite") as history:
        yield history


async def test_a_report_knows_the_runs_before_it(history: HistoryWriter) -> None:
    """Earlier runs come oldest first with their counts, later ones not at all; a finding has its earlier verdicts."""
    site = Site(history, FakeEngine({A: [200], B: [200]}))
    first = (await site.audit(link(A), link(B))).report
    site.later(**{B: [404]})
    await site.audit(link(A), link(B))
    third = (await site.audit(link(A), link(B))).report

    assert first.past == ()
    assert [dict(line.health)["broken"] for line in third.past] == [0, 1]
    assert [line.run.links for line in third.past] == [2, 2]
    assert [vote.code for vote in findings(third)[B].votes] == ["not_found", "ok"]

    lines = run_lines(history)
    assert [line.run.id for line in lines[:0:-1]] == [line.run.id for line in third.past]
    again = Judging(history, history.run(lines[1].run.id), site.settings).report()
    assert [line.run.id for line in again.past] == [first.run.id]


async def test_runs_that_did_not_ask_are_no_runs_to_compare_with(history: HistoryWriter) -> None:
    """Offline ones, and those of a few cards; one that ran out of time counts."""
    site = Site(history, FakeEngine({A: [200], B: [404]}))
    first, late, offline, part = [(await site.audit(link(A), link(B))).report.run.id for _ in range(4)]
    last = (await site.audit(link(A), link(B))).report.run.id
    for run, cards, ended in ((first, 3, ""), (late, 3, OUT_OF_TIME), (offline, 3, OFFLINE), (part, 1, "")):
        history.finish(history.run(run), now=MONDAY, cards=cards, ended=ended)
    report = Judging(history, history.run(last), site.settings).report()

    assert [line.run.id for line in report.past] == [first, late]


def test_a_run_that_is_under_way_is_not_called_interrupted(history: HistoryWriter) -> None:
    """Nobody knows yet how it will end; once it is interrupted, it is called so."""
    run = history.begin(now=MONDAY, version="1", resume_within=timedelta(), max_age=timedelta())
    (now,) = run_lines(history)
    history.finish(run, now=MONDAY, cards=1, ended=INTERRUPTED)
    (then,) = run_lines(history)

    assert (now.ended, then.ended) == ("not finished", "interrupted")
    history.begin(now=MONDAY, version="1", resume_within=timedelta(hours=1), max_age=timedelta())
    (again,) = run_lines(history)
    assert again.ended == "not finished"
