"""Going through changes one by one."""

from __future__ import annotations

import io

import pytest

from crawler.choose import Chooser
from crawler.model import Proposal, Repair
from tests.edits.cards import card, change, planned

RAW = b"""---
title: Old title
images:
  - width: 1
    url: https://a.example/old.png
    height: 2
---
"""
NEW = "https://a.example/new.png"
CHANGES = (
    change("title", "Old title", "New title"),
    change("images[0].width", "1", "1200", Repair.IMAGE),
    change("images[0].url", "https://a.example/old.png", NEW, Repair.IMAGE),
    change("images[0].height", "2", "630", Repair.IMAGE),
)


def evidence(_: Proposal) -> str:
    return "all that is known"


@pytest.mark.parametrize(
    ("answers", "fields"),
    [
        ("y\nn\n", {"title"}),
        ("n\ny\n", {"images[0].url", "images[0].width", "images[0].height"}),
        ("n\nn\n", set()),
    ],
)
def test_a_picture_and_its_size_are_one_question(answers: str, fields: set[str]) -> None:
    """All three lines are shown together, wherever they stand, and taken or left together."""
    out = io.StringIO()
    chooser = Chooser(io.StringIO(answers), out, total=2, evidence=evidence, colour=False)
    chosen = chooser.choose(card(RAW), planned(RAW, *CHANGES))

    assert {one.field for one in chosen.taken} == fields
    assert chosen.refused == ()
    assert out.getvalue().count("Make this change") == 2
    assert "(2/2) Make this change" in out.getvalue()
    assert "+  - width: 1200\n+    url: https://a.example/new.png\n+    height: 630\n" in out.getvalue()
