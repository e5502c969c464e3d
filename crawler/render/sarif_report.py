"""A run's report in, `report.sarif` out: SARIF 2.1.0 (OASIS) with what GitHub's code scanning reads of it.

GitHub takes at most 25,000 results of a run and keeps the 5,000 worst
(https://docs.github.com/en/code-security/reference/code-scanning/sarif-support-for-code-scanning), so the file ends
there and says how many are left out. It knows an alert again by `primaryLocationLineHash`, which does not depend on
the line here. A known problem is a suppressed result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from crawler.model import UNREADABLE, Code, RunReport
from crawler.render.json_report import encode
from crawler.render.marks import LEVELS, MOST, Level, Mark, Shelf, marks
from crawler.render.meanings import VERDICT_MEANINGS
from crawler.render.spans import Span, span_of, suggestion_of, utf16
from crawler.render.words import count, moment
from crawler.render.worst import known
from crawler.text import printable

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

Row = dict[str, object]

_SEVERITY = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "recommendation"}
_PLACEHOLDER = re.compile(r"\{(\d+)\}")
_CODES = tuple(code for code in Code if LEVELS[code.health] is not Level.NONE)
_INDEX = {name: index for index, name in enumerate((*map(str, _CODES), UNREADABLE))}


def render(report: RunReport) -> Iterator[str]:
    """The file, one result a line."""
    shelf = Shelf(MOST)
    for mark in marks(report):
        if mark.level is not Level.NONE:
            shelf.offer(mark)
    yield f'{{"$schema": "{SCHEMA}",\n"version": "2.1.0",\n"runs": [\n'
    driver = {"name": "crawler", "version": report.run.version or "0", "rules": list(_rules())}
    yield f'{{"tool": {encode({"driver": driver})},\n'
    yield '"automationDetails": {"id": "crawler/links/"},\n"columnKind": "utf16CodeUnits",\n'
    yield f'"invocations": [{encode(_invocation(report, shelf.left))}],\n'
    separator = '"results": [\n'
    for mark in shelf.marks():
        yield separator + encode(_result(mark, report))
        separator = ",\n"
    yield '"results": []' if separator == '"results": [\n' else "\n]"
    yield "}\n]}\n"


def uri_of(path: str) -> str:
    """A card's path as a URI reference (RFC 3986); bytes that are not UTF-8 are kept."""
    try:
        raw = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = path.encode("utf-8", "backslashreplace")
    uri = quote(raw)
    if re.match(r"[A-Za-z]%3A/", uri):  # a drive of Windows
        return "file:///" + uri
    return "file://" + uri if uri.startswith("/") else uri


def message(text: str) -> Row:
    """`text` as it is: in SARIF `[a](b)` would be a link and `{0}` a placeholder (2.1.0, 3.11.5 and 3.11.6)."""
    return {"text": _PLACEHOLDER.sub(r"{{\1}}", text.replace("](", "] ("))}


def _rules() -> Iterator[Row]:
    for code in _CODES:
        meaning, level = VERDICT_MEANINGS[code], LEVELS[code.health]
        yield _rule(code, meaning.title, f"{meaning.title}. {meaning.advice}", meaning.advice, level, str(code.health))
    advice = "Correct the front matter at this line: nothing of the card was checked."
    yield _rule(
        UNREADABLE, "Card could not be read", f"Card could not be read. {advice}", advice, Level.WARNING, "card"
    )


def _rule(name: str, title: str, text: str, advice: str, level: Level, tag: str) -> Row:
    return {
        "id": name,
        "name": "".join(part.capitalize() for part in name.split("_")),
        "shortDescription": {"text": title},
        "fullDescription": {"text": text},
        "help": {"text": advice},
        "defaultConfiguration": {"level": level},
        "properties": {"tags": ["links", tag], "precision": "high", "problem.severity": _SEVERITY[level]},
    }


def _invocation(report: RunReport, left: int) -> Row:
    run = report.run
    told: list[Row] = []
    if run.void:
        text = f"This run means nothing: {printable(run.void_because or 'no reason was kept')}"
        told.append({"level": "error", "message": message(text)})
    if left:
        told.append({"level": "warning", "message": message(f"{count(left, 'further problem')} left out")})
    times = {"startTimeUtc": moment(run.started), "endTimeUtc": moment(run.finished)}
    return {"executionSuccessful": not run.void, **times, "toolExecutionNotifications": told}


def _result(mark: Mark, report: RunReport) -> Row:
    line = report.line_of(mark.path, mark.line)
    location: Row = {
        "physicalLocation": {
            "artifactLocation": {"uri": uri_of(mark.path)},
            "region": _region(mark.line, span_of(mark, line)),
        }
    }
    if field := printable(mark.field):
        location["logicalLocations"] = [{"fullyQualifiedName": field, "kind": "member"}]
    row: Row = {
        "ruleId": mark.name,
        "ruleIndex": _INDEX[mark.name],
        "level": mark.level,
        "message": message(mark.message),
        "locations": [location],
        "partialFingerprints": {
            "primaryLocationLineHash": f"{mark.fingerprint[:16]}:1",
            "crawler/v1": mark.fingerprint,
        },
        # An empty list, not none: either all results of a run know of suppressions or none does (3.27.23).
        "suppressions": [_suppression(mark)] if mark.known else [],
        "properties": {"url": mark.url, "state": mark.state, "change": mark.change, "rule": mark.rule},
    }
    fixes = list(_fixes(mark, report))
    return {**row, "fixes": fixes} if fixes else row


def _region(line: int, span: Span | None) -> Row:
    if span is None:
        return {"startLine": line}
    first, after = span.columns(utf16)
    return {"startLine": line, "startColumn": first, "endLine": line, "endColumn": after}


def _suppression(mark: Mark) -> Row:
    return {"kind": "external", "status": "accepted", "justification": known(mark.known) if mark.known else ""}


def _fixes(mark: Mark, report: RunReport) -> Iterator[Row]:
    for one in mark.alone:
        if found := suggestion_of(one, report.line_of(one.path, one.line)):
            replacement = {"deletedRegion": _region(one.line, found.span), "insertedContent": {"text": found.text}}
            yield {
                "description": message(f"{one.kind} ({one.disposition}): {printable(one.because)}"),
                "artifactChanges": [
                    {"artifactLocation": {"uri": uri_of(one.path)}, "replacements": [replacement]},
                ],
            }
