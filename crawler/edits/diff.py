"""A card and its patch in, a unified diff out, in bytes: just what `git apply` takes.

The lines are known from the edits, so nothing is compared. Paths are quoted as git quotes them (quote.c), lines keep
their own ends, and a last line without one is marked.
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from crawler.edits.patch import spliced
from crawler.model import Card, Edit, Patch, Record

CONTEXT = 3
"""Lines shown around a change."""

_QUOTED = re.compile(rb'[\x00-\x1f"\\\x7f-\xff]')
_LETTERS = {7: b"a", 8: b"b", 9: b"t", 10: b"n", 11: b"v", 12: b"f", 13: b"r", 34: b'"', 92: b"\\"}


def diff(card: Card, patch: Patch) -> bytes:
    """The diff of one card, headers first; raises PatchConflict if the patch is for other bytes."""
    lines = _lines(card.raw, patch.edits[-1].end)
    old, new = _name("a", card.path), _name("b", card.path)
    # git ends a name that holds a blank with a tab, so that others know where it ends.
    tab = b"\t" if b" " in old else b""
    parts = [b"diff --git " + old + b" " + new + b"\n--- " + old + tab + b"\n+++ " + new + tab + b"\n"]
    grown = 0
    for hunk in _hunks(_changes(card.raw, lines, patch)):
        first, last = max(hunk[0].first - CONTEXT, 0), min(hunk[-1].last + CONTEXT, len(lines))
        size, more = last - first, sum(len(change.after) - (change.last - change.first) for change in hunk)
        parts.append(b"@@ -%b +%b @@\n" % (_span(first, size), _span(first + grown, size + more)))
        at = first
        for change in hunk:
            parts += [_line(b" ", line) for line in lines[at : change.first]]
            parts += [_line(b"-", line) for line in lines[change.first : change.last]]
            parts += [_line(b"+", line) for line in change.after]
            at = change.last
        parts += [_line(b" ", line) for line in lines[at:last]]
        grown += more
    return b"".join(parts)


class _Change(Record, frozen=True):
    """Lines that are replaced, as indices from 0."""

    first: int
    last: int
    """The index past the last."""
    after: tuple[bytes, ...]


def _lines(raw: bytes, until: int) -> list[bytes]:
    """The lines up to a byte, and as many more as are shown; what follows is not looked at."""
    end = until
    for _ in range(CONTEXT + 1):
        end = (raw.find(b"\n", end) + 1) or len(raw)
    return _split(raw[:end])


def _split(text: bytes) -> list[bytes]:
    """Lines with their ends; only a line feed ends one, as in git."""
    *whole, rest = text.split(b"\n")
    return [line + b"\n" for line in whole] + ([rest] if rest else [])


def _changes(raw: bytes, lines: Sequence[bytes], patch: Patch) -> list[_Change]:
    """The edits as changes of whole lines; edits that meet are one change."""
    starts = [0, *itertools.accumulate(map(len, lines))]
    groups: list[tuple[int, int, list[Edit]]] = []
    for edit in patch.edits:
        first, last = _reach(edit, starts)
        if groups and first <= groups[-1][1]:
            begin, end, edits = groups[-1]
            groups[-1] = (begin, max(end, last), [*edits, edit])
        else:
            groups.append((first, last, [edit]))
    changes = []
    for first, last, edits in groups:
        start, end = starts[first], starts[last]
        shifted = [replace(edit, start=edit.start - start, end=edit.end - start) for edit in edits]
        after = tuple(_split(spliced(raw[start:end], patch.path, shifted)))
        changes.append(_Change(first=first, last=last, after=after))
    return changes


def _reach(edit: Edit, starts: Sequence[int]) -> tuple[int, int]:
    """The lines that an edit changes: (index of the first, index past the last)."""
    first = bisect.bisect_right(starts, edit.start) - 1
    after = bisect.bisect_right(starts, edit.end) - 1
    is_whole = starts[first] == edit.start and starts[after] == edit.end and edit.after[-1:] in (b"", b"\n")
    return first, after if is_whole else after + 1


def _hunks(changes: Sequence[_Change]) -> Iterator[list[_Change]]:
    """Changes whose surroundings touch, together."""
    hunk = [changes[0]]
    for change in changes[1:]:
        if change.first - hunk[-1].last > 2 * CONTEXT:
            yield hunk
            hunk = []
        hunk.append(change)
    yield hunk


def _span(first: int, size: int) -> bytes:
    """Where a hunk's lines are, from 1; of no lines, the line before them."""
    start = first + 1 if size else first
    return b"%d" % start if size == 1 else b"%d,%d" % (start, size)


def _line(mark: bytes, line: bytes) -> bytes:
    return mark + line if line.endswith(b"\n") else mark + line + b"\n\\ No newline at end of file\n"


def _name(side: str, path: str) -> bytes:
    """A path behind `a/` or `b/`, quoted where git would; an absolute one loses its first slash."""
    name = f"{side}/{path.removeprefix('/')}".encode()
    quoted = _QUOTED.sub(_escaped, name)
    return name if quoted == name else b'"' + quoted + b'"'


def _escaped(match: re.Match[bytes]) -> bytes:
    code = match[0][0]
    letter = _LETTERS.get(code)
    return b"\\" + letter if letter else b"\\%03o" % code
