"""What a repair may look at: one place of a link, what the run saw of the link, and the page its card is about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from crawler.fields import NESTED, pattern_of
from crawler.model import (
    Answered,
    Code,
    Disposition,
    Health,
    Link,
    Observation,
    Page,
    Place,
    Purpose,
    Record,
    Repair,
    State,
    Verdict,
)
from crawler.settings import FixSettings


class Heir(Record, frozen=True):
    """Where a link's redirects ended."""

    url: str
    same_site: bool
    """It is under the registrable domain that was asked."""
    slug_kept: bool
    """The telling words of the old address stand in the new one, or in the new page's title."""
    title_likeness: float
    """How alike its title is to what the cards call the page, 0 to 1."""


DEAD = (Health.UNSAFE, Health.BROKEN, Health.FAILING)


class Subject(Record, frozen=True, dict=True, gc=True):
    """One link as a run left it."""

    link: Link
    code: Code
    """The link's own verdict, whatever its cards say of it."""
    rule: str
    """The row that decided it."""
    state: State
    since: datetime
    """Since when it is in that state, or was first seen dead."""
    observation: Observation | None
    before: Observation | None = None
    """The newest observation of an earlier run, of a link that is redirected by now."""
    code_before: Code | None = None
    """The verdict of that run, with what depends on the cards."""
    answers: tuple[Observation, ...] = ()
    """This run's answers to second questions about the link."""
    answer_codes: tuple[tuple[str, Code], ...] = ()
    """(URL, verdict) of the answers that are the archive's copies of the page, each judged as the page itself."""
    heir: Heir | None = None
    """None where it was not redirected."""
    drifted: frozenset[str] = frozenset()
    """Paths of the cards that tell of another page than the one that is there by now."""
    settles: datetime | None = None
    """For a dead link that is not confirmed: when another run may confirm it at the earliest."""

    @property
    def alive(self) -> bool:
        """Whether the link leads to what it is for, as far as its own verdict goes."""
        return self.code.health is Health.HEALTHY

    @property
    def dead(self) -> bool:
        """Whether it leads its readers nowhere."""
        return self.code.health in DEAD

    @property
    def answered(self) -> Answered | None:
        """The final answer, if there was one."""
        outcome = self.observation.outcome if self.observation else None
        return outcome if isinstance(outcome, Answered) else None

    @property
    def page(self) -> Page | None:
        """What the page says of itself, if it was read."""
        return self.observation.page if self.observation else None

    def answer(self, purpose: Purpose, url: str) -> Observation | None:
        """What answered a second question."""
        return next((one for one in self.answers if one.purpose is purpose and one.url == url), None)


class Case(Record, frozen=True):
    """One place whose link may be repaired."""

    place: Place
    subject: Subject
    verdict: Verdict | None
    """What depends on the card, for this place; None where nothing does."""
    page: Subject | None = None
    """For images and AMP: the page that their card is about."""
    amp: Subject | None = None
    """For a copy in an AMP cache: the AMP page that it is a copy of."""
    shown: frozenset[str] = frozenset()
    """Of the pictures that may take the place, those that the card shows already."""


class Terms(Record, frozen=True):
    """What repairs are made by."""

    fix: FixSettings
    cache_url: Callable[[str], str | None]
    """The address of an AMP page's copy in the publisher-neutral cache."""
    similarity: Callable[[str, str | None, str | None], float]
    """How alike a card's title and a page's are (card's, page's, the site's name), 0 to 1."""
    placeholders: frozenset[str] = frozenset()
    """Digests of pictures that stand behind several addresses."""


def is_kept(field: str, fix: FixSettings) -> bool:
    """Whether the settings say that a field stays as it is."""
    return _is_among(field, fix.keep)


@lru_cache(maxsize=1_024)  # cards have few fields, and of each link's some are asked for several times
def _is_among(field: str, kept: tuple[str, ...]) -> bool:
    pattern = pattern_of(field)
    return any(keep in (field, pattern, pattern.removeprefix(NESTED)) for keep in kept)


class Change(Record, frozen=True):
    """What one row would change of one field."""

    field: str
    old: str
    """Empty for what is not there yet."""
    new: str | None
    """None: the field goes."""
    because: str
    line: int | None = None
    """None: that of the link itself."""


class Row(Record, frozen=True):
    """One rule for repairs."""

    name: str
    kind: Repair
    disposition: Disposition
    find: Callable[[Case, Terms], tuple[Change, ...]]
    """The changes that a case calls for; none if the rule does not hold."""
    waits: Callable[[Case], datetime | None] | None = None
    """Until when at least a case has to be seen again; None where one run is enough."""


def until_confirmed(case: Case) -> datetime | None:
    """A dead link is repaired once enough runs agree that it is dead."""
    subject = case.subject
    if not subject.dead or subject.state is State.CONFIRMED:
        return None
    return subject.settles or _seen_at(subject)


def until_seen_twice(case: Case) -> datetime | None:
    """What one run said, the run before must have said as well."""
    code = case.verdict.code if case.verdict else case.subject.code
    return None if case.subject.code_before is code else _seen_at(case.subject)


def _seen_at(subject: Subject) -> datetime | None:
    return subject.observation.asked_at if subject.observation else None
