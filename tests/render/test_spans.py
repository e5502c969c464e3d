"""A suggestion is what `crawler fix` would write, or there is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.cards.read import card_of
from crawler.edits.patch import apply, plan
from crawler.errors import CardError
from crawler.render.spans import suggestion_of, utf8, utf16
from tests.render.records import NOW, proposal

OLD, NEW = "https://site.example/a", "https://site.example/b"


def applied(line: str, /, **changes: object) -> str | None:
    """The line with the suggestion taken, or None."""
    found = suggestion_of(proposal(**changes), line)
    return line[: found.span.start] + found.text + line[found.span.end :] if found else None


@pytest.mark.parametrize("shape", ["webUrl: {}", 'webUrl: "{}"', "webUrl: '{}'", "  - webUrl:   {}  "])
def test_a_plain_url_is_replaced_in_its_quotes(shape: str) -> None:
    """Quotes, indent and what stands around stay."""
    assert applied(shape.format(OLD)) == shape.format(NEW)


@pytest.mark.parametrize(
    "line",
    [
        None,
        "",
        f"webUrl: {OLD}x",
        f"webUrl: {OLD} # a comment",
        f"originalUrl: {OLD}",
        f"webUrl: &a {OLD}",
        f"webUrl: !!str {OLD}",
        f"webUrl: '{OLD}\"",
        f"webUrl: >-  {OLD}",
        f"{{webUrl: {OLD}}}",
        f'"webUrl": "{OLD}",',
        f'webUrl = "{OLD}"',
        f"- {OLD}",
    ],
)
def test_what_is_not_certain_is_left_out(line: str | None) -> None:
    """Comments, anchors, tags, other styles, other front matter, and cards that have changed."""
    assert suggestion_of(proposal(), line) is None


@pytest.mark.parametrize(
    "changes",
    [{"new": None}, {"new": ""}, {"new": "https://site.example/it's"}, {"new": "true"}, {"waits_until": NOW}],
)
def test_what_would_need_a_decision_is_left_out(changes: dict[str, object]) -> None:
    """Removals, texts that need quotes, and what waits for another run."""
    assert applied(f"webUrl: {OLD}", **changes) is None


SHAPES = (
    "webUrl: {}",
    'webUrl: "{}"',
    "webUrl: '{}'",
    "- webUrl: {}",
    "webUrl:  {} ",
    "webUrl: {} # note",
    "webUrl: |\n  {}",
)
ALPHABET = st.sampled_from("abzAZ09-._~:/?#[]@!$&'()*+,;=% \"\\é")
ADDRESSES = st.text(ALPHABET, max_size=12).map("https://a.example/".__add__)


@given(st.sampled_from(SHAPES), ADDRESSES, ADDRESSES)
def test_a_suggestion_is_what_fix_writes(shape: str, old: str, new: str) -> None:
    """Byte for byte, of any address in any style; what fix refuses is not suggested."""
    raw = f"---\n{shape.format(old)}\n---\n".encode()
    try:
        card = card_of("_news/a.md", raw)
    except CardError:
        return
    slots = [slot for slot in card.slots if slot.route.endswith("webUrl")] if card else []
    if card is None or not slots:
        return
    change = proposal(line=slots[0].line, field=slots[0].route, old=slots[0].value, new=new)
    line = raw.decode().split("\n")[change.line - 1]
    suggested = applied(line, line=change.line, field=change.field, old=change.old, new=new)
    if suggested is not None and change.old != new:
        patch = plan(card, [change], card_of).patch
        assert patch is not None
        assert apply(raw, patch).decode().split("\n")[change.line - 1] == suggested


@given(st.text(st.characters(), max_size=20))
def test_units_are_counted_as_the_encodings_count(text: str) -> None:
    """Of any text, lone surrogates included."""
    assert utf16(text) == sum(2 if ord(character) > 0xFFFF else 1 for character in text)
    assert utf8(text) == sum(len(character.encode("utf-8", "surrogatepass")) for character in text)
