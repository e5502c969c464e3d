"""One finding in, everything known of its link out: for people at a terminal, or as JSON."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from crawler.model import Answered, Features, Finding, Image, Observation, Page, Record
from crawler.render.contract import Row, finding_row
from crawler.render.json_report import encode
from crawler.render.terminal_text import BOLD, COLOURS, cells, paint, wrap
from crawler.render.words import count, moment
from crawler.render.worst import LONGEST_URL, known
from crawler.text import inert, printable

_LABEL = 14
"""Columns of the labels, with the indent before and the blank behind them."""
_PAGE_OWN = ("images", "rules")
_FOR_REPORTS = ("thumbnail",)
_LONGEST = 1_000
"""Characters shown of a value that is no URL."""


def explain(finding: Finding, *, colour: bool, width: int) -> str:
    """The text to print, with a final newline; `width` in columns."""
    lines: list[str] = [paint(printable(finding.link.url, LONGEST_URL), BOLD, colour=colour)]
    for title, rows in _sections(finding):
        lines += ["", paint(title, BOLD, colour=colour)]
        for label, value in rows:
            sgr = COLOURS[finding.verdict.code.health] if (title, label) == ("Verdict", "verdict") else ""
            lines.append(_line(label, value, width, sgr, colour=colour and bool(sgr)))
    return inert("\n".join(lines) + "\n")


def explain_json(finding: Finding) -> str:
    """The finding as in `report.json`, with the keys `evidence` and `answers` added; indented, with a final newline."""
    row = finding_row(finding)
    row["evidence"] = _evidence(finding.observation) if finding.observation else None
    row["answers"] = [{**_outcome(one), **_evidence(one)} for one in finding.answers]
    return msgspec.json.format(encode(row), indent=2) + "\n"


Pairs = Iterator[tuple[str, str]]
"""(label, value), in the order shown."""


def _sections(finding: Finding) -> Iterator[tuple[str, Pairs]]:
    seen = finding.observation
    yield "Verdict", _verdict(finding)
    if seen is None:
        yield "Asked", iter([("never", finding.link.invalid or finding.link.excluded or "not in this run")])
    else:
        yield "Asked", _asked(seen)
        if isinstance(seen.outcome, Answered) and seen.outcome.headers:
            yield "Headers", iter(seen.outcome.headers)
        if seen.page:
            yield "Page", _page(seen.page)
        if seen.features:
            yield "Shape", _filled(seen.features)
        if seen.image:
            yield "Image", _image(seen.image, complete=seen.complete)
    if finding.answers:
        yield "Asked about it", _answers(finding)
    yield "Places", _places(finding)
    if finding.proposals:
        yield "Proposals", _proposals(finding)


def _verdict(finding: Finding) -> Pairs:
    verdict = finding.verdict
    yield "kind", finding.link.kind
    yield "verdict", f"{verdict.code} ({verdict.code.health})"
    yield "because", verdict.because
    yield "rule", verdict.rule
    yield "confidence", f"{verdict.confidence:.2f} that the link is dead"
    yield "state", f"{finding.state} since {moment(finding.since)}"
    if finding.baseline:
        yield "baseline", known(finding.baseline)


def _asked(seen: Observation) -> Pairs:
    yield "when", f"{moment(seen.asked_at)}, as {seen.purpose}"
    for hop in seen.hops:
        yield "hop", f"{hop.status} {hop.url}"
    outcome = seen.outcome
    if isinstance(outcome, Answered):
        yield "answer", f"{outcome.status} {outcome.url}"
    else:
        yield "failed at", outcome.url
        yield "error", f"{outcome.kind}: {outcome.detail}"
        if outcome.wait is not None:
            yield "wait asked", f"{outcome.wait:,.0f} s"
    yield "effort", f"{count(seen.attempts, 'attempt')}, {count(seen.requests, 'request')}, {seen.elapsed:.3f} s"
    more = isinstance(outcome, Answered) and not seen.complete
    yield "body", f"{count(seen.received, 'byte')} received{', and it goes on' if more else ''}"
    if seen.digest:
        yield "digest", seen.digest


def _answers(finding: Finding) -> Pairs:
    for one in finding.answers:
        for hop in one.hops:
            yield one.purpose, f"{hop.status} {hop.url}"
        told = one.outcome
        yield one.purpose, f"{told.status if isinstance(told, Answered) else told.kind} {told.url}"
        if one.features and one.features.heading:
            yield "heading", _cut(one.features.heading)


def _page(page: Page) -> Pairs:
    rules = dict(page.rules)
    for field in page.__struct_fields__:
        value = getattr(page, field)
        if field not in _PAGE_OWN and value not in (None, "", False):
            yield field, f"{_cut(str(value))} [{rules[field]}]" if field in rules else _cut(str(value))
    for image in page.images:
        yield "images", image


def _image(image: Image, *, complete: bool) -> Pairs:
    """Its facts, whether it is whole, and whether a card may show it."""
    yield from _filled(image)
    if not image.broken:
        yield "whole", "yes, all of it was read and checked" if complete else "not known: only its head was read"
    if not image.broken and not image.suspicious:
        yield "for a card", "nothing about the file speaks against it"


def _filled(record: Features | Image) -> Pairs:
    for field in record.__struct_fields__:
        value = getattr(record, field)
        if field not in _FOR_REPORTS and value not in (None, "", (), 0, False):
            yield field, _cut(" | ".join(value) if isinstance(value, tuple) else str(value))


def _places(finding: Finding) -> Pairs:
    for place, verdict in zip(finding.link.places, finding.place_verdicts, strict=True):
        yield "place", f"{place.path}:{place.line} {place.field} ({place.kind})"
        if place.written != finding.link.url:
            yield "written", place.written
        if verdict:
            yield "verdict", f"{verdict.code} ({verdict.code.health}), rule {verdict.rule}: {verdict.because}"
        if place.excluded:
            yield "excluded", place.excluded


def _proposals(finding: Finding) -> Pairs:
    for proposal in finding.proposals:
        yield "place", f"{proposal.path}:{proposal.line} {proposal.field}"
        yield "change", f"{proposal.kind} ({proposal.disposition}), rule {proposal.rule}: {proposal.because}"
        yield "old", proposal.old
        yield "new", "(the field is removed)" if proposal.new is None else proposal.new


def _cut(text: str) -> str:
    return printable(text, LONGEST_URL if text.startswith(("http://", "https://")) else _LONGEST)


def _line(label: str, value: str, width: int, sgr: str, *, colour: bool) -> str:
    head = f"  {printable(label, 40)}"
    head += " " * max(1, _LABEL - cells(head))
    wrapped = wrap(printable(value, LONGEST_URL), width, " " * _LABEL).lstrip()
    return head + paint(wrapped, sgr, colour=colour)


def _outcome(seen: Observation) -> Row:
    """Where an answer to a second question came from, and what it was."""
    told = seen.outcome
    return {
        "url": seen.url,
        "final_url": told.url,
        "status": told.status if isinstance(told, Answered) else None,
        "error": None if isinstance(told, Answered) else told.kind,
    }


def _evidence(seen: Observation) -> Row:
    """What a verdict rested on beyond the contract's keys."""
    return {
        "asked_at": moment(seen.asked_at),
        "purpose": seen.purpose,
        "requests": seen.requests,
        "complete": seen.complete,
        "digest": seen.digest,
        "headers": list(seen.outcome.headers) if isinstance(seen.outcome, Answered) else [],
        "page": _all(seen.page),
        "features": _all(seen.features),
        "image": _all(seen.image),
        "sample": seen.sample or None,
    }


def _all(record: Record | None) -> Row | None:
    """Every field, defaults included."""
    if record is None:
        return None
    row = {field: getattr(record, field) for field in record.__struct_fields__}
    return {**row, "rules": dict(row["rules"])} if "rules" in row else row
