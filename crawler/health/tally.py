"""Every observation of a run in, what only the whole run shows out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from crawler.health.evidence import Tally
from crawler.health.hosts import LINKS
from crawler.health.sight import sight_of
from crawler.health.targets import ended_at, is_front, keeps_slug, shortened, slug
from crawler.health.walls import wall_of
from crawler.model import Answered, Failure, FailureKind, Observation, Purpose
from crawler.urls import host_of

REFUSALS = frozenset({401, 403, 405, 406, 429, 999})
"""Statuses with which a host that takes us for a robot answers whatever is asked."""
MISSING = (404, 410)
"""Statuses that say that there is no such page."""
PICTURES = 3
"""Addresses with the same bytes behind them before a picture is called a stand-in."""
_DNS = (FailureKind.DNS_NOT_FOUND, FailureKind.DNS_TEMPORARY)


class Watch:
    """Sees the observations of links one by one, in the order in which they were made."""

    def __init__(self) -> None:
        self._resolved: set[str] = set()
        self._answering: set[str] = set()
        self._refusing: set[str] = set()
        self._missing: defaultdict[str, set[str]] = defaultdict(set)
        self._other: set[str] = set()
        self._titles: dict[int, int] = {}
        """Of (host, title) -> of the address that had it first: hashes, as they take a tenth of the room."""
        self._shared_titles: set[tuple[str, str]] = set()
        self._pictures: defaultdict[str, set[str]] = defaultdict(set)
        self._ends: dict[tuple[str, str], str] = {}
        """(host, where redirects of it end) -> the telling words of the page that did so first."""
        self._fan_in: set[tuple[str, str]] = set()

    def add(self, observation: Observation) -> None:
        """Takes one more into account."""
        # A file of the site tells nothing of a host, and may be spelled in several ways.
        if observation.purpose is Purpose.ASSET:
            return
        outcome = observation.outcome
        host = host_of(outcome.url)
        if isinstance(outcome, Answered) and outcome.status in MISSING:
            self._missing[host].add(observation.url)
        else:
            self._other.add(host)
        if isinstance(outcome, Failure):
            if outcome.kind not in _DNS:
                self._resolved.add(host_of(observation.url))
            return
        self._resolved.add(host_of(observation.url))
        if refuses(observation):
            self._refusing.add(host)
        elif 200 <= outcome.status <= 299 or outcome.status == 304:
            self._answering.add(host)
            if observation.image and observation.digest:
                self._pictures[observation.digest].add(observation.url)
            if observation.features and observation.features.heading and not is_front(observation.url):
                title = (host, observation.features.heading)
                if self._titles.setdefault(hash(title), hash(outcome.url)) != hash(outcome.url):
                    self._shared_titles.add(title)
            self._end(observation)

    def _end(self, observation: Observation) -> None:
        """Notes where a redirect ended that kept nothing of the address: two pages at one end make it generic."""
        sight = sight_of(observation)
        if sight is None or not sight.redirected or shortened(observation.url):
            return
        if not keeps_slug(observation.url, sight):
            end, told = (host_of(observation.url), ended_at(sight.end)), " ".join(sorted(slug(observation.url)))
            if self._ends.setdefault(end, told) != told:
                self._fan_in.add(end)

    def tally(self) -> Tally:
        """What those seen so far show together."""
        return Tally(
            resolved_hosts=len(self._resolved),
            repeated_images=frozenset(digest for digest, urls in self._pictures.items() if len(urls) >= PICTURES),
            answering_hosts=frozenset(self._answering),
            refusing_hosts=frozenset(self._refusing),
            empty_hosts=frozenset(
                host for host, urls in self._missing.items() if len(urls) >= LINKS and host not in self._other
            ),
            shared_titles=frozenset(self._shared_titles),
            fan_in=frozenset(self._fan_in),
        )


def tally_of(observations: Iterable[Observation]) -> Tally:
    """What the observations of links, in the order in which they were made, show together."""
    watch = Watch()
    for observation in observations:
        watch.add(observation)
    return watch.tally()


def refuses(observation: Observation | None) -> bool:
    """Whether an answer is a refusal, or a wall's."""
    if observation is None or not isinstance(observation.outcome, Answered):
        return False
    return observation.outcome.status in REFUSALS or wall_of(observation) is not None
