"""Two stored runs in, how they differ out: both judged by the rules of today, nothing asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from crawler.history.reading import History
from crawler.model import UNREADABLE, Difference, Finding, Health, Turn, Turned
from crawler.pipeline.findings import Judging
from crawler.pipeline.runs import facts_of
from crawler.settings import Settings

_PROBLEMS = (Health.UNSAFE, Health.BROKEN, Health.FAILING, Health.NOTICE)


def difference_of(history: History, settings: Settings, run: str | None, against: str) -> Difference:
    """How `run` (an id or number; None is the newest) differs from `against`.

    Raises CrawlerError if there is no such run.
    """
    newer, older = history.run(run), history.run(against)
    after, before = Judging(history, newer, settings), Judging(history, older, settings)

    def pairs() -> Iterator[Turned]:
        return turned(_findings(before), _findings(after))

    counts = Counter(row.turn for row in pairs())
    links = history.counts((newer, older))
    before_too = {card.path for card in history.unreadable(older)}
    return Difference(
        run=facts_of(newer, links[newer.number][0]),
        against=facts_of(older, links[older.number][0]),
        counts=tuple((str(turn), counts[turn]) for turn in Turn),
        rows=lambda: (row for row in pairs() if row.turn is not Turn.STILL),
        unreadable=tuple(card for card in history.unreadable(newer) if card.path not in before_too),
    )


def turned(before: Iterator[Finding], after: Iterator[Finding]) -> Iterator[Turned]:
    """Joins two runs, each sorted by URL, into the links that are or were a problem, or whose verdict differs."""
    old, new = next(before, None), next(after, None)
    while old or new:
        if old is not None and (new is None or old.link.url < new.link.url):
            if _problem(old):
                yield Turned(turn=Turn.GONE, finding=old, before=old)
            old = next(before, None)
        elif new is not None:
            then = old if old is not None and old.link.url == new.link.url else None
            if turn := turn_of(then, new):
                yield Turned(turn=turn, finding=new, before=then)
            old, new = next(before, None) if then else old, next(after, None)


def turn_of(before: Finding | None, after: Finding) -> Turn | None:
    """How one link stands, given what it was if a card held it then; None if there is nothing to tell."""
    was, is_now = before is not None and _problem(before), _problem(after)
    if before is None or (is_now and not was):
        return Turn.NEW if is_now else None
    if before.verdict.code is after.verdict.code:
        return Turn.STILL if is_now else None
    return Turn.FIXED if was and after.verdict.code.health is Health.HEALTHY else Turn.CHANGED


def worsened(difference: Difference, names: tuple[str, ...]) -> bool:
    """Whether what is new or changed has a health, verdict or state among `names`; known problems do not count.

    Cards that cannot be read any more count if they are named.
    """
    if UNREADABLE in names and difference.unreadable:
        return True
    return any(
        row.turn in (Turn.NEW, Turn.CHANGED)
        and not (row.finding.baseline and not row.finding.baseline.expired)
        and {row.finding.verdict.code, row.finding.verdict.code.health, row.finding.state}.intersection(names)
        for row in difference.rows()
    )


def _problem(finding: Finding) -> bool:
    return finding.verdict.code.health in _PROBLEMS


def _findings(judging: Judging) -> Iterator[Finding]:
    return (one.finding for one in judging.findings())
