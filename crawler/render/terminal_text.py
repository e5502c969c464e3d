"""Text and a width in, lines for a terminal out: wrapped by the cells that characters take, coloured when asked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from crawler.model import Health

NARROWEST = 40
"""Columns; on a terminal that claims less, lines are left to wrap."""

COLOURS: dict[Health, str] = {
    Health.UNSAFE: "1;35",
    Health.BROKEN: "31",
    Health.FAILING: "33",
    Health.NOTICE: "36",
    Health.UNVERIFIABLE: "34",
    Health.SKIPPED: "2",
    Health.HEALTHY: "32",
}
"""SGR parameters (ECMA-48, 8.3.117)."""
BOLD, DIM = "1", "2"

_ADDRESS = re.compile(r"\bhttps?://", re.IGNORECASE)


def paint(text: str, sgr: str, *, colour: bool) -> str:
    """`text` with the SGR parameters `sgr` if colour is asked for."""
    return f"\x1b[{sgr}m{text}\x1b[0m" if colour and text else text


def wrap(text: str, width: int, indent: str = "") -> str:
    """Printable `text` broken at blanks into lines of `width` cells, each after `indent`; no address is ever broken."""
    return "\n".join(indent + line for line in _lines(text, max(width, NARROWEST) - len(indent)))


def cells(text: str) -> int:
    """The columns that printable text takes (Unicode Standard Annex 11: wide and fullwidth characters take two)."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _lines(text: str, width: int) -> Iterator[str]:
    line = ""
    for word in _words(text, width):
        joined = f"{line} {word}" if line else word
        if line and cells(joined) > width:
            yield line
            line = word
        else:
            line = joined
    yield line


def _words(text: str, width: int) -> Iterator[str]:
    for word in text.split():
        if cells(word) <= width or _ADDRESS.search(word):
            yield word
        else:  # a language without blanks, or rubbish
            yield from _pieces(word, width)


def _pieces(word: str, width: int) -> Iterator[str]:
    piece, size = "", 0
    for character in word:
        size += cells(character)
        if size > width:
            yield piece
            piece, size = "", cells(character)
        piece += character
    yield piece
