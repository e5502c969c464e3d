"""Turns of hosts that belong to several workers, without the workers."""

from __future__ import annotations

import asyncio
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
    pace.sent(first)
    pace.heard(first, BUSY)
    pace.leave(first)
    pace.sent(second)
    pace.leave(second)

    assert owner.told == [TurnSent((0, 1)), TurnOver((0, 1), 429, "60"), TurnSent((0, 2)), TurnOver((0, 2))]


async def test_nothing_leaves_between_a_lent_turn_and_its_request() -> None:
    """Our own next turn is given when the other worker's request has left, and its own leaves an interval later."""
    pace = SharedPace(
        settings(host_request_interval=0.2, host_concurrency=4),
        clock=time.monotonic,
        now=lambda: datetime.now(UTC),
        hosts=HostTable(),
        desk=Owner(),
    )
    pace.own("a.test")
    lent = await pace.lend("a.test")
    assert lent
    own = asyncio.create_task(pace.enter("a.test"))
    await asyncio.sleep(0.3)
    assert not own.done()
    gone = time.monotonic()
    pace.sent(lent)
    turn = await own
    assert turn

    assert time.monotonic() + pace.wait(turn) - gone >= 0.2


async def test_a_request_in_a_lost_workers_turn_is_minded() -> None:
    """The host's new owner leaves the interval after it, and minds what the host answered."""
    pace = SharedPace(
        settings(host_request_interval=5.0),
        clock=lambda: 100.0,
        now=lambda: datetime.now(UTC),
        hosts=HostTable(),
        desk=Owner(),
    )
    pace.own("a.test")
    pace.overheard("a.test", None)
    assert pace.ready_at("a.test") == 105.0
    pace.overheard("a.test", BUSY)

    assert pace.ready_at("a.test") == 160.0


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
