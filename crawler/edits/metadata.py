"""A living page in, what its card's title, excerpt, dates and site name should be out: empty ones filled, others only
where the settings ask for it, and never to a poorer text."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from crawler.edits.case import Case, Change, Row, Terms
from crawler.model import Code, Disposition, Kind, Page, Place, Repair
from crawler.settings import FixSettings, Refresh

LONGEST = 300
"""Characters of an excerpt; cards cut there."""
_CUT = re.compile(r"(?:\.\.\.|…)\s*$")

Texts = tuple[str | None, str | None]
"""(what the card says, what the page says)."""


def _page(case: Case) -> Page | None:
    """The page that the card is about, if it lives and can be trusted to be the same."""
    if case.place.kind is not Kind.PAGE or not case.place.claims.main or not case.subject.alive:
        return None
    return case.subject.page


def _changed(
    case: Case, texts: Texts, *names: str, mode: Refresh, better: Callable[[str, str], bool]
) -> tuple[Change, ...]:
    """A change of the first of `names` that the card has, else of the first, as `mode` allows."""
    said, told = texts
    if not told or not _is_wanted(said, mode) or (said is not None and not better(said, told)):
        return ()
    if said is None and case.verdict is not None and case.verdict.code is Code.DRIFTED:
        return ()
    lines, level = dict(case.place.claims.lines), _level(case.place)
    field = next((level + name for name in names if level + name in lines), level + names[0])
    because = "the card has none, and the page says so" if said is None else "the page says otherwise now"
    return (Change(field=field, old=said or "", new=told, because=because, line=lines.get(field)),)


def _is_wanted(said: str | None, mode: Refresh) -> bool:
    """Whether what a page says may take the place of what a card does, or fill it."""
    return mode == "replace" or (mode == "fill" and said is None)


def _level(place: Place) -> str:
    """The route of the card within the card that a main link stands in: "" or such as `related[0].`."""
    return place.field[: place.field.rfind(".") + 1]


def _title(case: Case, terms: Terms) -> tuple[Change, ...]:
    page, said = _page(case), case.place.claims.title
    if page is None or not _is_wanted(said, terms.fix.title):
        return ()

    def better(old: str, new: str) -> bool:
        poorer = set(_words(new)) <= {*_words(old), *_words(page.site_name or "")}
        return terms.similarity(old, new, page.site_name) < 1.0 and not poorer and not _is_part(new, old)

    return _changed(case, (said, page.title), "title", "name", mode=terms.fix.title, better=better)


def _excerpt(case: Case, terms: Terms) -> tuple[Change, ...]:
    page, said = _page(case), case.place.claims.excerpt
    if page is None or not _is_wanted(said, terms.fix.excerpt):
        return ()
    told = _shortened(page.description) if page.description else None
    return _changed(case, (said, told), "excerpt", mode=terms.fix.excerpt, better=_longer_excerpt)


def _longer_excerpt(old: str, new: str) -> bool:
    return len(new) >= len(old) and not _is_part(old, new) and not _CUT.search(new)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _is_part(one: str, other: str) -> bool:
    """Whether one text is the beginning of another, cut or not."""
    left, right = (" ".join(_CUT.sub("", text).casefold().split()) for text in (one, other))
    return right.startswith(left)


def _shortened(text: str) -> str:
    """A description as an excerpt: cut at a blank."""
    if len(text) <= LONGEST:
        return text
    head = text[: LONGEST - 3]
    return (head.rsplit(None, 1)[0] if " " in head else head).rstrip(" ,;:.-–—") + "..."


def _published(case: Case, terms: Terms) -> tuple[Change, ...]:
    page, said = _page(case), case.place.claims.published
    if page is None or not _is_wanted(said, terms.fix.published):
        return ()
    texts = said, _moment(page.published)
    return _changed(case, texts, "publishedDateTime", mode=terms.fix.published, better=_other_day)


def _updated(case: Case, terms: Terms) -> tuple[Change, ...]:
    page, said = _page(case), case.place.claims.updated
    if page is None or not _is_wanted(said, terms.fix.updated):
        return ()
    return _changed(case, (said, _moment(page.modified)), "updatedDateTime", mode=terms.fix.updated, better=_other_day)


def _moment(text: str | None) -> str | None:
    """A time as cards have it, `2021-06-22T02:10:00Z`; what names no hour or no zone stays as it is."""
    if text is None or "T" not in text:
        return text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment.tzinfo else text


def _other_day(old: str, new: str) -> bool:
    return old[:10] != new[:10]


def _provider(case: Case, terms: Terms) -> tuple[Change, ...]:
    page, said = _page(case), case.place.claims.provider
    if page is None or not _is_wanted(said, terms.fix.provider):
        return ()

    def better(old: str, new: str) -> bool:
        return old.casefold().split() != new.casefold().split()

    return _changed(case, (said, page.site_name), "provider.name", mode=terms.fix.provider, better=better)


def refreshes(fix: FixSettings, place: Place) -> bool:
    """Whether a place may call for a refresh at all: that is told without looking at its page."""
    claims = place.claims
    pairs = (
        (fix.title, claims.title),
        (fix.excerpt, claims.excerpt),
        (fix.published, claims.published),
        (fix.updated, claims.updated),
        (fix.provider, claims.provider),
    )
    return claims.main and any(_is_wanted(said, mode) for mode, said in pairs)


ROWS: tuple[Row, ...] = tuple(
    Row(name=name, kind=Repair.METADATA, disposition=Disposition.REVIEW, find=find)
    for name, find in (
        ("page_title", _title),
        ("page_description", _excerpt),
        ("page_published", _published),
        ("page_modified", _updated),
        ("page_site_name", _provider),
    )
)
