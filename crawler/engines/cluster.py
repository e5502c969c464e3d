"""Workers that are those of a Dask cluster, there already or started on this machine for the run.

Dask finds the machines, carries the messages and notices who is gone. What is asked, and who owns which site, is this
run's own business (`crew`): a site's pace is a state that lasts, and Dask's tasks have none.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime
from typing import Any, TypeVar
from urllib.request import getproxies

import msgspec

from crawler.engines import local, scheduler
from crawler.engines.charter import charter_for, size_for
from crawler.engines.crew import CrewEngine
from crawler.engines.hands import Join, LostError
from crawler.engines.here import Here
from crawler.engines.places import Places
from crawler.engines.scheduler import Place, Scheduler, answered, checked, told
from crawler.errors import ConfigError, EngineError
from crawler.settings import Settings

HOLD = 0.5
"""Seconds that a worker with nothing to tell holds our question for news. Dask lets go of a seat when the last question
is answered, so a worker asks that much longer than its coordinator lives."""
JOIN = 30.0
"""Seconds that a cluster without workers has to get one."""
LOOK_EVERY = 0.5
PROMPT = 3.0
"""Seconds that a worker has to tell its versions, which it does at any time, before it is asked to begin."""
GRACE = 5.0
"""Seconds that the others have to begin when one has."""

T = TypeVar("T")


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

    async def dismiss(self, seconds: float) -> None:
        """Ends it; where it cannot be reached, Dask or its lease does."""
        if not self._over:
            with contextlib.suppress(Exception):
                await self._end(seconds)
        self._seat = self._future = None  # Dask drops what nobody holds

    async def _call(self, call: Callable[[], Any]) -> Any:
        self._last = self._clock()
        try:
            return await answered(call())
        except Exception as error:
            await self._until_over()
            reached = isinstance(error, TimeoutError) or not isinstance(error, OSError)
            raise LostError(told(error) if reached else "its connection has ended") from error

    async def _until_over(self) -> None:
        """Until the worker surely asks no more: it is gone, has ended, or its lease is over."""
        over_at = self._last + scheduler.ANSWER
        try:
            while self._clock() < over_at and self._place in await self._cluster.workers():
                with contextlib.suppress(OSError):
                    await self._end(scheduler.PARTING)
                    return
                await asyncio.sleep(LOOK_EVERY)
        except EngineError:  # the scheduler is lost
            if self._clock() < over_at:
                return  # whoever hires next is told
        self._over = True
        self._freed(self._place, True)

    async def _end(self, seconds: float) -> None:
        """Raises OSError if it cannot be reached."""
        with contextlib.suppress(RuntimeError):  # it is not there any more
            await answered(self._seat.end(), seconds)
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
        self._numbers = itertools.count()
        self._places = Places(clock=_now, note=note)
        self._open = contextlib.AsyncExitStack()
        self._leave_by = 0.0
        self.encloses = not self._address

    async def open(self) -> int:
        """Connects. Raises EngineError, and ConfigError without the extra."""
        settings = self._settings
        here = None
        if not self._address:  # it starts while we import
            here = Here(size_for(settings, settings.engine.workers or os.cpu_count() or 1))
            self._open.push_async_callback(self._leave, here.end)
            await here.start()
        try:
            import distributed  # noqa: F401 - an extra, and 0.7 s
        except ImportError as error:
            raise ConfigError(
                f"[engine] name: dask needs the extra: pip install 'cardcrawler[cluster]' ({error})"
            ) from error
        scheduler.hush()
        address = await here.address() if here else self._address
        self._cluster = await Scheduler.reached(address)
        self._open.push_async_callback(self._leave, self._cluster.close)
        until = _now() + JOIN
        while not (there := await self._cluster.workers()):
            if _now() >= until:
                raise EngineError(
                    f"the scheduler at {address} has no workers after {JOIN:.0f} s; start some: dask worker {address}"
                )
            await asyncio.sleep(LOOK_EVERY)
        if settings.engine.workers > len(there):
            self._note(f"{settings.engine.workers} workers are asked for, and the scheduler has {len(there)}")
        return size_for(settings, len(there))

    async def hire(self, wanted: int, join: Join, *, patient: bool) -> None:
        """Seats up to so many where they can begin at once; if `patient`, one wherever one can begin first.

        Raises EngineError, ConfigError.
        """
        until = _now() + (JOIN if patient else scheduler.ANSWER)
        places, begun, why = self._places, 0, ""
        tried: set[Place] = set()
        trying: dict[asyncio.Task[ClusterHand | None], tuple[int, Place]] = {}
        try:
            while True:
                places.look(await self._cluster.workers())
                for place in places.spare(tried, patient=patient):
                    # Where none can begin at once, all are asked: who knows which of them is free first.
                    if begun + len(trying) < wanted or not (begun or places.promising(trying.values())):
                        places.take(place)
                        tried.add(place)
                        number = next(self._numbers)
                        trying[asyncio.create_task(self._begin(place, number, patient=patient))] = number, place
                soon = places.promising(trying.values(), slow=not patient or begun > 0)
                waits = patient and not begun and not places.unfit()
                if _now() >= until or not (soon or waits):
                    break
                for task in await _done(trying, min(LOOK_EVERY, until - _now())):
                    number, place = trying.pop(task)
                    try:
                        hand = task.result()
                    except ConfigError:
                        raise
                    except Exception as error:  # noqa: BLE001 - whatever it is, there may be others
                        why = f"the worker {place.address} cannot begin: {told(error)}"
                        places.free(place, slow=True)
                        if patient and isinstance(error, OSError):
                            tried.discard(place)  # it may yet answer
                        elif not patient:
                            places.say(place, why)
                        continue
                    if hand and begun == wanted:  # dropped, it ends
                        places.free(place, slow=False)
                    elif hand:
                        begun += 1
                        until = min(until, _now() + GRACE)
                        join(number, hand)
        finally:
            for task, (_, place) in trying.items():
                task.cancel()
                places.free(place, slow=places.idle(place))
            for task in await _done(trying, None):
                _ = task.cancelled() or task.exception()  # nobody else looks
        places.tell(missing=wanted - begun)
        if patient and not begun:
            raise EngineError(places.why_none(why, JOIN))

    async def close(self, seconds: float) -> None:
        """Lets go of the cluster, and ends it if it was started here."""
        self._leave_by = _now() + seconds
        await self._open.aclose()

    async def _leave(self, end: Callable[[float], Awaitable[None]]) -> None:
        """One step of the way out, in half of the time that is left, so that the next has some too."""
        await end(max(0.1, (self._leave_by - _now()) / 2))

    async def _begin(self, place: Place, number: int, *, patient: bool) -> ClusterHand | None:
        """A seat there; None if it does not fit."""
        charter = charter_for(self._settings, version=self._version, proxies=self._proxies, worker=number)
        if wrong := await self._cluster.misfit(place, JOIN if patient else PROMPT):
            self._places.misfits(place, wrong)
            return None
        seated = await self._cluster.seated(place, msgspec.msgpack.encode(charter), JOIN if patient else None)
        self._places.seated(place)
        return ClusterHand(self._cluster, place, seated, self._places.free)


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _done(tasks: Collection[asyncio.Task[T]], patience: float | None) -> set[asyncio.Task[T]]:
    """Those that are done as soon as one is, or after so many seconds; all of them if there is no limit."""
    if not tasks:
        await asyncio.sleep(patience or 0.0)
        return set()
    when = asyncio.ALL_COMPLETED if patience is None else asyncio.FIRST_COMPLETED
    return (await asyncio.wait(tasks, timeout=patience, return_when=when))[0]


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
