"""Workers that are those of a Dask cluster, there already or started on this machine for the run.

Dask finds the machines, carries the messages and notices who is gone. What is asked, and who owns which site, is this
run's own business (`crew`): a site's pace is a state that lasts, and Dask's tasks have none.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import platform
import signal
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar
from urllib.request import getproxies

import msgspec

from crawler.engines import local
from crawler.engines.charter import charter_for, size_for
from crawler.engines.crew import CrewEngine
from crawler.engines.hands import LostError
from crawler.engines.seat import Seat
from crawler.errors import ConfigError, EngineError
from crawler.settings import Settings
from crawler.text import printable

T = TypeVar("T")

ANSWER = 20.0
"""Seconds that a scheduler, or a worker through it, may take to answer."""
HOLD = 2.0
"""Seconds that a worker with nothing to tell holds our question for news."""
JOIN = 30.0
"""Seconds that a cluster without workers has to get one."""
LOOK_EVERY = 0.5
DISTRIBUTION = "cardcrawler"
"""What is installed on every worker."""
PARTING = 2.0
"""Seconds for each step of the way out."""


class ClusterHand:
    """The coordinator's end of a `Seat`."""

    def __init__(self, address: str, seat: Any) -> None:
        self.name = f"worker {address}"
        self._seat = seat
        self._fetched: list[bytes] = []

    async def send(self, message: bytes) -> None:
        """Raises LostError."""
        await self._called(lambda: self._seat.post([message]))

    async def receive(self) -> bytes:
        """The worker's next message; raises LostError."""
        while not self._fetched:
            self._fetched = (await self._called(lambda: self._seat.poll(HOLD)))[::-1]
        return self._fetched.pop()

    async def dismiss(self) -> None:
        """Ends it; where it cannot be reached, its lease does."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PARTING):
                await self._called(lambda: self._seat.end())

    async def _called(self, call: Callable[[], Awaitable[T]]) -> T:
        try:
            async with asyncio.timeout(ANSWER):
                return await call()
        except Exception as error:
            raise LostError(printable(str(error) or type(error).__name__)) from error


class ClusterCrew:
    """The workers of one cluster."""

    prompt = False

    def __init__(self, settings: Settings, *, version: str) -> None:
        self._settings, self._version = settings, version
        self._scheduler = settings.engine.scheduler
        self._proxies = getproxies()
        self._used: set[str] = set()
        self._open = contextlib.AsyncExitStack()
        self._client: Any = None  # a distributed.Client; much of what it returns has no types
        self._size = 1
        self._kept: list[Any] = []  # Dask forgets what nobody holds

    async def open(self) -> int:
        """Connects. Raises EngineError, and ConfigError without the extra."""
        try:
            import distributed  # an extra, and 0.7 s
            from distributed.utils import silence_logging_cmgr
        except ImportError as error:
            raise ConfigError(
                f"[engine] name: dask needs the extra: pip install 'cardcrawler[cluster]' ({error})"
            ) from error
        # It tells of each lost connection with a traceback; the run tells what that means.
        self._open.enter_context(silence_logging_cmgr(logging.CRITICAL))
        address = self._scheduler or await self._started(distributed.LocalCluster)
        try:
            self._client = await distributed.Client(  # type: ignore[no-untyped-call]  # half of it has none
                address, asynchronous=True, timeout=ANSWER, name="crawler"
            )
        except (OSError, ValueError) as error:
            raise EngineError(
                f"no scheduler answers at {address}: {printable(str(error))}; start one (dask scheduler), or leave "
                "--scheduler out for a cluster on this machine"
            ) from error
        self._open.push_async_callback(_parting, self._client.close)
        workers = await self._there(patient=True)
        if not workers:
            raise EngineError(
                f"the scheduler at {address} has no workers after {JOIN:.0f} s; start some: dask worker {address}"
            )
        await self._check_versions()
        self._size = size_for(self._settings, len(workers))
        return self._size

    async def hire(self, number: int, *, patient: bool) -> ClusterHand | None:
        """Takes the next worker that has no seat yet. Raises EngineError, ConfigError."""
        there = await self._there(patient=patient)
        if not there:
            return None
        address = there[0]
        self._used.add(address)
        charter = charter_for(self._settings, version=self._version, proxies=self._proxies, worker=number)
        try:
            async with asyncio.timeout(ANSWER):
                future = self._client.submit(
                    Seat,
                    msgspec.msgpack.encode(charter),
                    actor=True,
                    pure=False,
                    workers=[address],
                    allow_other_workers=False,
                )
                self._kept.append(future)
                return ClusterHand(address, await future)
        except Exception as error:
            raise EngineError(
                f"the worker {address} cannot begin: {printable(str(error) or type(error).__name__)}"
            ) from error

    async def close(self) -> None:
        """Lets go of the cluster, and ends it if it was started here."""
        self._kept.clear()
        await self._open.aclose()

    async def _there(self, *, patient: bool) -> list[str]:
        """Addresses of workers without a seat; waits for one if `patient`."""
        loop = asyncio.get_running_loop()
        until = loop.time() + (JOIN if patient else 0.0)
        while True:
            spare = sorted(await self._workers() - self._used)
            if spare or loop.time() >= until:
                return spare
            await asyncio.sleep(LOOK_EVERY)

    async def _workers(self) -> set[str]:
        try:
            async with asyncio.timeout(ANSWER):
                found: set[str] = set(await self._client.scheduler.ncores())
        except Exception as error:
            raise EngineError(
                f"the scheduler at {self._scheduler or 'this machine'} is lost: "
                f"{printable(str(error) or type(error).__name__)}; what was learnt is saved, and the next run goes on "
                "from there"
            ) from error
        return found

    async def _check_versions(self) -> None:
        """Messages are understood by the same version only."""
        told = await self._client.get_versions(packages=[DISTRIBUTION])
        ours = _versions(told["client"])
        for address, theirs in sorted(told["workers"].items()):
            wrong = {name: found or "missing" for name, found in _versions(theirs).items() if found != ours[name]}
            if wrong:
                said = ", ".join(f"{name} {found} (here {ours[name]})" for name, found in wrong.items())
                raise EngineError(
                    f"the worker {address} does not fit: {printable(said)}; install "
                    f"'cardcrawler[cluster]=={self._version}' there, on Python {platform.python_version()}"
                )

    async def _started(self, make: Callable[..., Any]) -> str:
        folder = self._open.enter_context(tempfile.TemporaryDirectory(prefix="crawler-", ignore_cleanup_errors=True))
        try:
            with _deaf_to_interrupts():
                cluster = await make(
                    n_workers=size_for(self._settings, self._settings.engine.workers or os.cpu_count() or 1),
                    threads_per_worker=1,
                    asynchronous=True,
                    dashboard_address="127.0.0.1:0",  # there is always one; any port will do
                    silence_logs=logging.CRITICAL,
                    local_directory=folder,
                )
        except (OSError, RuntimeError) as error:
            raise EngineError(f"no cluster can be started here: {printable(str(error))}") from error
        self._open.push_async_callback(_parting, cluster.close, 5 * PARTING)
        return str(cluster.scheduler_address)


def _versions(told: dict[str, Any]) -> dict[str, str]:
    """What must be the same everywhere."""
    python = str(told["host"]["python"]).split(".")[:2]
    return {"Python": ".".join(python), **{name: told["packages"].get(name) for name in (DISTRIBUTION, "distributed")}}


async def _parting(close: Callable[[], Awaitable[Any]], patience: float = PARTING) -> None:
    with contextlib.suppress(Exception):
        async with asyncio.timeout(patience):
            await close()


@contextlib.contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Processes started within never hear the Ctrl-C that a terminal sends to all; the run ends them in order.

    It is not lost on us: a blocked signal is delivered afterwards.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def engine(settings: Settings, *, version: str, now: Callable[[], datetime], note: Callable[[str], None]) -> CrewEngine:
    """The engine for these settings; `now` is the time of day, in UTC."""
    return CrewEngine(
        ClusterCrew(settings, version=version),
        local.engine(settings, version=version, now=now, note=note),
        network=settings.network,
        hosts=settings.hosts,
        clock=lambda: asyncio.get_running_loop().time(),
        note=note,
    )
