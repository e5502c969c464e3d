"""HTML bytes in, the part of them out that parses in time and memory in step with its size.

The HTML Standard's tree construction is not linear. An unclosed `<font>` is repeated in every paragraph that follows
(13.2.4.3), so 60 kB of distinct ones fill 3 GB; every `<div>` looks through what is open for a `<p>` (13.2.6.4.7),
so 200,000 nested ones take two minutes; each attribute is compared with all before it. Browsers stop at a depth of
512; here what is costly is taken out or cut off. Honest pages pass as they are, in some 0.05 ms.
"""

from __future__ import annotations

import re

MAX_BYTES = 4 * 1024 * 1024
"""Nothing beyond this is parsed; the network reads less."""
FEW_TAGS = 1_500
"""Pages with fewer tags than this cost a quarter of a second and 110 MB at worst, whatever they hold."""
MANY_TAGS = 10_000
"""Pages with fewer tags than this cannot nest deep enough to cost more than 0.1 s."""
FORMATTED = 100
"""Formatting tags with attributes, from which on all formatting is made plain."""
WORK = 20_000_000
"""Open elements summed over all tags: some 60 ms of the parser's time."""
LONG_TAG = 64 * 1024
"""Bytes; a longer tag may hold ten thousand attributes, so it is looked at."""
ATTRIBUTES = 1_000

# Spelled out in both cases, which is found in half the time that re.IGNORECASE takes; and most names are told apart by
# their first letter, which halves the rest.
_FORMATTING = "|".join(
    "".join(f"[{letter}{letter.upper()}]" for letter in name)
    for name in ("b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u")
).encode()
_FORMATTED = re.compile(rb"<(?=[b-uB-U])(?![dDhHlLpP])(?:" + _FORMATTING + rb")[\s/]")
_FORMATTING_TAG = re.compile(rb"<(/?)(?:" + _FORMATTING + rb")(?=[\s/>])")
_OPEN_TAG = re.compile(rb"""<[a-zA-Z/!?](?:[^"'>]++|"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))*+""")
_ATTRIBUTE = re.compile(rb"""[\s/"'][^\s"'=<>/]+(?:\s*=\s*(?:"[^"]*+"|'[^']*+'))?""")
_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# Elements that never stay open, or that close their like: they do not nest by being repeated.
_FLAT = frozenset(
    b"area base br col embed hr img input link meta param source track wbr p li dt dd option tr td th thead tbody "
    b"tfoot rt rp a".split()
)
# An end tag within one of these closes nothing outside it (13.2.4.2).
_BARRIERS = frozenset(b"applet marquee object template table svg math select button".split())
_NEAR = 20  # elements within which a misplaced end tag finds its beginning


def bounded(html: bytes) -> bytes:
    """`html`, or as much of it as may be parsed without harm."""
    html = html[:MAX_BYTES]
    html = html[: _first_monster(html)]
    tags = html.count(b"<")
    if tags < FEW_TAGS:
        return html
    if len(_FORMATTED.findall(html)) >= FORMATTED:
        html = _FORMATTING_TAG.sub(rb"<\1span", html)
    return html[: _affordable(html)] if tags >= MANY_TAGS else html


def _first_monster(html: bytes) -> int:
    """Where the first tag with too many attributes begins, else the length."""
    # So long a tag leaves a whole half of it without the beginning of another, so a look at the halves finds it.
    half = LONG_TAG // 2
    for start in range(0, len(html) - half, half):
        if html.find(b"<", start, start + half) < 0:
            opened = html.rfind(b"<", 0, start)
            tag = _OPEN_TAG.match(html, opened) if opened >= 0 else None
            if tag and tag.end() > start and len(_ATTRIBUTE.findall(tag[0])) > ATTRIBUTES:
                return opened
    return len(html)


def _affordable(html: bytes) -> int:
    """Where the sum of open elements over all tags passes WORK, else the length."""
    work = 0
    opened: list[bytes] = []
    for match in _TAG.finditer(html):
        name = match[2].lower()
        if name not in _FLAT:
            if match[1]:
                _close(opened, name)
            else:
                opened.append(name)
        work += len(opened)
        if work > WORK:
            return match.start()
    return len(html)


def _close(opened: list[bytes], name: bytes) -> None:
    for back in range(1, min(len(opened), _NEAR) + 1):
        if opened[-back] == name:
            del opened[-back:]
            return
        if opened[-back] in _BARRIERS:
            return
