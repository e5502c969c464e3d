"""A dead page or picture in, the copy of it that the Wayback Machine holds out, or what to ask for it next.

A copy of a page is judged sound by the same rules as any page, and bears the card's title. A copy of a picture is
wanted where its page is gone too, and is measured like any picture.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from crawler.edits import image, wayback
from crawler.edits.addresses import with_fragment
from crawler.edits.archive_search import Copy, Sought, day_of, search, told_of
from crawler.edits.case import Case, Change, Row, Terms, until_confirmed
from crawler.model import Claims, Code, Disposition, Health, Kind, Observation, Place, Question, Repair, Request, Want
from crawler.text import printable

SAME_TITLE = 0.6
"""Likeness of titles from which on a capture is the page that the card speaks of."""
SOON = timedelta(days=7)
"""A death that may be confirmed within this time is looked up already, so that its repair is seen while it waits."""


def archive_questions(case: Case, terms: Terms, now: datetime) -> tuple[Question, ...]:
    """What to ask the archive next on behalf of a dead link; nothing unless the settings want its copies."""
    sought = _sought(case, terms)
    if terms.fix.archive == "off" or sought is None or not _due(case, terms, now):
        return ()
    found = search(sought, case.subject.answers)
    return (Question(request=found, about=case.subject.link.url),) if isinstance(found, Request) else ()


def _due(case: Case, terms: Terms, now: datetime) -> bool:
    if not terms.fix.confirmed_only or until_confirmed(case) is None:
        return True
    return case.subject.settles is not None and case.subject.settles <= now + SOON


def _sought(case: Case, terms: Terms) -> Sought | None:
    """What a copy would be of any use of."""
    link = case.subject.link
    if not case.subject.dead or link.asset is not None or link.invalid is not None:
        return None
    if not wayback.can_be_looked_up(link.url):
        return None
    if case.place.kind is Kind.IMAGE:
        if case.page is None or not case.page.dead:
            return None
        day = day_of(_main(case))
        return Sought(url=link.url, day=day, want=Want.IMAGE, fits=lambda seen, _: image.is_fit(seen, terms))
    if case.place.kind is not Kind.PAGE or _field(case.place, terms) is None:
        return None
    codes = dict(case.subject.answer_codes)
    return Sought(
        url=link.url,
        day=day_of(case.place.claims),
        want=Want.PAGE,
        fits=lambda seen, shown: _is_sound(codes.get(seen.url)) and _same_title(case, shown, terms),
    )


# ---- pages ---------------------------------------------------------------------------------------------------------


def _field(place: Place, terms: Terms) -> str | None:
    """Where the copy's address goes; None where it has no place, or one is there already."""
    if terms.fix.archive == "replace":
        return place.field
    field = place.field[: place.field.rfind(".") + 1] + terms.fix.archive_field
    return field if place.claims.main and field not in dict(place.claims.lines) else None


def _is_sound(code: Code | None) -> bool:
    return code is not None and code.health is Health.HEALTHY


def _same_title(case: Case, shown: Observation, terms: Terms) -> bool:
    """Whether a page is called as its card says; what is no page, such as a PDF, is called nothing."""
    title = case.place.claims.title
    if title is None or shown.features is None:
        return True
    return shown.page is not None and terms.similarity(title, shown.page.title, shown.page.site_name) >= SAME_TITLE


def _archived(case: Case, terms: Terms) -> tuple[Change, ...]:
    """Also while the setting is "off": then nothing was asked, unless the audit was told to on its command line."""
    field = _field(case.place, terms) if case.place.kind is Kind.PAGE else None
    copy = _found(case, terms) if field else None
    if field is None or copy is None:
        return ()
    new = with_fragment(wayback.address_of(case.subject.link.url, copy.capture.timestamp), case.place.written)
    old = case.place.written if field == case.place.field else ""
    title = copy.seen.page.title if copy.seen.page else None
    named = f", called “{printable(title, 120)}”" if title else ""
    when = told_of(copy, day_of(case.place.claims))
    because = f"the page is dead ({case.subject.code}); the Wayback Machine has a sound copy {when}{named}"
    return (Change(field=field, old=old, new=new, because=because),)


def _found(case: Case, terms: Terms) -> Copy | None:
    sought = _sought(case, terms)
    found = search(sought, case.subject.answers) if sought else None
    return found if isinstance(found, Copy) else None


# ---- pictures ------------------------------------------------------------------------------------------------------


def _main(case: Case) -> Claims:
    """What the card says of its page, beside a picture of it."""
    places = case.page.link.places if case.page else ()
    return next((one.claims for one in places if one.path == case.place.path and one.claims.main), Claims())


def _archived_picture(case: Case, terms: Terms) -> tuple[Change, ...]:
    """In the picture's place: nobody looks for one in a field of its own."""
    copy = _found(case, terms) if case.place.kind is Kind.IMAGE else None
    if copy is None or copy.seen.image is None:
        return ()
    new = wayback.address_of(case.subject.link.url, copy.capture.timestamp, image=True)
    note = image.STALE if case.place.claims.cached else ""
    when = told_of(copy, day_of(_main(case)))
    because = f"picture and page are gone; the Wayback Machine has the picture {when}{note}"
    change = Change(field=case.place.field, old=case.place.written, new=new, because=because)
    return (change, *image.sizes(case, copy.seen.image, "the size of the archive's copy", exact=True))


def _until_both_confirmed(case: Case) -> datetime | None:
    """Until when picture and page have to be seen dead again."""
    page = until_confirmed(msgspec.structs.replace(case, subject=case.page)) if case.page else None
    return max((one for one in (until_confirmed(case), page) if one is not None), default=None)


ROWS: tuple[Row, ...] = (
    Row(
        name="archived_copy",
        kind=Repair.ARCHIVE,
        disposition=Disposition.REVIEW,
        find=_archived,
        waits=until_confirmed,
    ),
    Row(
        name="archived_picture",
        kind=Repair.IMAGE,
        disposition=Disposition.REVIEW,
        find=_archived_picture,
        waits=_until_both_confirmed,
    ),
)
