"""Turns of hosts that belong to several workers, without the workers."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from crawler.engines.messages import Slower, Ticket, TurnOver, TurnSent
from crawler.engines.turns import SharedPace
from crawler.model import Answered
from crawler.settings import HostTable
from tests.net.asking import settings

BUSY = Answered(url="", status=429, headers=(("retry-after", "60"),))


class Owner:
    """A `Desk` that lends every turn at once, and remembers what it is told."""

    def __init__(self) -> None:
        self.lent = 0
        self.told: list[TurnSent | TurnOver | Slower] = []

    async def borrow(self, host: str) -> tuple[Ticket, float | None]:
        self.lent += 1
        return (0, self.lent), None

    def send(self, message: TurnSent | TurnOver | Slower) -> None:
        self.told.append(message)

    def news(self) -> None:
        """Nobody waits for it."""


def pace_of(owner: Owner) -> SharedPace:
    return SharedPace(settings(), clock=time.monotonic, now=lambda: datetime.now(UTC), hosts=HostTable(), desk=owner)


async def test_each_borrowed_turn_is_given_back_as_itself() -> None:
    """Of two turns of one host, the owner is told which was sent, which was answered, and how."""
    owner = Owner()
    pace = pace_of(owner)
    first, second = await pace.enter("a.test"), await pace.enter("a.test")
    assert first
    assert second
    await pace.moment(first)
    pace.heard(first, BUSY)
    pace.leave(first)
    await pace.moment(second)
    pace.leave(second)

    assert owner.told == [TurnSent((0, 1)), TurnOver((0, 1), 429, "60"), TurnSent((0, 2)), TurnOver((0, 2))]


async def test_a_borrowed_turn_that_is_sent_once_more_keeps_its_distance() -> None:
    """On another connection, an interval after the first time, and the owner is told both times."""
    owner = Owner()
    pace = SharedPace(
        settings(host_request_interval=0.2),
        clock=time.monotonic,
        now=lambda: datetime.now(UTC),
        hosts=HostTable(),
        desk=owner,
    )
    turn = await pace.enter("a.test")
    assert turn
    await pace.moment(turn)
    first = time.monotonic()
    await pace.moment(turn)

    assert time.monotonic() - first >= 0.19
    assert owner.told == [TurnSent((0, 1)), TurnSent((0, 1))]


async def test_nothing_leaves_between_a_lent_turn_and_its_request() -> None:
    """A turn of our own that is sent once more waits for the interval after it, though nobody has told that it left."""
    pace = SharedPace(
        settings(host_request_interval=0.2),
        clock=time.monotonic,
        now=lambda: datetime.now(UTC),
        hosts=HostTable(),
        desk=Owner(),
    )
    pace.own("a.test")
    own = await pace.enter("a.test")
    assert own
    await pace.moment(own)
    lent = await pace.lend("a.test")
    given = time.monotonic()
    await pace.moment(own)

    assert lent
    assert time.monotonic() - given >= 0.19


async def test_a_host_that_becomes_ours_is_minded_by_us() -> None:
    """While a turn is borrowed, the host's site is adopted: what the host asks in our own turn is for us to mind."""
    owner = Owner()
    pace = pace_of(owner)
    borrowed = await pace.enter("a.test")
    assert borrowed
    pace.own("a.test")
    own = await pace.enter("a.test")
    assert own
    pace.heard(own, BUSY)
    pace.leave(own)
    pace.leave(borrowed)

    assert owner.told == [TurnOver((0, 1))]
    assert pace.ready_at("a.test") > time.monotonic() + 50
