"""A run's report in, `report.csv` out: one row for each place of each link, safe to open in a spreadsheet.

A cell that a spreadsheet would take for a formula begins with an apostrophe
(https://owasp.org/www-community/attacks/CSV_Injection). RFC 4180: CRLF, quotes doubled; UTF-8 without a mark.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator

from crawler.model import Answered, Finding, Place, Proposal, RunReport, Verdict
from crawler.render.words import moment
from crawler.text import printable

COLUMNS = (
    "path", "line", "column", "field", "kind", "written", "url", "verdict", "health", "state", "change", "since",
    "status", "final_url", "because", "rule", "known_until", "proposal", "disposition", "proposed_field", "proposed",
)  # fmt: skip
_LONGEST = 32_000
"""Characters of a cell; spreadsheets end at 32,767."""
_FORMULA = ("=", "+", "-", "@")


def render(report: RunReport) -> Iterator[str]:
    """The file, a finding at a time."""
    yield _lines([COLUMNS])
    for finding in report.findings():
        yield _lines(_rows(finding))


def cell(text: str) -> str:
    """`text` on one line, and no formula: full-width signs count as their plain ones, as some programs read them so."""
    if text.isascii() and text.isprintable() and len(text) <= _LONGEST:  # nearly all cells, at a tenth of the cost
        text = text.strip()
    else:
        text = printable(text, _LONGEST)
    first = text[:1]
    if not first.isascii():
        first = unicodedata.normalize("NFKC", first)[:1]
    return "'" + text if first in _FORMULA else text


def _rows(finding: Finding) -> Iterator[tuple[str, ...]]:
    proposals: dict[tuple[str, str], Proposal] = {(one.path, one.field): one for one in finding.proposals}
    of_card = {one.path: one for one in reversed(finding.proposals)}
    for place, judged in zip(finding.link.places, finding.place_verdicts, strict=True):
        proposal = proposals.get((place.path, place.field)) or of_card.get(place.path)
        yield tuple(map(cell, _cells(finding, place, judged or finding.verdict, proposal)))


def _cells(finding: Finding, place: Place, verdict: Verdict, proposal: Proposal | None) -> Iterator[str]:
    outcome = finding.observation.outcome if finding.observation else None
    yield from (place.path, str(place.line), str(place.column), place.field, place.kind, place.written)
    yield from (finding.link.url, verdict.code, verdict.code.health, finding.state, finding.change or "")
    yield moment(finding.since)
    yield str(outcome.status) if isinstance(outcome, Answered) else ""
    yield outcome.url if outcome else ""
    yield from (verdict.because, verdict.rule)
    yield finding.baseline.expires.isoformat() if finding.baseline else ""
    if proposal:
        yield from (proposal.kind, proposal.disposition, proposal.field, proposal.new or "")
    else:
        yield from ("", "", "", "")


def _lines(rows: Iterator[tuple[str, ...]] | list[tuple[str, ...]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()
