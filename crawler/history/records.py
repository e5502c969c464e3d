"""What the history gives back."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from crawler.model import Code, Link, Observation, Record, Vote


class RunRow(Record, frozen=True):
    """One stored run."""

    number: int
    id: str
    started: datetime
    touched: datetime
    """When it last wrote."""
    finished: datetime | None
    """None: it was interrupted, or still goes on."""
    version: str
    cards: int
    requests: int
    received: int
    max_age: float
    """Seconds for which a healthy answer of an earlier run counted as fresh."""
    ended: str
    """Why some links were not asked: `interrupted`, `out_of_time`, or empty."""
    void: str | None
    """Why the run means nothing, or None."""


class Earlier(Protocol):
    """What earlier runs left of a link; what a history holds is read when it is asked for."""

    @property
    def last(self) -> Observation | None:
        """The newest observation of the link."""

    @property
    def code(self) -> Code | None:
        """The newest verdict."""

    @property
    def votes(self) -> tuple[Vote, ...]:
        """What they thought of it, newest first."""


class Told(Record, frozen=True):
    """The same at hand, for who keeps it longer than the history is open; by default no earlier run knew the link."""

    last: Observation | None = None
    code: Code | None = None
    votes: tuple[Vote, ...] = ()


class LinkPast(Record, frozen=True):
    """A link as a run saw it."""

    link: Link
    asked: tuple[Observation, ...]
    """This run's observations of the link itself, oldest first."""
    answers: tuple[Observation, ...]
    """This run's answers to second questions about it."""
    earlier: Earlier = Told()
    planned: int | None = None
    """The number of the last earlier run whose cards held the link."""

    @property
    def last(self) -> Observation | None:
        """The newest observation of the link in an earlier run."""
        return self.earlier.last

    @property
    def code_before(self) -> Code | None:
        """What the last of the earlier runs thought of it."""
        return self.earlier.code

    @property
    def votes(self) -> tuple[Vote, ...]:
        """What earlier runs thought of it, newest first."""
        return self.earlier.votes
