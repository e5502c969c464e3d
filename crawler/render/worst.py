"""Findings in, the worst of each health out, as short rows that fit in memory however many findings there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from operator import itemgetter

from crawler.model import Change, Code, Disposition, Finding, Health, Known, Place, Record, RunReport, State, Verdict
from crawler.render.words import day
from crawler.text import printable
from crawler.urls import host_of

NEEDS_A_HAND = (Health.UNSAFE, Health.BROKEN, Health.FAILING, Health.NOTICE)
"""What is worth a maintainer's time, worst first."""

LONGEST_URL = 8_000
"""Characters shown of a URL: what every server should accept (RFC 9110, 4.1), so what is cut was never a link."""

_PLACES = 4
"""Places that a row names; a logo may stand in a thousand cards."""
_URGENCY = {State.NEW: 0, State.CONFIRMED: 1, State.STILL: 2, State.FLAKY: 3}


class Spot(Record, frozen=True):
    """One place that a row names; its texts are printable."""

    path: str
    line: int
    field: str
    code: Code


class Fix(Record, frozen=True):
    """That a repair is proposed."""

    kind: str
    disposition: Disposition


class Row(Record, frozen=True):
    """A finding, cut to what is read at a glance; its texts are printable."""

    url: str
    code: Code
    because: str
    state: State
    change: Change | None
    before: Code | None
    since: str
    """A day in UTC."""
    spots: tuple[Spot, ...]
    """At least one."""
    further: int
    """Places that are not among `spots`."""
    fix: Fix | None
    known: str = ""
    """That the problem is known, in words; empty if it is not."""


class Worst(Record, frozen=True):
    """What a report for people shows."""

    rows: tuple[tuple[Health, tuple[Row, ...]], ...]
    """For every health asked for, in that order, its most urgent rows."""
    fixed: tuple[Row, ...]
    """What the run before reported and is healthy now."""
    new: tuple[tuple[Health, int], ...]
    """For every health asked for, how many of its findings are new since the run before."""
    unverifiable: tuple[tuple[str, Code, int], ...]
    """(host, verdict, links), most links first."""

    def of(self, health: Health) -> tuple[Row, ...]:
        """The rows of one health."""
        return next((rows for name, rows in self.rows if name is health), ())


def worst(findings: Iterable[Finding], healths: tuple[Health, ...], limit: int) -> Worst:
    """The `limit` most urgent findings of each of `healths`, read in one pass; memory grows with `limit` and hosts."""
    shelves = {health: _Shelf(limit) for health in healths}
    fixed = _Shelf(limit)
    new: Counter[Health] = Counter()
    hosts: Counter[tuple[str, Code]] = Counter()
    for finding in findings:
        code = finding.verdict.code
        if code.health is Health.UNVERIFIABLE:
            hosts[host_shown(finding.link.url), code] += 1
        if finding.change is Change.NEW:
            new[code.health] += 1
        if finding.change is Change.FIXED:
            fixed.offer(finding)
        elif shelf := shelves.get(code.health):
            shelf.offer(finding)
    return Worst(
        rows=tuple((health, shelf.rows()) for health, shelf in shelves.items()),
        fixed=fixed.rows(),
        new=tuple((health, new[health]) for health in healths),
        unverifiable=tuple(
            (host, code, links) for (host, code), links in sorted(hosts.items(), key=lambda item: (-item[1], item[0]))
        ),
    )


def nothing_to_act_on(report: RunReport) -> bool:
    """Whether a maintainer may close the report; somebody sees to known problems already."""
    totals, known = dict(report.summary.health), dict(report.known)
    trouble = any(totals[health] > known.get(health, 0) for health in NEEDS_A_HAND)
    return not (trouble or report.hosts or report.unreadable or report.run.void)


def concerned(finding: Finding) -> tuple[tuple[Place, Verdict], ...]:
    """The places that the finding's verdict is about, each with what holds there; at least one if the link has any.

    Where the verdict depends on the card, only the places so judged; else all that are not excluded.
    """
    pairs = tuple(zip(finding.link.places, finding.place_verdicts, strict=True))
    judged = tuple(
        (place, verdict) for place, verdict in pairs if verdict and verdict.code.health is not Health.HEALTHY
    )
    if any(verdict.code is finding.verdict.code for _, verdict in judged):
        return judged
    every = tuple((place, verdict or finding.verdict) for place, verdict in pairs)
    return tuple((place, verdict) for place, verdict in every if place.excluded is None) or every


_Rank = tuple[int, str, int, str]
"""Sorts: by urgency, then by card, line and URL."""


def urgency(finding: Finding) -> int:
    """How soon a finding of its health wants to be read, from 0: what is new first, what is seen to last."""
    if finding.baseline is not None and not finding.baseline.expired:
        return len(_URGENCY) + 2  # somebody sees to it
    return 0 if finding.change is Change.NEW else 1 + _URGENCY.get(finding.state, len(_URGENCY))


def known(entry: Known) -> str:
    """What is said of a known problem; printable."""
    until = f"known until {entry.expires}" if not entry.expired else f"known, but that expired on {entry.expires}"
    return f"{until} ({printable(entry.owner, 100)}): {printable(entry.reason, 300)}"


class _Shelf:
    """Keeps the `limit` most urgent of the findings offered, as rows."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: list[tuple[_Rank, Row]] = []
        self._bar: _Rank | None = None
        """What is not more urgent than this cannot be among the kept: most findings of a long run end here."""

    def offer(self, finding: Finding) -> None:
        places = concerned(finding)
        first = places[0][0]
        rank = urgency(finding), first.path, first.line, finding.link.url
        if self._bar is None or rank < self._bar:
            self._kept.append((rank, _row(finding, places)))
        if len(self._kept) >= 2 * self._limit + 1:
            self._sort()
            self._bar = self._kept[-1][0] if self._kept else (0, "", 0, "")

    def rows(self) -> tuple[Row, ...]:
        self._sort()
        return tuple(row for _, row in self._kept)

    def _sort(self) -> None:
        self._kept.sort(key=itemgetter(0))
        del self._kept[self._limit :]


def _row(finding: Finding, places: tuple[tuple[Place, Verdict], ...]) -> Row:
    fix = next(iter(finding.proposals), None)
    return Row(
        url=printable(finding.link.url, LONGEST_URL),
        code=finding.verdict.code,
        because=printable(finding.verdict.because),
        state=finding.state,
        change=finding.change,
        before=finding.before,
        since=day(finding.since),
        spots=tuple(
            Spot(
                path=printable(place.path, 1_000),
                line=place.line,
                field=printable(place.field, 200),
                code=verdict.code,
            )
            for place, verdict in places[:_PLACES]
        ),
        further=max(0, len(places) - _PLACES),
        fix=Fix(kind=printable(fix.kind, 40), disposition=fix.disposition) if fix else None,
        known=known(finding.baseline) if finding.baseline else "",
    )


def host_shown(url: str) -> str:
    """The host, printable; something else in brackets for what has none."""
    try:
        return printable(host_of(url), 253) or "(no host)"
    except ValueError:  # what is no URL has no host
        return "(no host)"
