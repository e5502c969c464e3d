"""A run's report in, GitLab's Code Quality report out (https://docs.gitlab.com/ci/testing/code_quality/).

GitLab shows the problems that a merge request brings and takes away: it knows them again by their fingerprints, which
do not depend on lines. Known problems are left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from crawler.model import Code, Health, RunReport
from crawler.render.json_report import encode
from crawler.render.marks import Level, Mark, marks

_SEVERITY = {Level.ERROR: "critical", Level.WARNING: "minor", Level.NOTE: "info"}


def render(report: RunReport) -> Iterator[str]:
    """The file, one problem a line."""
    separator = "[\n"
    for mark in marks(report):
        if mark.level in _SEVERITY and mark.known is None:
            yield separator + encode(_row(mark))
            separator = ",\n"
    yield "[]\n" if separator == "[\n" else "\n]\n"


def _row(mark: Mark) -> dict[str, object]:
    return {
        "description": mark.message,
        "check_name": mark.name,
        "fingerprint": mark.fingerprint,
        "severity": _severity(mark),
        "location": {"path": mark.path, "lines": {"begin": mark.line}},
    }


def _severity(mark: Mark) -> str:
    """What leads visitors to somebody else is worse than what leads nowhere."""
    unsafe = mark.code is not None and Code(mark.code).health is Health.UNSAFE
    return "blocker" if unsafe else _SEVERITY[mark.level]
