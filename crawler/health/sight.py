"""One observation in, what fingerprints look at out: its title, headings, texts and final address, each made once."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property

from crawler.health.words import fold
from crawler.model import Answered, Features, Observation, Record
from crawler.text import printable
from crawler.urls import host_of, split

SMALL_PAGE = 1_500
"""Characters of visible text from which on a page is no wall, parking lot or error page."""
RUNNING_TEXT = 600
"""Characters in long paragraphs from which on it is an article, whatever words stand in it."""
TEXT = 4_000
"""Characters of a small page's text that are looked at."""
ERROR = 400
"""The first status that says that something is wrong."""
UNCHANGED = 304
ANY_SIZE = 1 << 30
"""Characters that no page has: the gate of addresses, which count however large the page is."""
QUOTE = 60
_SEPARATOR = re.compile(r"\s+[-–—/:~]+\s+|[|｜•·»«¦›]|\s*[–—]\s+|:\s+")


class Where(StrEnum):
    """What of an answer a sign is looked for in."""

    TITLE = "title"  # folded, whole and each segment
    H1 = "h1"  # folded, each
    LEAD = "lead"  # the main part's first 200 characters, folded
    TEXT = "text"  # all that a small page shows, folded
    SAMPLE = "sample"  # a small page's source, lower case
    BODY_CLASS = "body_class"  # lower case
    HOST = "host"  # where a redirect ended
    PATH = "path"  # where a redirect ended, lower case
    QUERY = "query"  # where a redirect ended, lower case


ADDRESS = (Where.HOST, Where.PATH, Where.QUERY)
"""Of these only the end of a redirect is looked at: an address that a card names is what its author meant."""


class Sign(Record, frozen=True, dict=True, gc=True):
    """One fingerprint; it counts on small pages, and on answers outside 2xx and 3xx whatever their size."""

    name: str
    vendor: str
    where: Where
    pattern: str
    """A regular expression that is searched for; written as what it is searched in, so folded or in lower case."""
    source: str
    date: str
    """When the source was read: year and month."""
    below: int = SMALL_PAGE
    """Visible characters from which on the sign says nothing."""
    prose: int = RUNNING_TEXT
    """Characters in long paragraphs from which on the sign says nothing."""

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The pattern, compiled when it is first used."""
        return re.compile(self.pattern)


Row = tuple[str, str, Where, str] | tuple[str, str, Where, str, int] | tuple[str, str, Where, str, int, int]


def any_of(*patterns: str) -> str:
    """A pattern that holds where any of several does."""
    return "|".join(patterns)


def signs(source: str, date: str, *rows: Row) -> tuple[Sign, ...]:
    """Rows of (name, vendor, where, pattern[, below[, prose]]) that have one source."""
    return tuple(
        Sign(
            name=name,
            vendor=vendor,
            where=where,
            pattern=pattern,
            source=source,
            date=date,
            below=gates[0] if gates else _gate(where, SMALL_PAGE),
            prose=gates[1] if len(gates) > 1 else _gate(where, RUNNING_TEXT),
        )
        for name, vendor, where, pattern, *gates in rows
    )


def _gate(where: Where, size: int) -> int:
    return ANY_SIZE if where in ADDRESS else size


class Sight:
    """An answer as signs see it: `outcome` is the observation's."""

    def __init__(self, observation: Observation, outcome: Answered) -> None:
        self.observation = observation
        self.outcome = outcome
        self.features: Features = observation.features or Features()
        # What a 304 confirms is still there, with the facts of the answer that it stands for.
        self.fine = 200 <= outcome.status <= 299 or outcome.status == UNCHANGED
        # A page without text that sends its visitors on at once is a redirect, too (W3C, H76).
        self.end = self.features.refresh or outcome.url
        """Where a visitor ends up."""
        self.redirected = bool(observation.hops) or self.features.refresh is not None

    @property
    def signs_count(self) -> bool:
        """Whether any fingerprint counts here at all: on most pages none does."""
        return self.outcome.status >= ERROR or self.redirected or self.features.visible < SMALL_PAGE

    @property
    def small(self) -> bool:
        """Whether it is one of the pages where walls, parking and soft 404s live."""
        return self.features.visible < SMALL_PAGE and self.features.prose < RUNNING_TEXT

    @property
    def words(self) -> str:
        """What the page calls itself, as the end of a sentence in a report."""
        said = self.features.heading or self.features.lead
        return f": {quoted(said)}" if said else ""

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """The title between its separators, folded; "Page not found | Acme" has two."""
        return tuple(folded for part in _SEPARATOR.split(self.features.heading) if (folded := fold(part)))

    @cached_property
    def title(self) -> str:
        """The whole title, folded."""
        return fold(self.features.heading)

    @cached_property
    def h1(self) -> tuple[str, ...]:
        """The first headings, folded."""
        return tuple(fold(heading) for heading in self.features.h1[:3])

    @cached_property
    def lead(self) -> str:
        """The first words of the main part, folded."""
        return fold(self.features.lead)

    @cached_property
    def sample(self) -> str:
        """The source of a small page in lower case."""
        return self.observation.sample.lower()

    @cached_property
    def text(self) -> str:
        """All that a small page shows, folded; of other pages the lead."""
        source = self.observation.sample
        return fold(shown(source)[:TEXT]) if source else self.lead

    @cached_property
    def address(self) -> tuple[str, str, str]:
        """Host, path and query of where a visitor ends up, in lower case."""
        parts = split(self.end)
        return host_of(self.end), parts.path.lower(), parts.query.lower()

    def texts(self, where: Where) -> tuple[str, ...]:
        """What a sign that looks there is searched in."""
        match where:
            case Where.TITLE:
                return (self.title, *self.segments)
            case Where.H1:
                return self.h1
            case Where.LEAD:
                return (self.lead,)
            case Where.TEXT:
                return (self.text,)
            case Where.SAMPLE:
                return (self.sample,)
            case Where.BODY_CLASS:
                return (self.features.body_class.lower(),)
            case Where.HOST:
                return self.address[:1]
            case Where.PATH:
                return self.address[1:2]
            case Where.QUERY:
                return self.address[2:]

    def find(self, table: Iterable[Sign]) -> Sign | None:
        """The first sign of the table that stands here."""
        if not self.signs_count:
            return None
        return next((sign for sign in table if self._counts(sign) and self._holds(sign)), None)

    def _counts(self, sign: Sign) -> bool:
        if sign.where in ADDRESS and not self.redirected:
            return False
        if sign.where not in ADDRESS and self.outcome.status >= ERROR:
            return True
        return self.features.visible < sign.below and self.features.prose < sign.prose

    def _holds(self, sign: Sign) -> bool:
        return any(text and sign.regex.search(text) for text in self.texts(sign.where))


def sight_of(observation: Observation | None) -> Sight | None:
    """The answer as signs see it, if there was one."""
    if observation is None or not isinstance(observation.outcome, Answered):
        return None
    return Sight(observation, observation.outcome)


def shown(source: str) -> str:
    """The text that a piece of HTML shows; linear in its length, whatever is left open in it."""
    pieces = []
    at = 0
    while opening := _UNSEEN.search(source, at):
        pieces.append(source[at : opening.start()])
        ending = _ENDS[opening[1].lower() if opening[1] else ""].search(source, opening.end())
        if ending is None:
            break
        at = ending.end()
    else:
        pieces.append(source[at:])
    return html.unescape(_TAG.sub(" ", " ".join(pieces)))


_UNSEEN = re.compile(r"<(?:(head|script|style|noscript|template)(?=[\s/>])|!--)", re.IGNORECASE)
_ENDS = {
    name: re.compile(rf"</{name}(?=[\s/>])[^>]*>", re.IGNORECASE)
    for name in ("head", "script", "style", "noscript", "template")
} | {"": re.compile("-->")}
_TAG = re.compile(r"<[^<>]*>?")


def quoted(text: str, limit: int = QUOTE) -> str:
    """A few words of a page, fit to stand in a report."""
    return f"“{printable(text, limit)}”"
