"""A year of weekly audits of a simulated web: what the program's own judgement gets right and wrong, and what it costs.

    python benchmarks/simulate.py [--links 5000] [--weeks 52] [--seed 1] [--examples 12]

Everything but the network is the real thing: plan, questions, second pass, history in SQLite, rules, votes. In the
network's place stands an engine that answers from a model of the web (`simulate_web.py`) with small HTML pages, read by
the real metadata code, at a time that is moved from week to week. What is true of each link in each week is known, so
verdicts can be counted:

- false alarms, over links that are alive in the web: ever `confirmed`, ever shown as broken or unsafe;
- over links that a wall, a login, a consent page or a rate limit hides: the same, whatever faults of the host or of
  the network come between refusals; and apart from that, where a refusal was what answered. All must be none;
- recall: deaths that are `confirmed` by the audits that fall within 2, 4 or 6 weeks of the death. A link that was dead
  when the first audit ran is counted from that audit;
- wrong redirects: links whose new address `crawler fix --apply` would have written into their cards, and of these,
  those that were dead and redirect to other content;
- requests: URLs asked for each link and week, first pass, second pass and second questions apart, and requests sent
  with hops and retries; the most that one host is asked in a run. Pace is not simulated: the peak rate per host is what
  the settings allow, twice a second.

Not simulated: servers that let robots wait for ever, which nobody can tell from dead ones, images, and repairs but
for redirects.
In one week our own network is down, and that audit must be void.
The web is cut by hosts into as many sites as there are processes; the figures are their sums.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from simulate_score import Judge, Score, show
from simulate_web import Web

from crawler.engines.observe import observe
from crawler.health.sight import ERROR, SMALL_PAGE, Sight, Sign
from crawler.history.writing import HistoryWriter
from crawler.model import (
    Claims,
    Fetched,
    Kind,
    Link,
    Observation,
    Place,
    Purpose,
    Request,
)
from crawler.pipeline.audit import Audit
from crawler.pipeline.plan import Plan
from crawler.pipeline.progress import Silent
from crawler.settings import FixSettings, NetworkSettings, Settings

MONDAY = datetime(2026, 1, 5, 6, tzinfo=UTC)
KEPT = FixSettings(ask=False, title="keep", excerpt="keep", published="keep", provider="keep")
"""Of repairs, only redirects are counted."""
SETTINGS = Settings(network=NetworkSettings(retry_pause=0.0), fix=KEPT)
PROCESSES = 2


def remembering(find: Callable[[Sight, tuple[Sign, ...]], Sign | None]) -> Callable[..., Sign | None]:
    """`Sight.find` with a memory: it depends on the answer alone, and hosts give the same answers for a year.

    Without it the year takes half as long again.
    """
    known: dict[object, Sign | None] = {}

    def found(sight: Sight, table: tuple[Sign, ...]) -> Sign | None:
        if sight.outcome.status < ERROR and not sight.redirected and sight.features.visible >= SMALL_PAGE:
            return None
        key = (id(table), sight.outcome.status, sight.end, sight.redirected, sight.features, sight.observation.sample)
        if key not in known:
            known[key] = find(sight, table)
        return known[key]

    return found


class SimulatedEngine:
    """Answers from the web, at the time that its owner sets."""

    def __init__(self, web: Web, score: Score) -> None:
        self._web, self._score = web, score
        self.now = MONDAY
        self._seen: dict[tuple[Request, Fetched], Observation] = {}
        """Reading a page again gives what it gave: observations by what was asked and answered."""

    async def ask(
        self,
        requests: Sequence[Request],
        deliver: Callable[[Request, Observation], None],
        *,
        fresh_connections: bool,
    ) -> None:
        """Asks each request once."""
        self._web.second_pass = fresh_connections
        for request in requests:
            question = request.purpose is not Purpose.LINK
            if question:
                self._score.asked_about += 1
                self._score.questions[request.purpose] += 1
            elif fresh_connections:
                self._score.second_pass += 1
            else:
                self._score.first_pass += 1
            tags = frozenset(value for name, value in request.headers if name == "if-none-match")
            fetched = self._web.answer(request.url, tags, question=question)
            self._score.requests += fetched.requests
            deliver(request, self._observed(request, fetched))

    def _observed(self, request: Request, fetched: Fetched) -> Observation:
        bare = msgspec.structs.replace(request, headers=())
        seen = self._seen.get((bare, fetched))
        if seen is None:
            seen = observe(bare, fetched, asked_at=self.now, title="headline")
            if request.purpose is Purpose.LINK:  # other addresses are made up, and come once
                self._seen[bare, fetched] = seen
        return msgspec.structs.replace(seen, asked_at=self.now)


def links_of(web: Web) -> tuple[Link, ...]:
    """What the cards hold: each page once, with its title and mostly an excerpt."""
    links = []
    for url, page in sorted(web.pages.items()):
        place = Place(
            path=f"_news/{page.slug}.md", line=3, column=9, field="webUrl", written=url, kind=Kind.PAGE,
            claims=Claims(title=page.title, excerpt=page.excerpt or None),
        )  # fmt: skip
        links.append(Link(url=url, kind=Kind.PAGE, places=(place,)))
    return tuple(links)


def simulate(seed: int, links: int, weeks: int) -> Score:
    """One site's year."""
    started = time.perf_counter()
    score = Score()
    web = Web(seed, links, weeks)
    plan = Plan(cards=links, links=links_of(web), unreadable=())
    per_host = Counter(page.host.name for page in web.pages.values())
    score.links, score.hosts = len(web.pages), len(per_host)
    engine, judge = SimulatedEngine(web, score), Judge(web, score, weeks)
    memory = Path("/dev/shm")  # noqa: S108 - no file is read from there
    with (
        tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder,
        HistoryWriter(Path(folder) / "history.sqlite") as history,
    ):
        for week in range(weeks):
            web.begin(week)
            engine.now = web.time(MONDAY + timedelta(weeks=week))
            audit = Audit(
                plan, SETTINGS, history=history, engine=engine, progress=Silent(), clock=lambda: engine.now, version="1"
            )
            asyncio.run(audit.ask(asyncio.Event()))
            report = audit.conclude()
            score.link_weeks += len(plan.links)
            score.void += report.run.void
            if report.run.void:
                print(f"week {week} is void: {report.run.void_because}", file=sys.stderr)
                continue
            for finding in report.findings():
                judge.week(week, finding)
            for host, asked in web.asked.items():
                if asked > score.busiest:
                    score.busiest, score.busiest_links = asked, per_host[host]
                if per_host[host] >= 5:
                    score.over = max(score.over, asked / per_host[host])
    judge.finish()
    score.seconds = time.perf_counter() - started
    return score


def main() -> None:
    """Simulates, and prints the figures."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--links", type=int, default=5_000)
    arguments.add_argument("--weeks", type=int, default=52)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--examples", type=int, default=12, help="rows of errors shown (default: 12)")
    arguments.add_argument("--processes", type=int, default=PROCESSES)
    given = arguments.parse_args()
    parts = max(1, given.processes)
    sizes = [given.links // parts + (number < given.links % parts) for number in range(parts)]
    seeds = [given.seed * 1_000 + number for number in range(parts)]
    setattr(Sight, "find", remembering(Sight.find))  # noqa: B010 - the processes inherit it
    total = Score()
    started = time.perf_counter()
    if parts == 1:
        total = simulate(seeds[0], given.links, given.weeks)
    else:
        with ProcessPoolExecutor(parts) as pool:
            for score in pool.map(simulate, seeds, sizes, [given.weeks] * parts):
                total.add(score)
    total.seconds = time.perf_counter() - started
    show(total, given.examples, interval=SETTINGS.network.host_request_interval)


if __name__ == "__main__":
    main()
