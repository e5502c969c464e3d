"""A run's links and their verdicts in, what only all of them show out: failed hosts, our own faults, votes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from crawler.health.evidence import Tally
from crawler.health.hosts import HostTally
from crawler.health.own_side import OwnSide, void_reason
from crawler.health.states import Others
from crawler.history.records import LinkPast, RunRow
from crawler.model import Code, HostRow, Link, Purpose, Record
from crawler.urls import host_of


class Survey(Record, frozen=True):
    """What one look at all findings of a run shows together."""

    hosts: tuple[HostRow, ...]
    """The hosts that failed as a whole."""
    void: str | None
    """Why the run means nothing, or None."""
    votes: tuple[tuple[str, datetime, Code], ...]
    """(URL, when it was come by, verdict) of each link that the run says anything new of."""


def survey(judged: Iterable[tuple[LinkPast, Code]], run: RunRow) -> Survey:
    """Looks once at every link of `run` and its verdict."""
    hosts, side = HostTally(), OwnSide()
    votes: list[tuple[str, datetime, Code]] = []
    for past, code in judged:
        hosts.add(past.link, code)
        observation = past.asked[-1] if past.asked else None
        if observation is not None and observation.purpose is Purpose.LINK:
            side.add(observation, code, past.votes[0].code if past.votes else None)
        if code is Code.INVALID_URL:  # plain without asking
            votes.append((past.link.url, run.started, code))
        elif observation is not None:
            votes.append((past.link.url, observation.asked_at, code))
    return Survey(hosts=hosts.rows(), void=void_reason(side), votes=tuple(votes))


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
