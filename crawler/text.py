"""Text from elsewhere in, text that is safe to show out.

What the web, a card or the operating system says may hold control characters, terminal escapes and bidirectional
overrides; none of them may reach a terminal or a report. Line breaks become blanks; what hides or reorders text (soft
hyphens, zero-width and bidirectional signs, tags) vanishes; other controls and lone surrogates become U+FFFD. The rest
of Unicode stays, private use and the few format characters that are seen (as the Arabic number sign) among it.
"""

from __future__ import annotations

import json
import re
import unicodedata

_UNSAFE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)


def printable(text: str, limit: int = 2_000) -> str:
    """`text` on one line without control, format or surrogate characters, cut to `limit` characters."""
    cleaned = _UNSAFE.sub(_stand_in, text[: limit * 2]).strip()
    return cleaned if len(cleaned) <= limit else cleaned[: limit - 1].rstrip() + "…"


def _stand_in(match: re.Match[str]) -> str:
    return (
        " "
        if match[0] in "\t\n\r\x0b\x0c\u2028\u2029\x85"
        else ("" if unicodedata.category(match[0]) == "Cf" else "\ufffd")
    )


_COMMAND = re.compile(r"^([^\S\n]*):(?=:)|#(?=#\w*\[)", re.MULTILINE)


def inert(text: str) -> str:
    """Printable lines of which none is a command to the machine that keeps the log of a CI job.

    GitHub's runner obeys lines that begin with `::`, and `##[…]` wherever it stands (ActionCommand.cs of
    actions/runner); Azure Pipelines obeys `##vso[…]`, TeamCity `##teamcity[…]`. A blank parts the two signs.
    """
    return _COMMAND.sub(r"\g<0> ", text)


def toml(text: str) -> str:
    """A TOML basic string; what cannot be seen is escaped (https://toml.io/en/v1.0.0#string)."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(one if one.isprintable() else _escape(one) for one in quoted)


def _escape(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number < 1 << 16 else f"\\U{number:08x}"
