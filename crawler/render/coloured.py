"""A unified diff in bytes in, text for a terminal out: coloured, with what hides in its lines made visible."""

from __future__ import annotations

import re

from crawler.render.terminal_text import BOLD, paint

_MARKS: tuple[tuple[str, str], ...] = (
    ("diff --git ", BOLD),
    ("--- ", BOLD),
    ("+++ ", BOLD),
    ("@@ ", "36"),
    ("-", "31"),
    ("+", "32"),
)
"""(how a line begins, its SGR parameters); the first that fits counts."""

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)


def coloured(diff: bytes, *, colour: bool) -> str:
    """The diff as a terminal may show it, whatever the card holds; not for `git apply`."""
    return "".join(f"{_shown(line, colour=colour)}\n" for line in diff.decode(errors="replace").split("\n")[:-1])


def _shown(line: str, *, colour: bool) -> str:
    sgr = next((sgr for start, sgr in _MARKS if line.startswith(start)), "")
    # The carriage return of CRLF is a line's end, no part of it.
    text = _HIDDEN.sub(lambda match: f"<U+{ord(match[0]):04X}>", line.removesuffix("\r"))
    return paint(text, sgr, colour=colour and bool(sgr))
