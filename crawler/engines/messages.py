"""What the coordinator of a run and its workers tell each other, as bytes: msgpack, one message at a time.

A *turn* is the right to ask a host once, now. The worker that owns the host's site gives the turns of its hosts, to
others too; they ask for one through the coordinator, by a ticket: (their number, a count of their own).
"""

from __future__ import annotations

import msgspec

from crawler.engines.shards import Site
from crawler.model import FailureKind, Observation
from crawler.net.gate import Mark

Ticket = tuple[int, int]


class Message(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """Base of all messages."""


# ---- down: from the coordinator ------------------------------------------------------------------------------------


class Ask(Message, frozen=True):
    """Asks these; the asking begins with the last message of a call."""

    call: int
    sites: tuple[Site, ...]
    fresh_connections: bool
    last: bool


class Room(Message, frozen=True):
    """So many requests may be under way with you from now on."""

    most: int


class CallOff(Message, frozen=True):
    """Stops asking; `CalledOff` answers when all that is known has been told."""

    call: int


class Adopt(Message, frozen=True):
    """A site whose worker is lost is yours from now on."""

    key: str
    ago: float
    """Seconds since that worker may have asked last."""
    marks: tuple[Mark, ...]
    """What its hosts had asked for, waits as of now."""


class TurnWanted(Message, frozen=True):
    """Another worker (or the one that this is sent up by) wants to ask `host`."""

    ticket: Ticket
    host: str


class TurnSent(Message, frozen=True):
    """Its request leaves now."""

    ticket: Ticket


class TurnOver(Message, frozen=True):
    """It was answered; of the answer, what concerns the host's pace."""

    ticket: Ticket
    status: int = 0
    """0: by a failure, or not asked at all."""
    retry_after: str | None = None
    failure: FailureKind | None = None


class TurnGiven(Message, frozen=True):
    """The turn that was wanted; or the seconds for which the host is left alone, which are too many."""

    ticket: Ticket
    deferred: float | None


class Yours(Message, frozen=True):
    """Nobody asks this site: you own it from now on, and give its turns yourself."""

    ticket: Ticket


class Slower(Message, frozen=True):
    """A host's robots.txt asks for this interval."""

    host: str
    interval: float


class Overheard(Message, frozen=True):
    """Another's request to a host of yours has left, or was answered, in a turn that your lost predecessor gave."""

    host: str
    over: TurnOver | None


Down = Ask | Room | CallOff | Adopt | TurnWanted | TurnSent | TurnOver | TurnGiven | Yours | Slower | Overheard

# ---- up: from a worker ---------------------------------------------------------------------------------------------


class Results(Message, frozen=True):
    """What happened, and what hosts asked for meanwhile."""

    call: int
    observations: tuple[tuple[int, Observation], ...]
    marks: tuple[Mark, ...]


class CalledOff(Message, frozen=True):
    """Nothing more comes of this call."""

    call: int


class Failed(Message, frozen=True):
    """The worker cannot go on, and no other could."""

    because: str
    usage: bool
    """The settings are at fault."""


class Said(Message, frozen=True):
    """For people: what was logged, already printable."""

    text: str


class Alive(Message, frozen=True):
    """Sent now and then."""


Up = Results | CalledOff | Failed | Said | Alive | TurnWanted | TurnSent | TurnOver | TurnGiven | Slower

encode = msgspec.msgpack.Encoder().encode
decode_down = msgspec.msgpack.Decoder(Down).decode
decode_up = msgspec.msgpack.Decoder(Up).decode
