"""How two runs differ in, `difference.md` out: fit for an issue or a comment, what is new first.

Like `report.md` it keeps below 60,000 bytes, as GitHub takes 65,536 characters, and says what it leaves out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from crawler.model import Difference, RunFacts, Turn
from crawler.render import DIFFERENCES
from crawler.render.difference_rows import TITLES, UNREADABLE_TITLE, Row, rows_of
from crawler.render.markdown_text import code, link, prose
from crawler.render.words import count, moment

BUDGET = 60_000
"""Bytes of the whole file."""
_MOST_ROWS = 600
_LEAST = 2_000
"""Bytes kept for each section to come."""
_CLOSING = 150
_UNREADABLE_BUDGET = 6_000
"""Bytes for the cards that could not be read."""


def render(difference: Difference) -> Iterator[str]:
    """The file, a section at a time."""
    head = "".join((*_head(difference), *_unreadable(difference)))
    yield head
    budget = BUDGET - len(head.encode())
    totals = dict(difference.counts)
    found = rows_of(difference, _MOST_ROWS)
    for number, (turn, title) in enumerate(TITLES.items()):
        if totals[turn]:
            later = _LEAST * (len(TITLES) - 1 - number)
            section = "".join(_section(title, turn, found[turn], totals[turn], budget - later))
            budget -= len(section.encode())
            yield section


def _head(difference: Difference) -> Iterator[str]:
    yield "# Links: what has changed between two runs\n\n"
    yield f"Run {_run(difference.run)} against run {_run(difference.against)}: "
    yield ", ".join(f"{links:,} {turn}" for turn, links in difference.counts) + ".\n"


def _run(run: RunFacts) -> str:
    return f"{code(run.id, 100)} of {moment(run.started)} ({count(run.links, 'link')})"


def _section(title: str, turn: Turn, rows: list[Row], total: int, budget: int) -> Iterator[str]:
    yield f"\n## {title}: {total:,}\n\n"
    yield from _fitting((_item(turn, row) for row in rows), total, budget)


def _unreadable(difference: Difference) -> Iterator[str]:
    if cards := difference.unreadable:
        yield f"\n## {UNREADABLE_TITLE}: {len(cards):,}\n\n"
        rows = (f"- {code(f'{card.path}:{card.line}', 200)}: {prose(card.because, 200)}\n" for card in cards)
        yield from _fitting(rows, len(cards), _UNREADABLE_BUDGET)


def _fitting(items: Iterable[str], total: int, budget: int) -> Iterator[str]:
    room, shown = budget - _CLOSING, 0
    for item in items:
        room -= len(item.encode())
        if room < 0:
            break
        yield item
        shown += 1
    if shown < total:
        yield f"\n{total - shown:,} more: see `{DIFFERENCES['json'].file}`.\n"


def _item(turn: Turn, row: Row) -> str:
    verdicts = f"`{row.code}`" + (f", was `{row.was}`" if row.was else "")
    # What is parked or taken over must not be one click away; nor is what has been.
    url = link(row.url, 500) if turn is Turn.FIXED else code(row.url, 500)
    also = f"; also {count(row.further, 'further place')}" if row.further else ""
    where = f"{code(f'{row.path}:{row.line}', 300)} {code(row.field, 100)}"
    return f"- {verdicts} {url}<br>{where}: {prose(row.because, 300)}{also}\n"
