"""What the history gives back."""

from __future__ import annotations

from datetime import datetime

from crawler.model import Link, Observation, Record, Vote


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


class LinkPast(Record, frozen=True):
    """A link as a run saw it."""

    link: Link
    asked: tuple[Observation, ...]
    """This run's observations of the link itself, oldest first."""
    answers: tuple[Observation, ...]
    """This run's answers to second questions about it."""
    last: Observation | None
    """The newest observation of the link in an earlier run."""
    votes: tuple[Vote, ...]
    """What earlier runs thought of it, newest first."""
    planned: int | None = None
    """The number of the last earlier run whose cards held the link."""
