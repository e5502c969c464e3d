"""The text of YAML front matter in, its slots out: every scalar with its route, its bytes, its line and its style.

The parser is libyaml, as in Jekyll's Ruby. Its events are read, not its node tree: PyYAML composes nodes recursively
in C, where 200,000 opening brackets end the process, and events let a deep or swollen document be given up early.
They take half the time too (20 us for a card instead of 40).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

import yaml
from msgspec.structs import replace
from yaml._yaml import CParser, Mark  # what a loader builds on; nothing is resolved or constructed here

from crawler.cards.bounds import MAX_DEPTH, MAX_ROUTE, MalformedError, SlotList, check
from crawler.cards.positions import Positions
from crawler.model import Slot, Style
from crawler.text import printable

MERGE = "<<"
"""A plain key of this name lays the mapping behind it under its own (https://yaml.org/type/merge.html)."""

_STYLES: dict[str | None, Style] = {
    None: Style.PLAIN,
    "": Style.PLAIN,  # libyaml's spelling of plain; pure Python says None
    "'": Style.SINGLE,
    '"': Style.DOUBLE,
    "|": Style.LITERAL,
    ">": Style.FOLDED,
}
_BLOCKS = (Style.LITERAL, Style.FOLDED)

_ADVICE: tuple[tuple[str, str], ...] = (
    ("mapping values are not allowed", "put a value that holds a colon and a blank between quotes"),
    (
        "cannot start any token",
        "put a value that starts with @, ` or % between quotes, and indent with blanks, not tabs",
    ),
    ("escape", "double the backslash, or use single quotes"),
    ("quoted scalar", "a closing quote is missing, or a quote within the value is not doubled or escaped"),
    ("control characters are not allowed", "remove the character"),
    ("nesting depth", "lists and mappings lie too deep in each other"),  # libyaml's own bound, since 0.2.6
)
"""(part of libyaml's message, what to do); the first that fits is said."""


def slots_of(text: str, shift: int) -> tuple[Slot, ...]:
    """The slots of `text`, which starts with the opening fence `---` and ends before the closing one.

    `shift` is the number of bytes before the text. Raises MalformedError.
    """
    reader = _Reader(text, shift)
    try:
        return reader.document()
    except yaml.MarkedYAMLError as error:
        quoted = "quoted scalar" in (error.context or "")  # its end is the file's: where it starts says more
        mark = (error.context_mark if quoted else None) or error.problem_mark or error.context_mark
        message = " ".join(part for part in (error.context, error.problem) if part)
        raise MalformedError(Positions(text).line(mark.index) if mark else 1, _broken(message)) from error
    except yaml.reader.ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1
        raise MalformedError(line, _broken(f"{error.reason} (U+{ord(_character(error)):04X})")) from error


def _character(error: yaml.reader.ReaderError) -> str:
    return chr(error.character) if isinstance(error.character, int) else str(error.character)[:1]


def _broken(message: str) -> str:
    advice = next((f"; {what_to_do}" for part, what_to_do in _ADVICE if part in message), "")
    return f"broken YAML: {printable(message, 200)}{advice}"


class _Reader:
    """One pass over the events of one document."""

    def __init__(self, text: str, shift: int) -> None:
        self._next = cast("Callable[[], yaml.Event]", CParser(text).get_event)  # None only past the last
        self._at = Positions(text, shift)
        self._shift = shift
        self._found = SlotList()
        self._anchors: dict[str, tuple[str, tuple[Slot, ...]]] = {}
        """Anchor -> the route of its node, and the slots from there on."""

    def document(self) -> tuple[Slot, ...]:
        self._next()  # stream start
        self._next()  # document start: the opening fence
        root = self._next()
        if isinstance(root, yaml.MappingStartEvent):
            self._node(root, "", 0, None)
        elif not (isinstance(root, yaml.ScalarEvent) and root.value == "" and _STYLES[root.style] is Style.PLAIN):
            raise MalformedError(self._line(root), "the front matter is not a mapping (lines of 'key: value')")
        self._next()  # document end
        after = self._next()
        if not isinstance(after, yaml.StreamEndEvent):
            raise MalformedError(self._line(after), "a second YAML document starts within the front matter; keep one")
        return tuple(self._found.slots)

    def _line(self, event: yaml.Event) -> int:
        return self._at.line(_start(event))

    def _node(self, event: yaml.Event, route: str, depth: int, key: Mark | None) -> None:
        """Everything of the node that starts with `event`; `key` is where its key starts, alone in a block mapping."""
        if depth > MAX_DEPTH or len(route) > MAX_ROUTE:
            check(route, depth, self._line(event))
        first = len(self._found.slots)
        if isinstance(event, yaml.ScalarEvent):
            self._found.add(self._slot(event, route, key))
        elif isinstance(event, yaml.MappingStartEvent):
            self._mapping(route, depth + 1, in_flow=bool(event.flow_style))
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event, route)
            return
        else:
            self._sequence(route, depth + 1)
        if isinstance(event, yaml.NodeEvent) and event.anchor:
            self._anchors[event.anchor] = (route, tuple(self._found.slots[first:]))

    def _slot(self, event: yaml.ScalarEvent, route: str, key: Mark | None) -> Slot:
        style = _STYLES[event.style]
        # The span of an anchored or tagged scalar holds the anchor; that of a block, the blank lines behind it.
        splicable = event.anchor is None and event.tag is None and style not in _BLOCKS
        first: Any = event.start_mark  # libyaml leaves neither out
        last: Any = event.end_mark
        if self._at.as_libyaml:  # nearly always, and 6 us less for a card
            line, column = first.line + 1, first.column + 1
            start, end = first.index + self._shift, last.index + self._shift
            key_start = key.index + self._shift if splicable and key else -1
        else:
            key_start = self._at.byte(key.index) if splicable and key else -1
            line, column = self._at.place(first.index)
            start, end = self._at.byte(first.index), self._at.byte(last.index)
        return Slot(
            route=route,
            value=event.value,
            line=line,
            column=column,
            start=start,
            end=end,
            style=style,
            splicable=splicable,
            key_start=key_start,
        )

    def _sequence(self, route: str, depth: int) -> None:
        index = 0
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            self._node(event, f"{route}[{index}]", depth, None)
            index += 1

    def _mapping(self, route: str, depth: int, *, in_flow: bool) -> None:
        prefix = f"{route}." if route else ""
        keys: set[str] = set()
        merged: list[Slot] = []
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            if isinstance(event, yaml.ScalarEvent) and event.anchor is None:
                key, mark = event.value, None if in_flow or event.tag else cast("Mark", event.start_mark)
            else:
                key, mark = self._key(event, depth), None
            if key in keys:
                raise MalformedError(self._line(event), f"two values for '{printable(key, 100)}'; keep one")
            keys.add(key)
            value = self._next()
            first = len(self._found.slots)
            self._node(value, prefix + key, depth, mark)
            if key == MERGE and not isinstance(value, yaml.ScalarEvent) and _is_plain(event):
                merged = self._found.cut(first)
        if merged:
            for slot in _laid_under(merged, prefix, keys):
                self._found.add(slot)

    def _key(self, event: yaml.Event, depth: int) -> str:
        """The text of a key with an anchor, of an alias; of a key that is a collection, its values in brackets."""
        first = len(self._found.slots)
        self._node(event, "?", depth, None)
        values = [slot.value for slot in self._found.cut(first)]
        is_scalar = isinstance(event, yaml.ScalarEvent) or (isinstance(event, yaml.AliasEvent) and len(values) == 1)
        return values[0] if is_scalar else f"[{', '.join(values)}]"

    def _alias(self, event: yaml.AliasEvent, route: str) -> None:
        """The slots of the anchored node once more, at `route` and where the alias stands."""
        if event.anchor not in self._anchors:
            raise MalformedError(self._line(event), f"the alias *{printable(event.anchor or '', 100)} has no anchor")
        origin, slots = self._anchors[event.anchor]
        start, end = _start(event), _end(event)
        line, column = self._at.place(start)
        first, last = self._at.byte(start), self._at.byte(end)
        for slot in slots:
            at = route + slot.route[len(origin) :]
            self._found.add(_elsewhere(slot, at, (first, last), line, column))


def _elsewhere(slot: Slot, route: str, span: tuple[int, int], line: int, column: int) -> Slot:
    """A slot as an alias repeats it."""
    start, end = span
    return replace(slot, route=route, start=start, end=end, line=line, column=column, splicable=False, key_start=-1)


def _laid_under(merged: list[Slot], prefix: str, keys: set[str]) -> list[Slot]:
    """Merged slots at the routes where they count: a mapping's own keys win, then the first of several mappings."""
    own = {prefix + key for key in keys}
    below = tuple(f"{route}{joint}" for route in own for joint in ".[")
    behind = re.compile(re.escape(prefix + MERGE) + r"(?:\[\d+\])?\.")
    laid: dict[str, Slot] = {}
    for slot in merged:
        route = behind.sub(lambda _: prefix, slot.route, count=1)
        if route not in own and not route.startswith(below):
            laid.setdefault(route, replace(slot, route=route, splicable=False, key_start=-1))
    return list(laid.values())


def _is_plain(event: yaml.Event) -> bool:
    return isinstance(event, yaml.ScalarEvent) and _STYLES[event.style] is Style.PLAIN


def _start(event: yaml.Event) -> int:
    return event.start_mark.index if event.start_mark else 0


def _end(event: yaml.Event) -> int:
    return event.end_mark.index if event.end_mark else 0
