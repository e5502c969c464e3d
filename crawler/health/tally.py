"""Every observation of a run in, what only the whole run shows out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from crawler.health.evidence import Tally
from crawler.health.hosts import LINKS
from crawler.health.sight import sight_of
from crawler.health.targets import ended_at, keeps_slug, shortened, slug
from crawler.health.walls import wall_of
from crawler.model import Answered, Failure, FailureKind, Observation, Purpose
from crawler.urls import host_of

REFUSALS = frozenset({401, 403, 405, 406, 429, 999})
"""Statuses with which a host that takes us for a robot answers whatever is asked."""
MISSING = (404, 410)
"""Statuses that say that there is no such page."""
ORIGINALS = 2
"""Pages of one host that end at one address before it is called generic."""
PICTURES = 3
"""Addresses with the same bytes behind them before a picture is called a stand-in."""
_DNS = (FailureKind.DNS_NOT_FOUND, FailureKind.DNS_TEMPORARY)


def tally_of(observations: Iterable[Observation]) -> Tally:
    """What the observations of links, in the order in which they were made, show together."""
    resolved: set[str] = set()
    answering: set[str] = set()
    refusing: set[str] = set()
    missing: defaultdict[str, set[str]] = defaultdict(set)
    other: set[str] = set()
    pictures: defaultdict[str, set[str]] = defaultdict(set)
    ends: defaultdict[tuple[str, str], set[frozenset[str]]] = defaultdict(set)
    for observation in observations:
        outcome = observation.outcome
        if isinstance(outcome, Answered) and outcome.status in MISSING:
            missing[host_of(outcome.url)].add(observation.url)
        else:
            other.add(host_of(outcome.url))
        if isinstance(outcome, Failure):
            if outcome.kind not in _DNS:
                resolved.add(host_of(observation.url))
            continue
        resolved.add(host_of(observation.url))
        if refuses(observation):
            refusing.add(host_of(outcome.url))
        elif 200 <= outcome.status <= 299 or outcome.status == 304:
            answering.add(host_of(outcome.url))
            # One file of the site may be spelled in several ways.
            if observation.image and observation.digest and observation.purpose is not Purpose.ASSET:
                pictures[observation.digest].add(observation.url)
            _end(observation, ends)
    return Tally(
        resolved_hosts=len(resolved),
        repeated_images=frozenset(digest for digest, urls in pictures.items() if len(urls) >= PICTURES),
        answering_hosts=frozenset(answering),
        refusing_hosts=frozenset(refusing),
        empty_hosts=frozenset(host for host, urls in missing.items() if len(urls) >= LINKS and host not in other),
        fan_in=frozenset(end for (_, end), slugs in ends.items() if len(slugs) >= ORIGINALS),
    )


def refuses(observation: Observation | None) -> bool:
    """Whether an answer is a refusal, or a wall's."""
    if observation is None or not isinstance(observation.outcome, Answered):
        return False
    return observation.outcome.status in REFUSALS or wall_of(observation) is not None


def _end(observation: Observation, ends: defaultdict[tuple[str, str], set[frozenset[str]]]) -> None:
    sight = sight_of(observation)
    if sight is None or not sight.redirected or shortened(observation.url):
        return
    if not keeps_slug(observation.url, sight):
        ends[host_of(observation.url), ended_at(sight.end)].add(slug(observation.url))
