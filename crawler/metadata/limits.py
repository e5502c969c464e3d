"""HTML bytes in, the part of them out that parses in time and memory in step with its size.

The HTML Standard's tree construction is not linear. An unclosed `<font>` is repeated in every paragraph that follows
(13.2.4.3), so 60 kB of distinct ones fill 3 GB; every `<div>` looks through what is open for a `<p>` (13.2.6.4.7),
so 200,000 nested ones take two minutes. Browsers stop at a depth of 512; here what is costly is taken out or cut off.
"""

from __future__ import annotations

import re

MAX_BYTES = 4 * 1024 * 1024
"""Nothing beyond this is parsed; the network reads less."""
PLAIN_TAGS = 2_000
"""Pages with fewer tags than this cannot cost more than some milliseconds, whatever they hold."""
MANY_TAGS = 10_000
FORMATTED = 100
"""Formatting tags with attributes, from which on they are made plain."""
WORK = 20_000_000
"""Open elements summed over all tags: some 60 ms of the parser's time."""
TAG_BYTES = 64 * 1024
"""A longer tag may hold ten thousand attributes, each compared with all others; it is looked at."""
ATTRIBUTES = 1_000

# Spelled out in both cases, which is found in half the time that re.IGNORECASE takes.
_FORMATTING = "|".join(
    "".join(f"[{letter}{letter.upper()}]" for letter in name)
    for name in ("b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u")
).encode()
_FORMATTED = re.compile(rb"<(?:" + _FORMATTING + rb")[\s/]")
_FORMATTING_TAG = re.compile(rb"<(/?)(?:" + _FORMATTING + rb")(?=[\s/>])")
_ATTRIBUTE = re.compile(rb"""[\s/][^\s"'=<>/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'))?""")
_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# Elements that never stay open, or that close their like: they do not nest by being repeated.
_FLAT = frozenset(
    b"area base br col embed hr img input link meta param source track wbr p li dt dd option tr td th thead tbody "
    b"tfoot rt rp a".split()
)


def bounded(html: bytes) -> bytes:
    """`html`, or as much of it as may be parsed without harm."""
    html = html[:MAX_BYTES]
    html = html[: _first_monster(html)]
    tags = html.count(b"<")
    if tags < PLAIN_TAGS:
        return html
    if len(_FORMATTED.findall(html)) >= FORMATTED:
        html = _FORMATTING_TAG.sub(rb"<\1span", html)
    return html[: _affordable(html)] if tags >= MANY_TAGS else html


def _first_monster(html: bytes) -> int:
    """Where the first tag with too many attributes begins, else the length."""
    # A tag this long leaves a whole half of it without a closing bracket, so a look at the halves finds it.
    half = TAG_BYTES // 2
    for start in range(0, len(html) - half, half):
        if html.find(b">", start, start + half) < 0:
            opened = html.rfind(b"<", 0, start)
            if opened < 0 or html.find(b">", opened, start) >= 0:
                continue  # a long text, such as a style sheet
            end = html.find(b">", start)
            if len(_ATTRIBUTE.findall(html, opened, end if end > 0 else len(html))) > ATTRIBUTES:
                return opened
    return len(html)


def _affordable(html: bytes) -> int:
    """Where the sum of open elements over all tags passes WORK, else the length."""
    depth = work = 0
    for match in _TAG.finditer(html):
        if match[2].lower() in _FLAT:
            work += depth
        elif match[1]:
            depth = max(depth - 1, 0)
        else:
            depth += 1
            work += depth
        if work > WORK:
            return match.start()
    return len(html)
