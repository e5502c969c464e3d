"""A suggestion is what `crawler fix` would write, or there is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.render.spans import suggestion_of, utf8, utf16
from tests.render.records import NOW, proposal

OLD, NEW = "https://site.example/a", "https://site.example/b"


def applied(line: str, **changes: object) -> str | None:
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


@given(st.text(st.characters(), max_size=20))
def test_units_are_counted_as_the_encodings_count(text: str) -> None:
    """Of any text, lone surrogates included."""
    assert utf16(text) == sum(2 if ord(character) > 0xFFFF else 1 for character in text)
    assert utf8(text) == sum(len(character.encode("utf-8", "surrogatepass")) for character in text)
