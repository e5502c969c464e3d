"""Stored runs in, what reports and lists say of each out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from crawler.history.reading import History
from crawler.history.records import RunRow
from crawler.model import Code, Health, RunFacts, RunLine

CHARTED = 24
"""Runs that a chart shows: half a year of weeks."""


def run_lines(history: History) -> list[RunLine]:
    """Every stored run, newest first."""
    return _lines(history, tuple(history.runs()))


def lines_before(history: History, run: RunRow) -> tuple[RunLine, ...]:
    """The last runs before `run` that were finished and mean something, oldest first."""
    earlier = [one for one in history.runs() if one.number < run.number and one.finished and not one.void]
    return tuple(reversed(_lines(history, tuple(earlier[:CHARTED]))))


def _lines(history: History, runs: tuple[RunRow, ...]) -> list[RunLine]:
    counts = history.counts(runs)
    return [_line(run, *counts[run.number]) for run in runs]


def _line(run: RunRow, links: int, codes: Mapping[Code, int]) -> RunLine:
    health: Counter[Health] = Counter()
    for code, count in codes.items():
        health[code.health] += count
    if run.void:
        ended = "void"
    elif run.finished is None:
        ended = "interrupted"
    else:
        ended = run.ended.replace("_", " ") or "complete"
    return RunLine(
        run=facts_of(run, links),
        ended=ended,
        health=tuple((str(one), health[one]) for one in Health),
    )


def facts_of(run: RunRow, links: int) -> RunFacts:
    """What reports and lists say of a stored run, which held so many links."""
    return RunFacts(
        id=run.id,
        started=run.started,
        finished=run.finished or run.touched,
        version=run.version,
        cards=run.cards,
        links=links,
        requests=run.requests,
        received=run.received,
        void=run.void is not None,
        void_because=run.void,
    )
