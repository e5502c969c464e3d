"""How two runs differ in, the text that `crawler report --against` prints out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crawler.model import Difference, Turn
from crawler.render.difference_rows import TITLES, UNREADABLE_TITLE, Row, rows_of
from crawler.render.terminal_text import BOLD, COLOURS, paint, wrap
from crawler.render.words import count, moment
from crawler.text import inert, printable


def summary(difference: Difference, *, colour: bool, width: int, limit: int, paths: Sequence[str]) -> str:
    """The text to print, with a final newline; at most `limit` links of each turn, and `paths` of what was written."""
    return inert("".join(line + "\n" for line in _lines(difference, colour, width, limit, paths)))


def _lines(difference: Difference, colour: bool, width: int, limit: int, paths: Sequence[str]) -> Iterator[str]:
    run, against = difference.run, difference.against
    yield wrap(
        f"Run {run.id} of {moment(run.started)} ({count(run.links, 'link')}) against run {against.id} of "
        f"{moment(against.started)} ({count(against.links, 'link')})",
        width,
    )
    if cards := difference.unreadable:
        yield ""
        yield paint(f"{UNREADABLE_TITLE}: {len(cards):,}", BOLD, colour=colour)
        yield ""
        for card in cards[:limit]:
            yield wrap(printable(f"{card.path}:{card.line} {card.because}", 600), width, "  ").strip()
        if len(cards) > limit:
            yield f"{len(cards) - limit:,} more: -v prints them all."
    totals = dict(difference.counts)
    for turn, rows in rows_of(difference, limit).items():
        if totals[turn]:
            yield ""
            yield paint(f"{TITLES[turn]}: {totals[turn]:,}", BOLD, colour=colour)
            yield ""
        for row in rows:
            yield from _item(turn, row, colour, width)
        if totals[turn] > len(rows):
            yield f"{totals[turn] - len(rows):,} more: -v prints them all."
    yield ""
    yield ", ".join(f"{links:,} {turn}" for turn, links in difference.counts)
    if paths:
        yield "Reports: " + printable(paths[0])
        yield from (" " * 9 + printable(path) for path in paths[1:])


def _item(turn: Turn, row: Row, colour: bool, width: int) -> Iterator[str]:
    further = f" and {count(row.further, 'further place')}" if row.further else ""
    yield f"{paint(f'{row.path}:{row.line}', BOLD, colour=colour)} {row.field}{further}"
    was = f", was {row.was}" if row.was else ""
    yield f"  {paint(f'{row.code} ({row.code.health})', COLOURS[row.code.health], colour=colour)}{was}"
    yield f"  {row.url}"
    if turn is not Turn.GONE:
        yield wrap(row.because, width, "  ")
