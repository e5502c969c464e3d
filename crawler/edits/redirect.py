"""A link that lives in, the better address for it out: moved for good, served safely, or without tracking.

What is adopted from redirects follows InternetArchiveBot and Google's advice on moved pages: permanent, the same page
still, and the same end twice. Logins, consent, error and front pages are verdicts of their own and never get here.
"""

from __future__ import annotations

from datetime import datetime

from crawler.edits.addresses import (
    is_front,
    lasts,
    made_for_some,
    names_a_part,
    picks_language,
    same_spelled_otherwise,
    secured,
    with_fragment,
    without_tracking,
)
from crawler.edits.case import Case, Change, Heir, Row, Subject, Terms
from crawler.model import Answered, Code, Disposition, Image, Kind, Observation, Purpose, Repair

SAME_TITLE = 0.6
"""Likeness of titles from which on a page is the same."""
PERMANENT = (301, 308)


def end_of(observation: Observation | None) -> str | None:
    """The address that answered in the end."""
    outcome = observation.outcome if observation else None
    return outcome.url if isinstance(outcome, Answered) else None


def _heir(case: Case) -> Heir | None:
    """Where the link has moved, if that may be adopted at all."""
    subject, heir, url = case.subject, case.subject.heir, case.subject.link.url
    if heir is None or subject.code is not Code.MOVED or subject.observation is None:
        return None
    if case.place.kind is Kind.AMP_CACHE or (case.verdict is not None and case.verdict.code is Code.DRIFTED):
        return None
    if case.place.kind is Kind.AMP and not (subject.page and subject.page.is_amp):
        return None  # from AMP to the page itself is the publisher's choice for each visitor
    if any(hop.status not in PERMANENT for hop in subject.observation.hops):
        return None
    if not lasts(heir.url) or picks_language(url, heir.url) or same_spelled_otherwise(url, heir.url):
        return None
    if is_front(heir.url) and not is_front(url):
        return None
    return None if heir.url.startswith("http:") and url.startswith("https:") else heir


def _target(case: Case, heir: Heir) -> str | None:
    """The end without the tracking that the redirect added; None where the clean address is another page."""
    clean = without_tracking(heir.url)
    if clean != heir.url and not _answers_alike(case, Purpose.CLEAN, clean):
        return None
    if part := _part(case):
        new = f"{clean}#{part}"
        return new if lasts(new) else None
    return with_fragment(clean, case.place.written)


def _part(case: Case) -> str:
    """What the redirects name behind a #, where that is another part of the page than the card's (RFC 9110, 10.2.2)."""
    named = _named(case.subject.observation) if case.subject.observation else ""
    return "" if named == case.place.written.partition("#")[2] else named


def _named(observation: Observation) -> str:
    """The last part of a page that redirects name."""
    hops = reversed(observation.hops)
    return next((hop.fragment for hop in hops if names_a_part(hop.fragment, hop.url)), "")


def clean_target(case: Case) -> str | None:
    """The clean end of a redirect that adds tracking: what has to be asked before it can be adopted."""
    heir = _heir(case)
    clean = without_tracking(heir.url) if heir else None
    return clean if heir and clean != heir.url else None


def _change(case: Case, new: str | None, because: str) -> tuple[Change, ...]:
    if new is None or new == case.place.written:
        return ()
    return (Change(field=case.place.field, old=case.place.written, new=new, because=because),)


def _to_https(case: Case, _: Terms) -> tuple[Change, ...]:
    heir = _heir(case)
    if heir is None or heir.url != secured(case.subject.link.url):
        return ()
    return _change(case, with_fragment(heir.url, case.place.written), "the site sends everybody on to https")


def _same_site(case: Case, _: Terms) -> tuple[Change, ...]:
    moved = _within_site(case)
    return _change(case, *moved) if moved and _doubt(case, moved[0]) is None else ()


def _same_site_for_some(case: Case, _: Terms) -> tuple[Change, ...]:
    moved = _within_site(case)
    doubt = _doubt(case, moved[0]) if moved else None
    return _change(case, moved[0], f"{moved[1]}, but {doubt}") if moved and doubt else ()


def _doubt(case: Case, new: str) -> str | None:
    """Why a new address may be the asker's alone, as a clause."""
    page = case.subject.page
    if case.place.kind is Kind.PAGE and page is not None and page.is_amp and page.canonical != new.partition("#")[0]:
        return "it is the AMP edition of a page"
    if part := _part(case):
        return f"it leads to one part of a page, #{part}"
    return made_for_some(case.subject.link.url, new)


def _within_site(case: Case) -> tuple[str, str] | None:
    """(the new address, why it is the same page's)."""
    heir = _heir(case)
    if heir is None or not heir.same_site or not (heir.slug_kept or _same_title(case, heir)):
        return None
    new = _target(case, heir)
    kept = "the name of the page is kept" if heir.slug_kept else "its title is the same"
    return None if new is None else (new, f"moved for good within its site, {kept}")


def _elsewhere(case: Case, _: Terms) -> tuple[Change, ...]:
    heir = _heir(case)
    if heir is None or heir.same_site or not heir.slug_kept:
        return ()
    if case.place.kind is not Kind.IMAGE and not _same_title(case, heir):
        return ()
    kept = "the name of the file is kept" if case.place.kind is Kind.IMAGE else "name and title of the page are kept"
    return _change(case, _target(case, heir), f"moved for good to another site, {kept}")


def _same_title(case: Case, heir: Heir) -> bool:
    return case.place.kind is not Kind.IMAGE and heir.title_likeness >= SAME_TITLE


def _https_works(case: Case, _: Terms) -> tuple[Change, ...]:
    twin = https_twin(case)
    if twin is None or not _answers_alike(case, Purpose.HTTPS, twin):
        return ()
    return _change(
        case, secured(case.place.written.strip()), "https answers with the same, and its certificate is sound"
    )


def https_twin(case: Case) -> str | None:
    """The https address that may take a plain one's place."""
    subject = case.subject
    if not subject.alive or case.place.kind is Kind.AMP_CACHE:
        return None
    end = end_of(subject.observation)
    return secured(subject.link.url) if end is not None and end.startswith("http:") else None


def _untracked(case: Case, _: Terms) -> tuple[Change, ...]:
    clean = clean_twin(case)
    if clean is None or not _answers_alike(case, Purpose.CLEAN, clean):
        return ()
    new = without_tracking(case.place.written)
    return _change(case, new, "without the parameters that count its visitors it answers the same")


def clean_twin(case: Case) -> str | None:
    """The address without tracking that may take a tracked one's place."""
    url = case.subject.link.url
    clean = without_tracking(url)
    return clean if clean != url and case.subject.alive and case.place.kind in (Kind.PAGE, Kind.AMP) else None


def _answers_alike(case: Case, purpose: Purpose, url: str) -> bool:
    """Whether another address answers as the link does: where it was asked to, with the same page or picture."""
    subject, other = case.subject, case.subject.answer(purpose, url)
    if other is None or not isinstance(other.outcome, Answered) or not 200 <= other.outcome.status <= 299:
        return False
    return end_of(other) == url and _alike(subject, other)


def _alike(subject: Subject, other: Observation) -> bool:
    seen = subject.observation
    if seen is None:
        return False
    if seen.image is not None or other.image is not None:
        one, two = seen.image, other.image
        return one is not None and two is not None and _shape(one) == _shape(two) and two.broken is None
    if seen.digest is not None and seen.digest == other.digest:
        return True
    return (
        seen.page is not None
        and other.page is not None
        and seen.page.title is not None
        and (seen.page.title == other.page.title)
    )


def _shape(image: Image) -> tuple[object, ...]:
    return (image.format, image.width, image.height)


def _until_same_end_twice(case: Case) -> datetime | None:
    """A redirect is adopted once two runs saw it end at the same place."""
    seen, before = case.subject.observation, case.subject.before
    return None if seen is None or (before is not None and _way(before) == _way(seen)) else seen.asked_at


def _way(observation: Observation) -> tuple[object, ...]:
    """Where redirects led, and how."""
    hops = [(hop.url, hop.status) for hop in observation.hops]
    return (end_of(observation), hops, _named(observation))


HEIR_ROWS: tuple[Row, ...] = (
    Row(
        name="redirect_to_https",
        kind=Repair.HTTPS,
        disposition=Disposition.SAFE,
        find=_to_https,
        waits=_until_same_end_twice,
    ),
    Row(
        name="moved_within_site",
        kind=Repair.REDIRECT,
        disposition=Disposition.SAFE,
        find=_same_site,
        waits=_until_same_end_twice,
    ),
    Row(
        name="moved_within_site_for_some",
        kind=Repair.REDIRECT,
        disposition=Disposition.REVIEW,
        find=_same_site_for_some,
        waits=_until_same_end_twice,
    ),
    Row(
        name="moved_to_other_site",
        kind=Repair.REDIRECT,
        disposition=Disposition.REVIEW,
        find=_elsewhere,
        waits=_until_same_end_twice,
    ),
)
TWIN_ROWS: tuple[Row, ...] = (
    Row(name="https_works", kind=Repair.HTTPS, disposition=Disposition.SAFE, find=_https_works),
    Row(name="tracking_dropped", kind=Repair.REDIRECT, disposition=Disposition.REVIEW, find=_untracked),
)
