"""What a rule may look at: one link's observations, what the whole run showed, and the user's policy."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from functools import cached_property, wraps
from typing import NoReturn, TypeVar, cast

from crawler.health.policy import Policy
from crawler.health.sight import Sight, sight_of
from crawler.model import Answered, Code, Failure, Kind, Link, Observation, Purpose, Record


class Tally(Record, frozen=True):
    """What only the whole run shows."""

    resolved_hosts: int = 0
    """Distinct host names that the resolver found."""
    ended: str = ""
    """Why the run did not ask everything: `interrupted`, `out_of_time`, `offline`, or empty."""
    void: str | None = None
    """Why the run means nothing."""
    host_budget: int = 0
    """Links asked on one host at the most; 0 for all."""
    offline: bool = False
    """Nothing was to be asked."""
    repeated_images: frozenset[str] = frozenset()
    """Digests of pictures that stand behind several addresses."""
    answering_hosts: frozenset[str] = frozenset()
    """Hosts of which some link answered as it should."""
    refusing_hosts: frozenset[str] = frozenset()
    """Hosts that refused some link, or put a wall before it."""
    empty_hosts: frozenset[str] = frozenset()
    """Hosts that had none of several links."""
    shared_titles: frozenset[tuple[str, str]] = frozenset()
    """Hosts and titles that several of their pages have."""
    fan_in: frozenset[tuple[str, str]] = frozenset()
    """Hosts, and addresses without queries at which redirects from different pages of them end that kept nothing."""


T = TypeVar("T")


class UnfinishedError(Exception):
    """A rule has looked at what only the whole run shows while it still goes on."""


class _Unfinished:
    def __getattr__(self, name: str) -> NoReturn:
        raise UnfinishedError(name)


UNFINISHED = cast("Tally", _Unfinished())
"""The tally of a run that goes on. What is judged with it, and raises no UnfinishedError, holds whatever comes."""


class Fact(StrEnum):
    """What a row may need before it can hold at all; told by a look at the evidence that takes no reading."""

    ANY = "any"
    UNASKED = "unasked"  # nobody has seen the link
    FAILED = "failed"  # there was no answer
    ANSWERED = "answered"
    REFUSED = "refused"  # an answer with a status that does not count as one
    PAGE = "page"  # an answer with a page of HTML that may be what it says, for a link to a page
    SIGNS = "signs"  # an answer on which fingerprints count: an error, a small page, the end of a redirect
    REDIRECTED = "redirected"
    IMAGE = "image"  # a picture, or what stands where one should be
    AMP = "amp"
    AMP_CACHE = "amp_cache"
    SIBLING = "sibling"  # an address that was made up was asked as well
    CHOICES = "choices"  # the user says what some statuses are to mean


class Companion(Record, frozen=True):
    """What stands beside an AMP link on its card."""

    page_url: str | None = None
    """The card's page, canonical."""
    page: Observation | None = None
    page_code: Code | None = None
    """The page's verdict."""
    amp_code: Code | None = None
    """For a copy in an AMP cache: the verdict on the AMP page that it is a copy of."""
    derived: str | None = None
    """For a copy in an AMP cache: the address that follows from the card's AMP page."""
    derived_agrees: bool = True
    """Whether the link means the same."""


class Evidence(Record, frozen=True, dict=True, gc=True):
    """One link, ready to be judged."""

    link: Link
    observation: Observation | None
    """The last one of this run, or an earlier one that still counts; facts of a 304 are carried over."""
    failures_before: tuple[Failure, ...] = ()
    """Earlier failures without an answer in between: of this run's first pass, and of the run before."""
    answers: tuple[Observation, ...] = ()
    """This run's answers to second questions about the link."""
    before: Observation | None = None
    """The newest observation of an earlier run."""
    code_before: Code | None = None
    """The newest verdict of an earlier run."""
    companion: Companion | None = None
    """For AMP links of a card that names their page."""
    tally: Tally = Tally()
    policy: Policy = Policy()

    @cached_property
    def sight(self) -> Sight | None:
        """The answer as fingerprints see it, if there was one."""
        return sight_of(self.observation)

    @property
    def facts(self) -> frozenset[Fact]:
        """What of `Fact` holds."""
        return frozenset(self._facts())

    def _facts(self) -> Iterator[Fact]:
        yield Fact.ANY
        observation, sight, kind = self.observation, self.sight, self.link.kind
        if sight is not None:
            yield Fact.ANSWERED
            if not self.policy.accepts(sight.outcome.status):
                yield Fact.REFUSED
            if self.policy.choices:
                yield Fact.CHOICES
            if sight.signs_count:
                yield Fact.SIGNS
            if sight.redirected:
                yield Fact.REDIRECTED
            if sight.fine and sight.observation.features is not None and kind is not Kind.IMAGE:
                yield Fact.PAGE
        else:
            yield Fact.UNASKED if observation is None else Fact.FAILED
        if kind is Kind.IMAGE or (observation is not None and observation.image is not None):
            yield Fact.IMAGE
        if kind is Kind.AMP:
            yield Fact.AMP
        elif kind is Kind.AMP_CACHE:
            yield Fact.AMP_CACHE
        if self.sibling is not None:
            yield Fact.SIBLING

    @property
    def titles(self) -> tuple[str, ...]:
        """What the cards call the page."""
        return tuple(place.claims.title for place in self.link.places if place.claims.title)

    @property
    def sibling(self) -> Observation | None:
        """What answered an address beside the link's that was made up."""
        return next((one for one in self.answers if one.purpose is Purpose.SIBLING), None)

    @property
    def control(self) -> Observation | None:
        """What answered the host's front page."""
        return next((one for one in self.answers if one.purpose is Purpose.CONTROL), None)

    @property
    def oembed(self) -> Observation | None:
        """What the provider of a video said of it."""
        return next((one for one in self.answers if one.purpose is Purpose.OEMBED), None)

    @property
    def answered(self) -> Answered | None:
        """The final answer, if there was one."""
        outcome = self.observation.outcome if self.observation else None
        return outcome if isinstance(outcome, Answered) else None

    @property
    def failure(self) -> Failure | None:
        """The failure, if there was no answer."""
        outcome = self.observation.outcome if self.observation else None
        return outcome if isinstance(outcome, Failure) else None


def once(find: Callable[[Evidence], T]) -> Callable[[Evidence], T]:
    """`find` that is made once of each evidence and then kept with it, since several rows ask for it."""
    name = f"{find.__module__}.{find.__qualname__}"

    @wraps(find)
    def found(evidence: Evidence) -> T:
        kept: dict[str, T] = evidence.__dict__
        if name not in kept:
            kept[name] = find(evidence)
        return kept[name]

    return found


class Rule(Record, frozen=True):
    """One row of a table of rules."""

    name: str
    code: Code
    confidence: float
    test: Callable[[Evidence], str | None]
    """The reason, as a sentence without its full stop, if the rule holds."""
    needs: Fact = Fact.ANY
    """Without it the test never holds, and need not be made."""


def digest_of(rules: Iterable[Rule], *more: object) -> str:
    """Changes when a row is added, dropped, renamed or reordered, or when `more` does."""
    names = "|".join(f"{rule.name}:{rule.code}" for rule in rules)
    return hashlib.blake2b(f"{names}{more!r}".encode(), digest_size=8).hexdigest()
