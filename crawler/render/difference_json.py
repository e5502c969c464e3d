"""How two runs differ in, `difference.json` out: one link a line, in the words of `report.json`.

`difference.schema.json` beside this file is its shape in full.
"""

from __future__ import annotations

from collections.abc import Iterator

from crawler.model import Difference, Finding, Turn, Turned
from crawler.render.contract import SCHEMA_VERSION, Row, place_row, run_row, unreadable_row
from crawler.render.json_report import array, encode
from crawler.render.words import moment


def render(difference: Difference) -> Iterator[str]:
    """The file, a link at a time."""
    yield f'{{"schema_version": {SCHEMA_VERSION},\n"run": {encode(run_row(difference.run))},\n'
    yield f'"against": {encode(run_row(difference.against))},\n"counts": {encode(dict(difference.counts))},\n'
    yield from array("links", map(_row, difference.rows()))
    yield ",\n"
    yield from array("unreadable", map(unreadable_row, difference.unreadable))
    yield "}\n"


def _row(row: Turned) -> Row:
    finding = row.finding
    places = zip(finding.link.places, finding.place_verdicts, strict=True)
    return {
        "url": finding.link.url,
        "kind": finding.link.kind,
        "change": row.turn,
        "before": _side(row.before),
        "after": _side(finding) if row.turn is not Turn.GONE else None,
        "places": [place_row(place, judged) for place, judged in places],
    }


def _side(finding: Finding | None) -> Row | None:
    if finding is None:
        return None
    verdict = finding.verdict
    return {
        "verdict": verdict.code,
        "health": verdict.code.health,
        "state": finding.state,
        "rule": verdict.rule,
        "because": verdict.because,
        "since": moment(finding.since),
    }
