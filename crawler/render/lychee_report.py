"""A run's report in, the JSON of `lychee --format json` (0.24) out, for dashboards that read it.

lychee counts a link once for each place, and groups by source file, so the rows of what went wrong are held until the
end; what is well or excluded is counted only, as lychee does without `-v`. Links that nobody can check from here count
as `unknown`, those with a permanent or temporary redirect as `redirects` too, known problems as `excludes`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from http import HTTPStatus

from crawler.model import Answered, Code, Finding, Health, Observation, Place, Proposal, RunReport
from crawler.render.json_report import encode
from crawler.text import printable

Row = dict[str, object]

_COUNTED = {
    Health.UNSAFE: "errors",
    Health.BROKEN: "errors",
    Health.FAILING: "errors",
    Health.NOTICE: "successful",
    Health.UNVERIFIABLE: "unknown",
    Health.SKIPPED: "excludes",
    Health.HEALTHY: "successful",
}
_COUNTS = (
    "total", "unique", "successful", "unknown", "unsupported", "timeouts", "redirects", "remaps", "excludes", "errors",
    "cached",
)  # fmt: skip
_MAPS = ("success_map", "error_map", "timeout_map", "suggestion_map", "redirect_map", "excluded_map")


class _Stats:
    """What lychee sums up while it goes."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.maps: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))

    def add(self, finding: Finding) -> None:
        self.counts["unique"] += 1
        known = finding.baseline is not None and not finding.baseline.expired
        for place, judged in zip(finding.link.places, finding.place_verdicts, strict=True):
            code = judged.code if judged else finding.verdict.code
            self.counts["total"] += 1
            if place.excluded is not None or known:
                self.counts["excludes"] += 1
                continue
            self.counts["redirects"] += bool(finding.observation and finding.observation.hops)
            name = "timeouts" if code is Code.TIMEOUT else _COUNTED[code.health]
            self.counts[name] += 1
            if name in ("errors", "timeouts"):
                self.maps["timeout_map" if name == "timeouts" else "error_map"][place.path].append(
                    encode(_response(finding, place, code))
                )
        for one in finding.proposals:
            if one.new is not None and "://" in one.new:
                self.maps["suggestion_map"][one.path].append(encode(_suggestion(one)))


def render(report: RunReport) -> Iterator[str]:
    """The file, a source file at a time."""
    stats = _Stats()
    for finding in report.findings():
        stats.add(finding)
    yield "{\n"
    for name in _COUNTS:
        yield f'"{name}": {stats.counts[name]},\n'
    for name in _MAPS:
        yield from _map(name, stats.maps[name])
    seconds = (report.run.finished - report.run.started).total_seconds()
    yield f'"duration": {encode(_duration(seconds))},\n"detailed_stats": false\n}}\n'


def _map(name: str, sources: dict[str, list[str]]) -> Iterator[str]:
    separator = f'"{name}": {{\n'
    for path in sorted(sources):
        yield f"{separator}{encode(path)}: [{', '.join(sources[path])}]"
        separator = ",\n"
    yield "\n},\n" if sources else f'"{name}": {{}},\n'


def _response(finding: Finding, place: Place, code: Code) -> Row:
    row: Row = {"url": finding.link.url, "status": _status(finding, code)}
    seen = finding.observation
    if seen and seen.hops and isinstance(seen.outcome, Answered):
        row["redirects"] = _redirects(seen)
    row["span"] = {"line": place.line, "column": place.column}
    return {**row, "duration": _duration(seen.elapsed if seen else 0.0)}


def _status(finding: Finding, code: Code) -> Row:
    """A refused status in lychee's words; else our own."""
    because = printable(finding.verdict.because, 300)
    if code is Code.TIMEOUT:
        return {"text": "Timeout", "details": because}
    outcome = finding.observation.outcome if finding.observation else None
    if isinstance(outcome, Answered) and outcome.status >= HTTPStatus.BAD_REQUEST:
        return {"text": f"Rejected status code: {outcome.status} {_phrase(outcome.status)}", "code": outcome.status}
    return {"text": f"{code}: {because}", "details": because}


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown status code"


def _redirects(seen: Observation) -> Row:
    """Each answer of the chain with the address that it leads to."""
    targets = [*(hop.url for hop in seen.hops[1:]), seen.outcome.url]
    hops = [{"url": url, "code": hop.status} for url, hop in zip(targets, seen.hops, strict=True)]
    return {"origin": seen.hops[0].url, "redirects": hops}


def _suggestion(proposal: Proposal) -> Row:
    return {"original": proposal.old, "suggestion": proposal.new}


def _duration(seconds: float) -> Row:
    whole, rest = divmod(round(seconds * 1_000), 1_000)
    return {"secs": whole, "nanos": rest * 1_000_000}
