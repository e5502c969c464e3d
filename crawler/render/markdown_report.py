"""A run's report in, `report.md` out: fit for a GitHub issue or a job summary, counts first, then worst first.

GitHub takes 65,536 characters in an issue; the file keeps below 60,000 bytes, which is less on any way of counting,
and says how much it leaves out. Findings are list items, not table rows: long addresses wrap, and `|` is harmless.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from crawler.model import Change, Code, Health, RunReport, State
from crawler.render import FORMATS
from crawler.render.markdown_text import code, link, prose
from crawler.render.words import count, moment, not_read
from crawler.render.worst import NEEDS_A_HAND, Row, Worst, nothing_to_act_on, worst

BUDGET = 60_000
"""Bytes of the whole file."""

_SECTIONS = (*NEEDS_A_HAND, Health.UNVERIFIABLE)
_MOST_ROWS = 600
"""More never fit: a row has some 100 bytes."""
_SIDE_BUDGET = 6_000
"""Bytes for the unreadable cards, and for the hosts: they stand last and are never crowded out."""
_RESERVE = 900
"""Bytes kept for the heading and the closing lines of each section to come."""
_CLOSING = 150
"""Bytes that end a section: what is left out, and the end of its fold."""
_NOTED = (State.NEW, State.STILL, State.CONFIRMED, State.FLAKY)


def render(report: RunReport) -> Iterator[str]:
    """The file, a piece at a time."""
    head = "".join(_head(report))
    found = worst(report.findings(), _SECTIONS, _MOST_ROWS)
    fixed = dict(report.summary.change)["fixed"]
    tail = "".join(
        (*_side("Fixed", map(_item, found.fixed), fixed), *_unreadable(report), *_hosts(report), *_hints(report))
    )
    budget = BUDGET - _size(head) - _size(tail)
    totals = dict(report.summary.health)
    yield head
    for number, health in enumerate(_SECTIONS):
        if rows := found.of(health):
            later = sum(_RESERVE for other in _SECTIONS[number + 1 :] if found.of(other))
            known = dict(report.known).get(health, 0)
            section = "".join(_section(health, rows, totals[health], known, budget - later, found))
            budget -= _size(section)
            yield section
    yield tail


def _head(report: RunReport) -> Iterator[str]:
    run, summary = report.run, report.summary
    yield "# Link audit\n\n"
    if run.void:
        yield f"**This run means nothing: {prose(run.void_because or 'no reason was kept', 400)}**\n\n"
    if report.unreadable:
        yield f"**{not_read(len(report.unreadable))}**: they are listed below.\n\n"
    by_code = dict(summary.verdict)
    yield "| Health | Links | Verdicts |\n|---|---:|---|\n"
    for name, links in summary.health:
        verdicts = ((item, by_code.get(item, 0)) for item in Code if item.health == name)
        yield f"| {name} | {links:,} | {', '.join(f'`{item}` {n:,}' for item, n in verdicts if n)} |\n"
    change = ", ".join(f"{links:,} {name}" for name, links in summary.change)
    yield f"\n{count(run.cards, 'card')}, {count(run.links, 'link')}, {count(run.requests, 'request')}. "
    yield f"Against the run before: {change}. "
    yield f"Run {code(run.id, 100)} of version {code(run.version, 40)}, "
    yield f"{moment(run.started)} to {moment(run.finished)}.\n"
    if nothing_to_act_on(report):
        yield "\n**Nothing to act on.**\n"


def _section(health: Health, rows: tuple[Row, ...], total: int, known: int, budget: int, found: Worst) -> Iterator[str]:
    folded = health is Health.UNVERIFIABLE
    new = dict(found.new)[health]
    told = (f", {new:,} of them new" if new else "") + (f", {known:,} known" if known else "")
    opening = f"\n## {health.capitalize()}: {total:,}{told}\n\n"
    if folded:
        hosts = ", ".join(f"{code(host, 80)} `{verdict}` {links:,}" for host, verdict, links in found.unverifiable[:5])
        opening = f"\n<details><summary>{health.capitalize()}: {total:,}</summary>\n\nMost are at {hosts}.\n\n"
    yield opening
    yield from _fitting(map(_item, rows), total, str(health), budget - _size(opening))
    if folded:
        yield "\n</details>\n"


def _item(row: Row) -> str:
    """One finding: what it is and where it leads; below, where it stands and why."""
    state = f" **{row.state.upper()}**" if row.state in _NOTED else ""
    since = f"; since {row.since}" + (f", was `{row.before}`" if row.change is Change.FIXED else "")
    # What is parked or taken over must not be one click away.
    url = code(row.url, 500) if row.code.health is Health.UNSAFE else link(row.url, 500)
    first, *others = row.spots
    where = f"{code(f'{first.path}:{first.line}', 300)} {code(first.field, 100)}"
    also = [code(f"{spot.path}:{spot.line}", 300) for spot in others]
    if row.further:
        also.append(count(row.further, "further place"))
    return "".join(
        (
            f"- `{row.code}`{state} {url}<br>{where}: {prose(row.because, 300)}{since}",
            f"; {prose(row.known, 450)}" if row.known else "",
            f"; proposed: {prose(row.fix.kind, 40)} ({row.fix.disposition})" if row.fix else "",
            f"; also {', '.join(also)}" if also else "",
            "\n",
        )
    )


def _unreadable(report: RunReport) -> Iterator[str]:
    rows = (f"- {code(f'{row.path}:{row.line}', 200)}: {prose(row.because, 200)}\n" for row in report.unreadable)
    yield from _side("Cards that could not be read", rows, len(report.unreadable))


def _hosts(report: RunReport) -> Iterator[str]:
    rows = (
        f"- {code(row.host, 253)} `{row.verdict}`, {count(row.links, 'link')}: {prose(row.because, 200)}\n"
        for row in report.hosts
    )
    yield from _side("Hosts that failed as a whole", rows, len(report.hosts))


def _hints(report: RunReport) -> Iterator[str]:
    rows = (
        f"- {prose(row.because, 500)}. {prose(row.do, 500)}:"
        + "".join(f"<br>{code(line, 600)}" for line in row.config)
        + "\n"
        for row in report.hints
    )
    yield from _side("To tell more the next time", rows, len(report.hints))


def _side(title: str, rows: Iterable[str], total: int) -> Iterator[str]:
    if total:
        yield f"\n## {title}: {total:,}\n\n"
        yield from _fitting(rows, total, "of these", _SIDE_BUDGET)


def _fitting(items: Iterable[str], total: int, noun: str, budget: int) -> Iterator[str]:
    """As many of the items as fit into `budget` bytes, and how many of `total` are left out."""
    room, shown = budget - _CLOSING, 0
    for item in items:
        room -= _size(item)
        if room < 0:
            break
        yield item
        shown += 1
    if shown < total:
        yield f"\n{total - shown:,} more {noun}: see `{FORMATS['json'].file}`.\n"


def _size(text: str) -> int:
    return len(text.encode())
