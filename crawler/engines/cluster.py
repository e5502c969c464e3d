"""Workers that are those of a Dask cluster, there already or started on this machine for the run.

Dask finds the machines, carries the messages and notices who is gone. What is asked, and who owns which site, is this
run's own business (`crew`): a site's pace is a state that lasts, and Dask's tasks have none.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.request import getproxies

import msgspec

from crawler.engines import local, scheduler
from crawler.engines.charter import charter_for, size_for
from crawler.engines.crew import CrewEngine
from crawler.engines.hands import LostError
from crawler.engines.here import Here
from crawler.engines.scheduler import Place, Scheduler, answered, checked, told
from crawler.errors import ConfigError, EngineError
from crawler.settings import Settings

HOLD = 0.5
"""Seconds that a worker with nothing to tell holds our question for news. Dask lets go of a seat when the last question
is answered, so a worker asks that much longer than its coordinator lives."""
JOIN = 30.0
"""Seconds that a cluster without workers has to get one."""
LOOK_EVERY = 0.5


class ClusterHand:
    """The coordinator's end of a `Seat` at `place`; `freed` is told if another may be made there, and if it is slow."""

    def __init__(
        self, cluster: Scheduler, place: Place, seated: tuple[Any, Any, str], freed: Callable[[Place, bool], None]
    ) -> None:
        self.name = f"worker {place.address}"
        self._cluster, self._place, self._freed = cluster, place, freed
        self._seat, self._future, self._called_by = seated
        self._clock = asyncio.get_running_loop().time
        self._last = self._clock()
        self._over = False
        self._fetched: list[bytes] = []

    async def send(self, message: bytes) -> None:
        """Raises LostError."""
        await self._call(lambda: self._seat.post(self._called_by, [message]))

    async def receive(self) -> bytes:
        """The worker's next message; raises LostError."""
        while not self._fetched:
            self._fetched = (await self._call(lambda: self._seat.poll(self._called_by, HOLD)))[::-1]
        return self._fetched.pop()

    async def dismiss(self) -> None:
        """Ends it; where it cannot be reached, Dask or its lease does."""
        if not self._over:
            with contextlib.suppress(Exception):
                await self._end()
        self._seat = self._future = None  # Dask drops what nobody holds

    async def _call(self, call: Callable[[], Any]) -> Any:
        self._last = self._clock()
        try:
            return await answered(call())
        except Exception as error:
            await self._until_over()
            raise LostError(told(error)) from error

    async def _until_over(self) -> None:
        """Until the worker surely asks no more: it is gone, has ended, or its lease is over."""
        over_at = self._last + scheduler.ANSWER
        try:
            while self._clock() < over_at and self._place in await self._cluster.workers():
                with contextlib.suppress(OSError):
                    await self._end()
                    return
                await asyncio.sleep(LOOK_EVERY)
        except EngineError:  # the scheduler is lost
            if self._clock() < over_at:
                return  # whoever hires next is told
        self._over = True
        self._freed(self._place, True)

    async def _end(self) -> None:
        """Raises OSError if it cannot be reached."""
        with contextlib.suppress(RuntimeError):  # it is not there any more
            await answered(self._seat.end(), scheduler.PARTING)
        self._over = True
        self._freed(self._place, False)


class ClusterCrew:
    """The workers of one cluster."""

    prompt = False

    def __init__(self, settings: Settings, *, version: str, note: Callable[[str], None]) -> None:
        """Raises ConfigError if the scheduler's address cannot be one."""
        self._settings, self._version, self._note = settings, version, note
        self._address = settings.engine.scheduler and checked(settings.engine.scheduler)
        self._proxies = getproxies()
        self._taken: set[Place] = set()
        self._slow: set[Place] = set()
        """Those that did not answer in time: others are tried before them."""
        self._open = contextlib.AsyncExitStack()
        self._size = 1

    async def open(self) -> int:
        """Connects. Raises EngineError, and ConfigError without the extra."""
        settings = self._settings
        here = None
        if not self._address:  # it starts while we import
            wanted = size_for(settings, settings.engine.workers or os.cpu_count() or 1)
            here = await self._open.enter_async_context(Here(wanted))
        try:
            from distributed.utils import silence_logging_cmgr  # an extra, and 0.7 s
        except ImportError as error:
            raise ConfigError(
                f"[engine] name: dask needs the extra: pip install 'cardcrawler[cluster]' ({error})"
            ) from error
        # It tells of each lost connection with a traceback; the run tells what that means.
        self._open.enter_context(silence_logging_cmgr(logging.CRITICAL))
        address = await here.address() if here else self._address
        self._cluster = await Scheduler.reached(address)
        self._open.push_async_callback(self._cluster.close)
        workers = await self._there(JOIN)
        if not workers:
            raise EngineError(
                f"the scheduler at {address} has no workers after {JOIN:.0f} s; start some: dask worker {address}"
            )
        said = await asyncio.gather(*map(self._cluster.misfit, workers), return_exceptions=True)
        for place, wrong in zip(workers, said, strict=True):
            if isinstance(wrong, BaseException):
                self._note(f"the worker {place.address} is not used: {told(wrong)}")
                self._taken.add(place)
            elif wrong:
                raise EngineError(wrong)
        self._size = size_for(settings, len(workers))
        return self._size

    async def hire(self, number: int, *, patient: bool) -> ClusterHand | None:
        """Takes the next worker that has no seat yet and can begin. Raises EngineError, ConfigError."""
        charter = charter_for(self._settings, version=self._version, proxies=self._proxies, worker=number)
        until = asyncio.get_running_loop().time() + JOIN
        why = ""
        while there := await self._there(until - asyncio.get_running_loop().time() if patient else 0.0):
            if why:
                self._note(f"{why}; another begins")
            place = there[0]
            self._taken.add(place)
            try:
                if why := await self._cluster.misfit(place):
                    continue
                seated = await self._cluster.seated(place, msgspec.msgpack.encode(charter))
                return ClusterHand(self._cluster, place, seated, self._free)
            except Exception as error:  # noqa: BLE001 - whatever it is, there may be others
                why = f"the worker {place.address} cannot begin: {told(error)}"
        if why and patient:
            raise EngineError(why)
        if why:
            self._note(f"{why}; the others go on without it")
        return None

    async def close(self) -> None:
        """Lets go of the cluster, and ends it if it was started here."""
        await self._open.aclose()

    def _free(self, place: Place, slow: bool) -> None:
        self._taken.discard(place)
        if slow:
            self._slow.add(place)

    async def _there(self, patience: float) -> list[Place]:
        """Workers without a seat, the idle ones first; waits so long for one."""
        loop = asyncio.get_running_loop()
        until = loop.time() + patience
        while True:
            spare = [place for place in await self._cluster.workers() if place not in self._taken]
            spare.sort(key=self._slow.__contains__)
            if spare or loop.time() >= until:
                return spare
            await asyncio.sleep(LOOK_EVERY)


def engine(settings: Settings, *, version: str, now: Callable[[], datetime], note: Callable[[str], None]) -> CrewEngine:
    """The engine for these settings; `now` is the time of day, in UTC. Raises ConfigError."""
    return CrewEngine(
        ClusterCrew(settings, version=version, note=note),
        local.engine(settings, version=version, now=now, note=note),
        network=settings.network,
        hosts=settings.hosts,
        clock=lambda: asyncio.get_running_loop().time(),
        note=note,
    )
