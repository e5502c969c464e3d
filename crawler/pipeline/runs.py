"""Stored runs in, what reports and lists say of each out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from crawler.history.reading import History
from crawler.history.records import RunRow
from crawler.history.writing import OFFLINE
from crawler.model import Code, Health, RunFacts, RunLine

CHARTED = 24
"""Runs that a chart shows: half a year of weeks."""
_SHARE = 0.5
"""Of the cards that the site had: with no more, a run is of a part of it, however often there is such a run."""


def run_lines(history: History) -> list[RunLine]:
    """Every stored run, newest first."""
    return _lines(history, tuple(history.runs()))


def lines_before(history: History, run: RunRow) -> tuple[RunLine, ...]:
    """The last runs before `run` that can be set beside it, oldest first.

    They were finished, mean something, and were neither offline nor of a few cards: what they had not asked would look
    as if it had been well.
    """
    runs = [one for one in history.runs() if one.void is None and one.ended != OFFLINE]
    whole = _of_all(runs)
    earlier = [one for one in runs if one.number < run.number and one.number in whole]
    return tuple(reversed(_lines(history, tuple(earlier[:CHARTED]))))


def _of_all(runs: Collection[RunRow]) -> frozenset[int]:
    """The numbers of those runs, of some that are given newest first, that came to an end and were of the whole site.

    What a run was of is told by the number of its cards: no fewer than in the last one that was of all. A site may have
    lost some, of which the second run after that makes sure.
    """
    found: set[int] = set()
    cards = before = 0
    for run in reversed([run for run in runs if run.finished is not None]):
        if run.cards >= cards or (run.cards >= before and run.cards > _SHARE * cards):
            found.add(run.number)
            cards = run.cards
        before = run.cards
    return frozenset(found)


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
        ended = run.ended or "not finished"  # it is under way, or was killed
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
