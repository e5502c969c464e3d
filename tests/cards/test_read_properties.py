"""What must hold for any front matter: spans, places and values agree with the bytes and with both YAML parsers."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.cards.read import read_card
from crawler.errors import CardError
from crawler.model import Card
from tests.cards.generated import files, leaves


def read(raw: bytes) -> Card | None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "card.md"
        path.write_bytes(raw)
        return read_card(path, root=Path(folder))


def card_of(raw: bytes) -> Card:
    card = read(raw)
    assert card is not None
    return card


@settings(max_examples=200)
@given(files())
def test_a_span_alone_is_the_value(raw: bytes) -> None:
    """The bytes of a slot, parsed alone, give its value."""
    card = card_of(raw)

    for slot in card.slots:
        alone = yaml.compose(" " + card.raw[slot.start : slot.end].decode(), Loader=yaml.CSafeLoader)
        assert (alone.value if alone else "") == slot.value


@settings(max_examples=200)
@given(files())
def test_line_and_column_are_those_of_the_bytes(raw: bytes) -> None:
    """Line and column, counted by hand in the file, lead to the byte where the slot starts."""
    card = card_of(raw)

    lines = raw.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    for slot in card.slots:
        before = b"".join(line + b"\n" for line in lines[: slot.line - 1])
        before += lines[slot.line - 1].decode()[: slot.column - 1].encode()
        assert slot.start == len(before) + len(raw) - len(raw.removeprefix(b"\xef\xbb\xbf"))


@settings(max_examples=200)
@given(files())
def test_both_yaml_parsers_agree(raw: bytes) -> None:
    """PyYAML's own parser finds the same routes with the same values as libyaml's events."""
    card = card_of(raw)

    front = raw[: card.body_start].decode("utf-8-sig").rstrip().removesuffix("---")
    root = yaml.compose(front, Loader=yaml.SafeLoader)
    assert root is not None
    assert [(slot.route, slot.value) for slot in card.slots] == list(leaves(root, ""))


@settings(max_examples=200)
@given(st.binary(max_size=60), st.sampled_from([(b"---", b"---"), (b"+++", b"+++"), (b"{", b"}"), (b"", b"")]))
def test_any_bytes_end_in_a_card_or_a_reason(inside: bytes, fences: tuple[bytes, bytes]) -> None:
    """No bytes crash the reader."""
    with contextlib.suppress(CardError):
        read(b"\n".join((fences[0], inside, fences[1], b"")))
