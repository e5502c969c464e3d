"""A run's report in, JUnit XML out: a card's bad links as its failed tests, a clean card as a passed one.

There is no standard; this is what GitLab, Jenkins and their kin read alike
(https://docs.gitlab.com/ci/testing/unit_test_reports/). A link that leads nowhere is a failure, one that fails perhaps
in passing an error, one that could not or should not be asked is skipped. Known problems are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from crawler.model import Health, RunReport
from crawler.render.marks import MOST, Level, Mark, Shelf, marks_of, unreadable_mark
from crawler.render.words import moment
from crawler.text import printable

MOST_CLEAN = 50_000
"""With some 1 kB for a problem and 150 bytes for a clean card, the file stays far below GitLab's 30 MB and 250,000
elements (https://docs.gitlab.com/ci/testing/unit_test_reports/)."""

_ILLEGAL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped (2.2)."""
_BAD = (Level.ERROR, Level.WARNING)


def render(report: RunReport) -> Iterator[str]:
    """The file, a test at a time."""
    shelf = Shelf(MOST)
    cards: set[str] = set()
    bad: set[str] = set()
    for finding in report.findings():
        cards.update(place.path for place in finding.link.places)
        for mark in marks_of(finding):
            if mark.known is None and _outcome(mark):
                shelf.offer(mark)
                if mark.level in _BAD:
                    bad.add(mark.path)
    for card in report.unreadable:
        shelf.offer(unreadable_mark(card))
    problems, clean = shelf.marks(), sorted(cards - bad)
    yield from _head(report, problems, len(clean[:MOST_CLEAN]))
    yield from map(_case, problems)
    for path in clean[:MOST_CLEAN]:
        yield f"<testcase {_attributes(classname=path, name='links', file=path)}/>\n"
    if left := shelf.left + len(clean[MOST_CLEAN:]):
        yield f"<system-out>{left:,} further tests are left out</system-out>\n"
    yield "</testsuite>\n</testsuites>\n"


def _head(report: RunReport, problems: list[Mark], clean: int) -> Iterator[str]:
    outcomes = [_outcome(mark) for mark in problems]
    run = report.run
    seconds = f"{(run.finished - run.started).total_seconds():.3f}"
    counts = {
        "tests": str(len(problems) + clean),
        "failures": str(outcomes.count("failure")),
        "errors": str(outcomes.count("error")),
    }
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f"<testsuites {_attributes(name='crawler', **counts, time=seconds)}>\n"
    skipped = str(outcomes.count("skipped"))
    at = moment(run.started)
    yield f"<testsuite {_attributes(name='links', **counts, skipped=skipped, time=seconds, timestamp=at)}>\n"


def _outcome(mark: Mark) -> str:
    """The element that tells of a mark; empty for what is no test, a sound link with a better address."""
    if mark.code is None or mark.code.health is Health.FAILING:
        return "error"
    match mark.level:
        case Level.ERROR:
            return "failure"
        case Level.WARNING:
            return "error"
        case Level.NOTE:
            return "system-out"
        case Level.NONE:
            return "" if mark.code.health is Health.HEALTHY else "skipped"


def _case(mark: Mark) -> str:
    outcome = _outcome(mark)
    name = f"{mark.url} @ {mark.field}" if mark.url else "front matter"
    case = f"<testcase {_attributes(classname=mark.path, name=name, file=mark.path)}>"
    text = f"{mark.path}:{mark.line} {mark.field}\n{mark.reason}\nrule {mark.rule}"
    if outcome == "system-out":
        return f"{case}<system-out>{_text(text)}</system-out></testcase>\n"
    attributes = _attributes(type=mark.name, message=mark.message)
    return f"{case}<{outcome} {attributes}>{_text(text)}</{outcome}></testcase>\n"


def _attributes(**values: str) -> str:
    return " ".join(f'{name}="{_text(printable(value))}"' for name, value in values.items())


def _text(text: str) -> str:
    lines = (printable(line) for line in text.split("\n"))
    return escape(_ILLEGAL.sub("\ufffd", "\n".join(lines)))
