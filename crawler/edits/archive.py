"""A dead page in, the copy of it that the Wayback Machine holds out, or what to ask for it next.

Of the captures that answered 200, those nearest to the card's date are looked at until one is the page that the card
speaks of: judged sound by the same rules as any page, under the card's title. Captures of error pages, of walls and of
parked domains are as common in the archive as on the web.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from crawler.edits import wayback
from crawler.edits.addresses import with_fragment
from crawler.edits.case import Case, Change, Row, Terms, until_confirmed
from crawler.edits.wayback import Capture
from crawler.model import Disposition, Health, Kind, Observation, Place, Purpose, Question, Record, Repair, Request
from crawler.urls import host_of, split

TRIES = 3
"""Captures of one page that are looked at."""
ROUNDS = 2 + TRIES
"""Times that a run asks: the index, where that says nothing the other API, and the captures one by one."""
AFTER = timedelta(days=90)
"""A capture this soon after the card's date is preferred to one before it, which may show a page not yet complete."""
SAME_TITLE = 0.6
"""Likeness of titles from which on a capture is the page that the card speaks of."""
NOTHING_COUNTS = timedelta(days=30)
"""For so long it is believed that there is no copy; that there is one, for as long as the history lasts."""
SOON = timedelta(days=7)
"""A death that may be confirmed within this time is looked up already, so that its repair is seen while it waits."""
FIRST_YEAR = 1996
"""When the archive began."""

_DAY = re.compile(r"\s*(\d{4})-(\d\d)-(\d\d)")


class Copy(Record, frozen=True):
    """A capture that shows what the card speaks of."""

    capture: Capture
    seen: Observation


def archive_questions(case: Case, terms: Terms, now: datetime) -> tuple[Question, ...]:
    """What to ask the archive next on behalf of a dead link; nothing unless the settings want its copies."""
    if terms.fix.archive == "off" or not _concerns(case, terms) or not _due(case, terms, now):
        return ()
    found = search(case, terms)
    return (Question(request=found, about=case.subject.link.url),) if isinstance(found, Request) else ()


def granted(wanted: Iterable[tuple[datetime, Question]], links: int) -> list[Question]:
    """Of (dead since, question) the questions about the `links` links that are dead for longest; 0 for all."""
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


def search(case: Case, terms: Terms) -> Request | Copy | None:
    """The copy, as far as the answers tell, or the next request; None if there is no copy to be had in this run."""
    url, day = case.subject.link.url, _day(case)
    known = {one.url: one for one in case.subject.answers if one.purpose is Purpose.ARCHIVE}
    if any(map(wayback.wants_peace, known.values())):
        return None
    request = wayback.index_request(url, day)
    if request.url not in known:
        return request
    captures = wayback.listed(known[request.url])
    if not captures:
        request = wayback.availability_request(url, day)
        if request.url not in known:
            return request
        captures = wayback.offered(known[request.url])
    tried, refused = 0, set[str]()
    for capture in nearest(captures or (), day):
        if tried == TRIES:
            break
        if capture.digest in refused:
            continue  # the same bytes once more
        tried += 1
        request = wayback.replay_request(url, capture)
        if request.url not in known:
            return request
        copy = _copy(case, known[request.url], terms)
        if copy is not None:
            return copy
        refused |= {capture.digest} - {""}
    return None


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


def _copy(case: Case, seen: Observation, terms: Terms) -> Copy | None:
    """What a replay shows, if it is the page that the card speaks of."""
    replay = wayback.replayed(seen)
    code = dict(case.subject.answer_codes).get(seen.url)
    if replay is None or wayback.status_of(seen) != 200 or code is None or code.health is not Health.HEALTHY:
        return None
    capture, page = replay
    shown = page.outcome.url
    if _bare(shown) != _bare(case.subject.link.url):
        return None  # the page had moved when it was captured: what is there is for a person to judge
    return Copy(capture=capture, seen=page) if page.received and _same_title(case, page, terms) else None


def _same_title(case: Case, seen: Observation, terms: Terms) -> bool:
    """Whether a page is called as its card says; what is no page, such as a PDF, is called nothing."""
    title = case.place.claims.title
    if title is None or seen.features is None:
        return True
    return seen.page is not None and terms.similarity(title, seen.page.title, seen.page.site_name) >= SAME_TITLE


def _bare(url: str) -> str:
    """An address without what sites change without moving a page: scheme, `www.`, a slash at the end."""
    parts = split(url)
    return f"{host_of(url).removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}"


def _concerns(case: Case, terms: Terms) -> bool:
    """Whether a copy would change anything on this place's card."""
    link = case.subject.link
    if case.place.kind is not Kind.PAGE or not case.subject.dead or link.asset is not None or link.invalid is not None:
        return False
    return _field(case.place, terms) is not None and wayback.can_be_looked_up(link.url)


def _due(case: Case, terms: Terms, now: datetime) -> bool:
    if not terms.fix.confirmed_only or until_confirmed(case) is None:
        return True
    return case.subject.settles is not None and case.subject.settles <= now + SOON


def _field(place: Place, terms: Terms) -> str | None:
    """Where the copy's address goes; None where it has no place, or one is there already."""
    if terms.fix.archive == "replace":
        return place.field
    field = place.field[: place.field.rfind(".") + 1] + terms.fix.archive_field
    return field if place.claims.main and field not in dict(place.claims.lines) else None


def _day(case: Case) -> date | None:
    """The card's date."""
    claims = case.place.claims
    match = _DAY.match(claims.published or claims.updated or "")
    try:
        day = date(*map(int, match.groups())) if match else None
    except ValueError:
        return None
    return day if day and day.year >= FIRST_YEAR else None


def _archived(case: Case, terms: Terms) -> tuple[Change, ...]:
    """Also while the setting is "off": then nothing was asked, unless the audit was told to on its command line."""
    field = _field(case.place, terms) if _concerns(case, terms) else None
    copy = search(case, terms) if field else None
    if field is None or not isinstance(copy, Copy):
        return ()
    new = with_fragment(wayback.address_of(case.subject.link.url, copy.capture.timestamp), case.place.written)
    old = case.place.written if field == case.place.field else ""
    return (Change(field=field, old=old, new=new, because=_because(case, copy)),)


def _because(case: Case, copy: Copy) -> str:
    taken, day = copy.capture.at.date(), _day(case)
    when = f"of {taken}"
    if day is not None:
        days = (taken - day).days
        side = "after" if days > 0 else "before"
        when += f", {abs(days)} days {side} the card's date" if days else ", the card's date"
    title = copy.seen.page.title if copy.seen.page else None
    named = f", called “{title}”" if title else ""
    return f"the page is dead ({case.subject.code}); the Wayback Machine has a sound copy {when}{named}"


ROWS: tuple[Row, ...] = (
    Row(
        name="archived_copy",
        kind=Repair.ARCHIVE,
        disposition=Disposition.REVIEW,
        find=_archived,
        waits=until_confirmed,
    ),
)
