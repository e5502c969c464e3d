"""A report and its findings as they go by in; what the top of the HTML page says and draws out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from crawler.model import Code, Finding, Health, Record, RunReport
from crawler.render.html_rows import is_ready
from crawler.render.words import day
from crawler.render.worst import NEEDS_A_HAND, host_shown

_BARS = 12
"""Hosts drawn."""
WORTH_A_LOOK = (*NEEDS_A_HAND, Health.UNVERIFIABLE)
"""What the bars of hosts are made of."""


class Part(Record, frozen=True):
    """One coloured piece of a bar, in percent of what the longest bar takes."""

    health: Health
    links: int
    start: float
    size: float


class Bar(Record, frozen=True):
    """One host or one run."""

    name: str
    """Printable."""
    parts: tuple[Part, ...]
    """Those that are empty left out."""
    links: int
    """All of its links, healthy ones too."""

    @property
    def troubled(self) -> int:
        """Links drawn."""
        return sum(part.links for part in self.parts)


class Overview(Record, frozen=True):
    """The numbers that are read first."""

    links: int
    needed: int
    """Links that need a hand, known problems left out."""
    known: int
    """Links that would, but are known problems."""
    new: int
    fixed: int
    ready: int
    """Links with a change that can be merged as it stands."""
    health: Bar
    hosts: tuple[Bar, ...]
    """Worst first."""
    further: int
    """Troubled hosts that are not among `hosts`."""
    runs: tuple[Bar, ...]
    """Oldest first, this run last, unless it was offline."""
    peak: int
    """Links that the tallest run draws."""


class Tally:
    """Counts, while the findings go by, what a summary does not hold."""

    def __init__(self) -> None:
        self._hosts: Counter[tuple[str, Health]] = Counter()
        self._ready = 0

    def watch(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Passes the findings on."""
        for finding in findings:
            self._hosts[host_shown(finding.link.url), finding.verdict.code.health] += 1
            self._ready += any(map(is_ready, finding.proposals))
            yield finding

    def overview(self, report: RunReport) -> Overview:
        """What is known once all findings have gone by."""
        health = dict(report.summary.health)
        change = dict(report.summary.change)
        known = sum(dict(report.known).get(name, 0) for name in NEEDS_A_HAND)
        hosts = self._troubled()
        runs = [(line.run.finished, dict(line.health)) for line in report.past]
        if not dict(report.summary.verdict).get(Code.OFFLINE):  # else all that was not asked would look well
            runs.append((report.run.finished, health))
        peak = max((sum(counts.get(name, 0) for name in NEEDS_A_HAND) for _, counts in runs), default=0)
        return Overview(
            links=sum(health.values()),
            needed=max(0, sum(health.get(name, 0) for name in NEEDS_A_HAND) - known),
            known=known,
            new=change.get("new", 0),
            fixed=change.get("fixed", 0),
            ready=self._ready,
            health=_bar("all links", health, tuple(Health), sum(health.values())),
            hosts=hosts[:_BARS],
            further=max(0, len(hosts) - _BARS),
            runs=tuple(_bar(day(at), counts, NEEDS_A_HAND, peak) for at, counts in runs),
            peak=peak,
        )

    def _troubled(self) -> tuple[Bar, ...]:
        counts: dict[str, dict[str, int]] = {}
        for (host, health), links in self._hosts.items():
            counts.setdefault(host, {})[health] = links
        most = max((sum(one.get(name, 0) for name in WORTH_A_LOOK) for one in counts.values()), default=0)
        bars = (_bar(host, one, WORTH_A_LOOK, most) for host, one in counts.items())
        return tuple(sorted((bar for bar in bars if bar.parts), key=_by_urgency))


def _by_urgency(bar: Bar) -> tuple[int, int, str]:
    """Sorts: most links that need a hand first, then most links drawn."""
    return (-sum(part.links for part in bar.parts if part.health in NEEDS_A_HAND), -bar.troubled, bar.name)


def _bar(name: str, counts: dict[str, int], healths: tuple[Health, ...], whole: int) -> Bar:
    parts: list[Part] = []
    start = 0.0
    for health in healths:
        if links := counts.get(health, 0):
            size = 100 * links / whole
            parts.append(Part(health=health, links=links, start=round(start, 2), size=round(size, 2)))
            start += size
    return Bar(name=name, parts=tuple(parts), links=sum(counts.values()))
