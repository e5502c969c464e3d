"""Changes and their reasons in, Markdown for the body of a pull request out: counts first, then a section per card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from crawler.model import Disposition, Proposal, Repair
from crawler.render.markdown_text import code, prose
from crawler.render.words import count

LONGEST = 60_000
"""Characters of a body; GitHub takes 65,536 (https://docs.github.com/en/rest/pulls)."""
_VALUE = 300
_SENTENCE = 600
_NOTE = 200
"""Characters that are kept free for the note of what was left out."""


def reasons(changes: Sequence[Proposal]) -> str:
    """The text for changes that are sorted by card; no longer than LONGEST."""
    kinds = Counter(one.kind for one in changes)
    cards = len({one.path for one in changes})
    review = sum(one.disposition is Disposition.REVIEW for one in changes)
    parts = [
        f"## {count(len(changes), 'change')} in {count(cards, 'card')}\n\n| kind | changes |\n|---|---|\n",
        *(f"| `{kind}` | {kinds[kind]:,} |\n" for kind in Repair if kinds[kind]),
        f"\n{review:,} of them should be looked at before they are merged.\n" if review else "",
    ]
    size = sum(map(len, parts))
    for shown, (path, group) in enumerate(groupby(changes, key=lambda one: one.path)):
        section = _section(path, list(group))
        if size + len(section) > LONGEST - _NOTE:
            parts.append(f"\n*{count(cards - shown, 'more card')}, left out for length: the diff has them all.*\n")
            break
        parts.append(section)
        size += len(section)
    return "".join(parts)


def _section(path: str, changes: Sequence[Proposal]) -> str:
    return f"\n### {code(path, 1_000)}\n\n" + "".join(map(_item, changes))


def _item(one: Proposal) -> str:
    old = code(one.old, _VALUE)
    if one.new is None:
        what = f"{old} is removed"
    elif one.old:
        what = f"{old} becomes {code(one.new, _VALUE)}"
    else:
        what = f"{code(one.new, _VALUE)} is added"
    look = ", to be looked at" if one.disposition is Disposition.REVIEW else ""
    return f"- {code(one.field, 200)} ({one.kind}{look}): {what}. {prose(one.because, _SENTENCE)}\n"
