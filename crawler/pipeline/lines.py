"""A folder in, a reader of single lines of its cards out: formats that count columns in bytes need the text itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

_LARGEST = 8 << 20
"""Bytes of a file; no card is larger."""
_KEPT = 64
"""Cards held: neighbouring findings often stand in the same ones."""


def card_lines(root: Path) -> Callable[[str, int], str | None]:
    """Gives (path as in reports, line counted from 1) -> the line without its end, as the file is now.

    None for what is not there any more, is no text, or is too large for a card. Lines end at a line feed, as the
    positions in reports count them.
    """

    @lru_cache(maxsize=_KEPT)
    def lines(path: str) -> tuple[str, ...]:
        try:
            with (root / path).open("rb") as file:
                raw = file.read(_LARGEST + 1)
            text = raw.decode("utf-8") if len(raw) <= _LARGEST else ""
        except (OSError, ValueError):  # a ValueError: not UTF-8, or a path that no file system takes
            return ()
        return tuple(text.split("\n"))

    def line_of(path: str, line: int) -> str | None:
        found = lines(path)
        return found[line - 1].removesuffix("\r") if 1 <= line <= len(found) else None

    return line_of
