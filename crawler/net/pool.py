"""Many requests in, an answer for each out: fair to all hosts, bounded in tasks and memory.

A request becomes a task only when its host is ready and one of the run's slots is free, so that no task waits for its
first turn. What sleeps later (before a retry, or for the turn of a host it was redirected to) holds no slot, and so
holds up nobody. Hosts with the most requests left go first: they are what the run will wait for in the end.
"""

from __future__ import annotations

import asyncio
import heapq
import math
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from crawler.model import Request
from crawler.net.pace import Pace
from crawler.urls import host_of

T = TypeVar("T")

WINDOW = 50_000
"""Requests looked at ahead of their turn; of more, each host gets its share as room comes free."""
MOST_TASKS = 4_096
"""Tasks under way, sleeping ones included: a bound on memory (some 20 kB each), not on speed."""


async def run(
    requests: Iterable[Request],
    ask: Callable[[Request], Awaitable[T]],
    pace: Pace,
    deliver: Callable[[Request, T], None],
    *,
    clock: Callable[[], float],
    window: int = WINDOW,
) -> None:
    """Asks every request once and hands each answer to `deliver` as soon as it is there.

    `ask` is a `Fetch.fetch`, or does more with the answer. `deliver` runs in the same step of the loop as the end of
    `ask`, so a cancelled run has delivered all that it got. `clock` is the one that `pace` has. The first exception
    that `ask` or `deliver` raises ends the run and is raised.
    """
    work = _Work(iter(requests), pace, clock, window)

    async def one(host: str, request: Request) -> None:
        deliver(request, await ask(request))
        work.finished(host)

    try:
        with pace.told(work.freed):
            async with asyncio.TaskGroup() as group:
                while work.left():
                    for host, request in (batch := work.batch()):
                        group.create_task(one(host, request))
                    if batch:
                        await asyncio.sleep(0)  # they enter `pace` now, and what it says of their hosts holds again
                        work.put_back(host for host, _ in batch)
                    else:
                        await work.wait()
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from several


class _Work:
    """What is still to be asked, by host. A host with work is in one of: `due`, `ready`, `parked`, or the batch."""

    def __init__(self, requests: Iterator[Request], pace: Pace, clock: Callable[[], float], window: int) -> None:
        self._requests, self._pace, self._clock, self._window = requests, pace, clock, window
        self._queued = 0
        self._tasks = 0
        self._hosts: dict[str, deque[Request]] = {}
        self._due: list[tuple[float, str]] = []  # heap of when each host is ready
        self._ready: list[tuple[int, str]] = []  # heap of hosts that are, most requests first
        self._parked: set[str] = set()  # hosts with all their slots taken
        self._changed = asyncio.Event()

    def left(self) -> bool:
        """Whether anything is still to be started."""
        self._fill()
        return bool(self._hosts)

    def batch(self) -> list[tuple[str, Request]]:
        """What can be started now, one request of each host at most."""
        now = self._clock()
        while self._due and self._due[0][0] <= now:
            self._make_ready(heapq.heappop(self._due)[1])
        room = min(self._pace.room, MOST_TASKS - self._tasks)
        batch: list[tuple[str, Request]] = []
        while self._ready and len(batch) < room:
            _, host = heapq.heappop(self._ready)
            if self._pace.ready_at(host) > now:
                self._place(host)
                continue
            batch.append((host, self._hosts[host].popleft()))
        self._queued -= len(batch)
        self._tasks += len(batch)
        return batch

    def put_back(self, hosts: Iterable[str]) -> None:
        """The batch of `hosts` has begun."""
        for host in hosts:
            if self._hosts[host]:
                self._place(host)
            else:
                del self._hosts[host]

    def finished(self, host: str) -> None:
        """A task is over."""
        self._tasks -= 1
        self.freed(host)

    def freed(self, host: str) -> None:
        """`host` can tell when it is ready again."""
        if host in self._parked:
            self._parked.remove(host)
            self._place(host)
        self._changed.set()

    async def wait(self) -> None:
        """Until something may have become possible."""
        self._changed.clear()
        timer = None
        if self._due:
            delay = max(0.0, self._due[0][0] - self._clock())
            timer = asyncio.get_running_loop().call_later(delay, self._changed.set)
        await self._changed.wait()
        if timer:
            timer.cancel()

    def _fill(self) -> None:
        for request in islice(self._requests, self._window - self._queued):
            host = host_of(request.url)
            self._queued += 1
            if host in self._hosts:
                self._hosts[host].append(request)
            else:
                self._hosts[host] = deque((request,))
                heapq.heappush(self._due, (-math.inf, host))

    def _place(self, host: str) -> None:
        ready = self._pace.ready_at(host)
        if ready == math.inf:
            self._parked.add(host)
        elif ready <= self._clock():
            self._make_ready(host)
        else:
            heapq.heappush(self._due, (ready, host))

    def _make_ready(self, host: str) -> None:
        heapq.heappush(self._ready, (-len(self._hosts[host]), host))
