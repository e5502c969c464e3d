"""Who wants to ask which host in, whose turn it is out: the ledger of all hosts of a run.

A turn is given when the host has a free slot, its interval and any deadline that it set have passed, and one of the
run's slots is free; until then nothing is held. Turns of one host are given in the order in which they were asked for.
Hosts of one service that asks for courtesy (`courtesy`) share their turns.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime

from crawler.model import Answered, Failure
from crawler.net.courtesy import TOO_MANY_REQUESTS, Courtesy, at_home, courtesy_of, is_fault, shuts_out
from crawler.net.gate import Gate, Mark, Turn
from crawler.net.retry_after import asked_wait
from crawler.settings import HostTable, NetworkSettings

UNAVAILABLE = 503
FIRST_PAUSE = 2.0
"""Seconds that a host is left alone after a 429 without a usable Retry-After; doubles with each one in a row."""
LONGEST_PAUSE = 60.0


class Pace:
    """The turns of one run, on one event loop. `clock` is monotonic and in seconds; `now` is the time of day.

    What `hosts` says of a host's pace counts in place of `net`'s.
    """

    def __init__(
        self,
        net: NetworkSettings,
        *,
        clock: Callable[[], float],
        now: Callable[[], datetime],
        hosts: HostTable | None = None,
    ) -> None:
        self._hosts = hosts or HostTable()
        self._most, self._slots = net.max_concurrency, net.host_concurrency
        self._room = self._most  # below 0 while more turns are out than there may be by now
        self._interval, self._max_wait = net.host_request_interval, net.max_wait
        self._connect_to = net.connect_to
        self._clock, self._now = clock, now
        self._gates: dict[str, Gate] = {}
        self._queue: deque[Gate] = deque()  # hosts that wait for nothing but one of the run's slots
        self._listeners: list[Callable[[str], None]] = []
        self._news: set[str] = set()

    @property
    def room(self) -> int:
        """Turns that could be given now."""
        return max(0, self._room) if not self._queue else 0

    def ready_at(self, host: str) -> float:
        """When `host` can be asked next, on the clock; inf until one of its turns ends. A deferred host is ready."""
        gate = self._gates.get(host)
        if gate is None or gate.deferred is not None:
            return -math.inf
        if gate.waiters or gate.holds:
            return math.inf
        return self._ready_at(gate)

    def deferred(self, host: str) -> float | None:
        """The wait that `host` asked for, in seconds, if that is too long for this run."""
        gate = self._gates.get(host)
        return gate.deferred if gate else None

    @contextlib.contextmanager
    def told(self, listener: Callable[[str], None]) -> Iterator[None]:
        """Within, calls `listener(host)` whenever a turn of `host` begins to ask or ends: `ready_at` is news then."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)

    @contextlib.contextmanager
    def held(self, host: str) -> Iterator[None]:
        """Within, `host` is not ready: its requests wait for something else first. Turns are given all the same."""
        gate = self._gate(host)
        gate.holds += 1
        try:
            yield
        finally:
            gate.holds -= 1
            self._tell(host)

    async def enter(self, host: str) -> Turn | None:
        """Waits for a turn; None if the host is deferred. Each turn must be followed by `leave`."""
        gate = self._gate(host)
        if gate.deferred is not None:
            return None
        if not gate.waiters and self._room > 0 and self._ready_at(gate) <= self._clock():
            return self._take(gate, host)
        given: asyncio.Future[Turn | None] = asyncio.get_running_loop().create_future()
        gate.waiters.append((host, given))
        self._pump(gate)
        try:
            return await given
        except asyncio.CancelledError:
            if given.done() and not given.cancelled():
                if turn := given.result():
                    self.leave(turn)
            else:
                with contextlib.suppress(ValueError):  # not there any more
                    gate.waiters.remove((host, given))
                self._tell(host)  # it may be ready, now that nobody waits
            raise

    def wait(self, turn: Turn) -> float:
        """Seconds until the turn's request may leave, as far as is known; first asked when its connection stands.

        A turn is given so long before that moment as the connection before took to make. So connections are made
        within the interval, not after it, and none stands for long before it is used, which servers dislike.
        """
        gate, now = turn.gate, self._clock()
        if gate.starting is turn and turn.took is None:
            turn.took = now - gate.given
        return gate.next_send - now

    def given_away(self, turn: Turn) -> None:
        """Its request leaves as soon as another process hears of it; until `sent`, none of ours goes between."""
        if turn.gate.interval:
            turn.gate.next_send = self._clock() + turn.gate.interval

    def sent(self, turn: Turn) -> None:
        """The turn's request leaves now: the next one of its host leaves an interval later."""
        gate = turn.gate
        if gate.interval:
            gate.next_send = self._clock() + gate.interval
        if gate.starting is turn:
            gate.starting = None
            gate.next_start = max(gate.given + gate.interval, gate.next_send - (turn.took or 0.0))
            self._pump(gate)
            self._tell(turn.host)

    def leave(self, turn: Turn) -> None:
        """The turn is over."""
        gate = turn.gate
        gate.active -= 1
        if gate.starting is turn:  # another one of the host may be
            gate.starting = None
        self._room += 1
        # Its own next turn comes after those of the hosts that already wait.
        if gate.waiters and not gate.queued and self._queue and self._ready_at(gate) <= self._clock():
            self._enqueue(gate)
        self._serve()
        self._pump(gate)
        self._tell(turn.host)

    def make_room(self, most: int) -> None:
        """So many turns may be out at once from now on."""
        self._room += most - self._most
        self._most = most
        self._serve()
        for listener in self._listeners:  # whoever waits for room looks again
            listener("")

    def heard(self, turn: Turn, outcome: Answered | Failure) -> None:
        """Minds a 429, or a 503 with Retry-After: they concern the host, whatever was asked.

        Another answer ends no deadline. It does end the series whose cost is held against the longest wait of a run:
        without that sum, a host that asks for a bearable wait time and again would hold the run forever.
        """
        gate = turn.gate
        if gate.courtesy is not None:
            self._mind(gate, gate.courtesy, outcome)
        if isinstance(outcome, Failure):
            return
        wait = None
        if outcome.status in (TOO_MANY_REQUESTS, UNAVAILABLE):
            wait = asked_wait(outcome.header("retry-after"), self._now())
        if wait is None and outcome.status == TOO_MANY_REQUESTS:
            wait = min(FIRST_PAUSE * 2.0**gate.streak, LONGEST_PAUSE)
        if wait is None:
            gate.streak, gate.asked = 0, 0.0
            return
        self._news.add(turn.host)
        now = self._clock()
        gate.streak = min(gate.streak + 1, 16)
        gate.asked += max(0.0, now + wait - max(gate.not_before, now))
        gate.not_before = max(gate.not_before, now + wait)
        if max(wait, gate.asked) > self._max_wait:
            gate.deferred = wait
            self._pump(gate)

    def _mind(self, gate: Gate, courtesy: Courtesy, outcome: Answered | Failure) -> None:
        """Leaves a service alone that shuts us out, or does not work: to go on would make it worse."""
        gate.faults = gate.faults + 1 if is_fault(outcome) else 0
        if shuts_out(courtesy, outcome) or gate.faults >= courtesy.faults:
            told = outcome.header("retry-after") if isinstance(outcome, Answered) else None
            gate.deferred = asked_wait(told, self._now()) or courtesy.rest
            self._news.update(courtesy.hosts)
            self._pump(gate)

    def slow_down(self, host: str, interval: float) -> None:
        """Leaves at least `interval` seconds between starts on `host`, but no more than the longest wait of a run."""
        gate = self._gate(host)
        interval = min(interval, self._max_wait)
        if interval > gate.interval:
            self._news.add(host)
            gate.interval = interval
            gate.next_start = gate.next_send = self._clock() + interval

    def rest(self, host: str, since: float) -> None:
        """Somebody else may have asked `host` until `since`, on the clock: our first start comes an interval later."""
        gate = self._gate(host)
        gate.next_start = gate.next_send = max(gate.next_send, since + gate.interval)

    def news(self) -> tuple[Mark, ...]:
        """What hosts have asked for since the last call."""
        hosts, self._news = sorted(self._news), set()
        return tuple(self._gates[host].mark(host, self._clock()) for host in hosts)

    def learn(self, mark: Mark) -> None:
        """Takes over what a host asked of another process."""
        self._gate(mark.host).learn(mark, self._clock())

    def _gate(self, host: str) -> Gate:
        gate = self._gates.get(host)
        if gate is None:
            courtesy = courtesy_of(host)
            if courtesy is None:
                gate = self._gates[host] = Gate(self._interval_of(host), self._slots_of(host))
            else:
                gate = self._shared(courtesy)
                self._gates.update(dict.fromkeys(courtesy.hosts, gate))
        return gate

    def _shared(self, courtesy: Courtesy) -> Gate:
        """The gate of all hosts of a service, as slow as the slowest of them is to be."""
        interval = max(self._interval_of(host) for host in courtesy.hosts)
        if not all(at_home(host, self._connect_to) for host in courtesy.hosts):
            interval = max(interval, courtesy.interval)
        return Gate(interval, courtesy.slots, courtesy)

    def _interval_of(self, host: str) -> float:
        own = self._hosts.of(host).host_request_interval
        return self._interval if own is None else own

    def _slots_of(self, host: str) -> int:
        return self._hosts.of(host).host_concurrency or self._slots

    def _tell(self, host: str) -> None:
        courtesy = self._gates[host].courtesy
        for name in courtesy.hosts if courtesy else (host,):
            for listener in self._listeners:
                listener(name)

    def _ready_at(self, gate: Gate) -> float:
        if gate.starting or gate.active >= gate.slots:
            return math.inf
        return max(gate.next_start, gate.not_before)

    def _take(self, gate: Gate, host: str) -> Turn:
        turn = Turn(host, gate)
        gate.active += 1
        self._room -= 1
        if gate.interval:
            gate.starting = turn
            gate.given = self._clock()
            gate.next_start = gate.given + gate.interval
        return turn

    def _pump(self, gate: Gate) -> None:
        """Gives the turns of one host that can be given now; sees to it that somebody comes back for the others."""
        while gate.waiters:
            host, given = gate.waiters[0]
            if given.done():  # cancelled
                gate.waiters.pop(0)
                continue
            if gate.deferred is not None:
                gate.waiters.pop(0)
                given.set_result(None)
                if not gate.waiters:
                    self._tell(host)  # what is still to be asked there need not wait either
                continue
            ready = self._ready_at(gate)
            now = self._clock()
            if ready > now:
                if ready < math.inf and gate.timer is None:
                    gate.timer = asyncio.get_running_loop().call_later(ready - now, self._wake, gate)
                return
            if self._room <= 0:
                self._enqueue(gate)
                return
            gate.waiters.pop(0)
            given.set_result(self._take(gate, host))

    def _serve(self) -> None:
        """Gives the room that there is to the hosts that wait for it."""
        while self._queue and self._room > 0:
            first = self._queue.popleft()
            first.queued = False
            self._pump(first)

    def _wake(self, gate: Gate) -> None:
        gate.timer = None
        self._pump(gate)

    def _enqueue(self, gate: Gate) -> None:
        if not gate.queued:
            gate.queued = True
            self._queue.append(gate)
