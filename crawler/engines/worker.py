"""Messages in, messages out: one worker, which asks for its own sites and gives the turns of their hosts.

It knows nothing of who carries the messages, and neither reads nor writes files: what it learns it tells.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar, assert_never

from crawler.engines.charter import Charter
from crawler.engines.local import LocalEngine
from crawler.engines.messages import (
    Adopt,
    Alive,
    Ask,
    CalledOff,
    CallOff,
    Down,
    Failed,
    Overheard,
    Results,
    Room,
    Said,
    Slower,
    Ticket,
    TurnGiven,
    TurnOver,
    TurnSent,
    TurnWanted,
    Up,
    Yours,
    decode_down,
    encode,
)
from crawler.engines.turns import SharedPace
from crawler.errors import ConfigError, CrawlerError
from crawler.model import Answered, Failure, Observation, Request
from crawler.net.gate import Turn
from crawler.text import printable

T = TypeVar("T")

BATCH = 32
"""Observations told at once, at the most."""
BATCH_SECONDS = 0.1
"""Seconds after which they are told all the same: what a lost worker takes with it."""
ALIVE_EVERY = 5.0
"""Seconds between signs of life."""


class Worker:
    """Asks as `charter` says; made within the event loop that it lives on.

    `send` takes the next message and may block: then nothing more is asked until the other side has caught up.
    """

    def __init__(
        self,
        charter: Charter,
        *,
        send: Callable[[bytes], None],
        now: Callable[[], datetime],
        pace: Callable[..., SharedPace] = SharedPace,
    ) -> None:
        self._charter, self._out = charter, send
        self._loop = asyncio.get_running_loop()
        network = charter.network
        self._pace = pace(network, clock=self._loop.time, now=now, hosts=charter.hosts, desk=self)
        self._engine = LocalEngine(
            network,
            site_root=Path(),
            user_agent=charter.user_agent,
            title=charter.title,
            proxies=charter.proxies,
            randomness=random.Random(),  # noqa: S311 - jitter, no secret
            now=now,
            hosts=charter.hosts,
            pace=self._pace,
            certificates=charter.certificates,
        )
        self._call = -1
        self._numbers: dict[Request, int] = {}  # of this call
        self._taken: list[Request] = []  # until its last message
        self._asking: set[asyncio.Task[None]] = set()
        self._lending: dict[Ticket, asyncio.Task[Turn | None]] = {}
        self._borrowing: dict[Ticket, asyncio.Future[float | Yours | None]] = {}
        self._tickets = 0
        self._held: list[tuple[int, Observation]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._over = asyncio.Event()

    async def run(self) -> None:
        """Until `end`. Whatever is under way then is dropped."""
        log = _Log(self)
        logging.getLogger().addHandler(log)
        try:
            while not self._over.is_set():
                self.send(Alive())
                try:
                    await asyncio.wait_for(self._over.wait(), ALIVE_EVERY)
                except TimeoutError:
                    continue
        finally:
            logging.getLogger().removeHandler(log)
            await self._stop()

    @property
    def busy(self) -> bool:
        """Whether it is asking."""
        return bool(self._asking)

    def end(self) -> None:
        """Ends `run`."""
        self._over.set()

    def receive(self, raw: bytes) -> None:
        """Takes a message of the coordinator's; called on the loop."""
        message: Down = decode_down(raw)
        match message:
            case Ask():
                self._take(message)
            case Room(most=most):
                self._pace.make_room(most)
            case CallOff(call=call):
                self._start(self._call_off(call))
            case Adopt(key=key, ago=ago, marks=marks):
                self._pace.own(key, self._loop.time() - ago)
                for mark in marks:
                    self._pace.learn(mark)
            case TurnWanted(ticket=ticket, host=host):
                self._lending[ticket] = self._start(self._lend(ticket, host))
            case TurnSent(ticket=ticket):
                if (turn := self._lent(self._lending.get(ticket))) is not None:
                    self._pace.sent(turn)
            case TurnOver():
                self._take_back(message)
            case TurnGiven(ticket=ticket, deferred=deferred):
                self._borrowed(ticket, deferred)
            case Yours(ticket=ticket):
                self._borrowed(ticket, message)
            case Overheard(host=host, over=over):
                self._pace.overheard(host, _outcome(over) if over else None)
            case Slower(host=host, interval=interval):
                self._pace.slow_down(host, interval)
            case _:
                assert_never(message)

    def send(self, message: Up) -> None:
        """Sends a message."""
        self._out(encode(message))

    def news(self) -> None:
        """There is something to tell, soon."""
        if self._timer is None:
            self._timer = self._loop.call_later(BATCH_SECONDS, self._flush)

    async def borrow(self, host: str) -> tuple[Ticket, float | None] | None:
        """A turn of a host that may be another's; see `Desk`."""
        self._tickets += 1
        ticket = (self._charter.worker, self._tickets)
        given = self._borrowing[ticket] = self._loop.create_future()
        self.send(TurnWanted(ticket, host))
        try:
            answer = await given
        except asyncio.CancelledError:
            self.send(TurnOver(ticket))
            raise
        finally:
            del self._borrowing[ticket]
        return None if isinstance(answer, Yours) else (ticket, answer)

    # ---- asking ----

    def _take(self, message: Ask) -> None:
        if message.call != self._call:
            self._call = message.call
            self._numbers, self._taken = {}, []
        for site in message.sites:
            self._pace.own(site.key)
            for number, request in site.requests:
                self._numbers[request] = number
                self._taken.append(request)
        if message.last:
            requests, self._taken = self._taken, []
            task = self._start(self._ask(requests, fresh_connections=message.fresh_connections))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    async def _ask(self, requests: list[Request], *, fresh_connections: bool) -> None:
        try:
            await self._engine.ask(requests, self._deliver, fresh_connections=fresh_connections)
        except CrawlerError as error:
            self.send(Failed(str(error), isinstance(error, ConfigError)))
        except Exception as error:  # noqa: BLE001 - a fault of ours ends the run with its name, not with silence
            self.send(Failed(printable(f"{type(error).__name__}: {error}"), usage=False))

    def _deliver(self, request: Request, observation: Observation) -> None:
        self._held.append((self._numbers[request], observation))
        if len(self._held) >= BATCH:
            self._flush()
        else:
            self.news()

    def _flush(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        held, self._held = tuple(self._held), []
        marks = self._pace.news()
        if held or marks:
            self.send(Results(self._call, held, marks))

    async def _call_off(self, call: int) -> None:
        asking = list(self._asking)
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        self._flush()
        self.send(CalledOff(call))

    # ---- turns ----

    async def _lend(self, ticket: Ticket, host: str) -> Turn | None:
        turn = await self._pace.lend(host)
        self.send(TurnGiven(ticket, None if turn else self._pace.deferred(host) or 0.0))
        if turn is None:
            del self._lending[ticket]
        return turn

    def _lent(self, lending: asyncio.Task[Turn | None] | None) -> Turn | None:
        """The turn, if it has been given."""
        return lending.result() if lending and lending.done() and not lending.cancelled() else None

    def _take_back(self, message: TurnOver) -> None:
        lending = self._lending.pop(message.ticket, None)
        if lending is None:
            return
        lending.cancel()  # if it was not given yet
        turn = self._lent(lending)
        if turn is None:
            return
        outcome = _outcome(message)
        if outcome is not None:
            self._pace.heard(turn, outcome)
        self._pace.leave(turn)

    def _borrowed(self, ticket: Ticket, answer: float | Yours | None) -> None:
        given = self._borrowing.get(ticket)
        if given and not given.done():
            given.set_result(answer)

    # ---- tasks ----

    def _start(self, work: Coroutine[None, None, T]) -> asyncio.Task[T]:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _stop(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _outcome(over: TurnOver) -> Answered | Failure | None:
    """Of an answer, what concerns the host's pace."""
    if over.failure:
        return Failure(kind=over.failure, detail="", url="")
    headers = (("retry-after", over.retry_after),) if over.retry_after is not None else ()
    return Answered(url="", status=over.status, headers=headers) if over.status else None


class _Log(logging.Handler):
    """What libraries warn of, told to the coordinator."""

    def __init__(self, worker: Worker) -> None:
        super().__init__(logging.WARNING)
        self._worker = worker

    def emit(self, record: logging.LogRecord) -> None:
        self._worker.send(Said(printable(f"{record.name}: {record.getMessage()}")))
