"""Cards in, links out: every distinct URL once, with all the places where it stands and what the cards claim of it.

A million links fit into memory because their places are kept packed, in a third of the room that records take.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import lru_cache

import msgspec

from crawler import fields
from crawler.cards.claims import Facts, is_null, level_of
from crawler.cards.filters import Filters
from crawler.cards.targets import Site, Target
from crawler.model import Card, Kind, Link, Place
from crawler.settings import CardSettings


def places_of(
    card: Card, *, kind_of: Callable[[str], Kind | None], settings: CardSettings, beside: tuple[str, ...] = ()
) -> Iterator[Place]:
    """The places of `card` that hold links, in the order of the file; `kind_of` says of a route which fields do.

    `beside`: further fields whose lines the claims of a card's main link name.
    """
    facts: Facts | None = None
    for slot in card.slots:
        kind = kind_of(slot.route)
        if kind is None or is_null(slot.value, slot.style):
            continue
        facts = facts or Facts(card, beside=beside)
        claims = facts.claims(slot.route, kind)
        yield Place(
            path=card.path,
            line=slot.line,
            column=slot.column,
            field=sys.intern(slot.route),  # the same few hundred routes, a million times
            written=slot.value,
            kind=kind,
            claims=claims,
            excluded=facts.excluded(level_of(slot.route), settings.unpublished)
            or facts.ignored(slot.route, settings.ignore_key),
            by_hand=slot.start < 0,
            fixed=() if slot.start < 0 else facts.fixed(slot.route, claims),
        )


class Collector:
    """Gathers the links of many cards. It keeps places, never the cards' bytes."""

    def __init__(self, settings: CardSettings, filters: Filters, *, beside: tuple[str, ...] = ()) -> None:
        """`beside` as in `places_of`. Raises ConfigError if `site_url` is no URL."""
        self._settings, self._filters, self._beside = settings, filters, beside
        self._kind_of = fields.look_up(fields.table(settings.fields))
        # Cards of one publisher repeat its logos: a look-up instead of 6 us of parsing.
        self._target = lru_cache(maxsize=8_192)(Site(settings.site_url).target)
        self._gathered: dict[str, _Gathered] = {}

    def add(self, card: Card) -> None:
        """Add the places of `card`."""
        for place in places_of(card, kind_of=self._kind_of, settings=self._settings, beside=self._beside):
            target = self._target(place.written, place.kind)
            url = place.written if target.url == place.written else target.url  # one string where two are equal
            gathered = self._gathered.get(url)
            if gathered is None:
                gathered = self._gathered[url] = _Gathered()
                gathered.target = None if target == Target(url=url) else target
            elif target.asset is None and gathered.target is not None and gathered.target.asset is not None:
                gathered.target = target  # where a picture stands as a page too, the page must be asked for
            gathered.add(place)

    def links(self) -> Links:
        """Every link so far, sorted by URL; their places by path, line and column. Each is made when its turn comes."""
        return Links(self._gathered, self._link)

    def _link(self, url: str, gathered: _Gathered) -> Link:
        places = tuple(sorted(gathered.places(), key=lambda place: (place.path, place.line, place.column, place.field)))
        counted = [place for place in places if place.excluded is None]
        target = gathered.target or Target(url=url)
        because = target.excluded or self._filters.reason(url) or (None if counted else places[0].excluded)
        return Link(
            url=url,
            kind=min((place.kind for place in counted or places), key=_PRECEDENCE.index),
            places=places,
            asset=target.asset,
            invalid=target.invalid,
            excluded=because,
        )


class _Gathered:
    """What has been seen of one URL."""

    __slots__ = ("_packed", "target")

    def __init__(self) -> None:
        self.target: Target | None = None
        """Where it leads, if that is elsewhere than to the URL itself."""
        self._packed = bytearray()

    def add(self, place: Place) -> None:
        """Takes one more place."""
        packed = _pack(place)
        self._packed += len(packed).to_bytes(4)
        self._packed += packed

    def places(self) -> Iterator[Place]:
        """All of them, in the order in which they came."""
        at = 0
        while at < len(self._packed):
            end = at + 4 + int.from_bytes(self._packed[at : at + 4])
            yield _unpack(self._packed[at + 4 : end])
            at = end


class Links:
    """Links that are made one after the other, as often as they are asked for."""

    def __init__(self, gathered: dict[str, _Gathered], link: Callable[[str, _Gathered], Link]) -> None:
        self._gathered, self._link = gathered, link

    def clear(self) -> None:
        """Gives their memory back; there are none any more."""
        self._gathered.clear()

    def __len__(self) -> int:
        return len(self._gathered)

    def __contains__(self, link: object) -> bool:
        return any(one == link for one in self)

    def __iter__(self) -> Iterator[Link]:
        return (self._link(url, self._gathered[url]) for url in sorted(self._gathered))


_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(Place).decode
_PRECEDENCE = tuple(Kind)
