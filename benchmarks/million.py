"""What a run of so many links costs: cards, planning, judging, history and reports, with the network left out.

    .venv/bin/python benchmarks/million.py [10000 100000 1000000]

Each size is a run in a process of its own, as `crawler audit` makes it, but that a transport at the seam of `net`
answers from memory: pages of which 16 kB were read, redirects, errors and hosts that do not answer, in the shares of
`realistic_web.py`. All else is the real thing: card files on the disk, the pool and the pace, reading of pages,
observations, second questions, the database, and the JSON and HTML reports. Printed are links for each second of
processor time, what each phase took of it in milliseconds for a link, the largest resident set, and the size of the
database; the last column holds each size against the first, so that what grows faster than its links shows.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pages

from crawler import __version__
from crawler.config import load
from crawler.engines.local import READERS
from crawler.engines.observe import observe
from crawler.history.writing import HistoryWriter
from crawler.model import Answered, Failure, FailureKind, Fetched, Hop, Observation, Request
from crawler.net import pool
from crawler.net.pace import Pace
from crawler.net.polite import Polite
from crawler.net.seam import Moment
from crawler.pipeline.audit import Audit
from crawler.pipeline.plan import plan
from crawler.pipeline.progress import Silent
from crawler.render.write import write
from crawler.settings import NetworkSettings

SIZES = (10_000, 100_000)
PER_CARD = 5
PER_HOST = 10
FOLDERS = 1_000
"""Cards in one folder."""
READ = 16_000
"""Bytes of a page, after which the evidence is complete."""
CONFIG = """[cards]
paths = ["cards"]
[network]
host_request_interval = 0.0
retry_pause = 0.0
[reports]
formats = ["json", "html"]
"""
CARD = """---
title: "{title}"
excerpt: The council has opened the bridge.
webUrl: {url}
publishedDateTime: 2026-05-12T07:30:00Z
provider:
  name: The Evening Ledger
related:
{related}---
"""
FATES = (("redirect", 180), ("403", 60), ("404", 50), ("reset", 15), ("410", 5), ("500", 5), ("503", 5))
"""What becomes of a link that is not sound, in thousandths."""
HTML = (("content-type", "text/html; charset=utf-8"),)


def url_of(number: int) -> str:
    """The link of this number; ten to a host."""
    return f"https://www.site-{number // PER_HOST}.example/2026/05/harbour-council-bridge-{number}"


def title_of(number: int) -> str:
    """What its page is called."""
    return f"Council of harbour {number} opens the bridge after {number % 97} years of waiting"


def write_cards(folder: Path, links: int) -> None:
    """Cards with five links each: the page, and four of `related[]`."""
    for number in range(0, links, PER_CARD):
        related = "".join(
            f'  - title: "{title_of(other)}"\n    webUrl: {url_of(other)}\n'
            for other in range(number + 1, min(number + PER_CARD, links))
        )
        path = folder / "cards" / f"{number // PER_CARD // FOLDERS:04}" / f"2026-05-12-card-{number:07}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        card = CARD.format(title=title_of(number), url=url_of(number), related=related)
        path.write_text(card, encoding="utf-8")
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")


class FromMemory:
    """An `Exchange` that knows every answer; the same URL gets the same one."""

    def __init__(self) -> None:
        where = pages.Address("site.example", "/{path}", "{title}")
        self._page = b"".join(pages.page(where, "https://site.example/{path}"))[:READ]

    async def exchange(self, request: Request, moment: Moment) -> Fetched:
        """The answer."""
        await asyncio.sleep(max(0.0, moment.wait()))
        moment.sent()
        name = request.url.rpartition("-")[2]
        if not name.isdigit():  # a front page; or a name that was made up
            front = request.url.endswith("/")
            return self._answer(request.url, 200 if front else 404, name)
        fate = _fate(request.url)
        if fate == "reset":
            failure = Failure(kind=FailureKind.CONNECT_REFUSED, detail="the connection was refused", url=request.url)
            return Fetched(outcome=failure, requests=1)
        if fate == "redirect":
            end = request.url.replace("/05/", "/06/")
            fetched = self._answer(end, 200, name)
            return _with_hops(fetched, (Hop(url=request.url, status=301),))
        return self._answer(request.url, int(fate), name)

    def _answer(self, url: str, status: int, name: str) -> Fetched:
        outcome = Answered(url=url, status=status, headers=HTML)
        if status != 200:
            body = b"<!doctype html><title>%d</title><h1>%d</h1><p>There is no page here." % (status, status)
            return Fetched(outcome=outcome, body=body, received=len(body), requests=1)
        title = title_of(int(name)) if name.isdigit() else "The Evening Ledger"
        body = self._page.replace(b"{title}", title.encode()).replace(b"https://site.example/{path}", url.encode())
        return Fetched(outcome=outcome, body=body, complete=False, received=len(body), requests=1)


def _with_hops(fetched: Fetched, hops: tuple[Hop, ...]) -> Fetched:
    return Fetched(
        outcome=fetched.outcome, hops=hops, body=fetched.body, complete=False, received=fetched.received, requests=2
    )


def _fate(url: str) -> str:
    at = int.from_bytes(hashlib.blake2b(url.encode(), digest_size=4).digest()) % 1_000
    for name, share in FATES:
        if at < share:
            return name
        at -= share
    return "200"


class MemoryEngine:
    """An engine over `FromMemory`, with the pool and the pace of the real one."""

    def __init__(self, network: NetworkSettings) -> None:
        self._network = network
        self._exchange = FromMemory()

    async def ask(
        self,
        requests: Sequence[Request],
        deliver: Callable[[Request, Observation], None],
        *,
        fresh_connections: bool,
    ) -> None:
        """Asks each request once."""
        clock = asyncio.get_running_loop().time
        pace = Pace(self._network, clock=clock, now=_now)
        fetch = Polite(self._exchange, pace)

        async def one(request: Request) -> Observation:
            asked_at = _now()
            fetched = await fetch.fetch(request)
            reader = READERS[request.want]()
            reader.feed(fetched.body)  # what the network would ask of it
            return observe(request, fetched, asked_at=asked_at, title="headline")

        await pool.run(requests, one, pace, deliver, clock=clock)


def _now() -> datetime:
    return datetime.now(UTC)


def audit(folder: Path) -> dict[str, float]:
    """One run in this process; seconds of processor time by phase, and what was left behind."""
    marks = [time.process_time()]
    started = time.perf_counter()
    settings = load(None, folder=folder, environment={}, flags={}, allowed={})
    planned = plan(settings, (), folder=folder)
    marks.append(time.process_time())
    database = folder / settings.history.path
    with HistoryWriter(database) as history:
        engine = MemoryEngine(settings.network)
        run = Audit(
            planned, settings, history=history, engine=engine, progress=Silent(), clock=_now, version=__version__
        )
        links = len(planned.links)
        planned.let_go()
        asyncio.run(run.ask(asyncio.Event()))
        report = run.conclude()
        marks.append(time.process_time())
        write(report, settings.reports.formats, folder / settings.reports.directory)
    marks.append(time.process_time())
    return {
        "plan": marks[1] - marks[0],
        "ask and judge": marks[2] - marks[1],
        "reports": marks[3] - marks[2],
        "processor": marks[3] - marks[0],
        "wall": time.perf_counter() - started,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1_024),
        "database": database.stat().st_size,
        "links": links,
    }


def measured(links: int) -> dict[str, float]:
    """One run in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        write_cards(Path(name), links)
        done = subprocess.run([sys.executable, __file__, "--in", name], stdout=subprocess.PIPE, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


PHASES = ("plan", "ask and judge", "reports")


def main() -> None:
    """Measures, and prints the table."""
    arguments = argparse.ArgumentParser(description="What many links cost, the network left out.")
    arguments.add_argument("links", nargs="*", type=int, default=SIZES, help="sizes (default: 10000 100000)")
    arguments.add_argument("--in", dest="folder", type=Path, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.folder:
        print(json.dumps(audit(given.folder)))
        return
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{'links':>10}{'links/s':>9}{'ms/link':>9}" + "".join(f"{name:>15}" for name in PHASES), end="")
    print(f"{'wall s':>9}{'MiB':>7}{'database':>10}{'kB/link':>9}{'against the first':>19}")
    first: float | None = None
    for size in given.links:
        one = measured(size)
        cost = one["processor"] / one["links"] * 1_000
        first = first or cost
        print(f"{one['links']:>10,}{1_000 / cost:>9.0f}{cost:>9.3f}", end="")
        print("".join(f"{one[name] / one['links'] * 1_000:>15.3f}" for name in PHASES), end="")
        print(f"{one['wall']:>9.0f}{one['memory'] / (1 << 20):>7.0f}{one['database'] / 1e6:>8.0f} MB", end="")
        print(f"{one['database'] / one['links'] / 1_000:>9.2f}{cost / first:>18.2f}x", flush=True)


if __name__ == "__main__":
    main()
