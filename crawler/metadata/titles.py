"""The titles that a page gives itself in, its headline out: without the site's name, as a card wants it."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

# A separator stands between blanks, or is a sign that no word holds; so "must-have" and "24/7" stay whole. Between
# Chinese or Japanese characters, which are written without blanks, a dash or underscore is enough.
_WIDE = "\u3040-\u30ff\u3400-\u9fff\uff01-\uff60\u3001-\u303f"
# The look ahead spares the other signs, which most are: two thirds of the time.
SEPARATOR = re.compile(
    r"(?=[\s|»«›‹:•⋅：｜_－–—-])"
    r"(?:\s+[-–—−‐|/\\:>~*•·⋅∙]+\s+|\s*(?:[|»«›‹•⋅：｜]|::)\s*|:\s+"
    rf"|(?<=[{_WIDE}])\s*[-_－–—]\s*(?=[{_WIDE}]))"
)
_TIGHT = re.compile(r"\s*[-_:：|/－–—]\s*")
_SIGN = re.compile(r"[-–—−‐|/\\:>~*•·⋅∙»«›‹：｜_－]")  # one of which every separator holds
_LOOSE = re.compile(r"[\W_]+")
_FOLDED = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
# "Blog » Blog Archive » Headline" was the title of every WordPress post before 2010.
_ARCHIVE = re.compile(r"^.*\bblog archiv\w*\s*[»|–—-]\s*", re.IGNORECASE)

MOST = 0.5
"""A heading that makes up this share of a title is its headline, whatever surrounds it."""
ALIKE = 0.6
"""Share of common words from which on two titles are versions of one."""
LONGEST = 500
"""Characters; a longer title is no headline with a site's name."""
FEW = 3
"""Words from which on a piece of a title can be a headline of its own."""


@lru_cache(maxsize=256)
def plain(text: str) -> str:
    """Letters and digits only, one blank between words, without case: for comparing."""
    if text.isascii():  # as most are; this takes less than half of what the expression does
        return " ".join(text.translate(_FOLDED).split())
    return _LOOSE.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def heading_within(headings: Iterable[str], title: str | None) -> str | None:
    """The longest heading that `title` contains, unless it is only a word of it such as "News"."""
    whole = plain(_without_archive(title or ""))
    found = [heading for heading in headings if _covers(plain(heading), whole)]
    return max(found, key=len, default=None)


def _covers(part: str, whole: str) -> bool:
    if not part or f" {part} " not in f" {whole} ":
        return False
    return len(part) >= MOST * len(whole) or (whole.startswith(part) and part.count(" ") >= FEW - 1)


def heading_like(headings: Iterable[str], title: str | None) -> str | None:
    """The first heading of which `title` is another wording, made for sharing."""
    whole = plain(title or "")
    others = _words(whole)
    for heading in headings:
        part = plain(heading)
        words = _words(part)
        if not part or f" {part} " in f" {whole} ":
            continue
        if f" {whole} " in f" {part} ":
            # A heading that adds a kicker ("Tennis Final postponed") is no better; one that adds the verb is.
            if len(others) < FEW:
                return heading
        elif min(len(words), len(others)) > FEW and len(words & others) >= ALIKE * min(len(words), len(others)):
            return heading
    return None


def _words(text: str) -> set[str]:
    return set((text if text.isascii() else _wide_character().sub(r" \g<0> ", text)).split())


@cache
def _wide_character() -> re.Pattern[str]:
    """A range as wide takes 2 ms to compile."""
    return re.compile(f"[{_WIDE}]")


def without_site(title: str, sites: Iterable[str]) -> str:
    """`title` without the names of `sites` (as `plain` writes them) at its end or start."""
    if len(title) > LONGEST:
        return title
    names = [name for name in sites if name]
    title = _without_archive(title)
    if not _SIGN.search(title):
        return title.strip()
    start, end = 0, _before_site(title, names)
    cuts = [match.span() for match in SEPARATOR.finditer(title, 0, end)]
    while cuts:
        last_start, last_end = cuts[-1]
        first_start, first_end = cuts[0]
        if names_site(title[last_end:end], names) and title[start:last_start].strip():
            end = last_start
            cuts.pop()
        elif plain(title[start:first_start]) in names and title[first_end:end].strip():
            start = first_end
            cuts.pop(0)
        else:
            break
    return title[start:end].strip()


def _before_site(title: str, names: list[str]) -> int:
    """Where a part begins that is exactly the site's name, whatever separates it and whatever slogan follows."""
    for match in _TIGHT.finditer(title):
        if match.start() > 0 and plain(title[match.end() :]) in names:
            return match.start()
    cuts = [match.span() for match in SEPARATOR.finditer(title)]
    for (start, end), (following, _) in itertools.pairwise(cuts):
        part = plain(title[end:following])
        if start > 0 and (part in names or part.rpartition(" ")[0] in names):  # "Example" or "Example.org"
            return start
    return len(title)


def _without_archive(title: str) -> str:
    return _ARCHIVE.sub("", title) if "archiv" in title.lower() else title


def names_site(segment: str, names: Iterable[str]) -> bool:
    """Whether a piece of a title is one of the site's names, or a variant such as "The Example" or "Example News"."""
    part = plain(segment)
    squeezed = part.replace(" ", "")
    for name in names if part else ():
        bare = name.replace(" ", "")
        if squeezed == bare or (len(bare) >= 3 and len(part.split()) <= 5 and bare in squeezed):
            return True
        if len(squeezed) >= max(3, 0.5 * len(bare)) and squeezed in bare:
            return True
    return False


def headline_of(title: str) -> str:
    """The longest piece of a `<title>` whose site is unknown, if it is long enough to be a headline."""
    if len(title) > LONGEST:
        return title
    ends = [match.span() for match in SEPARATOR.finditer(title) if ":" not in match[0]]
    pieces = [title[start:end] for (_, start), (end, _) in itertools.pairwise([(0, 0), *ends, (len(title), 0)])]
    longest = max(pieces, key=len).strip()
    return longest if len(_words(plain(longest))) >= FEW else title
