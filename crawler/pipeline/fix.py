"""The findings that repairs rest on in, the repairs of each card out: as a diff, and written where that is wanted.

Nothing is asked: what a repair needs from the web, the audit has asked. Each card is read as it is now, and what has
changed since the audit is left alone.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from crawler.cards.find import find
from crawler.cards.read import card_of, name_of, read_card
from crawler.edits.diff import diff
from crawler.edits.patch import Planned, Refusal, plan
from crawler.edits.write import target, write
from crawler.errors import CardError, OutputError, PatchConflict
from crawler.history.lock import LockFile
from crawler.model import Card, Disposition, Finding, Proposal, Record, Repair
from crawler.settings import Settings
from crawler.text import printable


class Wish(Record, frozen=True):
    """Which proposals are wanted."""

    kinds: frozenset[Repair] = frozenset(Repair)
    review: bool = False
    """Also those that somebody should look at."""
    unconfirmed: bool = False
    """Also those that wait for another audit."""
    cards: frozenset[str] | None = None
    """The cards by their files; None: all."""


class Offer(Record, frozen=True):
    """What is proposed, and what of it is wanted."""

    proposals: Mapping[str, Sequence[Proposal]]
    """Wanted, by the card's file; files and fields in order."""
    about: Mapping[tuple[str, str], str]
    """(file, field) -> the link that the proposal came from."""
    rests: Mapping[tuple[str, str], Mapping[str, tuple[str | None, ...]]] = {}
    """(file, field) -> the fields of that link around it, and what may stand there: what did, or its own repair."""
    links: frozenset[str] = frozenset()
    """The links of all proposals that are wanted or would be with more, by their URLs."""
    waiting: int = 0
    """How many more `unconfirmed` would add."""
    first: datetime | None = None
    """When the first of those that wait may be seen again."""
    review: int = 0
    """How many more `review` would add."""
    both: int = 0
    """How many more both together would add to these."""
    by_hand: int = 0
    """How many more are of cards or fields that are not edited."""


class Repaired(Record, frozen=True):
    """What became of one card."""

    path: str
    """Of its file."""
    diff: bytes = b""
    taken: tuple[Proposal, ...] = ()
    refused: tuple[Refusal, ...] = ()
    gone: bool = False
    """There is no such card any more."""
    trouble: str | None = None
    """Why the card could not be read or written; printable."""


_STALE = "changed since the audit: the address that it is about is another now"

Choose = Callable[[Card, Planned], Planned]
"""Which part of what can be done to a card is wanted."""


def files_in(root: Path) -> Callable[[str], str]:
    """Gives the name of the file that a card's path leads to: git holds a link as such, and changes only what it is to.

    Where that is not below `root`, it is the path itself.
    """
    tree = Path(os.path.realpath(root))

    @cache
    def file_of(path: str) -> str:
        real = Path(os.path.realpath(root / path))
        return real.relative_to(tree).as_posix() if real.is_relative_to(tree) else path

    return file_of


def offer_of(findings: Iterable[Finding], wish: Wish, file_of: Callable[[str], str]) -> Offer:
    """What is wanted of the findings' proposals; what is proposed twice for one file, once."""
    seen: set[tuple[str, str, str | None]] = set()
    chosen: defaultdict[str, list[Proposal]] = defaultdict(list)
    about: dict[tuple[str, str], str] = {}
    links: set[str] = set()
    rests: dict[tuple[str, str], Mapping[str, tuple[str | None, ...]]] = {}
    waiting: list[datetime] = []
    review = both = by_hand = 0
    for finding in findings:
        whole = {place.path for place in finding.link.places if place.by_hand}
        fixed = {(place.path, field) for place in finding.link.places for field in place.fixed}
        for one in finding.proposals:
            path = file_of(one.path)
            if one.kind not in wish.kinds or (wish.cards is not None and path not in wish.cards):
                continue
            if (path, one.field, one.new) in seen:
                continue
            seen.add((path, one.field, one.new))
            links.add(finding.link.url)
            waits = one.waits_until is not None and not wish.unconfirmed
            needs_review = one.disposition is Disposition.REVIEW and not wish.review
            if one.path in whole or (one.path, one.field) in fixed:
                by_hand += 1
            elif waits and needs_review:
                both += 1
            elif needs_review:
                review += 1
            elif waits and one.waits_until is not None:
                waiting.append(one.waits_until)
            else:
                chosen[path].append(replace(one, path=path))
                about[path, one.field] = finding.link.url
                rests[path, one.field] = _around(one, finding)
    return Offer(
        proposals={path: sorted(chosen[path], key=lambda one: (one.line, one.field)) for path in sorted(chosen)},
        about=about,
        rests=rests,
        links=frozenset(links),
        waiting=len(waiting),
        first=min(waiting, default=None),
        review=review,
        both=both,
        by_hand=by_hand,
    )


def _around(proposal: Proposal, finding: Finding) -> Mapping[str, tuple[str | None, ...]]:
    """The fields that a proposal rests on, where it is not for one of them itself."""
    places = [one for one in finding.link.places if one.path == proposal.path]
    if any(one.field == proposal.field for one in places):
        return {}
    repaired = {one.field: (one.new,) for one in finding.proposals if one.path == proposal.path}
    near = [one for one in places if proposal.field.startswith(one.field[: one.field.rfind(".") + 1])]
    return {one.field: (one.written, *repaired.get(one.field, ())) for one in near}


def cards_under(settings: Settings, arguments: Sequence[str], *, folder: Path) -> frozenset[str]:
    """The files of the cards that arguments name, as seen from `folder`; raises NothingToDoError."""
    root = Path(settings.root)
    file_of = files_in(root)
    found = find(arguments, root=root, folder=folder, settings=settings.cards)
    return frozenset(file_of(name_of(path, root)) for path in found)


def repairs(offer: Offer, root: Path, choose: Choose, *, apply: bool) -> Iterator[Repaired]:
    """Every card of an offer, one after the other; trouble with one is told, and the others go on."""
    for path, proposals in offer.proposals.items():
        try:
            target(root / path, path, root=root)
            card = read_card(root / path, root=root)
        except OutputError as error:
            yield Repaired(path=path, trouble=str(error))
            continue
        except CardError as error:
            because = printable(str(error))
            yield Repaired(path=path, gone=not (root / path).exists(), trouble=because)
            continue
        if card is None:
            yield Repaired(path=path, gone=True, trouble=f"{printable(path)}: has no front matter any more")
            continue
        stale = [one for one in proposals if _is_stale(card, offer.rests.get((path, one.field), {}))]
        planned = choose(card, plan(card, [one for one in proposals if one not in stale], card_of))
        trouble = _written(planned, root, path) if apply else None
        yield Repaired(
            path=path,
            diff=diff(card, planned.patch) if planned.patch and not trouble else b"",
            taken=planned.taken if not trouble else (),
            refused=(*planned.refused, *(Refusal(proposal=one, because=_STALE) for one in stale)),
            trouble=trouble,
        )


def _is_stale(card: Card, rests: Mapping[str, tuple[str | None, ...]]) -> bool:
    """Whether none of the fields holds the link any more that a proposal is about."""
    values = {slot.route: slot.value for slot in card.slots if slot.route in rests}
    return bool(rests) and not any(values.get(field) in may for field, may in rests.items())


def everything(card: Card, planned: Planned) -> Planned:
    """All that can be done to a card."""
    del card
    return planned


def only(card: Card, proposals: Collection[Proposal]) -> Planned:
    """What some of the proposals come to."""
    return plan(card, tuple(proposals), card_of)


def _written(planned: Planned, root: Path, path: str) -> str | None:
    """Writes a card; why that failed, or None."""
    if planned.patch is None:
        return None
    try:
        write(root / path, planned.patch, root=root)
    except (OutputError, PatchConflict) as error:
        return str(error)
    return None


@contextmanager
def writing_alone(settings: Settings) -> Iterator[None]:
    """No other run writes cards meanwhile; raises CrawlerError if one does, OutputError if that cannot be had."""
    path = Path(settings.root) / settings.history.path
    lock = LockFile(path.with_name(f"{path.name}.fix-lock"), held="is writing cards; wait for its end")
    try:
        lock.take()
    except OSError as error:
        raise OutputError(f"{path.parent}: cannot be written: {error.strerror or error}") from error
    try:
        yield
    finally:
        lock.release()
