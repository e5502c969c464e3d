"""One place of one link in, the proposals for its card out, each with the row that made it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from crawler.edits import amp, archive, dead, image, metadata, redirect
from crawler.edits.addresses import secured, without_tracking
from crawler.edits.case import Case, Row, Terms, is_kept
from crawler.model import Code, Disposition, Kind, Observation, Place, Proposal, Verdict
from crawler.settings import FixSettings
from crawler.text import printable


def _is_amp(case: Case, _: Terms) -> bool:
    return case.place.kind in (Kind.AMP, Kind.AMP_CACHE)


def _may_be_pictured(case: Case, terms: Terms) -> bool:
    return case.place.kind is Kind.IMAGE or image.is_wanting(case.place, terms.fix)


def _has_heir(case: Case, _: Terms) -> bool:
    return case.subject.heir is not None


def _lives(case: Case, _: Terms) -> bool:
    return case.subject.alive


def _is_dead(case: Case, _: Terms) -> bool:
    return case.subject.dead


TABLES: tuple[tuple[Callable[[Case, Terms], bool], tuple[Row, ...]], ...] = (
    (_is_amp, amp.ROWS),
    (_may_be_pictured, image.ROWS),
    (_has_heir, redirect.HEIR_ROWS),
    (_lives, redirect.TWIN_ROWS),
    (_lives, metadata.ROWS),
    (_is_dead, archive.ROWS),
    (_is_dead, dead.ROWS),
)
"""(whether any row of a table may hold, the table), in order: of rows that would change one field, the first does."""


_NOT_EDITED = "; to be done by hand, since front matter in TOML or JSON is not edited"
_FIXED = "; to be done by hand, since a block, an alias, or a value with an anchor or a tag is not edited"


def rows_for(case: Case, terms: Terms) -> Iterator[Row]:
    """The rows that may hold for a case: 7 of 26 for a page that lives where it did."""
    for may_hold, rows in TABLES:
        if may_hold(case, terms):
            yield from rows


def propose(case: Case, terms: Terms) -> tuple[Proposal, ...]:
    """The changes that a case calls for, at most one of each field."""
    found: dict[str, Proposal] = {}
    for row in rows_for(case, terms):
        changes = tuple(one for one in row.find(case, terms) if not is_kept(one.field, terms.fix))
        waits = row.waits(case) if changes and row.waits and terms.fix.confirmed_only else None
        for change in changes:
            by_hand = _by_hand(case.place, change.field)
            found.setdefault(
                change.field,
                Proposal(
                    path=case.place.path,
                    line=change.line or case.place.line,
                    field=change.field,
                    old=change.old,
                    new=change.new,
                    kind=row.kind,
                    disposition=Disposition.REVIEW if by_hand else row.disposition,
                    rule=row.name,
                    because=printable(change.because) + by_hand,
                    waits_until=waits,
                ),
            )
    return tuple(found.values())


def _by_hand(place: Place, field: str) -> str:
    """Why a field of the card is for a person to change, or "" where it is not."""
    return _NOT_EDITED if place.by_hand else _FIXED if field in place.fixed else ""


def repairable(place: Place, verdict: Verdict | None, code: Code, seen: Observation | None, fix: FixSettings) -> bool:
    """As `concerned`, for a link about which nothing was asked: no other spelling of a page's address is known."""
    if place.excluded is not None or place.kind is not Kind.PAGE:
        return concerned(place, verdict, code, seen, fix)
    return metadata.refreshes(fix, place) or _troubled(place, verdict, code, seen, fix)


def concerned(place: Place, verdict: Verdict | None, code: Code, seen: Observation | None, fix: FixSettings) -> bool:
    """Whether a place may call for a repair: most call for none, and that costs a look at the link alone.

    `verdict`: what depends on the card; `code`: the link's own verdict.
    """
    if place.excluded is not None:
        return False
    return metadata.refreshes(fix, place) or doubtful(place, verdict, code, seen, fix)


def doubtful(place: Place, verdict: Verdict | None, code: Code, seen: Observation | None, fix: FixSettings) -> bool:
    """As `concerned`, for more than what its own page says: only then may something have to be asked."""
    if place.excluded is not None:
        return False
    if _troubled(place, verdict, code, seen, fix):
        return True
    url = place.written.strip()
    return not is_kept(place.field, fix) and (secured(url) is not None or without_tracking(url) != url)


def _troubled(place: Place, verdict: Verdict | None, code: Code, seen: Observation | None, fix: FixSettings) -> bool:
    """Whether the link is not as it should be, or a picture is wanted of it."""
    if image.is_wanting(place, fix):
        return True
    if is_kept(place.field, fix):  # what stands beside it may change all the same
        return place.claims.main and code is not Code.OK
    if place.kind is not Kind.PAGE and verdict is not None:
        return True
    return code is not Code.OK or (seen is not None and bool(seen.hops))
