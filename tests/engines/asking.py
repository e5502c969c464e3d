"""What the tests of this room share: an engine beside a web on loopback, and what the web saw of it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from crawler.demo.web import LoopbackWeb
from crawler.engines import engine_for
from crawler.model import Answered, Observation, Request, Want
from crawler.settings import EngineSettings, NetworkSettings, Settings


@dataclass
class Asked:
    """An engine, and what it delivered."""

    engine: Any
    notes: list[str]
    seen: list[tuple[str, Observation]] = field(default_factory=list)

    async def ask(self, urls: Sequence[str], *, fresh: bool = False) -> None:
        requests = [Request(url=url, want=Want.PAGE) for url in urls]
        await self.engine.ask(
            requests, lambda request, one: self.seen.append((request.url, one)), fresh_connections=fresh
        )

    def urls(self) -> list[str]:
        """Each as often as it was delivered."""
        return sorted(url for url, _ in self.seen)

    def statuses(self) -> dict[str, int | str]:
        """Status, or kind of failure, by URL."""
        return {
            url: one.outcome.status if isinstance(one.outcome, Answered) else str(one.outcome.kind)
            for url, one in self.seen
        }

    async def until(self, count: int) -> None:
        """So much has been delivered."""
        await until(lambda: len(self.seen) >= count)

    async def kill(self, pid: int) -> None:
        """Ends a process of the engine's, and waits until that is noticed."""
        os.kill(pid, signal.SIGKILL)
        await until(lambda: pid not in self.pids())

    def pids(self, *, busy: bool = False) -> list[int]:
        """The processes that ask, or those of them that have something left."""
        members = self.engine._members.values()
        return [member.hand._process.pid for member in members if member.left or not busy]


async def until(condition: Callable[[], bool]) -> None:
    """Looked at now and then."""
    while not condition():  # noqa: ASYNC110 - what happens in other processes sets no event here
        await asyncio.sleep(0.01)


@asynccontextmanager
async def asking(web: LoopbackWeb, engine: EngineSettings, **network: Any) -> AsyncIterator[Asked]:
    """An engine to which every host is `web`."""
    settings = Settings(network=networked(web, **network), engine=engine)
    notes: list[str] = []
    async with engine_for(settings, version="1", now=lambda: datetime.now(UTC), note=notes.append) as made:
        yield Asked(made, notes)


def networked(web: LoopbackWeb, **changes: Any) -> NetworkSettings:
    """Settings without waits that lead to `web`."""
    quick: dict[str, Any] = {
        "timeout": 5.0,
        "host_request_interval": 0.0,
        "max_retries": 0,
        "connect_to": web.connect_to,
    }
    return NetworkSettings(**quick | {"ca_file": str(web.ca_file)} | changes)


def urls(hosts: int, pages: int, *, tls: bool = False) -> list[str]:
    """So many pages on each of so many hosts."""
    scheme = "https" if tls else "http"
    return [f"{scheme}://h{host}.org/{number}" for host in range(hosts) for number in range(pages)]


def crowded(web: LoopbackWeb, interval: float) -> list[str]:
    """Hosts that got their requests in less time than the interval between them allows.

    Looked at as a whole, with half an interval for what the way to the server may add or take: a busy machine may
    bring two requests closer together than they were sent.
    """
    at: defaultdict[str, list[float]] = defaultdict(list)
    for hit in web.hits:
        at[hit.host].append(hit.at)
    return [host for host, times in at.items() if max(times) - min(times) < (len(times) - 1.5) * interval]


def plain(observation: Observation) -> Observation:
    """Without times, which differ from run to run."""
    outcome = observation.outcome
    if isinstance(outcome, Answered):
        headers = tuple((name, value) for name, value in outcome.headers if name != "date")
        outcome = msgspec.structs.replace(outcome, headers=headers)
    return msgspec.structs.replace(observation, asked_at=datetime.min.replace(tzinfo=UTC), elapsed=0.0, outcome=outcome)
