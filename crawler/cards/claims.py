"""A card's values in; for one of its links, what the card claims about the thing behind it out.

A card level is the card itself, or one entry of `related[]`, which is a card within the card. What a verdict may hold
against a link stands on the link's own level.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cached_property

from crawler.fields import NESTED, pattern_of
from crawler.model import Card, Claims, Kind, Style

_MAIN = ("webUrl", "originalUrl")
"""The fields that lead to what the card is about, best first."""
_REFRESHED = ("title", "name", "excerpt", "publishedDateTime", "updatedDateTime", "provider.name")
"""The fields beside the main link that a repair may change."""
_FLAGS = ("removed", "published")
"""What says whether a card is on the site."""
_TRUE, _FALSE = ("true", "yes", "on"), ("false", "no", "off")
_NESTED = NESTED.partition("]")[0]
_NULL = ("", "~", "null")


def is_null(value: str, style: Style) -> bool:
    """Whether a scalar says nothing: empty, blank, or a null of YAML."""
    return not value.strip() or (len(value) <= 4 and style is Style.PLAIN and value.lower() in _NULL)


def level_of(route: str) -> str:
    """The route of the card level that a field belongs to: "" or, with its dot, such as `related[0].`."""
    if not route.startswith(_NESTED):
        return ""
    head, dot, _ = route.partition("].")
    return head + dot if dot and head.count("[") == 1 else ""


class Facts:
    """The values of one card, by route."""

    def __init__(self, card: Card, *, beside: tuple[str, ...] = ()) -> None:
        """`beside`: further fields beside the main link whose lines count."""
        self._beside = (*_REFRESHED, *_FLAGS, *beside)
        self._values = {slot.route: slot.value for slot in card.slots if not is_null(slot.value, slot.style)}
        self._lines = {slot.route: slot.line for slot in card.slots}
        self._fixed = frozenset([slot.route for slot in card.slots if not slot.splicable])
        self._made: dict[tuple[str, ...], Claims] = {}

    def excluded(self, level: str, unpublished: bool) -> str | None:
        """Why the links of a card level do not count, or None."""
        for flags in (level, "") if level else ("",):
            if self._values.get(f"{flags}removed", "").lower() in _TRUE:
                return "removed: true"
        for flags in (level, "") if level else ("",):
            if not unpublished and self._values.get(f"{flags}published", "").lower() in _FALSE:
                return "published: false"
        return None

    def ignored(self, route: str, key: str) -> str | None:
        """How the card opts the link at `route` out, under `key` on its own level or on the card's; or None.

        There stands `true`, one field, or a list of fields; "images[].url" names all of a list, "images[0].url" one.
        """
        level = level_of(route)
        for above in (level, "") if level and key else ("",) if key else ():
            field = route.removeprefix(above)
            for written in self._listed(above + key):
                if written.lower() in _TRUE or written in (field, pattern_of(field)):
                    return f"{key}: {written}"
        return None

    def _listed(self, route: str) -> Iterator[str]:
        """The value at `route`, or those of the list there."""
        if route in self._values:
            yield self._values[route]
        for number in itertools.count():
            if f"{route}[{number}]" not in self._values:
                return
            yield self._values[f"{route}[{number}]"]

    def claims(self, route: str, kind: Kind) -> Claims:
        """What stands beside the link at `route`; links of one level that claim the same share one record."""
        level = level_of(route)
        field = route.removeprefix(level)
        if kind is Kind.IMAGE:
            return self._image(level, route, own=field.startswith("images["))
        if kind is Kind.PAGE and field not in _MAIN:
            return Claims()
        main = kind is Kind.PAGE and field == next((name for name in _MAIN if level + name in self._values), None)
        key = (level, "main" if main else str(kind))
        if key not in self._made:
            self._made[key] = self._main(level, kind, main=main)
        return self._made[key]

    def fixed(self, route: str, claims: Claims) -> tuple[str, ...]:
        """Of the link at `route` and the fields beside it, those that are written so that they are not edited."""
        if not self._fixed:
            return ()
        return tuple([one for one in (route, *(name for name, _ in claims.lines)) if one in self._fixed])

    def _main(self, level: str, kind: Kind, *, main: bool) -> Claims:
        title = self._value(level, "title", "name")
        amp = self._value(level, "ampWebUrl")
        page = self._value(level, *_MAIN)
        if kind is Kind.AMP:
            return Claims(title=title, page_url=page)
        if kind is Kind.AMP_CACHE:
            return Claims(amp_url=amp, page_url=page)
        return Claims(
            title=title,
            excerpt=self._value(level, "excerpt"),
            published=self._value(level, "publishedDateTime"),
            updated=self._value(level, "updatedDateTime"),
            provider=self._value(level, "provider.name"),
            amp_url=amp,
            main=main,
            bare=main and level not in self._pictured,
            flags=tuple((one, self._values[one]) for one in map(level.__add__, _FLAGS) if main and one in self._values),
            lines=self._where(level, *self._beside) if main else (),
        )

    @cached_property
    def _pictured(self) -> frozenset[str]:
        """The card levels with pictures of their own; in one look, for a card may hold thousands of others."""
        return frozenset(route.partition("images")[0] for route in self._lines if "images" in route)

    def _image(self, level: str, route: str, *, own: bool) -> Claims:
        """`width`, `height` and `isCached` speak of the `url` beside them; `own`: a picture of the card itself."""
        beside, _, last = route.rpartition(".")
        measured = last == "url" and beside + "." != level
        return Claims(
            width=_pixels(self._values.get(f"{beside}.width")) if measured else None,
            height=_pixels(self._values.get(f"{beside}.height")) if measured else None,
            page_url=self._value(level, *_MAIN) if own else None,
            cached=own and measured and self._values.get(f"{beside}.isCached", "").lower() in _TRUE,
            lines=self._where(f"{beside}.", "width", "height") if measured else (),
        )

    def _where(self, level: str, *names: str) -> tuple[tuple[str, int], ...]:
        routes = [level + name for name in names]
        return tuple([(route, self._lines[route]) for route in routes if route in self._lines])

    def _value(self, level: str, *names: str) -> str | None:
        for name in names:
            if level + name in self._values:
                return self._values[level + name]
        return None


def _pixels(value: str | None) -> int | None:
    """A positive number of pixels; no picture is a million wide."""
    return int(value) if value and value.isascii() and value.isdigit() and 0 < len(value) <= 6 and int(value) else None
