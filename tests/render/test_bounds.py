"""However many findings there are, a report is made in the memory of a few."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator

import msgspec
import pytest

from crawler.model import Code, Finding, Health, Kind, Link, RunReport, Summary
from crawler.render import html_report, json_report, markdown_report
from crawler.render.terminal import summary
from tests.render.records import finding, observation, place, report

FINDINGS = 100_000
CODES = (Code.NOT_FOUND, Code.TIMEOUT, Code.DRIFTED, Code.BLOCKED, Code.PARKED)


LINKS = tuple(
    Link(
        url=f"https://host{number % 500}.example/{number:05}",
        kind=Kind.PAGE,
        places=(place(f"_news/{number * 7919 % 10_007:05}.md"),),
    )
    for number in range(10_000)
)


def many() -> Iterator[Finding]:
    """Findings that would take some 150 MB together: each has a reason of its own of 1.4 kB."""
    templates = [finding(code, observation=observation()) for code in CODES]
    for number in range(FINDINGS):
        template = templates[number % len(CODES)]
        yield msgspec.structs.replace(
            template,
            link=LINKS[number // 10],
            verdict=msgspec.structs.replace(template.verdict, because=f"{number:06} " * 200),
        )


def crowd() -> RunReport:
    share = FINDINGS // len(CODES)
    healths, codes = {code.health for code in CODES}, set(CODES)
    counts = Summary(
        health=tuple((str(name), share * (name in healths)) for name in Health),
        verdict=tuple((str(name), share * (name in codes)) for name in Code),
        state=report().summary.state,
        change=report().summary.change,
    )
    return report(summary=counts, source=many)


RENDERERS: dict[str, Callable[[RunReport], int]] = {
    "html": lambda run: sum(len(chunk) for chunk in html_report.render(run, most_rows=20_000)),
    "json": lambda run: sum(len(chunk) for chunk in json_report.render(run)),
    "markdown": lambda run: sum(len(chunk) for chunk in markdown_report.render(run)),
    "terminal": lambda run: len(summary(run, colour=False, width=80, paths=[])),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", RENDERERS)
def test_memory_does_not_grow_with_the_findings(name: str) -> None:
    """100,000 findings of 150 MB are rendered within 20 MB."""
    run = crowd()
    tracemalloc.start()
    try:
        size = RENDERERS[name](run)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert size > 3_000
    assert peak < 20e6


def test_a_long_report_fits_an_issue_and_says_what_is_left_out() -> None:
    """With 100,000 findings, `report.md` keeps below 60,000 bytes, worst first, and names what it leaves out."""
    text = "".join(markdown_report.render(crowd()))

    assert 50_000 < len(text.encode()) < 65_536
    assert text.index("## Unsafe: 20,000") < text.index("## Broken: 20,000") < text.index("## Notice: 20,000")
    assert "Unverifiable: 20,000</summary>" in text
    assert text.count(": see `report.json`.") == 5
