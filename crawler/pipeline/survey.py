"""A run's links and their verdicts in, what only all of them show out: failed hosts, our own faults, votes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from crawler.health.evidence import Tally
from crawler.health.hosts import HostTally
from crawler.health.own_side import OwnSide, void_reason
from crawler.health.states import Others
from crawler.history.records import LinkPast, RunRow
from crawler.model import Code, HostRow, Link, Purpose, Record
from crawler.urls import host_of

Ballot = tuple[str, datetime, Code]
"""URL, when it was come by, verdict: of a link that the run says anything new of."""


class Survey(Record, frozen=True):
    """What one look at all findings of a run shows together."""

    hosts: tuple[HostRow, ...]
    """The hosts that failed as a whole."""
    void: str | None
    """Why the run means nothing, or None."""


class Surveyor:
    """Sees the links of `run` one by one, each with its verdict."""

    def __init__(self, run: RunRow) -> None:
        self._run = run
        self._hosts, self._side = HostTally(), OwnSide()

    def add(self, past: LinkPast, code: Code) -> Ballot | None:
        """Takes one more into account; what the run has to say of it, if anything."""
        self._hosts.add(past.link, code)
        observation = past.asked[-1] if past.asked else None
        if observation is not None and observation.purpose is Purpose.LINK:
            self._side.add(observation, code, past.code_before)
        if code is Code.INVALID_URL:  # plain without asking
            return past.link.url, self._run.started, code
        return (past.link.url, observation.asked_at, code) if observation is not None else None

    def survey(self) -> Survey:
        """What those seen so far show together."""
        return Survey(hosts=self._hosts.rows(), void=void_reason(self._side))


def others_of(link: Link, tally: Tally, failed: Collection[str]) -> Others:
    """How the links of a link's host fared; `failed`: the hosts that did so as a whole. Files have no host."""
    host = host_or_none(link.url) if link.asset is None else ""
    if host in tally.refusing_hosts and host not in tally.answering_hosts:
        return Others.REFUSED
    return Others.FAILED if host in failed else Others.WELL


def host_or_none(url: str) -> str:
    """The host of a URL; empty for what is none."""
    try:
        return host_of(url)
    except ValueError:
        return ""
