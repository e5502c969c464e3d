"""Where the processor time of `crawler audit` goes: a sample of its stack every few milliseconds, by stage.

    .venv/bin/python benchmarks/stages.py [--tls] [--hosts 600] [--lines 20]

The command runs in a process of its own over the web of `throughput.py`, as there, with the operating system's
profiling timer on: each signal adds one to the stage that the innermost known frame belongs to (`STAGES`, read from
the top). Processor time is counted, not waiting, so what else the machine does hardly matters. `--lines` adds the
lines of ours on which most samples fell.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import runpy
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from types import FrameType

import pages
from contenders import as_users_have_it, open_web, prepare_audit

INTERVAL = 0.002
"""Seconds of processor time between two samples; the kernel may make it 4 ms."""

STAGES: tuple[tuple[str, str], ...] = (
    ("importlib._bootstrap", "start: imports"),
    ("crawler/cards/", "plan: read the cards"),
    ("crawler/pipeline/plan", "plan: read the cards"),
    ("crawler/metadata/reading", "fetch: see when enough is read"),
    ("crawler/net/", "fetch: guard, pace, record"),
    ("crawler/metadata/features", "read: shape of the page"),
    ("crawler/metadata/document", "read: tree and tags"),
    ("crawler/metadata/charset", "read: tree and tags"),
    ("crawler/metadata/limits", "read: tree and tags"),
    ("crawler/metadata/", "read: metadata"),
    ("crawler/engines/", "read: observation"),
    ("crawler/history/reading", "judge: history read back"),
    ("crawler/history/", "store"),
    ("crawler/health/", "judge"),
    ("crawler/pipeline/findings", "judge"),
    ("crawler/pipeline/due", "store"),
    ("crawler/pipeline/audit", "store"),
    ("crawler/render/", "render"),
    ("site-packages/aiohttp/", "fetch: aiohttp, asyncio"),
    ("/asyncio/", "fetch: aiohttp, asyncio"),
)
"""Part of a file's path -> stage."""


def main() -> None:
    """Measures, and prints the table."""
    arguments = argparse.ArgumentParser(description="Where the time of an audit goes.")
    arguments.add_argument("--tls", action="store_true")
    arguments.add_argument("--hosts", type=int, default=pages.HOSTS, help="hosts of ten pages each (default: 600)")
    arguments.add_argument("--concurrency", type=int, default=64)
    arguments.add_argument("--lines", type=int, default=0, help="lines of ours to show (default: none)")
    given = arguments.parse_args()
    as_users_have_it()
    with (
        open_web(hosts=given.hosts, tls=given.tls, concurrency=given.concurrency) as (web, server),
        tempfile.TemporaryDirectory(prefix="bench-") as name,
    ):
        command = prepare_audit(web, Path(name))
        samples = Path(name) / "samples.json"
        # In place of `python -m crawler`: this file, which starts the timer and then does the same.
        command[1:3] = [__file__, str(samples)]
        done = subprocess.run(command, cwd=name, capture_output=True, text=True, check=False)
        if not samples.is_file():
            raise SystemExit(done.stderr)
        asked = server.counts()["distinct"]
        sampled = json.loads(samples.read_bytes())
    print(
        f"{asked} links on {given.hosts} hosts, {server.scheme}; Python {platform.python_version()}, "
        f"{os.cpu_count()} cores; {sampled['processor']:.1f} s of processor time in {sampled['wall']:.1f} s"
    )
    _show(sampled["stages"], sampled["processor"] / asked * 1_000, "ms/link")
    if given.lines:
        print()
        _show(dict(Counter(sampled["lines"]).most_common(given.lines)), 0.0, "line", sum(sampled["stages"].values()))


def _show(counted: dict[str, int], scale: float, heading: str, of: int = 0) -> None:
    total = of or sum(counted.values())
    print(f"{'':<60}{'share':>8}{heading if scale else '':>10}")
    for name, number in sorted(counted.items(), key=lambda item: -item[1]):
        print(f"{name:<60}{number / total:>8.1%}" + (f"{number / total * scale:>10.3f}" if scale else ""))
    if scale:
        print(f"{'total':<60}{'':>8}{scale:>10.3f}")


def _sampled(samples: Path, arguments: list[str]) -> None:
    """Runs `crawler` in this process, and writes down where the signals found it."""
    stages: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    known: dict[str, str | None] = {}

    def sample(_: int, frame: FrameType | None) -> None:
        innermost = None
        while frame is not None:
            path = frame.f_code.co_filename
            if path not in known:
                known[path] = next((stage for part, stage in STAGES if part in path), None)
            if innermost is None and "/crawler/" in path:
                innermost = f"{path.rpartition('/crawler/')[2]}:{frame.f_lineno} {frame.f_code.co_name}"
            if stage := known[path]:
                stages[stage] += 1
                break
            frame = frame.f_back
        else:
            stages["other"] += 1
        lines[innermost or "outside"] += 1

    signal.signal(signal.SIGPROF, sample)
    signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)
    started = time.perf_counter()
    sys.argv = ["crawler", *arguments]
    try:
        runpy.run_module("crawler", run_name="__main__")
    except SystemExit as ended:
        if ended.code:
            raise
    signal.setitimer(signal.ITIMER_PROF, 0)
    record = {
        "stages": stages,
        "lines": lines,
        "processor": time.process_time(),
        "wall": time.perf_counter() - started,
    }
    samples.write_text(json.dumps(record), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[2] == "audit":
        _sampled(Path(sys.argv[1]), sys.argv[2:])
    else:
        main()
