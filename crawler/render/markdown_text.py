"""Hostile text in, Markdown out that shows it as it is: on GitHub nothing of it links, pings, refers or formats.

GitHub looks for mentions and references in the rendered text, so a backslash or an entity does not stop them; it
leaves code spans alone (https://docs.github.com/en/get-started/writing-on-github). So what is copied or compared
(URLs, paths, fields) stands in code spans, and in sentences a zero-width space breaks what would be a reference.
"""

from __future__ import annotations

import re

from crawler.text import printable
from crawler.urls import host_of

_PUNCTUATION = re.compile(r"[\\`*_\[\]|~$]")
_REFERENCE = re.compile(r"@|#(?=\w)|GH-(?=\d)", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]{0,20}://|www\.|mailto:|xmpp:)\S+", re.IGNORECASE)
_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9._~:/?=%+,!$()*&-]+")
_ZERO_WIDTH_SPACE = "&#8203;"


def prose(text: str, limit: int) -> str:
    """A sentence of at most `limit` characters, on one line; addresses within it stand as code."""
    text = printable(text, limit)
    parts, at = [], 0
    for match in _ADDRESS.finditer(text):
        address = match[0].rstrip(".,;:!?)”'")
        parts += [_escaped(text[at : match.start()]), code(address, limit)]
        at = match.start() + len(address)
    return "".join((*parts, _escaped(text[at:])))


def code(text: str, limit: int) -> str:
    """A code span that shows at most `limit` characters; not for tables, where `|` cannot be shown in code."""
    text = printable(text, limit)
    if not text.strip():
        return "(empty)"
    fence = "`"
    while fence in text:  # a span ends at a run of backticks as long as the one that opened it (CommonMark, 6.1)
        fence += "`"
    pad = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def link(url: str, limit: int) -> str:
    """An autolink if `url` is plain, short enough to be whole, and following it is harmless to others; else code.

    A link into github.com would leave "mentioned this" in other people's issues, every week.
    """
    if len(url) > limit or not _PLAIN_URL.fullmatch(url) or _on_github(url):
        return code(url, limit)
    return f"<{url}>"


def _on_github(url: str) -> bool:
    try:
        host = host_of(url)
    except ValueError:
        return True
    return host == "github.com" or host.endswith(".github.com")


def _escaped(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _PUNCTUATION.sub(r"\\\g<0>", text)
    return _REFERENCE.sub(lambda match: match[0] + _ZERO_WIDTH_SPACE, text)
