"""What is known of one host's pace, the turns to ask it, and what of that another process must know."""

from __future__ import annotations

import asyncio
import math

import msgspec

from crawler.model import Record
from crawler.net.courtesy import Courtesy


class Mark(Record, frozen=True):
    """What one host has asked for, as another process must know it before it asks there."""

    host: str
    interval: float
    """Seconds between starts."""
    wait: float
    """Seconds from now for which the host is to be left alone."""
    asked: float
    """Seconds that its answers in a row have asked for."""
    streak: int
    """How many those are."""
    deferred: float | None
    """The wait that is too long for this run."""

    def later(self, seconds: float) -> Mark:
        """The same, `seconds` afterwards."""
        return msgspec.structs.replace(self, wait=max(0.0, self.wait - seconds))


class Turn:
    """The right to ask a host once, from `Pace.enter` to `Pace.leave`."""

    __slots__ = ("gate", "host", "took")

    def __init__(self, host: str, gate: Gate) -> None:
        self.host, self.gate = host, gate
        self.took: float | None = None
        """Seconds until its connection stood."""


class Gate:
    """What is known of one host, or of one service's; `interval` (seconds) and `slots` are its own."""

    __slots__ = (
        "active",
        "asked",
        "courtesy",
        "deferred",
        "faults",
        "given",
        "holds",
        "interval",
        "next_send",
        "next_start",
        "not_before",
        "queued",
        "slots",
        "starting",
        "streak",
        "timer",
        "waiters",
    )

    def __init__(self, interval: float, slots: int, courtesy: Courtesy | None = None) -> None:
        self.courtesy = courtesy
        self.faults = 0  # in a row; counted for those who ask for courtesy
        self.active = 0
        self.slots = slots
        self.starting: Turn | None = None  # was given, and its request has not left yet
        self.interval = interval
        self.holds = 0
        self.given = self.next_start = self.next_send = self.not_before = -math.inf
        self.streak = 0  # answers in a row that asked us to wait
        self.asked = 0.0  # seconds that those have cost
        self.deferred: float | None = None
        self.waiters: list[
            tuple[str, asyncio.Future[Turn | None]]
        ] = []  # and the host of each; short as a rule; an empty deque would take 700 bytes more
        self.queued = False
        self.timer: asyncio.TimerHandle | None = None

    def mark(self, host: str, now: float) -> Mark:
        """What `host` has asked for; `now` is on the clock of the ledger."""
        return Mark(
            host=host,
            interval=self.interval,
            wait=max(0.0, self.not_before - now),
            asked=self.asked,
            streak=self.streak,
            deferred=self.deferred,
        )

    def learn(self, mark: Mark, now: float) -> None:
        """Takes over what the host asked of another process."""
        self.interval = max(self.interval, mark.interval)
        self.not_before = max(self.not_before, now + mark.wait)
        self.streak, self.asked = max(self.streak, mark.streak), max(self.asked, mark.asked)
        self.deferred = mark.deferred if self.deferred is None else self.deferred
