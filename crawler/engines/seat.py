"""A worker on a machine of a cluster: an object there (an actor, in Dask's words) that is fed and heard by calls.

Dask drops that object as soon as its coordinator is gone, and with it the worker ends. Where Dask does not notice, the
worker's lease does: while it asks, somebody must call.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import math
import queue
import threading
import time
import uuid
import weakref
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

from crawler.engines.charter import Charter
from crawler.engines.messages import Alive, encode
from crawler.engines.turns import SharedPace
from crawler.engines.worker import Worker
from crawler.net.gate import Turn

LEASE = 10.0
"""Seconds without a call after which a worker that asks stops by itself. The coordinator gives the sites of one that it
cannot reach to another after twice that (`ANSWER` in `scheduler`), so no host is asked by both."""
BACKLOG = 64
"""Messages that may wait to be fetched; with more, nothing is asked until there is room."""
WATCH_EVERY = 1.0
ALIVE = encode(Alive())


class Seat:
    """Made on the worker's machine; every call comes from the coordinator. Without it, its worker ends."""

    def __init__(self, charter: bytes) -> None:
        """Raises RuntimeError if the worker cannot begin."""
        self._sitter = Sitter(msgspec.msgpack.decode(charter, type=Charter))
        self._name = uuid.uuid4().hex
        weakref.finalize(self, self._sitter.end).atexit = False

    async def claim(self) -> str:
        """The name to call it by: Dask makes a lost one anew when its address is back, which then knows of nothing."""
        return self._name

    async def post(self, name: str, messages: list[bytes]) -> None:
        """Hands over messages, in order. Raises RuntimeError if it has ended."""
        self._known(name).take(messages)

    async def poll(self, name: str, seconds: float) -> list[bytes]:
        """What there is to tell; waits for it as long as that, and may then be nothing. Raises RuntimeError."""
        sitter = self._known(name)
        sitter.renew()
        return await asyncio.to_thread(sitter.fetch, seconds)

    async def end(self) -> None:
        """Stops asking, at once."""
        self._sitter.end()

    def _known(self, name: str) -> Sitter:
        if name != self._name:
            raise RuntimeError("the worker was lost and made anew")
        return self._sitter


class Sitter:
    """The worker, on a thread and an event loop of its own: the cluster's own loop never waits for a page to be read.

    Its methods may be called by any thread.
    """

    def __init__(self, charter: Charter) -> None:
        """Raises RuntimeError if the worker cannot begin."""
        self._charter = charter
        self._told: queue.Queue[bytes] = queue.Queue(BACKLOG)
        self._called = time.monotonic()
        self._ending = False  # no lock: `end` may be called by a garbage collection amid anything
        self._failure: BaseException | None = None
        self._started, self._ended = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._live, name="crawler", daemon=True)
        self._thread.start()
        self._started.wait()
        if self._failure:
            raise RuntimeError(self._why())

    def renew(self) -> None:
        """Somebody calls; too late when the lease is over, as another may ask by now."""
        now = time.monotonic()  # before the look: the process may be frozen between the two
        if self.held():
            self._called = now

    def held(self) -> bool:
        """Whether it may ask. The lease counts while it asks only: between calls a coordinator may judge for hours."""
        if self._worker.busy and time.monotonic() - self._called > LEASE:
            self.end()
        return not self._ending

    def take(self, messages: list[bytes]) -> None:
        """Hands over messages, in order. Raises RuntimeError if it has ended."""
        self.renew()
        if self._ending or self._ended.is_set():
            raise RuntimeError(self._why())
        for message in messages:
            self._loop.call_soon_threadsafe(self._worker.receive, message)

    def fetch(self, seconds: float) -> list[bytes]:
        """What there is to tell. Raises RuntimeError if it has ended and told all."""
        try:
            messages = [self._told.get(timeout=seconds)]
        except queue.Empty:
            if self._ended.is_set():
                raise RuntimeError(self._why()) from None
            return []
        while not self._told.empty():
            messages.append(self._told.get_nowait())
        return messages

    def end(self) -> None:
        """Nothing is asked from now on."""
        self._ending = True
        with contextlib.suppress(RuntimeError):  # the loop is closed: it has ended
            self._loop.call_soon_threadsafe(self._worker.end)

    def _why(self) -> str:
        failure = f": {type(self._failure).__name__}: {self._failure}" if self._failure else ""
        return f"the worker has ended{failure}"

    # ---- on its own thread ----

    def _live(self) -> None:
        try:
            asyncio.run(self._run())
        except BaseException as error:  # noqa: BLE001 - told to whoever calls
            self._failure = error
        finally:
            self._ended.set()
            self._started.set()

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        pace = functools.partial(LeasedPace, held=self.held)
        self._worker = Worker(self._charter, send=self._tell, now=lambda: datetime.now(UTC), pace=pace)
        self._started.set()
        watch = asyncio.create_task(self._watch())
        await self._worker.run()
        watch.cancel()

    async def _watch(self) -> None:
        while self.held():  # noqa: ASYNC110 - a clock
            await asyncio.sleep(WATCH_EVERY)

    def _tell(self, message: bytes) -> None:
        if threading.current_thread() is not self._thread:
            return  # logged by a neighbour in this process: another run's worker, or Dask itself
        if message == ALIVE and not self._told.empty():
            return  # news is a sign of life too, and nobody may fetch it for long
        while self.held():
            with contextlib.suppress(queue.Full):
                self._told.put(message, timeout=WATCH_EVERY)
                return


class LeasedPace(SharedPace):
    """The turns of a worker whose sites are another's when its lease is over."""

    def __init__(self, *args: Any, held: Callable[[], bool], **more: Any) -> None:
        super().__init__(*args, **more)
        self._held = held

    def wait(self, turn: Turn) -> float:
        """Seconds until the turn's request may leave: never, once the lease has run out."""
        return super().wait(turn) if self._held() else math.inf
