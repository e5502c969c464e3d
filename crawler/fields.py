"""What a card's fields mean: which hold links, of which kind, and what the card says beside them.

A route pattern names a field wherever it hangs: `[]` stands for any index of a list. `related[]` entries are cards
within a card, so every row also holds below `related[]`. Users add rows in `[cards.fields]`, or switch one off.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache

from crawler.errors import ConfigError
from crawler.model import Kind

FIELDS: dict[str, Kind] = {
    "webUrl": Kind.PAGE,
    "originalUrl": Kind.PAGE,
    "website": Kind.PAGE,
    "twitter.url": Kind.PAGE,
    "linkedin.url": Kind.PAGE,
    "actions[].url": Kind.PAGE,
    "ampWebUrl": Kind.AMP,
    "cdnAmpWebUrl": Kind.AMP_CACHE,
    "images[].url": Kind.IMAGE,
    "provider.images[].url": Kind.IMAGE,
    "affiliation.images[].url": Kind.IMAGE,
}
"""The built-in rows: route pattern -> kind of link."""

_REPAIRED = (
    "title",
    "name",
    "excerpt",
    "publishedDateTime",
    "updatedDateTime",
    "provider.name",
    "images[].url",
    "removed",
    "published",
)
"""What `crawler fix` may write beside links, whether these rows are in force or not."""

NESTED = "related[]."
"""Entries of this list are cards within a card."""

_INDEX = re.compile(r"\[\d+\]")


def table(changes: Mapping[str, str | bool]) -> dict[str, Kind]:
    """The rows in force: FIELDS with the user's `[cards.fields]` laid over; False switches a row off.

    Raises ConfigError for a row switched off that there is not.
    """
    rows = dict(FIELDS)
    for pattern, kind in changes.items():
        if kind is False and pattern not in FIELDS:
            close = difflib.get_close_matches(pattern, FIELDS, n=1, cutoff=0.5)
            hint = f"; did you mean {close[0]!r}?" if close else "; known are " + ", ".join(FIELDS)
            raise ConfigError(f"[cards] fields: {pattern!r} = false: there is no such row to switch off{hint}")
        if kind is False:
            rows.pop(pattern, None)
        elif kind is not True:
            rows[pattern] = Kind(kind)
    return rows


def repairable(changes: Mapping[str, str | bool], archive_field: str) -> frozenset[str]:
    """The patterns of all fields that `crawler fix` may write, with the user's `[cards.fields]` and `archive_field`."""
    known = {*FIELDS, *changes, *_REPAIRED, archive_field}
    pictures = [one.removesuffix(".url") for one in known if one.endswith(".url")]
    return frozenset((*known, *(f"{one}.{size}" for one in pictures for size in ("width", "height"))))


def names_one(name: str, known: Collection[str]) -> bool:
    """Whether `name` is a field of these patterns: all of a list by `[]`, or a single one by its index."""
    pattern = pattern_of(name)
    return (pattern == name or "[]" not in name) and (pattern in known or pattern.removeprefix(NESTED) in known)


def pattern_of(route: str) -> str:
    """`related[0].images[2].url` -> `related[].images[].url`."""
    return _INDEX.sub("[]", route)


def kind_of(route: str, rows: Mapping[str, Kind]) -> Kind | None:
    """The kind of link in the field at `route`, or None if it holds none."""
    pattern = pattern_of(route)
    return rows.get(pattern) or rows.get(pattern.removeprefix(NESTED))


def look_up(rows: Mapping[str, Kind]) -> Callable[[str], Kind | None]:
    """`kind_of` with these rows, remembered: card after card has the same few routes."""
    return lru_cache(maxsize=1_024)(lambda route: kind_of(route, rows))
