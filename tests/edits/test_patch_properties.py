"""What must hold for any card and any value: a patch changes what it names, and nothing else."""

from __future__ import annotations

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.cards.read import card_of
from crawler.edits.patch import Planned, apply, plan
from crawler.model import Card, Proposal, Repair
from tests.cards.generated import KEYS, files, leaves
from tests.edits.cards import SAYINGS, card, change

WEB = st.one_of(
    st.sampled_from(SAYINGS),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.text("ab: #-'\"\n\\{}[],&*!|>%@`?~\t\r", max_size=12),
)
"""What pages may say."""


@st.composite
def tasks(draw: st.DrawFn) -> tuple[bytes, list[Proposal]]:
    """A card, and changes to its fields: other values, fields more, fields less."""
    raw = draw(files())
    slots = card(raw).slots
    chosen = st.lists(st.sampled_from(slots), max_size=4, unique_by=lambda one: one.route) if slots else st.just([])
    changes = [change(slot.route, slot.value, draw(st.one_of(WEB, st.none()))) for slot in draw(chosen)]
    levels = sorted({slot.route.rpartition(".")[0] for slot in slots} | {"", "zz", "zz.yy"})
    for level in draw(st.lists(st.sampled_from(levels), max_size=2)):
        key = draw(KEYS)
        kind = draw(st.sampled_from((Repair.METADATA, Repair.MARK_DEAD)))
        changes.append(change(f"{level}.{key}" if level else key, "", draw(WEB), kind))
    return raw, changes


def done(raw: bytes, changes: list[Proposal]) -> tuple[Card, Planned, bytes]:
    """(the card, what was planned, the bytes after)."""
    before = card(raw)
    planned = plan(before, changes, card_of)
    return before, planned, apply(raw, planned.patch) if planned.patch else raw


@settings(max_examples=300)
@given(tasks())
def test_bytes_outside_the_edits_stay(task: tuple[bytes, list[Proposal]]) -> None:
    """Undoing each edit by hand gives the card back."""
    raw, changes = task
    _, planned, after = done(raw, changes)

    undone, at, shift = b"", 0, 0
    for edit in planned.patch.edits if planned.patch else ():
        assert after[edit.start + shift : edit.start + shift + len(edit.after)] == edit.after
        undone += after[at : edit.start + shift] + edit.before
        at = edit.start + shift + len(edit.after)
        shift += len(edit.after) - len(edit.before)
    assert undone + after[at:] == raw


@settings(max_examples=300)
@given(tasks())
def test_the_card_says_what_it_said_but_for_what_was_taken(task: tuple[bytes, list[Proposal]]) -> None:
    """In both YAML parsers; what is not taken is refused, or said already."""
    raw, changes = task
    before, planned, after = done(raw, changes)

    values = {one.field: one.new for one in planned.taken}
    expected = {slot.route: slot.value for slot in before.slots if slot.route not in values}
    for field in values:  # a key without a value may have got fields
        expected = {route: value for route, value in expected.items() if value or not field.startswith(f"{route}.")}
    expected |= {field: new for field, new in values.items() if new is not None}
    patched = card(after)
    assert after[patched.body_start :] == raw[before.body_start :]
    assert {slot.route: slot.value for slot in patched.slots} == expected
    front = after[: patched.body_start].decode("utf-8-sig").rstrip().removesuffix("---")
    for loader in (yaml.SafeLoader, yaml.CSafeLoader):
        root = yaml.compose(front, Loader=loader)
        assert root is not None
        assert list(leaves(root, "")) == [(slot.route, slot.value) for slot in patched.slots]
    assert len(planned.taken) + len(planned.refused) <= len(changes)


@settings(max_examples=200)
@given(tasks())
def test_what_was_done_is_not_done_again(task: tuple[bytes, list[Proposal]]) -> None:
    """A second patch of the same proposals is empty, but for what a first one had to refuse."""
    _, planned, after = done(*task)

    assert plan(card(after), planned.taken, card_of).patch is None


@settings(max_examples=300)
@given(WEB, st.sampled_from([b"plain", b"'single'", b'"double"', b"", b"12", b"2024-01-02"]), st.booleans())
def test_a_value_from_the_web_reads_back_as_it_was(value: str, style: bytes, in_brackets: bool) -> None:
    """Whatever stood there, in block style and between brackets, and its neighbours stay."""
    written = b"{ title: " + style + b", b: 2}" if in_brackets else b"\n  title: " + style + b"\n  b: 2"
    raw = b"---\na: 1\nx: " + written + b"\nz: [3, 4]\n---\ntitle: body\n"
    old = next(slot.value for slot in card(raw).slots if slot.route == "x.title")
    _, planned, after = done(raw, [change("x.title", old, value)])

    if planned.refused:
        assert in_brackets
        assert not style
        return
    assert [slot.value for slot in card(after).slots] == ["1", value, "2", "3", "4"]
    assert after.endswith(b"\nz: [3, 4]\n---\ntitle: body\n")
