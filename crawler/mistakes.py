"""A value that a record refuses in, what may be written in its place out, in words.

Types say it, and where they do not, the description that stands beside them (`msgspec.Meta`).
"""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from crawler.model import Code, Record
from crawler.text import printable

_WORDS: tuple[tuple[type, str], ...] = (
    (int, "a whole number"),
    (float, "a number"),
    (str, "a text in quotes"),
    (date, "a date, such as 2027-06-01"),
)
"""What is written for a type that has no description of its own."""
_FEW = 8
"""Choices that are listed in place of what they are called."""


class Mistake(Record, frozen=True):
    """What is wrong with the value of one key."""

    inner: str | None
    """The key within the value, where that is a table; None: the value as a whole, or an item of its list."""
    said: str
    """What was expected, and what was found."""


def mistake_of(record: type[Record], key: str, value: object) -> Mistake:
    """What is wrong with `value` for the field `key` of `record`, which does not take it."""
    hint = get_type_hints(record, include_extras=True)[key]
    for one in _options(hint):
        bare = _bare(one)
        if isinstance(value, dict) and get_origin(bare) in (Mapping, dict):
            keys, values = get_args(bare)
            for name, item in value.items():
                if not _fits(name, keys):
                    return Mistake(inner=name, said=_wrong(keys, name))
                if not _fits(item, values):
                    return Mistake(inner=name, said=f"{name!r}: {_wrong(values, item)}")
        if isinstance(value, list) and get_origin(bare) is tuple:
            for item in value:
                if not _fits(item, get_args(bare)[0]):
                    return Mistake(inner=None, said=_wrong(get_args(bare)[0], item))
    return Mistake(inner=None, said=_wrong(hint, value))


def meant(name: str, known: Iterable[str]) -> str | None:
    """The nearest of the names that are known, or None if none is near."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)), None)


def _wrong(hint: Any, value: object) -> str:
    """`expected …, got …`; with the nearest of the choices, if there are any."""
    choices = [str(choice) for one in _options(hint) for choice in _choices(one)]
    close = meant(value, choices) if isinstance(value, str) else None
    if len(choices) > _FEW:
        near = f"did you mean {close!r}? Known" if close else "known"
        noun = "verdict" if choices == [str(code) for code in Code] else "choice"
        return f"{_shown(value)} is no {noun}; {near} are {', '.join(choices)}"
    near = f"; did you mean {close!r}?" if close else ""
    words = _listed([word for one in _options(hint) for word in _expected(one)])
    if isinstance(value, str) and any(_bare(one) in (int, float) for one in _options(hint)):
        words += ", without quotes or a unit"
    elif not isinstance(value, str) and get_origin(hint) is Annotated and _bare(hint) is str:
        words += ", in quotes"
    return f"expected {words}, got {_shown(value)}{near}"


def _expected(hint: Any) -> Sequence[str]:
    """What may be written for a type that is no union; of choices, each."""
    if get_origin(hint) is Annotated:
        metas = [meta for meta in get_args(hint)[1:] if isinstance(meta, msgspec.Meta)]
        if described := [meta.description for meta in metas if meta.description]:
            return described[:1]
        least = [f", {meta.ge} or more" for meta in metas if meta.ge is not None]
        return [f"{_expected(_bare(hint))[0]}{''.join(least)}"]
    if choices := _choices(hint):
        return [repr(str(choice)) for choice in choices]
    if hint is bool:
        return ["true", "false"]
    if get_origin(hint) is tuple:
        return ['a list, such as ["one", "another"]']
    if get_origin(hint) in (Mapping, dict):
        return ["a table, such as { name = … }"]
    return [next(words for kind, words in _WORDS if issubclass(hint, kind))]


def _choices(hint: Any) -> Sequence[object]:
    if get_origin(hint) is Literal:
        return get_args(hint)
    return tuple(hint) if isinstance(hint, type) and issubclass(hint, StrEnum) else ()


def _options(hint: Any) -> list[Any]:
    """The members of a union but None, which TOML cannot say; else the type itself."""
    union = get_origin(hint) in (Union, types.UnionType)
    return [one for one in (get_args(hint) if union else (hint,)) if one is not type(None)]


def _bare(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def _fits(value: object, hint: Any) -> bool:
    try:
        msgspec.convert(value, hint, strict=True)
    except msgspec.ValidationError:
        return False
    return True


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return printable(value.isoformat() if isinstance(value, date) else repr(value), 200)


def _listed(words: Sequence[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last
