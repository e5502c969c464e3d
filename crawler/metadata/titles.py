"""The titles that a page gives itself in, its headline out: without the site's name, as a card wants it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# A separator stands between blanks, or is a sign that no word holds; so "must-have" and "24/7" stay whole.
SEPARATOR = re.compile(r"\s+[-–—−‐|/\\:>~*•·⋅∙]+\s+|\s*(?:\||»|«|›|‹|::|•|⋅)\s*|:\s+")
_LOOSE = re.compile(r"[\W_]+")
MOST = 0.5
"""A heading that makes up this share of a title is its headline, whatever surrounds it."""


def plain(text: str) -> str:
    """Letters and digits only, one blank between words, without case: for comparing."""
    return _LOOSE.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def heading_within(headings: Iterable[str], title: str | None) -> str | None:
    """The first heading that `title` contains, unless it is only a word of it such as "News"."""
    whole = plain(title or "")
    for heading in headings:
        part = plain(heading)
        if part and _covers(part, whole):
            return heading
    return None


def _covers(part: str, whole: str) -> bool:
    if f" {part} " not in f" {whole} ":
        return False
    return len(part) >= MOST * len(whole) or (whole.startswith(part) and part.count(" ") >= 2)


def without_site(title: str, sites: Iterable[str]) -> str:
    """`title` without the names of `sites` (as `plain` writes them) at its end or start."""
    names = [name for name in sites if name]
    start, end = 0, len(title)
    cuts = [(match.start(), match.end()) for match in SEPARATOR.finditer(title)]
    while cuts:
        last_start, last_end = cuts[-1]
        first_start, first_end = cuts[0]
        if _names_site(title[last_end:end], names) and title[start:last_start].strip():
            end = last_start
            cuts.pop()
        elif plain(title[start:first_start]) in names and title[first_end:end].strip():
            start = first_end
            cuts.pop(0)
        else:
            break
    return title[start:end].strip()


def _names_site(segment: str, names: list[str]) -> bool:
    part = plain(segment)
    if not part:
        return False
    squeezed = part.replace(" ", "")
    for name in names:
        bare = name.replace(" ", "")
        if squeezed == bare or (len(bare) >= 3 and len(part.split()) <= 5 and (bare in squeezed)):
            return True
        if len(squeezed) >= 3 and squeezed in bare and len(squeezed) >= 0.5 * len(bare):
            return True
    return False


def first_segment(title: str) -> str:
    """What stands before the first separator, if it is long enough to be a headline."""
    for match in SEPARATOR.finditer(title):
        head = title[: match.start()].strip()
        if head.count(" ") >= 2 and not match[0].startswith(":"):
            return head
    return title
