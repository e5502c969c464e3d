"""Findings in, one at a time; the data of the HTML page's table out: JSON lines in columns, gzipped, in base64.

Each line but the last is a block: an object of columns, each a list with one value for each finding. What repeats is a
number, the index of a list in the last line. No finding is kept: memory grows with what is embedded, compressed, and
with the distinct names of cards, fields, hosts and days.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Hashable, Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from crawler.model import (
    Answered,
    Change,
    Code,
    Disposition,
    Failure,
    Finding,
    Health,
    Image,
    Kind,
    Observation,
    Page,
    Place,
    Proposal,
    Purpose,
    State,
    Summary,
    Verdict,
    Vote,
)
from crawler.render.words import day
from crawler.render.worst import host_shown, known, urgency
from crawler.text import printable

MOST_ROWS = 100_000
"""Findings embedded; a browser opens so many in about a second."""
THUMBNAIL_BUDGET = 6_000_000
"""Characters of all thumbnails: about 1,000 pairs."""

_BLOCK = 2_048
"""Findings that a column holds before it is compressed."""
_MOST_PLACES = 24
"""Places listed of one link; a logo may stand in a thousand cards."""
_VOTES = 12
"""Earlier runs shown of one link."""
_HOPS = 12
_URL = 2_000
"""Characters shown of a URL; a longer one is cut and cannot be clicked."""
_TEXT = 600
_NAME = 300
_INDEX = re.compile(r"\[\d+\]")


class Choice:
    """Which findings are embedded when there are too many: the worst, by verdict, and what was fixed."""

    def __init__(self, summary: Summary, limit: int = MOST_ROWS) -> None:
        self.limit = limit
        fixed = min(dict(summary.change).get(str(Change.FIXED), 0), limit // 2)
        counts = dict(summary.verdict)
        self._room: dict[Code | None, int] = {None: fixed}
        left = limit - fixed
        for code in Code:  # worst first
            self._room[code] = min(counts.get(str(code), 0), left)
            left -= self._room[code]

    def takes(self, finding: Finding) -> bool:
        """Whether there is room for one more of its kind."""
        code = finding.verdict.code
        for key in (None, code) if finding.change is Change.FIXED else (code,):
            if self._room[key]:
                self._room[key] -= 1
                return True
        return False


class Names:
    """Distinct values in the order in which they came, each known by its index."""

    def __init__(self) -> None:
        self._index: dict[Hashable, int] = {}

    def of(self, value: Hashable) -> int:
        """The index of `value`, a new one if it is new."""
        return self._index.setdefault(value, len(self._index))

    def __iter__(self) -> Iterator[Hashable]:
        return iter(self._index)


class Packer:
    """Takes the findings that go by, and gives the data once all have."""

    def __init__(self, choice: Choice) -> None:
        self._choice = choice
        self.rows = 0
        """Findings embedded so far."""
        self._names = Names()
        self._known: dict[str, int] = {}
        """Raw text -> index of its name."""
        self._sets = Names()
        self._pasts = Names()
        self._thumbnails = THUMBNAIL_BUDGET
        self._block: dict[str, list[Any]] = {}
        self._gzip = zlib.compressobj(6, wbits=31)  # no name and no time in the header: the same bytes every time
        self._packed: list[bytes] = []

    def watch(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Passes the findings on, and packs those that are chosen."""
        for finding in findings:
            if self._choice.takes(finding):
                self.add(finding)
            yield finding

    def add(self, finding: Finding) -> None:
        """Packs one finding."""
        for name, value in self._columns(finding):
            self._block.setdefault(name, []).append(value)
        self.rows += 1
        if self.rows % _BLOCK == 0:
            self._flush()

    def data(self) -> Iterator[str]:
        """The base64 text in pieces; nothing can be added afterwards."""
        self._flush()
        self._write(
            {
                "names": list(self._names),
                "sets": list(self._sets),
                "pasts": list(self._pasts),
                "codes": [(code, code.health) for code in Code],
                "healths": list(Health),
                "states": list(State),
                "changes": list(Change),
                "kinds": list(Kind),
            }
        )
        self._packed.append(self._gzip.flush())
        packed = b"".join(self._packed)
        for at in range(0, len(packed), 3 << 16):  # a multiple of three: no padding within
            yield base64.b64encode(packed[at : at + (3 << 16)]).decode()

    def _flush(self) -> None:
        if self._block:
            self._write(self._block)
            self._block = {}

    def _write(self, value: Any) -> None:
        self._packed.append(self._gzip.compress(_encode(value) + b"\n"))

    def _columns(self, finding: Finding) -> Iterator[tuple[str, Any]]:
        link, verdict, seen = finding.link, finding.verdict, finding.observation
        yield "url", printable(link.url, _URL)
        yield "code", _CODES[verdict.code]
        yield "state", _STATES[finding.state]
        yield "change", _CHANGES[finding.change] if finding.change else -1
        yield "kind", _KINDS[link.kind]
        yield "rank", _HEALTHS[verdict.code.health] * 16 + urgency(finding)
        yield "host", self._name(host_shown(link.url))
        yield "folders", self._set(folder(place.path) for place in link.places)
        yield "fields", self._set(_INDEX.sub("[]", place.field) for place in link.places)
        yield "since", self._day(finding.since)
        yield "before", _CODES[finding.before] if finding.before else -1
        yield "because", printable(verdict.because, _TEXT)
        yield "rule", self._name(verdict.rule)
        yield "sure", round(verdict.confidence * 100)
        yield "known", known(finding.baseline) if finding.baseline else 0
        yield "count", len(link.places)
        yield "places", self._places(finding)
        yield "past", self._past(finding.votes)
        yield "seen", self._seen(seen) if seen else 0
        yield "page", _page(seen.page, brief=verdict.code.health is Health.HEALTHY) if seen and seen.page else 0
        yield "image", _image(seen.image) if seen and seen.image else 0
        yield "fix", _fix(finding.proposals)
        yield "proposals", [self._proposal(one) for one in finding.proposals[:_MOST_PLACES]] or 0
        yield "pictures", self._pictures(finding) or 0

    def _name(self, text: str) -> int:
        index = self._known.get(text)
        if index is None:  # most names come again and again: each is made printable once
            index = self._known[text] = self._names.of(printable(text, _NAME))
        return index

    def _day(self, at: datetime) -> int:
        return self._name(day(at))

    def _set(self, texts: Iterable[str]) -> int:
        return self._sets.of(tuple(sorted({self._name(text) for text in texts})))

    def _past(self, votes: tuple[Vote, ...]) -> int:
        return self._pasts.of(tuple((self._day(vote.asked_at), _CODES[vote.code]) for vote in votes[:_VOTES]))

    def _places(self, finding: Finding) -> list[list[Any]]:
        judged = zip(finding.link.places, finding.place_verdicts, strict=True)
        pairs = sorted(judged, key=_relevance)[:_MOST_PLACES]
        return [_shortened(self._place(place, verdict, finding)) for place, verdict in pairs]

    def _place(self, place: Place, verdict: Verdict | None, finding: Finding) -> list[Any]:
        return [
            self._name(place.path),
            place.line,
            self._name(place.field),
            _CODES[verdict.code] if verdict else -1,
            printable(place.written, _URL) if place.written != finding.link.url else 0,
            printable(verdict.because, _TEXT) if verdict and verdict.because != finding.verdict.because else 0,
            printable(place.excluded, _NAME) if place.excluded else 0,
        ]

    def _seen(self, seen: Observation) -> list[Any]:
        outcome = seen.outcome
        asset = seen.purpose is Purpose.ASSET
        return [
            self._day(seen.asked_at),
            outcome.status if isinstance(outcome, Answered) and not asset else 0,
            printable(outcome.url, _URL) if outcome.url != seen.url and not asset else 0,
            printable(f"{outcome.kind}: {outcome.detail}", _TEXT) if isinstance(outcome, Failure) else 0,
            [(printable(hop.url, _URL), hop.status) for hop in seen.hops[:_HOPS]],
            seen.attempts,
            round(seen.elapsed, 2),
            seen.received,
        ]

    def _proposal(self, one: Proposal) -> list[Any]:
        return [
            self._name(one.path),
            one.line,
            self._name(one.field),
            printable(one.old, _URL),
            None if one.new is None else printable(one.new, _URL),
            printable(one.kind, _NAME),
            str(one.disposition),
            printable(one.rule, _NAME),
            printable(one.because, _TEXT),
            day(one.waits_until) if one.waits_until else 0,
        ]

    def _pictures(self, finding: Finding) -> list[list[str]]:
        """The link's own picture as [url, WebP in base64], and those that could take its place; within the budget."""
        seen = finding.observation
        own = [(finding.link.url, seen.image.thumbnail)] if seen and seen.image and seen.image.thumbnail else []
        wanted = {one.new for one in finding.proposals}
        others = [(one.url, one.thumbnail) for one in finding.pictures if one.url in wanted]
        kept = []
        for url, thumbnail in own + others:
            if _BASE64.fullmatch(thumbnail) and len(thumbnail) <= self._thumbnails:
                self._thumbnails -= len(thumbnail)
                kept.append([printable(url, _URL), thumbnail])
        return kept


def folder(path: str) -> str:
    """The collection of a card: the first folder of its path."""
    first, slash, _ = path.partition("/")
    return first if slash and first else "(top folder)"


_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_CODES = {code: index for index, code in enumerate(Code)}
_HEALTHS = {health: index for index, health in enumerate(Health)}
_STATES = {state: index for index, state in enumerate(State)}
_CHANGES = {change: index for index, change in enumerate(Change)}
_KINDS = {kind: index for index, kind in enumerate(Kind)}
_encode = msgspec.json.Encoder().encode


def _relevance(pair: tuple[Place, Verdict | None]) -> tuple[int, str, int]:
    """Sorts: the places that the verdict is about, then those that are judged well, then excluded ones."""
    place, verdict = pair
    return (
        len(_CODES) if place.excluded else _CODES[verdict.code] if verdict else 0,
        place.path,
        place.line,
    )


def _shortened(values: list[Any]) -> list[Any]:
    """Without what is empty at the end."""
    while values[-1] in (0, -1):
        values.pop()
    return values


def _page(page: Page, *, brief: bool) -> list[Any] | int:
    """What helps to recognise the page; of the many that are healthy the title alone, to find them by."""
    texts = (page.title,) if brief else (page.title, page.site_name, page.published, page.description)
    values = [printable(text, _NAME) if text else 0 for text in texts]
    return values if any(values) else 0


def _image(image: Image) -> list[Any]:
    return [
        printable(image.format or image.media or "", 40) or 0,
        image.width or 0,
        image.height or 0,
        image.bytes or 0,
        printable(image.broken or image.suspicious or "", _NAME) or 0,
    ]


def is_ready(one: Proposal) -> bool:
    """Whether a change can be merged as it stands, today."""
    return one.disposition is Disposition.SAFE and one.waits_until is None


def _fix(proposals: tuple[Proposal, ...]) -> int:
    """0: none; 1: some can be merged as they stand; 2: some need a look; 3: all wait for another run."""
    if any(map(is_ready, proposals)):
        return 1
    return 2 if any(one.waits_until is None for one in proposals) else 3 if proposals else 0
