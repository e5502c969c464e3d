"""A run's report in, reviewdog's diagnostics out (https://github.com/reviewdog/reviewdog/tree/master/proto/rdf).

Columns are UTF-8 bytes counted from 1, and an end is exclusive. Proposed changes are suggestions, which GitHub and
GitLab offer to commit; a sound link with such a change is told as information. Known problems are left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from crawler.model import Proposal, RunReport
from crawler.render.json_report import encode
from crawler.render.marks import Level, Mark, marks
from crawler.render.spans import Span, span_of, suggestion_of, utf8
from crawler.render.words import day
from crawler.text import printable

_SEVERITY = {Level.ERROR: "ERROR", Level.WARNING: "WARNING", Level.NOTE: "INFO", Level.NONE: "INFO"}


def render(report: RunReport) -> Iterator[str]:
    """The file, one diagnostic a line."""
    yield '{"source": {"name": "crawler"},\n'
    separator = '"diagnostics": [\n'
    for row in _rows(report):
        yield separator + encode(row)
        separator = ",\n"
    yield "\n]}\n" if separator == ",\n" else '"diagnostics": []}\n'


def _rows(report: RunReport) -> Iterator[dict[str, object]]:
    for mark in marks(report):
        if mark.known is not None:
            continue
        suggestions = list(_suggestions(mark, report))
        if mark.level is not Level.NONE or suggestions:
            yield _row(mark, report, suggestions)


def _row(mark: Mark, report: RunReport, suggestions: list[dict[str, object]]) -> dict[str, object]:
    row: dict[str, object] = {
        "message": "; ".join([mark.message, *map(_proposed, mark.proposals)]),
        "location": {"path": mark.path, "range": _range(mark, span_of(mark, report.line_of(mark.path, mark.line)))},
        "severity": _SEVERITY[mark.level],
        "code": {"value": mark.name},
    }
    return {**row, "suggestions": suggestions} if suggestions else row


def _proposed(one: Proposal) -> str:
    waits = f", waits until {day(one.waits_until)}" if one.waits_until else ""
    return f"proposed ({one.kind}, {one.disposition}{waits}): {printable(one.because, 300)}"


def _suggestions(mark: Mark, report: RunReport) -> Iterator[dict[str, object]]:
    for one in mark.alone:
        if found := suggestion_of(one, report.line_of(one.path, one.line)):
            yield {"range": _columns(one.line, found.span), "text": found.text}


def _range(mark: Mark, span: Span | None) -> dict[str, object]:
    return _columns(mark.line, span) if span else {"start": {"line": mark.line}}


def _columns(line: int, span: Span) -> dict[str, object]:
    first, after = span.columns(utf8)
    return {"start": {"line": line, "column": first}, "end": {"line": line, "column": after}}
