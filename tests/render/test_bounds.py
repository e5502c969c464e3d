"""However many findings there are, a report is made in the memory of a few."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from importlib import import_module

import msgspec
import pytest

from crawler.model import Code, Finding, Health, Hint, HostRow, Kind, Link, RunReport, Summary, Unreadable
from crawler.render import FORMATS, html_report, markdown_report
from crawler.render.terminal import summary
from tests.render.records import finding, observation, place, report

CODES = (Code.NOT_FOUND, Code.TIMEOUT, Code.DRIFTED, Code.BLOCKED, Code.PARKED)


LINKS = tuple(
    Link(
        url=f"https://host{number % 500}.example/{number:05}",
        kind=Kind.PAGE,
        places=(place(f"_news/{number * 7919 % 10_007:05}.md"),),
    )
    for number in range(10_000)
)


def many(size: int) -> Iterator[Finding]:
    """Findings that would take some 1.5 kB each: they have a reason of their own of 1.4 kB."""
    templates = [finding(code, observation=observation()) for code in CODES]
    for number in range(size):
        template = templates[number % len(CODES)]
        yield msgspec.structs.replace(
            template,
            link=LINKS[number // 10],
            verdict=msgspec.structs.replace(template.verdict, because=f"{number:06} " * 200),
        )


def crowd(size: int) -> RunReport:
    share = size // len(CODES)
    healths, codes = {code.health for code in CODES}, set(CODES)
    counts = Summary(
        health=tuple((str(name), share * (name in healths)) for name in Health),
        verdict=tuple((str(name), share * (name in codes)) for name in Code),
        state=report().summary.state,
        change=report().summary.change,
    )
    return report(summary=counts, source=lambda: many(size))


def size_of(name: str, run: RunReport) -> int:
    """Characters of a report."""
    if name == "terminal":
        return len(summary(run, colour=False, width=80, paths=[]))
    if name == "html":
        return sum(len(chunk) for chunk in html_report.render(run, most_rows=20_000))
    return sum(len(chunk) for chunk in import_module(FORMATS[name].module).render(run))


GROUPED = {"lychee": 30e6}
"""What groups by card holds what it shows."""


@pytest.mark.slow
@pytest.mark.parametrize("name", [*FORMATS, "terminal"])
def test_memory_does_not_grow_with_the_findings(name: str) -> None:
    """30,000 findings of 45 MB are rendered within 20 MB; `benchmarks/formats.py` measures 100,000."""
    run = crowd(30_000)
    tracemalloc.start()
    try:
        size = size_of(name, run)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert size > 3_000
    assert peak < GROUPED.get(name, 20e6)


def test_nothing_crowds_a_report_out_of_an_issue() -> None:
    """However long hosts, paths, hints and reasons are, `report.md` keeps below 60,000 bytes."""
    long = "`*_<&é" * 100
    run = msgspec.structs.replace(
        crowd(5_000),
        hosts=tuple(HostRow(host="h" * 250, verdict=Code.TIMEOUT, because=long, links=3) for _ in range(500)),
        unreadable=tuple(Unreadable(path=f"_news/{long}", line=3, because=long) for _ in range(500)),
        hints=tuple(Hint(rule="r", because=long, do=long, config=(long,) * 9) for _ in range(50)),
    )
    text = "".join(markdown_report.render(run))

    assert 40_000 < len(text.encode()) < 60_000


def test_a_long_report_fits_an_issue_and_says_what_is_left_out() -> None:
    """With 100,000 findings, `report.md` keeps below 60,000 bytes, worst first, and names what it leaves out."""
    text = "".join(markdown_report.render(crowd(100_000)))

    assert 50_000 < len(text.encode()) < 60_000
    assert text.index("## Unsafe: 20,000") < text.index("## Broken: 20,000") < text.index("## Notice: 20,000")
    assert "Unverifiable: 20,000</summary>" in text
    assert text.count(": see `report.json`.") == 5
