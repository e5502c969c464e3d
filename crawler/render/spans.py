"""A card's line and what stands on it in; where that begins and ends, and what a proposal makes of it, out.

Columns of a place count characters; formats count UTF-16 code units or UTF-8 bytes, so the line itself is needed. A
card may have changed since it was audited: what is not found where it stood has no span.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from crawler.model import Proposal, Record
from crawler.render.marks import Mark

_QUOTES = "\"'"
_SCALAR = re.compile(r"""[ ]*(?:-[ ]+)*(?P<key>[A-Za-z_][\w-]*):[ ]+(?P<quote>["']?)(?P<value>\S+?)(?P=quote)[ ]*""")
"""`key: value` alone on a line, as YAML block style has it; the value without blanks."""
_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9._~:/?#=%+,;!$()*&@-]*[A-Za-z0-9_~/=%&)-]")
"""A URL whose characters mean nothing else in any style of YAML scalar, so that only one spelling of it is sensible."""


class Span(Record, frozen=True):
    """A part of a line."""

    line: str
    start: int
    """Index of the first character."""
    end: int
    """Index of the character after the last."""

    def columns(self, size: Callable[[str], int]) -> tuple[int, int]:
        """First column and the column after the last, counted from 1 in the units that `size` counts."""
        return size(self.line[: self.start]) + 1, size(self.line[: self.end]) + 1


class Suggestion(Record, frozen=True):
    """A text in place of a part of a line."""

    span: Span
    text: str


def utf16(text: str) -> int:
    """UTF-16 code units, as SARIF counts columns (2.1.0, 3.14.17)."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8(text: str) -> int:
    """UTF-8 bytes, as reviewdog counts columns."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def span_of(mark: Mark, line: str | None) -> Span | None:
    """Where the mark's scalar stands on its line, without quotes; None if it does not stand there word for word."""
    if line is None or mark.column is None or not mark.written:
        return None
    start = mark.column - 1
    if line[start : start + 1] in _QUOTES:
        start += 1
    if not line.startswith(mark.written, start):
        return None
    return Span(line=line, start=start, end=start + len(mark.written))


def suggestion_of(proposal: Proposal, line: str | None) -> Suggestion | None:
    """What to write on the proposal's line; None unless that is certain to be what `crawler fix` writes.

    Certain is one plain URL in place of another, whole, quoted as before: no other bytes could be meant. What waits for
    another run is not suggested.
    """
    if line is None or proposal.new is None or proposal.waits_until is not None:
        return None
    scalar = _SCALAR.fullmatch(line)
    key = proposal.field.rpartition(".")[2]
    if not scalar or scalar["key"] != key or scalar["value"] != proposal.old:
        return None
    if not _PLAIN_URL.fullmatch(proposal.old) or not _PLAIN_URL.fullmatch(proposal.new):
        return None
    return Suggestion(span=Span(line=line, start=scalar.start("value"), end=scalar.end("value")), text=proposal.new)
