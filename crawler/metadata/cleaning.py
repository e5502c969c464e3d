"""Text as a page wrote it in, the same text fit for a report and a card out.

What is cleaned is what no reader sees and what can harm: control characters, bidirectional overrides, runs of
blanks, entities that were escaped twice. What carries meaning stays: typographic quotes, the joiners of emoji and
of Persian.
"""

from __future__ import annotations

import html
import re

LIMIT = 10_000
"""Characters kept of any value."""

# Unlike crawler.text.printable, which serves terminals, this keeps U+200C and U+200D: joiners shape words in Persian
# and Indic scripts and hold emoji sequences together (Unicode 16, section 23.2). Bidirectional controls, the soft
# hyphen, tags and surrogates from JSON escapes go.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]+"
)
_LOOSE_JOINERS = re.compile(r"(?<!\S)[\u200c\u200d]+|[\u200c\u200d]+(?!\S)|(?<=[\u200c\u200d])[\u200c\u200d]+")


def clean(value: str | None, limit: int = LIMIT) -> str | None:
    """`value` on one line, decoded, without what is not seen, at most `limit` characters; None if nothing is left."""
    if not value:
        return None
    text = value[: limit * 4]
    if "&" in text:
        text = _decoded(text)
    text = text.strip()
    if "  " in text or not text.isprintable():  # as no blank is but U+0020
        text = " ".join(text.split())
        if not text.isprintable():
            text = " ".join(_LOOSE_JOINERS.sub("", _UNSEEN.sub("", text)).split())
    return text[:limit].rstrip() or None


def clean_address(value: str | None, limit: int = 8_192) -> str | None:
    """An address without blanks around it and what is not seen, None if nothing is left.

    Only `&amp;` is decoded once more: in what is decoded already, `&copy=1` is a parameter and no sign.
    """
    text = (value or "")[:limit]
    if "&" in text:
        text = _AMPERSAND.sub("&", text)
    if not text.isprintable():
        text = _UNSEEN.sub("", text)
    return text.strip() or None


_AMPERSAND = re.compile(r"&(?:amp|#0*38|#x26);", re.IGNORECASE)


def _decoded(text: str) -> str:
    """Entities that were escaped twice, decoded; but never so that markup appears."""
    decoded = html.unescape(text)
    if "&" in decoded and decoded != text:
        decoded = html.unescape(decoded)
    return text if "<" in decoded and "<" not in text else decoded
