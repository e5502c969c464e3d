"""Cards and proposals made by hand."""

from __future__ import annotations

from crawler.cards.read import card_of
from crawler.edits.patch import Planned, apply, plan
from crawler.model import Card, Disposition, Proposal, Repair

CARD = b"""---
# a comment of the card's own
category: news
title: "Old title"   # keep me
excerpt: 'It''s old'
publishedDateTime: 2023-11-16T10:36:52Z
originalUrl: https://a.example/old
webUrl: https://a.example/old
ampWebUrl: "https://a.example/amp"
# between
cdnAmpWebUrl: "https://cdn.a.example/amp"
author:
published: true

provider:
  domain: a.example
  images:
    - url: https://a.example/logo.png

images:
  - url: https://a.example/one.jpg
    width: 300
    height: 200
  - {url: https://a.example/two.jpg, width: 2}

secured: "a+b/c=="
---
Body
"""

SAYINGS = (
    "---",
    "\n---\n",
    "...",
    "a: b",
    "a #b",
    "# a",
    "- a",
    "&a",
    "*a",
    "!!str a",
    "%YAML",
    "@a",
    "`a",
    "|",
    ">",
    "{a: b}",
    "[a]",
    "'a'",
    '"a"',
    "a'",
    'a"b\\',
    "true",
    "~",
    "1_000",
    "1,000",
    "0o17",
    "12:30",
    "2024-01-02",
    ":a",
    "a:",
    " a ",
    "a\tb",
    "a\u2028b\u2029c\x85d",
    "\u202egnp.exe",
    "\ufeffa",
    "\x00\x1b[31m",
    "{{ site.title }}",
    "=",
    "<<",
    "😀👨‍👩‍👧",
    "tRue",
    "nULL",
    "oN",
    "No",
    ".inf",
    "1.5",
    "0x1f",
    "Ⅷ",
    "٣",
    "a\xa0b",
    "!ruby/object:A",
    "",
)
"""What pages may say to mislead whoever writes it down as YAML."""


def change(field: str, old: str, new: str | None, kind: Repair = Repair.METADATA) -> Proposal:
    """A proposal for one field."""
    return Proposal(
        path="_news/a.md",
        line=1,
        field=field,
        old=old,
        new=new,
        kind=kind,
        disposition=Disposition.SAFE,
        rule="by_hand",
        because="Somebody said so.",
    )


def card(raw: bytes, path: str = "_news/a.md") -> Card:
    """The card in these bytes."""
    read = card_of(path, raw)
    assert read is not None
    return read


def planned(raw: bytes, *changes: Proposal) -> Planned:
    """What proposals come to in the card in these bytes."""
    return plan(card(raw), changes, card_of)


def patched(raw: bytes, *changes: Proposal) -> bytes:
    """The card with all of the changes made; none is refused."""
    done = planned(raw, *changes)
    assert [(one.proposal.field, one.because) for one in done.refused] == []
    return apply(raw, done.patch) if done.patch else raw


def refused(raw: bytes, *changes: Proposal) -> list[str]:
    """Why changes are refused, none of which is made."""
    done = planned(raw, *changes)
    assert done.patch is None
    return [one.because for one in done.refused]
