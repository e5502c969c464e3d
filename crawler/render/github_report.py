"""A run's report in, GitHub's workflow commands out, which annotate the cards where the problems are.

Printed to the log of a step, each command is one annotation. GitHub shows 10 of each level for a step and 50 for a
job, and drops the rest without a word
(https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands), so the worst come first and the
last line counts what is left out. A link is annotated at its first place. Known problems are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from crawler.model import RunReport
from crawler.render.marks import Level, Mark, Shelf, marks_of, unreadable_mark
from crawler.render.words import count
from crawler.text import printable

SHOWN = 10
"""Annotations of one level."""
_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def render(report: RunReport) -> Iterator[str]:
    """The lines, worst first."""
    shelves = {level: Shelf(SHOWN) for level in _COMMANDS}
    further: Counter[str] = Counter()
    for finding in report.findings():
        told = [mark for mark in marks_of(finding) if mark.level in shelves and mark.known is None]
        if told:  # a logo may stand in a thousand cards, and is one annotation all the same
            shelves[told[0].level].offer(told[0])
            if len(told) > 1:
                further[told[0].url] = len(told) - 1
    for card in report.unreadable:
        shelves[Level.WARNING].offer(unreadable_mark(card))
    for shelf in shelves.values():
        for mark in shelf.marks():
            yield _command(mark, further[mark.url])
    if left := sum(shelf.left for shelf in shelves.values()):
        yield f"crawler: {count(left, 'further problem')} in the reports\n"


def data(text: str) -> str:
    """`text` as the message of a command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def attribute(text: str) -> str:
    """`text` as the value of a command's attribute."""
    return data(text).replace(":", "%3A").replace(",", "%2C")


def _command(mark: Mark, further: int) -> str:
    column = f",col={mark.column}" if mark.column else ""
    where = f"file={attribute(printable(mark.path))},line={mark.line}{column},title={attribute(mark.title)}"
    also = f" and at {count(further, 'further place')}" if further else ""
    return f"::{_COMMANDS[mark.level]} {where}::{data(mark.reason)}{also}\n"
