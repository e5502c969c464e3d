"""How many links a second: `crawler audit`, with both engines, beside a bare aiohttp loop, lychee and LinkChecker.

    .venv/bin/pip install '.[bench]'
    .venv/bin/python benchmarks/throughput.py [--tls] [--rounds 5]

The web is 6,000 pages of about 50 kB on 600 hosts of 127.0.0.0/8 (Linux), served by one process that does nothing
else. Each tool is started as its users start it and timed from start to exit: `crawler audit` reads 6,000 cards, asks,
parses, judges, stores and writes its report; the bare loop reads the bodies and keeps nothing; lychee and LinkChecker
get the URLs as a list. No tool is polite here: no interval, no retry, the same number of requests under way.

The tools take turns, and each round compares runs that were made one after the other: what else the machine does
meanwhile falls on all of them. A run counts only if the tool found every link well and the server was asked for
every page. Nothing here fails for being slow.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import contenders
import pages
from contenders import Contender, Web
from loopback import Loopback


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one tool."""

    seconds: float
    processor: float
    """Seconds of processor time, its children's included."""
    memory: int
    """Largest resident set, in bytes."""
    served: dict[str, Any]


def measure(contender: Contender, web: Web, server: Loopback) -> Run:
    """Runs a tool once, in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        folder.chmod(0o777)  # LinkChecker gives up root's rights
        command = contender.prepare(web, folder)
        server.counts()
        output = folder / "output.txt"
        with output.open("wb") as stdout:
            started = time.perf_counter()
            process = subprocess.Popen(command, cwd=folder, stdout=stdout, stderr=subprocess.PIPE)
            assert process.stderr is not None
            errors = process.stderr.read()
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        served = server.counts()
        wrong = _wrong(contender, web, folder, output.read_text(encoding="utf-8", errors="replace"), served)
        if wrong:
            last = errors.decode("utf-8", "replace")[-1_000:]
            raise SystemExit(f"{contender.name}: exit code {process.returncode}: {wrong}\n{last}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, _resident(usage), served)


def _wrong(contender: Contender, web: Web, folder: Path, output: str, served: dict[str, Any]) -> str | None:
    if served["distinct"] != web.links or served["unknown"]:
        return f"the server was asked for {served['distinct']} of {web.links} pages: {served}"
    return contender.check(web, folder, output)


def _resident(usage: resource.struct_rusage) -> int:
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1_024)


HEADINGS = (
    f"{'':<26}{'links/s':>8}{'slowest-fastest':>17}{'CPU ms/link':>13}{'server':>8}{'MiB':>6}"
    f"{'requests':>10}{'connections':>13}{'local is':>10}{'processes':>10}"
)


def table(rows: list[Contender], rounds: list[list[Run]], links: int) -> str:
    """One line for each tool; the last columns hold our speed with each engine against its, as medians of rounds."""
    lines = [HEADINGS]
    for column, row in enumerate(rows):
        runs = [one[column] for one in rounds]
        rates = sorted(links / run.seconds for run in runs)
        served = runs[-1].served
        shares = (_share(rows, rounds, column, engine) for engine in contenders.ENGINES)
        lines.append(
            f"{row.name + ' ' + row.version:<26}{statistics.median(rates):>8.0f}{f'{rates[0]:.0f}-{rates[-1]:.0f}':>17}"
            f"{statistics.median(run.processor for run in runs) / links * 1_000:>13.2f}"
            f"{statistics.median(run.served['busy'] / run.seconds for run in runs):>8.0%}"
            f"{statistics.median(run.memory for run in runs) / (1 << 20):>6.0f}"
            f"{served['requests']:>10}{served['connections']:>13}" + "".join(f"{share:>10}" for share in shares)
        )
    return "\n".join(lines)


def _share(rows: list[Contender], rounds: list[list[Run]], column: int, engine: str) -> str:
    """How fast we are with `engine` against the tool of `column`, where that is another's."""
    own = next((number for number, row in enumerate(rows) if row.engine == engine), None)
    if own is None or rows[column].engine:
        return ""
    return f"{statistics.median(one[column].seconds / one[own].seconds for one in rounds):.2f} x"


def main() -> None:
    """Measures, and prints the table."""
    arguments = argparse.ArgumentParser(description="Links a second, beside others.")
    arguments.add_argument("--rounds", type=int, default=3, help="runs of each tool (default: 3)")
    arguments.add_argument("--tls", action="store_true", help="HTTPS, with a certificate authority made for the run")
    arguments.add_argument("--hosts", type=int, default=pages.HOSTS, help="hosts of ten pages each (default: 600)")
    arguments.add_argument("--concurrency", type=int, default=64, help="requests under way at once (default: 64)")
    arguments.add_argument("--only", action="append", help="a part of a tool's name; repeats")
    given = arguments.parse_args()
    contenders.as_users_have_it()
    rows = [row for row in contenders.installed() if not given.only or any(part in row.name for part in given.only)]
    with contenders.open_web(hosts=given.hosts, tls=given.tls, concurrency=given.concurrency) as (web, server):
        rounds = [[measure(row, web, server) for row in rows] for _ in range(given.rounds)]
    print(
        f"{web.links} pages of {pages.SIZE // 1_000} kB on {given.hosts} hosts, {server.scheme}, "
        f"{given.concurrency} at once, {given.rounds} rounds; "
        f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    print(table(rows, rounds, web.links))


if __name__ == "__main__":
    main()
