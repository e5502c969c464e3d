"""Which worker owns which site, and whose turn on whose host is under way: messages in, messages to others out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from crawler.engines.messages import (
    Adopt,
    Down,
    Overheard,
    Slower,
    Ticket,
    TurnGiven,
    TurnOver,
    TurnSent,
    TurnWanted,
    Yours,
)
from crawler.engines.shards import Keys
from crawler.net.gate import Mark


@dataclass(slots=True)
class _Turn:
    host: str
    owner: int | None
    """Who gave it, or is to; None: it was given by a worker that is lost."""
    given: bool = False


class Territory:
    """The ledger of a run; `send` sends to a worker by its number, if there still is one."""

    def __init__(self, keys: Keys, *, clock: Callable[[], float], send: Callable[[int, Down], None]) -> None:
        self._keys, self._clock, self._send = keys, clock, send
        self._owners: dict[str, int] = {}
        self._orphans: dict[str, float] = {}  # key -> when its worker, or who had borrowed of it, may have asked last
        self._unminded: dict[str, list[Overheard]] = {}  # key -> what hosts answered while nobody owned the site
        self._marks: dict[str, dict[str, tuple[float, Mark]]] = {}  # key -> host -> when we heard of it, and what
        self._turns: dict[Ticket, _Turn] = {}

    def owner(self, key: str) -> int | None:
        """Who owns a site, if anybody does."""
        return self._owners.get(key)

    def give(self, key: str, worker: int) -> None:
        """`worker` owns the site from now on; what a lost owner knew of it is passed on."""
        if key in self._owners:
            return
        self._owners[key] = worker
        since = self._orphans.pop(key, None)
        if since is not None:
            now = self._clock()
            marks = tuple(mark.later(now - at) for at, mark in self._marks.get(key, {}).values())
            self._send(worker, Adopt(key, now - since, marks))
            for message in self._unminded.pop(key, ()):
                self._send(worker, message)

    def learn(self, marks: Iterable[Mark]) -> None:
        """Keeps what hosts asked for."""
        for mark in marks:
            self._marks.setdefault(self._keys.of(mark.host), {})[mark.host] = self._clock(), mark

    def pass_on(self, worker: int, message: TurnWanted | TurnSent | TurnOver | TurnGiven | Slower) -> None:
        """What `worker` says of a turn, to whom it concerns."""
        match message:
            case TurnWanted(ticket=ticket, host=host):
                self._ask_for(ticket, host)
            case TurnGiven(ticket=ticket, deferred=deferred):
                if turn := self._turns.get(ticket):
                    turn.given = True
                    if deferred is not None:
                        del self._turns[ticket]
                    self._send(ticket[0], message)
                elif deferred is None:
                    self._send(worker, TurnOver(ticket))  # whoever wanted it is gone
            case TurnSent(ticket=ticket):
                if turn := self._turns.get(ticket):
                    self._tell(turn, message)
            case TurnOver(ticket=ticket):
                if turn := self._turns.pop(ticket, None):
                    self._tell(turn, message)
            case Slower(host=host):
                owner = self._owners.get(self._keys.of(host))
                if owner is not None and owner != worker:
                    self._send(owner, message)

    def lose(self, worker: int) -> None:
        """Its sites have no owner, the turns it has are over, and those wanted of it are wanted of another."""
        now = self._clock()
        for key in [key for key, owner in self._owners.items() if owner == worker]:
            del self._owners[key]
            self._orphans[key] = now
        for ticket, turn in list(self._turns.items()):
            if ticket[0] == worker:
                del self._turns[ticket]
                if turn.given:  # its request may have left
                    self._tell(turn, TurnSent(ticket))
                self._tell(turn, TurnOver(ticket))
        for ticket, turn in list(self._turns.items()):
            if turn.owner == worker:
                turn.owner = None
                if not turn.given:
                    del self._turns[ticket]
                    self._ask_for(ticket, turn.host)

    def _tell(self, turn: _Turn, message: TurnSent | TurnOver) -> None:
        """Tells who gave the turn what becomes of it; of a lost worker's, who has its site now."""
        if turn.owner is not None:
            self._send(turn.owner, message)
            return
        key = self._keys.of(turn.host)
        owner = self._owners.get(key)
        overheard = Overheard(turn.host, message if isinstance(message, TurnOver) else None)
        if owner is not None:
            self._send(owner, overheard)
            return
        self._orphans[key] = self._clock()  # whoever has it next waits so much longer
        if overheard.over:
            self._unminded.setdefault(key, []).append(overheard)

    def _ask_for(self, ticket: Ticket, host: str) -> None:
        key = self._keys.of(host)
        owner = self._owners.get(key)
        if owner is None:
            owner = ticket[0]
            self.give(key, owner)
        if owner == ticket[0]:
            self._send(owner, Yours(ticket))
            return
        self._turns[ticket] = _Turn(host, owner)
        self._send(owner, TurnWanted(ticket, host))
