"""A run's report in, `report.jsonl` out: a JSON object a line, each with its `type`, in the words of `report.json`."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.model import RunReport
from crawler.render.contract import (
    SCHEMA_VERSION,
    Row,
    finding_row,
    host_row,
    run_row,
    summary_row,
    unreadable_row,
)
from crawler.render.json_report import encode


def render(report: RunReport) -> Iterator[str]:
    """The file, a line at a time: `run` first, then every `finding`, `host` and `unreadable`."""
    head = {"schema_version": SCHEMA_VERSION, "run": run_row(report.run), "summary": summary_row(report.summary)}
    yield _line("run", head)
    for finding in report.findings():
        yield _line("finding", finding_row(finding))
    for host in report.hosts:
        yield _line("host", host_row(host))
    for card in report.unreadable:
        yield _line("unreadable", unreadable_row(card))


def _line(kind: str, row: Row) -> str:
    return encode({"type": kind, **row}) + "\n"
