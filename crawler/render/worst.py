"""Findings in, the worst of each health out, as short rows that fit in memory however many findings there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from crawler.model import Code, Disposition, Finding, Health, Place, Record, State, Verdict
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
    since: str
    """A day in UTC."""
    spots: tuple[Spot, ...]
    """At least one."""
    further: int
    """Places that are not among `spots`."""
    fix: Fix | None

    @property
    def urgency(self) -> tuple[int, str, int, str]:
        """Sorts: what is new first, then by card, line and URL."""
        first = self.spots[0]
        return _URGENCY.get(self.state, len(_URGENCY)), first.path, first.line, self.url


class Worst(Record, frozen=True):
    """What a report for people shows."""

    rows: tuple[tuple[Health, tuple[Row, ...]], ...]
    """For every health asked for, in that order, its most urgent rows."""
    unverifiable: tuple[tuple[str, Code, int], ...]
    """(host, verdict, links), most links first."""

    def of(self, health: Health) -> tuple[Row, ...]:
        """The rows of one health."""
        return next((rows for name, rows in self.rows if name is health), ())


def worst(findings: Iterable[Finding], healths: tuple[Health, ...], limit: int) -> Worst:
    """The `limit` most urgent findings of each of `healths`, read in one pass; memory grows with `limit` and hosts."""
    kept: dict[Health, list[Row]] = {health: [] for health in healths}
    hosts: Counter[tuple[str, Code]] = Counter()
    for finding in findings:
        code = finding.verdict.code
        if code.health is Health.UNVERIFIABLE:
            hosts[_host(finding.link.url), code] += 1
        if (rows := kept.get(code.health)) is not None:
            rows.append(_row(finding))
            if len(rows) >= 2 * limit + 100:
                rows[:] = _most_urgent(rows, limit)
    return Worst(
        rows=tuple((health, tuple(_most_urgent(rows, limit))) for health, rows in kept.items()),
        unverifiable=tuple(
            (host, code, links) for (host, code), links in sorted(hosts.items(), key=lambda item: (-item[1], item[0]))
        ),
    )


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


def _row(finding: Finding) -> Row:
    places = concerned(finding)
    fix = next(iter(finding.proposals), None)
    return Row(
        url=printable(finding.link.url, LONGEST_URL),
        code=finding.verdict.code,
        because=printable(finding.verdict.because),
        state=finding.state,
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
    )


def _most_urgent(rows: list[Row], limit: int) -> list[Row]:
    return sorted(rows, key=lambda row: row.urgency)[:limit]


def _host(url: str) -> str:
    try:
        return printable(host_of(url), 253) or "(no host)"
    except ValueError:  # what is no URL has no host
        return "(no host)"
