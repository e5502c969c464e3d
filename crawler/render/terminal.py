"""A run's report in, the summary that `crawler audit` prints out: problems card by card, then counts and files.

The layout is ASCII, every address stands whole on a line of its own, and nothing of the data acts on the terminal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from urllib.parse import urlencode

from crawler.model import Change, Health, Record, RunReport, State
from crawler.render import FORMATS
from crawler.render.terminal_text import BOLD, COLOURS, DIM, paint, wrap
from crawler.render.words import count, moment, not_read
from crawler.render.worst import NEEDS_A_HAND, Row, nothing_to_act_on, worst
from crawler.text import inert, printable

_PROBLEMS = NEEDS_A_HAND[:-1]
_PAST = (State.NEW, State.STILL, State.CONFIRMED, State.FLAKY)
_ALL = "-v prints them all"


class Shown(Record, frozen=True):
    """How much of a run is printed."""

    problems: int = 50
    """Links that need a hand, worst first; what they leave is for notices."""
    side: int = 10
    """Lines for hosts and cards that could not be read, each."""


MOST = Shown()
EVERYTHING = Shown(problems=1_000_000, side=1_000_000)


def summary(report: RunReport, *, colour: bool, width: int, shown: Shown = MOST, paths: Sequence[str]) -> str:
    """The text to print, with a final newline.

    `width` is in columns; `paths` are the reports that were written.
    """
    parts = _Summary(report, paths, shown, colour=colour, width=width)
    return inert("".join(line + "\n" for line in parts.lines()))


class _Summary:
    """The parts of one summary; they share the report and how to show it."""

    def __init__(self, report: RunReport, paths: Sequence[str], shown: Shown, *, colour: bool, width: int) -> None:
        self._report, self._shown, self._colour, self._width = report, shown, colour, width
        self._paths = [printable(path) for path in paths]
        self._page = next((path for path in self._paths if path.endswith(FORMATS["html"].file)), None)
        self._totals = dict(report.summary.health)

    def lines(self) -> Iterator[str]:
        room = self._shown.problems
        found = worst(self._report.findings(), NEEDS_A_HAND, room)
        yield from self._head()
        new = dict(found.new)
        for titles, healths in ((("New", "Still there"), _PROBLEMS), (("New notices", "Notices"), (Health.NOTICE,))):
            rows = [row for health in healths for row in found.of(health)]
            fresh = sum(new[health] for health in healths)
            counted = (fresh, sum(self._totals[health] for health in healths) - fresh)
            parts = (
                [row for row in rows if row.change is Change.NEW],
                [row for row in rows if row.change is not Change.NEW],
            )
            views = (("new",), ("still", "same"))
            for title, part, total, changes in zip(titles, parts, counted, views, strict=True):
                chosen = [("change", change) for change in changes] + [("health", str(health)) for health in healths]
                yield from self._section(title, part[:room], total, chosen)
                room -= len(part[:room])
        fixed = dict(self._report.summary.change)["fixed"]
        yield from self._section("Fixed", list(found.fixed[:room]), fixed, [("change", "fixed")])
        yield from self._unverifiable([(host, code.value, links) for host, code, links in found.unverifiable])
        yield from self._hosts()
        yield from self._unreadable()
        yield from self._hints()
        yield from self._counts()
        for number, path in enumerate(self._paths):
            yield ("Reports: " if number == 0 else " " * 9) + path

    def _head(self) -> Iterator[str]:
        run = self._report.run
        seconds = (run.finished - run.started).total_seconds()
        yield wrap(
            f"Audit of {moment(run.started)}: {count(run.cards, 'card')}, {count(run.links, 'link')}, "
            f"{count(run.requests, 'request')}, {seconds:,.0f} s",
            self._width,
        )
        if run.void:
            because = printable(run.void_because or "no reason was kept")
            yield self._paint(wrap(f"This run means nothing: {because}", self._width), COLOURS[Health.BROKEN])
        if cards := len(self._report.unreadable):
            yield self._paint(wrap(f"{not_read(cards)}.", self._width), COLOURS[Health.BROKEN])

    def _section(self, title: str, rows: list[Row], total: int, chosen: list[tuple[str, str]]) -> Iterator[str]:
        """`chosen` are the facets that show the section in report.html."""
        if not total:
            return
        yield from self._title(f"{title}: {total:,}")
        by_card = sorted(rows, key=lambda row: (row.spots[0].path, row.spots[0].line, row.url))
        for number, (_, items) in enumerate(groupby(by_card, key=lambda row: row.spots[0].path)):
            if number:
                yield ""
            for row in items:
                yield from self._item(row)
        if total > len(rows):
            if rows:
                yield ""
            where = f"see {self._page}#{urlencode(chosen)}" if self._page else "see the reports."
            yield f"{total - len(rows):,} more: {where if self._paths else f'{_ALL}.'}"

    def _item(self, row: Row) -> Iterator[str]:
        first, *others = row.spots
        yield f"{self._paint(f'{first.path}:{first.line}', BOLD)} {first.field}"
        verdict = self._paint(f"{row.code} ({row.code.health})", COLOURS[row.code.health])
        past = f"{row.state.upper()} " if row.state in _PAST else ""
        was = f", was {row.before}" if row.change is Change.FIXED else ""
        yield f"  {past}{verdict} since {row.since}{was}"
        yield f"  {row.url}"
        yield wrap(row.because, self._width, "  ")
        if row.known:
            yield wrap(row.known, self._width, "  ")
        if row.fix:
            yield self._paint(f"  proposed: {row.fix.kind} ({row.fix.disposition})", DIM)
        for spot in others:
            differs = f" {spot.code}" if spot.code is not row.code else ""
            yield f"  also {spot.path}:{spot.line} {spot.field}{differs}"
        if row.further:
            yield f"  and {count(row.further, 'further place')}"

    def _unverifiable(self, hosts: list[tuple[str, str, int]]) -> Iterator[str]:
        if hosts:
            total = self._totals[Health.UNVERIFIABLE]
            yield from self._title(f"From here nobody can tell: {count(total, 'link')}")
            yield from self._side([f"{host} {code}: {count(links, 'link')}" for host, code, links in hosts])

    def _hosts(self) -> Iterator[str]:
        if rows := self._report.hosts:
            yield from self._title(f"Failed as a whole: {count(len(rows), 'host')}")
            yield from self._side(
                [f"{row.host} {row.verdict} ({count(row.links, 'link')}): {row.because}" for row in rows]
            )

    def _unreadable(self) -> Iterator[str]:
        if rows := self._report.unreadable:
            yield from self._title(f"Not readable: {count(len(rows), 'card')}")
            yield from self._side([f"{row.path}:{row.line} {row.because}" for row in rows])

    def _hints(self) -> Iterator[str]:
        if rows := self._report.hints:
            yield from self._title("To tell more the next time")
            for number, row in enumerate(rows):
                if number:
                    yield ""
                yield wrap(printable(f"{row.because}. {row.do}:"), self._width)
                yield from (self._paint(f"  {printable(line, 600)}", DIM) for line in row.config)

    def _side(self, rows: list[str]) -> Iterator[str]:
        for row in rows[: self._shown.side]:
            first, *rest = wrap(printable(row, 600), self._width - 2, "  ").split("\n")
            yield first[2:]
            yield from rest
        if len(rows) > self._shown.side:
            yield f"and {len(rows) - self._shown.side:,} more: {_ALL}."

    def _counts(self) -> Iterator[str]:
        yield ""
        if nothing_to_act_on(self._report):
            yield self._paint("Nothing to act on.", COLOURS[Health.HEALTHY])
        counts = ((Health(name), links) for name, links in self._report.summary.health)
        painted = [
            self._paint(f"{links:,} {health}", COLOURS[health] if links and health is not Health.HEALTHY else "")
            for health, links in counts
        ]
        if cards := len(self._report.unreadable):
            painted.append(self._paint(f"{count(cards, 'card')} unreadable", COLOURS[Health.BROKEN]))
        yield ", ".join(painted)
        change = dict(self._report.summary.change)
        yield "Against the run before: " + ", ".join(f"{links:,} {name}" for name, links in change.items())

    def _title(self, text: str) -> Iterator[str]:
        yield ""
        yield self._paint(text, BOLD)
        yield ""

    def _paint(self, text: str, sgr: str) -> str:
        return paint(text, sgr, colour=self._colour and bool(sgr))
