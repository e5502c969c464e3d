"""Every report compared, byte for byte, with a file under `snapshots/`.

After a change that is meant, `UPDATE_SNAPSHOTS=1 python -m pytest tests/render` rewrites them; read the diff.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from crawler.model import Code, Failure, FailureKind, Finding, Health, RunReport
from crawler.render import FORMATS
from crawler.render.explain import explain, explain_json
from crawler.render.terminal import summary
from tests.render.html_page import page, readable
from tests.render.records import every_hostile, every_verdict, finding, observation, report

SNAPSHOTS = Path(__file__).parent / "snapshots"


def terminal(run: RunReport) -> str:
    return summary(run, colour=False, width=80, paths=["reports/report.json", "reports/report.md"])


def formatter(module: str) -> Callable[[RunReport], str]:
    return lambda run: "".join(import_module(module).render(run))


FORMATTERS: dict[str, Callable[[RunReport], str]] = {
    **{row.file.removeprefix("report."): formatter(row.module) for row in FORMATS.values()},
    "html": lambda run: readable(page(run)),
    "txt": terminal,
}
_WELL = (Health.SKIPPED, Health.HEALTHY)
_NO_PROBLEM = (Health.UNVERIFIABLE, *_WELL)
SILENT: dict[str, tuple[Health, ...]] = {
    "txt": _WELL,
    "sarif": _NO_PROBLEM,
    "rdjson": _NO_PROBLEM,
    "gitlab.json": _NO_PROBLEM,
    "junit.xml": (Health.HEALTHY,),
    "lychee.json": (Health.NOTICE, *_NO_PROBLEM),
    "github.txt": tuple(Health),  # 10 of each level, see test_reviews
}
"""What a format keeps to itself, or counts only."""
REPORTS: dict[str, Callable[[], RunReport]] = {
    "every_verdict": every_verdict,
    "hostile": every_hostile,
    "empty": report,
}


def named(url: str) -> Finding:
    return next(found for found in every_verdict().findings() if found.link.url == url)


FINDINGS: dict[str, Callable[[], Finding]] = {
    "moved": lambda: named("https://moved.example/a"),
    "failed": lambda: finding(
        Code.DEFERRED,
        observation=observation(
            outcome=Failure(
                kind=FailureKind.DEFERRED, detail="asks for 3600 s", url="https://site.example/a", wait=3600
            ),
            complete=False,
            digest="0" * 64,
        ),
    ),
    "unasked": lambda: named("https://removed.example/"),
    "measured": lambda: named("https://image.example/a.jpg"),
    "hostile": lambda: next(every_hostile().findings()),
}


def compare(name: str, text: str) -> None:
    path = SNAPSHOTS / name
    if os.environ.get("UPDATE_SNAPSHOTS") == "1":
        path.write_bytes(text.encode())
    assert text == path.read_bytes().decode()


@pytest.mark.parametrize("suffix", FORMATTERS)
@pytest.mark.parametrize("name", REPORTS)
def test_reports_are_what_they_were(name: str, suffix: str) -> None:
    """A report of the same findings is the same text, in every format."""
    compare(f"{name}.{suffix}", FORMATTERS[suffix](REPORTS[name]()))


@pytest.mark.parametrize("name", FINDINGS)
def test_explanations_are_what_they_were(name: str) -> None:
    """A finding is explained in the same words."""
    compare(f"explain_{name}.txt", explain(FINDINGS[name](), colour=False, width=80))


@pytest.mark.parametrize("name", FINDINGS)
def test_explanations_as_json_are_what_they_were(name: str) -> None:
    """A finding explained as JSON is the same JSON."""
    compare(f"explain_{name}.json", explain_json(FINDINGS[name]()))


@pytest.mark.parametrize("code", Code)
def test_every_verdict_is_in_every_snapshot(code: Code) -> None:
    """Every verdict stands in the files' snapshots; formats for problems show those that are one."""
    for suffix in FORMATTERS:
        text = (SNAPSHOTS / f"every_verdict.{suffix}").read_text(encoding="utf-8")
        assert code in text or code.health in SILENT.get(suffix, ())
