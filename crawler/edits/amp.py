"""An AMP address that its publisher has dropped or changed in, its removal or its heir out.

A card without AMP is a sound card, so what was dropped is removed; `cdnAmpWebUrl` is a copy and follows `ampWebUrl`.
"""

from __future__ import annotations

from crawler.edits.addresses import lasts
from crawler.edits.case import Case, Change, Row, Subject, Terms, until_seen_twice
from crawler.model import Answered, Code, Disposition, Kind, Observation, Purpose, Repair

GONE = ("amp_gone", "amp_leads_to_page")
"""Verdict rules that leave no doubt: nothing, or the page itself, stands where the AMP page was."""
ELSEWHERE = "amp_declared_elsewhere"


def _amp(case: Case) -> Subject | None:
    """The AMP page that decides: the link itself, or what a cache's copy is a copy of."""
    return case.subject if case.place.kind is Kind.AMP else case.amp if case.place.kind is Kind.AMP_CACHE else None


def _removed(case: Case, because: str) -> tuple[Change, ...]:
    return (Change(field=case.place.field, old=case.place.written, new=None, because=because),)


def _is_dropped(case: Case) -> bool:
    """Whether the publisher dropped AMP, by the link's own verdict or by what this card makes of it."""
    code = case.verdict.code if case.verdict else case.subject.code
    return _amp(case) is not None and code is Code.AMP_DROPPED


def _is_plain(amp: Subject | None) -> bool:
    """Whether that leaves no doubt; an AMP address that is a card's page as well is that page."""
    return amp is not None and (amp.rule in GONE or amp.link.kind is Kind.PAGE)


def _gone(case: Case, _: Terms) -> tuple[Change, ...]:
    if not _is_dropped(case) or not _is_plain(_amp(case)) or redeclared(case) is not None:
        return ()
    return _removed(case, "the publisher dropped AMP: nothing, or the page itself, stands at the AMP address")


def _no_longer_amp(case: Case, _: Terms) -> tuple[Change, ...]:
    heir = redeclared(case)
    if not _is_dropped(case) or (heir is None and _is_plain(_amp(case))):
        return ()
    if heir is None:
        return _removed(case, "the page no longer declares AMP, or what stands at the AMP address is none")
    if _asked(case, heir) is None or _is_amp(_asked(case, heir)):
        return ()
    return _removed(case, f"the AMP page is gone, and what the page declares in its place is none, {heir}")


def redeclared(case: Case) -> str | None:
    """The AMP page that the card's page declares now, in place of the card's."""
    amp, page = _amp(case), case.page.page if case.page else None
    if amp is None or page is None or page.amphtml in (None, amp.link.url):
        return None
    is_moved = amp.code is Code.AMP_MISMATCH and amp.rule == ELSEWHERE
    return page.amphtml if is_moved or _is_dropped(case) else None


def _asked(case: Case, url: str) -> Observation | None:
    """What stands at the AMP page that is declared, if it was asked."""
    amp = _amp(case)
    return amp.answer(Purpose.CANDIDATE, url) if amp else None


def _is_amp(seen: Observation | None) -> bool:
    return (
        seen is not None
        and isinstance(seen.outcome, Answered)
        and 200 <= seen.outcome.status <= 299
        and seen.page is not None
        and seen.page.is_amp
    )


def _declared(case: Case, terms: Terms) -> tuple[Change, ...]:
    url = redeclared(case)
    if url is None or not lasts(url) or not _is_amp(_asked(case, url)):
        return ()
    new = url if case.place.kind is Kind.AMP else terms.cache_url(url)
    because = f"the page declares another AMP page, {url}"
    return () if new is None else (Change(field=case.place.field, old=case.place.written, new=new, because=because),)


def _derived(case: Case, terms: Terms) -> tuple[Change, ...]:
    amp = case.amp
    if (
        case.place.kind is not Kind.AMP_CACHE
        or amp is None
        or not amp.alive
        or case.subject.code is not Code.AMP_MISMATCH
    ):
        return ()
    new = terms.cache_url(amp.link.url)
    because = "the copy of the card's AMP page has this address"
    return () if new is None else (Change(field=case.place.field, old=case.place.written, new=new, because=because),)


ROWS: tuple[Row, ...] = (
    Row(name="amp_dropped", kind=Repair.AMP, disposition=Disposition.SAFE, find=_gone, waits=until_seen_twice),
    Row(
        name="amp_no_longer",
        kind=Repair.AMP,
        disposition=Disposition.REVIEW,
        find=_no_longer_amp,
        waits=until_seen_twice,
    ),
    Row(name="amp_redeclared", kind=Repair.AMP, disposition=Disposition.REVIEW, find=_declared, waits=until_seen_twice),
    Row(name="amp_cache_derived", kind=Repair.AMP, disposition=Disposition.REVIEW, find=_derived),
)
