"""A patch is for one card, byte for byte."""

from __future__ import annotations

import hashlib

import pytest
from msgspec.structs import replace

from crawler.cards.read import card_of
from crawler.edits.patch import apply, plan, spliced
from crawler.errors import CardError, PatchConflict
from crawler.model import Card, Edit, Patch, Repair
from tests.edits.cards import CARD, card, change

NEW = "https://a.example/new.png"


def patch_of(raw: bytes) -> Patch:
    made = plan(card(raw), [change("title", "Old title", "New title")], card_of).patch
    assert made is not None
    return made


def test_a_patch_is_refused_for_other_bytes() -> None:
    """Though the difference be far from what is edited."""
    with pytest.raises(PatchConflict, match=r"_news/a\.md: changed since it was read"):
        apply(CARD + b"\n", patch_of(CARD))


def test_a_patch_is_refused_unless_every_edit_finds_what_it_replaces() -> None:
    """The digest alone is not trusted."""
    made = patch_of(CARD)
    edits = tuple(replace(edit, before=b"x" * len(edit.before)) for edit in made.edits)

    with pytest.raises(PatchConflict, match="other bytes than expected at title"):
        apply(CARD, replace(made, edits=edits))


def test_edits_that_overlap_are_refused() -> None:
    """Each byte is changed once."""
    edits = [Edit(start=0, end=3, before=b"abc", after=b"", field="a"), Edit(start=2, end=4, before=b"cd", after=b"", field="b")]  # fmt: skip  # noqa: E501 — side by side

    with pytest.raises(PatchConflict):
        spliced(b"abcd", "a.md", edits)


def test_nothing_is_patched_that_cannot_be_read_again() -> None:
    """Whatever the reader finds wrong is the reason."""

    def broken(path: str, raw: bytes) -> Card | None:
        raise CardError(path, 1, "of some fault")

    done = plan(card(CARD), [change("title", "Old title", "New")], broken)

    assert done.patch is None
    assert [one.because for one in done.refused] == ["the card could not be read any more: of some fault"]


@pytest.mark.parametrize(
    ("after", "because"),
    [
        (None, "the card would end elsewhere"),
        (CARD.replace(b"Old title", b"New").replace(b"Body", b"Soul"), "the card would end elsewhere"),
        (CARD, "the card would not say what is proposed"),
        (CARD.replace(b"Old title", b"New").replace(b"news", b"gone"), "other fields of the card would change"),
    ],
)
def test_nothing_is_patched_that_reads_otherwise_than_proposed(after: bytes | None, because: str) -> None:
    """Body, the field itself, and all other fields are compared."""
    done = plan(
        card(CARD), [change("title", "Old title", "New")], lambda path, _: card_of(path, after) if after else None
    )

    assert done.patch is None
    assert because in done.refused[0].because


def test_a_patch_names_the_card_that_it_is_for() -> None:
    """By its path and its digest."""
    made = patch_of(CARD)

    assert (made.path, made.digest) == ("_news/a.md", hashlib.sha256(CARD).hexdigest())


def test_the_size_of_a_picture_is_not_taken_without_the_picture() -> None:
    """Somebody has chosen another one since, or the address cannot be written: neither is as large as that."""
    raw = b"---\ntitle: a\nimages:\n  - width: 1\n    url: https://a.example/mine.png\n---\n"
    size = change("images[0].width", "1", "1200", Repair.IMAGE)
    done = plan(card(raw), [size, change("images[0].url", "https://a.example/old.png", NEW, Repair.IMAGE)], card_of)
    alone = plan(card(raw), [size], card_of)

    assert done.patch is None
    assert [(one.proposal.field, one.because) for one in done.refused] == [
        ("images[0].url", "changed since the audit: the field has another value now"),
        ("images[0].width", "it is of a picture that is not put in"),
    ]
    assert alone.taken == (size,)
