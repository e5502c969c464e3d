"""Does a cluster find what one process finds, lose nothing, and keep each host's pace? All of it over real sockets.

    .venv/bin/pip install '.[cluster]'
    .venv/bin/python benchmarks/cluster.py [--hosts 40] [--pages 15] [--interval 0.2]

`crawler audit` is run as its users run it, over the loopback web that the tests use, by each engine: `local`,
`processes` with two workers, and `dask` with a scheduler and two workers, each a process of its own. Half the sites
redirect to each other, some pages are missing, some hosts fail. Each engine has three runs:

- plain: its findings must be those of `local`, byte for byte but for times;
- killed: half way, one worker is killed; the findings must still be those;
- stopped: half way, the run gets a Ctrl-C, and is then started again: together they must have asked what one run asks,
  but for what was on its way at that moment.

Hosts are watched from the server's side throughout: `closest` is the shortest time between two requests to one host, as
a share of the interval. What arrives a little closer than it was sent has been held up on its way, so one process
shows some of it too; a host whose requests came in less time than their intervals together would be named.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from crawler.demo.reply import Reply, page, redirect, retry_after
from crawler.demo.web import LoopbackWeb, Routes, serving

TIMES = frozenset({"elapsed", "since", "asked_at", "date"})
"""Keys of a finding that tell when, or how long."""


@dataclass
class Engine:
    """How an engine is chosen, and where its workers are."""

    name: str
    flags: list[str]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    """Those that are there before the run."""

    def victim(self, run: subprocess.Popen[bytes]) -> int:
        """The process to kill: a worker."""
        if self.workers:
            return self.workers.pop().pid
        return int(psutil.Process(run.pid).children()[0].pid)


@dataclass
class Result:
    """What a run left behind."""

    seconds: float
    findings: dict[str, Any]
    hits: Counter[str]
    closest: float
    crowded: list[str]
    stopping: float = 0.0


class Bench:
    """A web, and folders of cards beside it."""

    def __init__(self, web: LoopbackWeb, folder: Path, *, hosts: int, pages: int, interval: float) -> None:
        self._web, self._folder, self._interval = web, folder, interval
        self._links = [f"http://s{host}.org/{number}" for host in range(hosts) for number in range(pages)]
        self._runs = 0

    def run(self, engine: Engine, *, kill: bool = False, stop: bool = False) -> Result:
        """One audit in a folder of its own."""
        self._runs += 1
        site = self._folder / str(self._runs)
        self._cards(site)
        self._web.hits.clear()
        started = time.monotonic()
        process = self._start(site, engine)
        stopping = 0.0
        if kill or stop:
            while len(self._web.hits) < len(self._links) // 2:
                time.sleep(0.01)
            if kill:
                os.kill(engine.victim(process), signal.SIGKILL)
            else:
                process.send_signal(signal.SIGINT)
                asked = time.monotonic()
                process.wait()
                stopping = time.monotonic() - asked
                process = self._start(site, engine)
        _, errors = process.communicate()
        if process.returncode not in (0, 2):
            raise SystemExit(f"{engine.name}: exit code {process.returncode}\n{errors.decode()}")
        for line in errors.decode().splitlines():
            if "worker" in line:
                print(f"    {line}")
        report = json.loads((site / "reports" / "report.json").read_bytes())
        at: defaultdict[str, list[float]] = defaultdict(list)
        for hit in self._web.hits:
            at[hit.host].append(hit.at)
        gaps = [after - before for times in at.values() for before, after in itertools.pairwise(times)]
        return Result(
            seconds=time.monotonic() - started,
            findings={one["url"]: _timeless(one) for one in report["findings"]},
            hits=Counter(hit.key for hit in self._web.hits),
            closest=min(gaps) / self._interval,
            crowded=[host for host, times in at.items() if times[-1] - times[0] < (len(times) - 1.5) * self._interval],
            stopping=stopping,
        )

    def _start(self, site: Path, engine: Engine) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "crawler", "audit", "--format", "json", *engine.flags]
        return subprocess.Popen(command, cwd=site, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def _cards(self, site: Path) -> None:
        (site / "_news").mkdir(parents=True)
        for number, url in enumerate(self._links):
            (site / "_news" / f"{number}.md").write_text(f"---\nwebUrl: {url}\n---\n", encoding="utf-8")
        connect_to = ", ".join(f"{json.dumps(name)} = {json.dumps(to)}" for name, to in self._web.connect_to.items())
        (site / "config.toml").write_text(
            f"[network]\nhost_request_interval = {self._interval}\nretry_pause = 0.5\nmax_retries = 1\n"
            f"connect_to = {{ {connect_to} }}\n",
            encoding="utf-8",
        )


def routes(hosts: int, pages: int) -> Routes:
    """Articles; every fourth page of half the sites leads to another site, the last of each site is missing."""
    made: dict[str, Any] = {
        "*": page("The harbour at dawn", description="A walk along the quay before the boats leave")
    }
    for host in range(hosts):
        made[f"s{host}.org/{pages - 1}"] = Reply(status=404)
        if host % 2:
            for number in range(0, pages - 1, 4):
                to = (
                    f"s{(host * 7 + number) % hosts}.org/1"
                    if number % 8
                    else f"elsewhere{host % 3}.net/{host}/{number}"
                )
                made[f"s{host}.org/{number}"] = redirect(f"http://{to}")
    made["s0.org/0"] = Reply(status=503)
    made["s2.org/0"] = retry_after(1)
    made["s4.org/*"] = Reply(status=500)
    return made


def _started(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextmanager
def cluster(folder: Path) -> Iterator[Engine]:
    """A scheduler and two workers."""
    file = folder / "scheduler.json"
    tool = [sys.executable, "-m"]
    flags = ["--port", "0", "--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file)]
    started = [_started([*tool, "distributed.cli.dask_scheduler", *flags])]
    try:
        while not file.exists():
            time.sleep(0.05)
        address = json.loads(file.read_text(encoding="utf-8"))["address"]
        one = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(folder)]
        workers = [_started([*tool, "distributed.cli.dask_worker", address, *one]) for _ in range(2)]
        started += workers
        time.sleep(3.0)  # both, not only the first
        yield Engine("dask", ["--engine", "dask", "--scheduler", address], list(workers))
    finally:
        for process in started:
            process.kill()
            process.wait()


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _timeless(one) for key, one in value.items() if key not in TIMES}
    return [_timeless(one) for one in value] if isinstance(value, list) else value


def _told(name: str, result: Result, reference: Result) -> str:
    differing = [url for url, one in reference.findings.items() if result.findings.get(url) != one]
    more = sum(result.hits.values()) - sum(reference.hits.values())
    stopping = f", stopped in {result.stopping:.1f} s" if result.stopping else ""
    return (
        f"{name:<22}{result.seconds:>6.1f} s{len(result.findings):>7} links{len(differing):>5} differ"
        f"{sum(result.hits.values()):>7} requests{f'{more:+}' if more else '':>5}{result.closest:>8.2f} closest"
        f"  {'crowded: ' + ', '.join(result.crowded) if result.crowded else 'no host crowded'}{stopping}"
    )


def main() -> None:
    """Runs all of it, and prints a line for each run; exit code 1 if anything is lost, differs or is hasty."""
    arguments = argparse.ArgumentParser(description="The same findings, whatever happens to workers.")
    arguments.add_argument("--hosts", type=int, default=40, help="sites (default: 40)")
    arguments.add_argument("--pages", type=int, default=15, help="links to each (default: 15)")
    arguments.add_argument(
        "--interval", type=float, default=0.2, help="seconds between starts on a host (default: 0.2)"
    )
    given = arguments.parse_args()
    bad = False
    with tempfile.TemporaryDirectory(prefix="bench-") as name, serving(routes(given.hosts, given.pages)) as web:
        folder = Path(name)
        bench = Bench(web, folder, hosts=given.hosts, pages=given.pages, interval=given.interval)
        print(f"{given.hosts * given.pages} links on {given.hosts} sites, {given.interval} s between starts on a host")
        reference = bench.run(Engine("local", []))
        print(_told("local, plain", reference, reference), flush=True)

        def tried(engine: Engine, *whats: str) -> None:
            nonlocal bad
            for what in whats:
                result = bench.run(engine, kill=what == "killed", stop=what == "stopped")
                print(_told(f"{engine.name}, {what}", result, reference), flush=True)
                bad |= result.findings != reference.findings or bool(result.crowded)

        tried(Engine("local", []), "stopped")
        tried(Engine("processes", ["--engine", "processes", "--workers", "2"]), "plain", "stopped", "killed")
        with cluster(folder) as engine:
            tried(engine, "plain", "stopped", "killed")
    sys.exit(bad)


if __name__ == "__main__":
    main()
