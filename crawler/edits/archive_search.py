"""What is looked for in the archive and what it has answered in, the copy that fits or the next request out.

Of the captures that answered 200, those nearest to the card's date are looked at until one fits. Captures of error
pages, of walls and of parked domains are as common in the archive as on the web.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from urllib.parse import unquote

from crawler.edits import wayback
from crawler.edits.wayback import Capture
from crawler.model import Claims, Observation, Purpose, Question, Record, Request, Want
from crawler.urls import host_of, split

TRIES = 3
"""Captures of one address that are looked at."""
ROUNDS = 2 + TRIES
"""Times that a run asks: the index, where that says nothing the other API, and the captures one by one."""
AFTER = timedelta(days=90)
"""A capture this soon after the card's date is preferred to one before it, which may show a page not yet complete."""
NOTHING_COUNTS = timedelta(days=30)
"""For so long it is believed that there is no copy; that there is one, for as long as the history lasts."""
FIRST_YEAR = 1996
"""When the archive began."""

_DAY = re.compile(r"\s*(\d{4})-(\d\d)-(\d\d)")


class Sought(Record, frozen=True):
    """What a copy is wanted of."""

    url: str
    day: date | None
    """The card's."""
    want: Want
    fits: Callable[[Observation, Observation], bool]
    """Whether a replay will do: as it was observed, and as if its page had answered at its own address."""


class Copy(Record, frozen=True):
    """A capture that will do."""

    capture: Capture
    seen: Observation
    """As if at its own address."""


def search(sought: Sought, answers: Iterable[Observation]) -> Request | Copy | None:
    """The copy, as far as the answers tell, or the next request; None if there is no copy to be had in this run."""
    known = {one.url: one for one in answers if one.purpose is Purpose.ARCHIVE}
    if any(map(wayback.wants_peace, known.values())):
        return None
    request = wayback.index_request(sought.url, sought.day)
    if request.url not in known:
        return request
    captures = wayback.listed(known[request.url])
    if not captures:
        request = wayback.availability_request(sought.url, sought.day)
        if request.url not in known:
            return request
        captures = wayback.offered(known[request.url])
    return _first_that_fits(nearest(captures or (), sought.day), sought, known)


def _first_that_fits(
    captures: Sequence[Capture], sought: Sought, known: dict[str, Observation]
) -> Request | Copy | None:
    tried, refused = 0, set[str]()
    for capture in captures:
        if tried == TRIES:
            break
        if capture.digest in refused:
            continue  # the same bytes once more
        tried += 1
        request = wayback.replay_request(sought.url, capture, sought.want)
        if request.url not in known:
            return request
        copy = _copy(known[request.url], sought)
        if copy is not None:
            return copy
        refused |= {capture.digest} - {""}
    return None


def _copy(seen: Observation, sought: Sought) -> Copy | None:
    replay = wayback.replayed(seen)
    if replay is None or wayback.status_of(seen) != 200 or not seen.received:
        return None
    capture, shown = replay
    # Where it had moved when it was captured, what is there is for a person to judge.
    same = _bare(shown.outcome.url) == _bare(sought.url)
    return Copy(capture=capture, seen=shown) if same and sought.fits(seen, shown) else None


def _bare(url: str) -> str:
    """An address without what changes without a page being moved: scheme, `www.`, a slash at the end, escapes."""
    parts = split(url)
    return unquote(f"{host_of(url).removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}")


def nearest(captures: Sequence[Capture], day: date | None) -> list[Capture]:
    """The order in which captures are looked at; without a day, the newest first."""
    if day is None:
        return sorted(captures, key=lambda one: one.timestamp, reverse=True)

    def rank(capture: Capture) -> tuple[int, timedelta, str]:
        distance = capture.at.date() - day
        if timedelta(0) <= distance <= AFTER:
            return 0, distance, capture.timestamp
        return (1 if distance < timedelta(0) else 2), abs(distance), capture.timestamp

    return sorted(captures, key=rank)


def day_of(claims: Claims) -> date | None:
    """A card's date; None where it has none at which there was an archive."""
    match = _DAY.match(claims.published or claims.updated or "")
    try:
        day = date(*map(int, match.groups())) if match else None
    except ValueError:
        return None
    return day if day and day.year >= FIRST_YEAR else None


def told_of(copy: Copy, day: date | None) -> str:
    """When a copy was taken, for people."""
    taken = copy.capture.at.date()
    if day is None:
        return f"of {taken}"
    days = (taken - day).days
    if not days:
        return f"of {taken}, the card's date"
    return f"of {taken}, {abs(days)} day{'s' * (abs(days) > 1)} {'after' if days > 0 else 'before'} the card's date"


def granted(wanted: Iterable[tuple[datetime, Question]], links: int) -> list[Question]:
    """Of (waiting since, question) the questions about the `links` links that wait for longest; 0 for all."""
    order = sorted(wanted, key=lambda one: (one[0], one[1].about, one[1].request.url))
    about = list(dict.fromkeys(question.about for _, question in order))
    chosen = set(about[:links] if links else about)
    return [question for _, question in order if question.about in chosen]


def still_counts(seen: Observation, now: datetime) -> bool:
    """Whether an answer of the archive's from an earlier run spares the question: captures stay as they are."""
    fresh = now - seen.asked_at <= NOTHING_COUNTS
    if seen.url.startswith(wayback.INDEX):
        captures = wayback.listed(seen)
    elif seen.url.startswith(wayback.AVAILABLE):
        captures = wayback.offered(seen)
    else:
        status = wayback.status_of(seen)
        return status == 200 or (status is not None and 300 <= status < 500 and status != 429 and fresh)
    return bool(captures) or (captures is not None and fresh)
