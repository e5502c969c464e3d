"""What a history knows in, tables for a terminal or JSON out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from crawler.model import Answered, Failure, Health, PastLine, RunLine
from crawler.render.contract import run_row
from crawler.render.json_report import encode
from crawler.render.terminal_text import BOLD, COLOURS, paint, wrap
from crawler.render.words import count, moment
from crawler.text import inert, printable

_SHOWN = (Health.UNSAFE, Health.BROKEN, Health.FAILING, Health.NOTICE, Health.UNVERIFIABLE, Health.HEALTHY)


def runs(lines: Sequence[RunLine], *, colour: bool) -> str:
    """One line for each run, newest first."""
    if not lines:
        return "no run is stored\n"
    heads = ["run", "started", "ended", "links", "requests", *_SHOWN]
    rows = [
        [
            line.run.id,
            moment(line.run.started),
            line.ended,
            str(line.run.links),
            str(line.run.requests),
            *(str(dict(line.health)[health]) for health in _SHOWN),
        ]
        for line in lines
    ]
    widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
    text = paint(_row(heads, widths), BOLD, colour=colour) + "\n"
    for row, line in zip(rows, lines, strict=True):
        text += _row(row, widths) + "\n"
        if line.run.void_because:
            text += wrap(printable(line.run.void_because), 100, "    ") + "\n"
    return text


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    left = 3  # names and times stand to the left, figures to the right
    return "  ".join(
        cell.ljust(width) if column < left else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ).rstrip()


def runs_json(lines: Iterable[RunLine]) -> str:
    """The same as JSON."""
    return encode([{**run_row(line.run), "ended": line.ended, "health": dict(line.health)} for line in lines]) + "\n"


def past(url: str, lines: Sequence[PastLine], *, colour: bool, width: int) -> str:
    """One paragraph for each time that a URL was asked, newest first."""
    text = paint(printable(url, 10_000), BOLD, colour=colour) + f"\n{count(len(lines), 'observation')}, newest first\n"
    for line in lines:
        seen = line.observation
        verdict = paint(line.verdict.code, COLOURS[line.verdict.code.health], colour=colour)
        text += f"\n{moment(seen.asked_at)}  {verdict}  {' > '.join(_answers(line))}\n"
        text += wrap(printable(line.verdict.because), width, "    ") + "\n"
        text += f"    as {seen.purpose} in run {line.run}, {seen.elapsed:.2f} s, rule {line.verdict.rule}\n"
    return inert(text)


def _answers(line: PastLine) -> Iterator[str]:
    for hop in line.observation.hops:
        yield str(hop.status)
    match line.observation.outcome:
        case Answered(status=status):
            yield str(status)
        case Failure(kind=kind):
            yield str(kind)


def past_json(url: str, lines: Iterable[PastLine]) -> str:
    """The same as JSON."""
    rows = [
        {
            "run": line.run,
            "asked_at": moment(line.observation.asked_at),
            "purpose": line.observation.purpose,
            "verdict": line.verdict.code,
            "rule": line.verdict.rule,
            "because": line.verdict.because,
            "answers": list(_answers(line)),
        }
        for line in lines
    ]
    return encode({"url": url, "observations": rows}) + "\n"
