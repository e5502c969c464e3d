"""Who wants to ask which host in, whose turn it is out, where several workers share the hosts of a run.

Of the hosts that are a worker's own, it gives the turns itself. Redirects lead to others too: their turns are borrowed
from whoever owns them, so that a host sees one pace whatever leads there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from crawler.engines.messages import Slower, Ticket, TurnOver, TurnSent
from crawler.engines.shards import Keys
from crawler.model import Answered, Failure
from crawler.net.gate import Gate, Turn
from crawler.net.pace import Pace
from crawler.settings import HostTable, NetworkSettings


class Desk(Protocol):
    """Where turns are borrowed."""

    async def borrow(self, host: str) -> tuple[Ticket, float | None] | None:
        """A turn and None, or the seconds for which the host is left alone; None alone: it is ours from now on."""

    def send(self, message: TurnSent | TurnOver | Slower) -> None:
        """Tells the owner."""

    def news(self) -> None:
        """A host of our own has asked for something."""


class BorrowedTurn(Turn):
    """A turn that another worker gave; it is told when the request leaves, and what was answered."""

    __slots__ = ("outcome", "ticket")

    def __init__(self, host: str, gate: Gate, ticket: Ticket) -> None:
        super().__init__(host, gate)
        self.ticket = ticket
        self.outcome: Answered | Failure | None = None


class SharedPace(Pace):
    """The turns of one worker's own hosts, and of others' by way of `desk`."""

    def __init__(
        self,
        net: NetworkSettings,
        *,
        clock: Callable[[], float],
        now: Callable[[], datetime],
        hosts: HostTable,
        desk: Desk,
    ) -> None:
        super().__init__(net, clock=clock, now=now, hosts=hosts)
        self._desk = desk
        self._keys = Keys()
        self._own: dict[str, float | None] = {}  # key -> when another worker may have asked there last
        self._rested: set[str] = set()
        self._refused: dict[str, float] = {}

    def own(self, key: str, since: float | None = None) -> None:
        """The site is ours; `since` is when another worker that had it may have asked there last, on the clock."""
        self._own.setdefault(key, since)

    async def enter(self, host: str) -> Turn | None:
        """Waits for a turn, our own or a borrowed one; None if the host is deferred."""
        key = self._keys.of(host)
        if key not in self._own:
            borrowed = await self._desk.borrow(host)
            if borrowed is not None:
                ticket, deferred = borrowed
                if deferred is not None:
                    self._refused[host] = deferred
                    return None
                return BorrowedTurn(host, self._gate(host), ticket)
            self.own(key)
        return await self._enter_own(host)

    async def _enter_own(self, host: str) -> Turn | None:
        """Waits for a turn of a host that is ours, for us or for whoever borrows it."""
        since = self._own.get(self._keys.of(host))
        if since is not None and host not in self._rested:
            self._rested.add(host)
            self.rest(host, since)
        return await super().enter(host)

    def deferred(self, host: str) -> float | None:
        """The wait that `host` asked for, of us or of its owner."""
        return super().deferred(host) or self._refused.get(host)

    def wait(self, turn: Turn) -> float:
        """Seconds until the turn's request may leave. A borrowed turn is given at that moment."""
        return 0.0 if isinstance(turn, BorrowedTurn) else super().wait(turn)

    def sent(self, turn: Turn) -> None:
        """The turn's request leaves now."""
        if isinstance(turn, BorrowedTurn):
            self._desk.send(TurnSent(turn.ticket))
        else:
            super().sent(turn)

    async def lend(self, host: str) -> Turn | None:
        """Waits for a turn of a host that is ours, and until its request may leave; None if the host is deferred."""
        turn = await self._enter_own(host)
        if turn is not None:
            try:
                while (wait := self.wait(turn)) > 0:  # noqa: ASYNC110 - a clock
                    await asyncio.sleep(wait)
            except asyncio.CancelledError:
                super().leave(turn)
                raise
            self.given_away(turn)
        return turn

    def heard(self, turn: Turn, outcome: Answered | Failure) -> None:
        """Of a borrowed turn, its owner minds the answer."""
        if isinstance(turn, BorrowedTurn):
            turn.outcome = outcome
            return
        super().heard(turn, outcome)
        if self._news:
            self._desk.news()

    def leave(self, turn: Turn) -> None:
        """The turn is over."""
        if not isinstance(turn, BorrowedTurn):
            super().leave(turn)
            return
        match turn.outcome:
            case Answered() as answer:
                over = TurnOver(turn.ticket, answer.status, answer.header("retry-after"))
            case Failure(kind=kind):
                over = TurnOver(turn.ticket, failure=kind)
            case None:
                over = TurnOver(turn.ticket)
        self._desk.send(over)

    def overheard(self, host: str, outcome: Answered | Failure | None) -> None:
        """Somebody asks a host of ours without our turn: its request has left, or was answered so."""
        self.rest(host, self._clock())
        if outcome is not None:
            self.heard(Turn(host, self._gate(host)), outcome)

    def slow_down(self, host: str, interval: float) -> None:
        """Of a host that is not ours, its owner leaves the interval."""
        if self._keys.of(host) in self._own:
            super().slow_down(host, interval)
            self._desk.news()
        else:
            self._desk.send(Slower(host, interval))
