"""A worker on a machine of a cluster: an object there (an actor, in Dask's words) that is fed and heard by calls.

It has a thread and an event loop of its own, so that the cluster's own loop never waits for a page to be read.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from datetime import UTC, datetime

import msgspec

from crawler.engines.charter import Charter, trusting
from crawler.engines.worker import Worker

LEASE = 60.0
"""Seconds without a call after which a worker stops by itself: less than after which the coordinator gives it up, so
that nobody asks a host beside its next owner."""
IDLE = 3_600.0
"""The same while nothing is asked."""
BACKLOG = 64
"""Messages that may wait to be fetched; with more, nothing is asked until there is room."""
WATCH_EVERY = 1.0


class Seat:
    """Made on the worker's machine; every call comes from the coordinator."""

    def __init__(self, charter: bytes) -> None:
        self._charter = msgspec.msgpack.decode(charter, type=Charter)
        self._told: queue.Queue[bytes] = queue.Queue(BACKLOG)
        self._called = time.monotonic()
        self._deserted = False
        self._started, self._ended = threading.Event(), threading.Event()
        threading.Thread(target=asyncio.run, args=(self._live(),), name="crawler", daemon=True).start()
        self._started.wait()

    async def post(self, messages: list[bytes]) -> None:
        """Hands over messages, in order."""
        self._called = time.monotonic()
        if self._ended.is_set():
            raise RuntimeError("the worker has ended")
        for message in messages:
            self._loop.call_soon_threadsafe(self._worker.receive, message)

    async def poll(self, seconds: float) -> list[bytes]:
        """What there is to tell; waits for it as long as that, and may then be nothing."""
        self._called = time.monotonic()
        return await asyncio.to_thread(self._fetch, seconds)

    async def end(self) -> None:
        """Stops asking, at once."""
        if not self._ended.is_set():
            self._loop.call_soon_threadsafe(self._worker.end)

    def _fetch(self, seconds: float) -> list[bytes]:
        try:
            messages = [self._told.get(timeout=seconds)]
        except queue.Empty:
            if self._ended.is_set():
                raise RuntimeError("the worker has ended") from None
            return []
        while not self._told.empty():
            messages.append(self._told.get_nowait())
        return messages

    def _tell(self, message: bytes) -> None:
        if self._deserted:
            return
        try:
            self._told.put(message, timeout=LEASE)
        except queue.Full:  # nobody fetches: the coordinator is gone
            self._deserted = True
            self._worker.end()

    async def _live(self) -> None:
        self._loop = asyncio.get_running_loop()
        with trusting(self._charter) as charter:
            self._worker = Worker(charter, send=self._tell, now=lambda: datetime.now(UTC))
            self._started.set()
            watch = asyncio.create_task(self._watch())
            await self._worker.run()
            watch.cancel()
        self._ended.set()

    async def _watch(self) -> None:
        while time.monotonic() - self._called < (LEASE if self._worker.busy else IDLE):  # noqa: ASYNC110 - a clock
            await asyncio.sleep(WATCH_EVERY)
        self._worker.end()
