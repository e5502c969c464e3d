"""What a card says and what its page says in, whether they still agree out; for comparing only, never for writing.

House styles differ in quotes, dashes, blanks and case, and cards cut excerpts at some 300 characters (median 284 of
1,368), so titles are compared folded and without the site's name, and excerpts as beginnings.
"""

from __future__ import annotations

import html
import re
import unicodedata
from difflib import SequenceMatcher

from crawler.metadata.titles import plain, without_site

LONGEST = 400
"""Characters that are compared; what follows says nothing new, and the time taken grows with the square."""
SHORTEST_EXCERPT = 20
"""Characters that a beginning must have to be one."""

_SIGNS = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʼ`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": "...",
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"),
    }
)
_CUT = re.compile(r"\W*(?:\.\.\.|\[[.…]*\])?\W*$")


def fold(text: str) -> str:
    """`text` with its entities decoded, in NFKC and lower case, plain quotes and dashes, single blanks."""
    decoded = html.unescape(html.unescape(text)).translate(_SIGNS)
    return " ".join(unicodedata.normalize("NFKC", decoded).casefold().split())


def similarity(one: str, other: str) -> float:
    """How alike two texts are once folded: 0 (nothing in common) to 1 (the same)."""
    if one == other:
        return 1.0
    left, right = fold(one)[:LONGEST], fold(other)[:LONGEST]
    if left == right:
        return 1.0
    return SequenceMatcher(None, left, right, autojunk=False).ratio() if left and right else 0.0


def title_similarity(card: str, page_title: str | None, site_name: str | None = None) -> float:
    """How alike a card's title and its page's are, the site's name at either end left out: 0 to 1."""
    if not page_title:
        return 0.0
    whole = similarity(card, page_title)
    if whole == 1.0:
        return whole
    sites = [plain(site_name)] if site_name else []
    return max(whole, similarity(without_site(card, sites), without_site(page_title, sites)))


def excerpt_similarity(card_excerpt: str, page_description: str | None, lead: str | None = None) -> float:
    """How alike the card's excerpt and the beginning of what the page says are, the better of two: 0 to 1."""
    return max((_as_beginning(card_excerpt, text) for text in (page_description, lead) if text), default=0.0)


def _as_beginning(one: str, other: str) -> float:
    left, right = (_CUT.sub("", fold(text)) for text in (one, other))
    length = min(len(left), len(right))
    if length < SHORTEST_EXCERPT:
        return similarity(left, right)
    return similarity(left[:length], right[:length])
