"""What each report format costs at 100,000 findings: seconds, size of the file, and memory beyond the start.

    .venv/bin/python benchmarks/formats.py [--findings 100000] [--only sarif ...]

Each format is rendered in a process of its own from findings that are made while they are taken, so what is counted is
the renderer's: a third of them are healthy, the others problems of every kind in 10,000 cards, one in ten with a
proposal. Memory is the peak of the resident set less that of a process that only goes through the findings, whose time
is the first row.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module

from crawler.model import (
    Answered,
    Change,
    Code,
    Disposition,
    Finding,
    Health,
    Kind,
    Link,
    Observation,
    Place,
    Proposal,
    Purpose,
    Repair,
    RunFacts,
    RunReport,
    State,
    Summary,
    Verdict,
)
from crawler.render import FORMATS

NOW = datetime(2026, 11, 22, 20, tzinfo=UTC)
NOTHING = "findings alone"
CODES = (Code.OK, Code.MOVED, Code.NOT_FOUND, Code.TIMEOUT, Code.DRIFTED, Code.BLOCKED)
CARDS = 10_000


def finding(number: int) -> Finding:
    """One link; what it is follows from its number."""
    url = f"https://host{number % 977}.example/articles/{number:06}/a-title-of-ordinary-length?utm_source=feed"
    path, code = f"_news/2026-01-{number * 7919 % CARDS:05}.md", CODES[number % len(CODES)]
    problem = code.health in (Health.BROKEN, Health.FAILING, Health.NOTICE)
    place = Place(path=path, line=7, column=9, field="webUrl", written=url, kind=Kind.PAGE)
    proposal = Proposal(
        path=path, line=7, field="webUrl", old=url, new=url.partition("?")[0], kind=Repair.REDIRECT,
        disposition=Disposition.SAFE, rule="permanent_twice", because="it moved for good, as two runs saw",
    )  # fmt: skip
    return Finding(
        link=Link(url=url, kind=Kind.PAGE, places=(place,)),
        observation=Observation(
            url=url, purpose=Purpose.LINK, asked_at=NOW, outcome=Answered(url=url, status=404 if problem else 200)
        ),
        verdict=Verdict(code=code, rule="benchmark", because=f"host{number % 977}.example says so ({number})"),
        place_verdicts=(None,),
        state=State.STILL if problem else State.STEADY,
        since=NOW,
        change=Change.STILL if problem else None,
        proposals=(proposal,) if number % 10 == 0 else (),
    )


def report(size: int) -> RunReport:
    """A run of `size` links."""

    def findings() -> Iterator[Finding]:
        return map(finding, range(size))

    def line_of(path: str, _line: int) -> str | None:
        return f"webUrl: {path}"

    each = size // len(CODES)
    healths = [(str(health), each * sum(code.health is health for code in CODES)) for health in Health]
    return RunReport(
        run=RunFacts(
            id="benchmark", started=NOW, finished=NOW, version="0", cards=CARDS, links=size, requests=size, received=0
        ),
        summary=Summary(
            health=tuple(healths),
            verdict=tuple((str(code), each * (code in CODES)) for code in Code),
            state=tuple((str(state), 0) for state in State),
            change=tuple((str(change), 0) for change in Change),
        ),
        findings=findings,
        line_of=line_of,
    )


def measure(name: str, size: int) -> None:
    """Renders one format in this process; prints seconds, bytes and the peak of memory in kilobytes."""
    run = report(size)
    written = 0
    if name != NOTHING:
        render = import_module(FORMATS[name].module).render
        started = time.perf_counter()
        for chunk in render(run):
            written += len(chunk.encode())
    else:
        started = time.perf_counter()
        for _ in run.findings():
            pass
    print(time.perf_counter() - started, written, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def measured(name: str, size: int) -> tuple[float, int, int]:
    """The same in a process of its own."""
    command = (sys.executable, __file__, "--measure", name, "--findings", str(size))
    seconds, written, peak = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(seconds), int(written), int(peak)


def main() -> None:
    """Measures, and prints the table."""
    arguments = argparse.ArgumentParser(description="Cost of the report formats.")
    arguments.add_argument("--findings", type=int, default=100_000, help="links of the run (default: 100000)")
    arguments.add_argument("--only", nargs="+", choices=tuple(FORMATS), default=tuple(FORMATS), metavar="FORMAT")
    arguments.add_argument("--measure", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.measure:
        measure(given.measure, given.findings)
        return
    print(f"{given.findings:,} findings; Python {platform.python_version()}, {os.cpu_count()} cores\n")
    print(f"{'format':<16}{'seconds':>9}{'file, MB':>10}{'memory, MB':>12}")
    _, _, least = measured(NOTHING, given.findings)
    for name in (NOTHING, *given.only):
        seconds, written, peak = measured(name, given.findings)
        print(f"{name:<16}{seconds:>9.1f}{written / 1e6:>10.1f}{max(0, peak - least) / 1e3:>12.0f}")


if __name__ == "__main__":
    main()
