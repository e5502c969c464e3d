"""A key in, its place in the order in which cards keep their fields out, and what it holds."""

from __future__ import annotations

from crawler.edits.scalars import INTEGER, STRING, TIME, TRUTH
from crawler.model import Repair

ORDER: tuple[tuple[str, str], ...] = (
    ("title", STRING),
    ("name", STRING),
    ("excerpt", STRING),
    ("publishedDateTime", TIME),
    ("updatedDateTime", TIME),
    ("originalUrl", STRING),
    ("webUrl", STRING),
    ("archiveUrl", STRING),
    ("ampWebUrl", STRING),
    ("cdnAmpWebUrl", STRING),
    ("domain", STRING),
    ("url", STRING),
    ("width", INTEGER),
    ("height", INTEGER),
)
"""(key, what it holds), in the order of cards, of providers and of images; a new line goes below its nearest."""

_RANK = {key: rank for rank, (key, _) in enumerate(ORDER)}
_TAGS = dict(ORDER)


def rank(key: str, kind: Repair) -> int | None:
    """The place of a key in the order; None for one that has none. A copy in an archive follows the page."""
    return _RANK["archiveUrl"] if kind is Repair.ARCHIVE else _RANK.get(key)


def tag_of(key: str, kind: Repair) -> str:
    """What a key holds that the card does not have yet."""
    return TRUTH if kind is Repair.MARK_DEAD else _TAGS.get(key, STRING)
