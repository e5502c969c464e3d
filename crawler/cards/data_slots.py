"""The text of a card with TOML or JSON front matter in, its slots and body out; slots that can be read, not edited.

Fences are python-frontmatter's: `+++` around TOML, a `{` and a `}` alone on their lines around JSON. Neither parser
tells where a value stands, so its text is looked up in the file, in order.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from frontmatter.default_handlers import BaseHandler, JSONHandler

from crawler.cards.bounds import MAX_DEPTH, MAX_FRONT_MATTER, MalformedError, SlotList, check
from crawler.cards.positions import Positions
from crawler.model import Slot, Style
from crawler.text import printable

_MAX_MISSES = 200
"""A miss reads to the end of the text: where so many values are spelled with escapes, no more are looked for."""
_HALF = re.compile("[\ud800-\udfff]")
_QUOTES = {'"': Style.DOUBLE, "'": Style.SINGLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One kind of front matter that is only read."""

    name: str
    fences: BaseHandler
    load: Callable[[str], object]


def slots_of(text: str) -> tuple[tuple[Slot, ...], str]:
    """The slots of `text`, which a fence of one of FORMATS opens, and its body. Raises MalformedError."""
    fmt = next(row for row in FORMATS if row.fences.detect(text))
    try:
        front, body = fmt.fences.split(text)
    except ValueError:
        raise MalformedError(1, f"the {fmt.name} front matter has no closing fence") from None
    if len(front) > MAX_FRONT_MATTER:
        raise MalformedError(1, f"the front matter is longer than {MAX_FRONT_MATTER:,} characters")
    found = SlotList()
    try:
        data = fmt.load(front)
        if not isinstance(data, dict):
            raise MalformedError(1, "the front matter is not a mapping")
        finder = _Finder(text[: len(text) - len(body)])
        for route, value in _leaves(data, "", 0):
            found.add(finder.slot(route, value))
    except RecursionError:
        raise MalformedError(1, f"the front matter is nested more than {MAX_DEPTH} levels deep") from None
    except ValueError as error:  # of either parser; also of numbers with more digits than Python converts
        line = re.search(r"\bline (\d+)", str(error))
        because = f"broken {fmt.name}: {printable(str(error), 200)}"
        raise MalformedError(int(line[1]) if line else 1, because) from error
    return tuple(found.slots), body


class _Finder:
    """Looks values up in the text, each from where the last was found."""

    def __init__(self, text: str) -> None:
        self._text, self._cursor, self._at = text, 0, Positions(text)
        self._misses = 0

    def slot(self, route: str, value: object) -> Slot:
        written = _text_of(value)
        if _HALF.search(route) or _HALF.search(written):
            raise MalformedError(1, f"{printable(route, 100)}: a \\u escape stands for half a character")
        index = self._text.find(written, self._cursor) if written and self._misses < _MAX_MISSES else -1
        self._misses += index < 0
        quote = self._text[index - 1 : index] if index > 0 else ""
        if index >= 0:
            self._cursor = index + len(written)
            index -= quote in _QUOTES  # a column points at the quote, as in YAML
        line, column = self._at.place(index) if index >= 0 else (1, 1)
        return Slot(
            route=route,
            value=written,
            start=-1,
            end=-1,
            line=line,
            column=column,
            style=_QUOTES.get(quote, Style.PLAIN),
            splicable=False,
        )


def _leaves(node: object, route: str, depth: int) -> Iterator[tuple[str, object]]:
    check(route, depth, 1)
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _leaves(value, f"{route}.{key}" if route else key, depth + 1)
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _leaves(value, f"{route}[{index}]", depth + 1)
    else:
        yield route, node


def _text_of(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case datetime() | date() | time():
            return value.isoformat().replace("+00:00", "Z")
        case _:
            return str(value)


# tomllib's memory grows with the square of a dotted key's length: 100,000 parts are more than 20 GB.
_DOTTED = re.compile(rf"""(?<![\w-])(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){{{MAX_DEPTH}}}""")


def _load_toml(text: str) -> object:
    if dotted := _DOTTED.search(text):
        line = text.count("\n", 0, dotted.start()) + 1
        raise MalformedError(line, f"a key of more than {MAX_DEPTH} dotted parts")
    return tomllib.loads(text, parse_float=str)


def _load_json(text: str) -> object:
    return json.loads(text, parse_float=str, parse_int=str, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; a second value for a key is refused, as TOML and YAML do (the parser would keep the last)."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise MalformedError(1, f"two values for '{printable(key, 100)}'; keep one")
        found[key] = value
    return found


# A fence stands alone on its line; unlike the library's own patterns these take no line end, so lines count right.
FORMATS: tuple[Format, ...] = (
    Format(
        name="TOML", fences=BaseHandler(re.compile(r"^\+{3,}[ \t\r]*$", re.MULTILINE), "+++", "+++"), load=_load_toml
    ),
    Format(name="JSON", fences=JSONHandler(re.compile(r"^[{}][ \t\r]*$", re.MULTILINE)), load=_load_json),
)
"""What is read besides YAML."""
