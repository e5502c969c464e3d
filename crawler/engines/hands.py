"""What a crew of workers must offer, and what is known of each of its members and of one call for answers."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

from crawler.engines.messages import Down
from crawler.model import Observation, Request

Deliver = Callable[[Request, Observation], None]


class LostError(Exception):
    """A worker is not there any more; the message says how it ended."""


class Hand(Protocol):
    """The coordinator's end of one worker."""

    name: str
    """For people, such as `worker 2`."""

    async def send(self, message: bytes) -> None:
        """Raises LostError. Waits while the worker is behind."""

    async def receive(self) -> bytes:
        """The worker's next message; raises LostError."""

    async def dismiss(self, seconds: float) -> None:
        """Ends the worker if it still lives, within so many seconds; it asks nothing afterwards."""


Join = Callable[[int, Hand], None]


class Crew(Protocol):
    """Where workers come from."""

    prompt: bool
    """Workers can be had at once, without asking anybody."""
    encloses: bool
    """Its workers end with it, so that they need not be dismissed one by one at the end."""

    async def open(self) -> int:
        """How many workers there may be. Raises EngineError, ConfigError."""

    async def hire(self, wanted: int, join: Join, *, patient: bool) -> None:
        """So many more workers at the most, each of which joins, with a number of its own, as soon as it can begin.

        It is done when no other can be had at once; if `patient`, when one has joined, for which it waits a while.
        Raises EngineError, ConfigError.
        """

    async def close(self, seconds: float) -> None:
        """Lets go of all that it needed, within so many seconds."""


class Member:
    """What is known of one worker."""

    def __init__(self, number: int, hand: Hand, heard: float) -> None:
        self.number, self.hand, self.heard = number, hand, heard
        self.out: asyncio.Queue[Down] = asyncio.Queue()  # bounded by what there is to ask
        self.left: set[int] = set()  # numbers of requests that it has not answered
        self.tasks: list[asyncio.Task[None]] = []
        self.called_off = asyncio.Event()


class Call:
    """One call of `ask`."""

    def __init__(self, number: int, requests: Sequence[Request], deliver: Deliver) -> None:
        self.number, self.requests, self.deliver = number, requests, deliver
        self.waiting = len(requests)  # not delivered and not given up
        self.losses: Counter[int] = Counter()  # of workers that had each request
        self.over = asyncio.Event()
        self.called_off = False
        self.error: BaseException | None = None

    def fail(self, error: BaseException) -> None:
        """It ends with this error, unless it has with another."""
        self.error = self.error or error
        self.over.set()

    @property
    def ended(self) -> bool:
        """Nothing more is to be handed out."""
        return self.called_off or self.over.is_set()

    def drop(self, requests: int) -> None:
        """So many are delivered, or given up."""
        self.waiting -= requests
        if not self.waiting:
            self.over.set()
