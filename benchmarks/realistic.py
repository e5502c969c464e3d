"""Is a polite audit as quick as politeness and latency allow? `crawler audit` beside the bound, and beside lychee.

    .venv/bin/pip install '.[bench]'
    .venv/bin/python benchmarks/realistic.py [--speed 5] [--direct] [--engine processes]

5,000 links on 600 hosts, the busiest with some 650 of them, over TLS, with the latencies, sizes and faults of
`realistic_web.py`, served by a process of its own. Both tools keep to half a second between starts on a host, two
requests under way on it, 64 in all, 20 seconds for an attempt, and no retries, all divided by `--speed`; what a
processor does takes as long as ever, so the faster the web, the more of it shows. Neither asks for anything but the
links: what repairs need (`[fix] ask`) is left out, since lychee repairs nothing.

Two bounds are computed from what the server was asked, for each host, and the slowest host counts:
- `floor`: its requests times the interval, or the time that all its answers take on two connections, if that is more.
  No client can do better, in whatever order it asks.
- `ideal`: its requests in the order in which they came, each begun as soon as interval and a free connection allow, by
  a client that takes no time itself, and needs none to connect. Slow answers hold both connections now and then, which
  costs starts that no client can make up for.

Not every client keeps the interval: one that makes up for late starts asks faster than it was told to. So of the host
that is asked most, two things are told: `early`, the share of requests that the server saw sooner than nine tenths of
the interval after the one before, and `gained`, the seconds that all early ones together came too soon. Without them
the run would have been so much longer.

lychee can come out below `ideal`: it follows a redirect at once, and waits for a turn only at the first hop. With
`--direct` there are no redirects, and both are equally polite.
"""

from __future__ import annotations

import argparse
import heapq
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import contenders
import pages
import realistic_web

INTERVAL, SLOTS, CONCURRENCY, TIMEOUT = 0.5, 2, 64, 20.0
SEED = 20_261_122


@dataclass(frozen=True, slots=True)
class Manners:
    """What both tools keep to, in seconds."""

    interval: float
    timeout: float


class Server:
    """The process of the web; `with` starts and ends it."""

    def __init__(self, folder: Path, *, links: int, hosts: int, speed: float, redirects: bool) -> None:
        program = str(Path(__file__).with_name("realistic_web.py"))
        self._command = [sys.executable, program, *(str(value) for value in (links, hosts, SEED, speed, folder))]
        self._command.append("redirects" if redirects else "direct")
        self.port = 0

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = self._read()
        return self

    def asked(self) -> list[tuple[str, float, float]]:
        """(host, seconds of the answer, second of the request) of each request since the last call."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return [(host, seconds, when) for host, seconds, when in self._read()]

    def _read(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)


def floor(answers: list[float], manners: Manners) -> float:
    """Seconds that no client can be quicker than on one host."""
    return max((len(answers) - 1) * manners.interval + min(answers), sum(answers) / SLOTS, max(answers))


def ideal(answers: list[float], manners: Manners) -> float:
    """Seconds of a client that takes no time itself, in this order."""
    free = [0.0] * SLOTS
    start = -manners.interval
    for seconds in answers:
        start = max(start + manners.interval, heapq.heappop(free))
        heapq.heappush(free, start + seconds)
    return max(free)


def bounds(asked: list[tuple[str, float, float]], manners: Manners) -> tuple[float, float]:
    """(floor, ideal) of a run."""
    by_host: defaultdict[str, list[float]] = defaultdict(list)
    for host, seconds, _ in asked:
        by_host[host].append(min(seconds, manners.timeout))
    return (
        max(floor(answers, manners) for answers in by_host.values()),
        max(ideal(answers, manners) for answers in by_host.values()),
    )


def haste(asked: list[tuple[str, float, float]], manners: Manners) -> tuple[float, float]:
    """(`early`, `gained`) of a run."""
    busiest, _ = Counter(host for host, *_ in asked).most_common(1)[0]
    times = sorted(when for host, _, when in asked if host == busiest)
    gaps = [after - before for before, after in pairwise(times)]
    early = sum(gap < 0.9 * manners.interval for gap in gaps) / max(1, len(gaps))
    return early, sum(max(0.0, manners.interval - gap) for gap in gaps)


def audit(folder: Path, ca_file: Path, manners: Manners, engine: str) -> list[str]:
    """The command of an audit over the cards in `folder`."""
    (folder / "config.toml").write_text(
        f"""[cards]
paths = ["cards"]
[network]
max_concurrency = {CONCURRENCY}
host_concurrency = {SLOTS}
host_request_interval = {manners.interval}
timeout = {manners.timeout}
max_retries = 0
allow_private = ["127.0.0.0/8"]
ca_file = {json.dumps(str(ca_file))}
[history]
path = "history.sqlite"
[fix]
ask = false
[reports]
formats = ["json"]
""",
        encoding="utf-8",
    )
    config = str(folder / "config.toml")
    return [sys.executable, "-m", "crawler", "audit", "--no-progress", "--engine", engine, "--config", config]


def lychee(path: str, urls: Path, manners: Manners) -> list[str]:
    """The command of lychee with the same manners."""
    interval = ["--host-request-interval", f"{manners.interval * 1_000:.0f}ms", "--host-concurrency", str(SLOTS)]
    flags = ["--no-progress", "--format", "json", "--max-retries", "0", "--insecure", "--include-fragments=none"]
    timeout = ["--timeout", str(max(1, round(manners.timeout))), "--max-concurrency", str(CONCURRENCY)]
    return [path, *interval, *flags, *timeout, "--", str(urls)]


def measure(command: list[str], folder: Path) -> tuple[float, float]:
    """(seconds, seconds of processor time) from start to exit."""
    before = os.times()
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    seconds = time.perf_counter() - started
    if done.returncode not in (0, 2):
        raise SystemExit(f"{command[0]}: exit code {done.returncode}\n{done.stderr.decode()[-1_000:]}")
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return seconds, spent


def main() -> None:
    """Measures in turns, and prints a line for each run."""
    arguments = argparse.ArgumentParser(description="A polite run beside the quickest that politeness allows.")
    arguments.add_argument("--links", type=int, default=5_000)
    arguments.add_argument("--hosts", type=int, default=600)
    arguments.add_argument("--speed", type=float, default=5.0, help="how much faster than real all waits are")
    arguments.add_argument("--engine", default="local")
    arguments.add_argument(
        "--direct", action="store_true", help="no redirects, of which lychee paces only the first hop"
    )
    arguments.add_argument("--rounds", type=int, default=1)
    given = arguments.parse_args()
    contenders.as_users_have_it()
    manners = Manners(INTERVAL / given.speed, TIMEOUT / given.speed)
    peer = contenders.program("lychee")
    print(
        f"{given.links} links on {given.hosts} hosts over TLS, all waits divided by {given.speed:g}; "
        f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    heads = ("seconds", "floor", "ideal", " of floor", " of ideal", "CPU s", " requests", "early", "gained")
    print(f"{'':<22}" + "".join(f"{head:>{max(8, len(head) + 1)}}" for head in heads))
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        with Server(
            folder, links=given.links, hosts=given.hosts, speed=given.speed, redirects=not given.direct
        ) as server:
            made = realistic_web.links(given.links, given.hosts, SEED, redirects=not given.direct)
            addresses = [(link.where, link.where.url("https", server.port)) for link in made]
            pages.write_cards(folder / "cards", addresses)
            urls = folder / "urls.txt"
            urls.write_text("".join(f"{url}\n" for _, url in addresses), encoding="utf-8")
            for _ in range(given.rounds):
                for row in ("crawler", "lychee") if peer else ("crawler",):
                    if row == "lychee":
                        command = lychee(str(peer), urls, manners)
                    else:
                        (folder / "history.sqlite").unlink(missing_ok=True)
                        command = audit(folder, folder / "ca.pem", manners, given.engine)
                    server.asked()
                    seconds, processor = measure(command, folder)
                    asked = server.asked()
                    low, best = bounds(asked, manners)
                    early, gained = haste(asked, manners)
                    row = f"crawler, {given.engine}" if row == "crawler" else row
                    print(
                        f"{row:<22}{seconds:>8.1f}{low:>8.1f}{best:>8.1f}{seconds / low:>10.2f}{seconds / best:>10.2f}"
                        f"{processor:>8.1f}{len(asked):>10}{early:>8.1%}{gained:>8.1f}",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
