"""Findings in, one mark for each place that has a problem out: what every format for CI systems shows.

A format decides which levels it shows; here is decided what the levels are, what is said, and which mark is which
from one run to the next.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from crawler.model import (
    UNREADABLE,
    Change,
    Code,
    Finding,
    Health,
    Kind,
    Known,
    Place,
    Proposal,
    Record,
    Repair,
    RunReport,
    State,
    Unreadable,
)
from crawler.render.meanings import VERDICT_MEANINGS
from crawler.render.worst import concerned
from crawler.text import printable

_UNREADABLE_TITLE = "Card could not be read"


class Level(StrEnum):
    """How loudly a mark is told; the order is from worst to best."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    NONE = "none"


LEVELS: dict[Health, Level] = {
    Health.UNSAFE: Level.ERROR,
    Health.BROKEN: Level.ERROR,
    Health.FAILING: Level.WARNING,
    Health.NOTICE: Level.NOTE,
    Health.UNVERIFIABLE: Level.NONE,
    Health.SKIPPED: Level.NONE,
    Health.HEALTHY: Level.NONE,
}
"""What fails is an error once that is confirmed, see `level_of`; what cannot be told, or was not asked, is none."""
MOST = 5_000
"""Marks that a format for people shows; nobody reads on, and GitHub keeps no more of a SARIF file."""
_REASON = 500
_RANK = {level: rank for rank, level in enumerate(Level)}
_HEALTHS = {health: rank for rank, health in enumerate(Health)}


class Mark(Record, frozen=True):
    """One problem at one place of a card."""

    level: Level
    path: str
    line: int
    column: int | None
    """In characters, counted from 1; None for a whole line."""
    field: str
    written: str
    url: str
    name: str
    """The verdict, or `unreadable`."""
    rule: str
    because: str
    """Printable, and no longer than what is read at a glance."""
    code: Code | None = None
    kind: Kind | None = None
    state: State | None = None
    change: Change | None = None
    since: datetime | None = None
    known: Known | None = None
    """The problem is known, and the entry holds."""
    proposals: tuple[Proposal, ...] = ()
    """What would repair it in this card."""
    alone: tuple[Proposal, ...] = ()
    """Those of them that are no part of a larger change, such as a picture with its width and height."""

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        return VERDICT_MEANINGS[self.code].title if self.code else _UNREADABLE_TITLE

    @property
    def reason(self) -> str:
        """One printable line: why, and the address."""
        return f"{self.because} ({printable(self.url, 1_000)})" if self.url else self.because

    @property
    def message(self) -> str:
        """One printable line: what it is, why, and the address."""
        return f"{self.title}: {self.reason}"

    @property
    def fingerprint(self) -> str:
        """32 hexadecimal digits that stay when the line moves: of what, in which card and field, and where to."""
        parts = f"{self.name}\0{self.path}\0{self.field}\0{self.url}"
        return hashlib.sha256(parts.encode("utf-8", "backslashreplace")).hexdigest()[:32]


def level_of(health: Health, state: State) -> Level:
    """How loudly a problem is told; as for the exit code, what fails counts in full once it is confirmed."""
    return Level.ERROR if health is Health.FAILING and state is State.CONFIRMED else LEVELS[health]


def marks(report: RunReport) -> Iterator[Mark]:
    """The marks of all findings in their order, then of the cards that could not be read."""
    for finding in report.findings():
        yield from marks_of(finding)
    yield from map(unreadable_mark, report.unreadable)


def marks_of(finding: Finding) -> Iterator[Mark]:
    """The marks of one finding: none for a healthy link, unless a change is proposed for it."""
    if finding.verdict.code.health is Health.HEALTHY and not finding.proposals:
        return
    known = finding.baseline if finding.baseline and not finding.baseline.expired else None
    proposed = _Proposed(finding)
    for place, verdict in concerned(finding):
        proposals = proposed.at(place)
        yield Mark(
            level=level_of(verdict.code.health, finding.state),
            path=place.path,
            line=place.line,
            column=place.column,
            field=place.field,
            written=place.written,
            url=finding.link.url,
            name=verdict.code,
            rule=verdict.rule,
            because=printable(verdict.because, _REASON),
            code=verdict.code,
            kind=place.kind,
            state=finding.state,
            change=finding.change,
            since=finding.since,
            known=known,
            proposals=proposals,
            alone=tuple(filter(proposed.is_alone, proposals)),
        )


class _Proposed:
    """Hands out a finding's proposals: each once, with its own place, or else with the first place of its card."""

    def __init__(self, finding: Finding) -> None:
        fields = {(place.path, place.field) for place in finding.link.places} if finding.proposals else set()
        self._of_place: defaultdict[tuple[str, str], list[Proposal]] = defaultdict(list)
        self._of_card: defaultdict[str, list[Proposal]] = defaultdict(list)
        self._parts = Counter((one.path, one.kind) for one in finding.proposals)
        self._asides: set[tuple[str, Repair]] = set()
        for one in finding.proposals:
            if (one.path, one.field) not in fields:
                self._asides.add((one.path, one.kind))
            own = (one.path, one.field)
            (self._of_place[own] if own in fields else self._of_card[one.path]).append(one)

    def at(self, place: Place) -> tuple[Proposal, ...]:
        return (*self._of_place.pop((place.path, place.field), ()), *self._of_card.pop(place.path, ()))

    def is_alone(self, one: Proposal) -> bool:
        """Whether nothing beside the link's own places changes along with it."""
        return (one.path, one.kind) not in self._asides or self._parts[one.path, one.kind] == 1


def unreadable_mark(card: Unreadable) -> Mark:
    """The mark of a card that could not be read: nothing of it was checked."""
    return Mark(
        level=Level.WARNING,
        path=card.path,
        line=card.line,
        column=None,
        field="",
        written="",
        url="",
        name=UNREADABLE,
        rule=UNREADABLE,
        because=printable(card.because, _REASON),
    )


class Shelf:
    """Keeps the `limit` worst of the marks offered, worst first and then card by card, and counts the others."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: list[Mark] = []
        self._offered = 0

    def offer(self, mark: Mark) -> None:
        """Takes note of a mark."""
        self._offered += 1
        self._kept.append(mark)
        if len(self._kept) > 2 * self._limit:
            self._sort()

    def marks(self) -> list[Mark]:
        """The worst."""
        self._sort()
        return self._kept

    @property
    def left(self) -> int:
        """How many are not among them."""
        return max(0, self._offered - self._limit)

    def _sort(self) -> None:
        self._kept.sort(key=_urgency)
        del self._kept[self._limit :]


def _urgency(mark: Mark) -> tuple[bool, int, int, bool, str, int, int, str, str]:
    return (
        mark.known is not None,
        _RANK[mark.level],
        _HEALTHS[mark.code.health] if mark.code else len(_HEALTHS),
        mark.change is not Change.NEW,
        mark.path,
        mark.line,
        mark.column or 0,
        mark.url,
        mark.field,
    )
