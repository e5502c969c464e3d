"""JSON-LD as it is found."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.metadata.jsonld import REPAIRS, Graph, read_block

NODE = {"@type": "Article", "headline": "Storm: ahead, now"}
GOOD = '{"@type": "Article", "headline": "Storm: ahead, now"}'


@pytest.mark.parametrize(
    "block",
    [
        GOOD,
        f"\ufeff {GOOD};\n",
        f"<!-- {GOOD} -->",
        f"//<![CDATA[\n{GOOD}\n//]]>",
        f"/*<![CDATA[*/{GOOD}/*]]>*/",
        f"<![CDATA[ {GOOD} ]]>",
        GOOD.replace('"', "&quot;"),
        GOOD.replace("}", ",}"),
        GOOD.replace("{", "{ // a node\n").replace("}", ", /* no more */ }"),
        GOOD.replace("Storm:", "Storm:\\x20").replace(":\\x20 ", ": "),
        GOOD.replace("ahead", "\\ahead"),
    ],
)
def test_broken_blocks_are_mended(block: str) -> None:
    """Wrappings, entities, loose commas, comments and odd escapes cost no block."""
    assert [{**value, "headline": " ".join(value["headline"].split())} for value in read_block(block)] == [NODE]


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ('{"a": "two\nlines\tand\x01more"}', [{"a": "two\nlines\tand\x01more"}]),
        ('{"a": "an "inner" quote", "b": 1}', [{"a": 'an "inner" quote', "b": 1}]),
        ('{"width": , "height":\n}', [{"width": None, "height": None}]),
        ('{"a": 1} {"b": 2}', [{"a": 1}, {"b": 2}]),
        ('{"a": "https://example.org/x", // no "comment" left\n "b": 1}', [{"a": "https://example.org/x", "b": 1}]),
        ('{"a": "1, ]"}', [{"a": "1, ]"}]),
        ("", []),
        ("nonsense", []),
        ('{"a": ', []),
        ("[" * 10_000, []),
        ('{"a":' * 10_000 + "1" + "}" * 10_000, []),
        ('{"a": ' + "9" * 5_000 + "}", None),
    ],
)
def test_what_can_be_read_of_a_block(block: str, expected: list[Any] | None) -> None:
    """What cannot be mended is left out; nothing raises."""
    assert expected is None or read_block(block) == expected
    assert isinstance(read_block(block), list)


def test_one_bad_block_harms_no_other() -> None:
    """The blocks of a page are read one by one."""
    assert Graph(["{broken", GOOD]).nodes == [NODE]


@pytest.mark.parametrize(
    "value",
    ["[{}]", '{{"@graph": [{}]}}', '{{"@type": "WebPage", "mainEntity": {}}}', '[[[{}]], 1, null, "x"]'],
)
def test_nodes_are_found_in_lists_and_graphs(value: str) -> None:
    """Lists, graphs and main entities are looked into; articles come before pages."""
    assert Graph([value.format(GOOD)]).main[0] == NODE


@pytest.mark.parametrize(
    ("kind", "found"),
    [('"NewsArticle"', 1), ('["Thing", "BlogPosting"]', 1), ('"Organization"', 0), ("7", 0), ('"BreadcrumbList"', 0)],
)
def test_the_main_nodes(kind: str, found: int) -> None:
    """Articles, works and pages describe the page; its organisation and breadcrumbs do not."""
    assert len(Graph([f'{{"@type": {kind}}}']).main) == found


def test_texts_of_any_shape() -> None:
    """Strings, nodes, lists, values and references all yield their text, in order."""
    graph = Graph(['{"@id": "#a", "name": "Ada"}'])
    shapes = ["x", {"name": ["y", {"@value": "z"}]}, {"@id": "#a"}, {"@id": "#unknown"}, 7, None]

    assert graph.texts(shapes) == ["x", "y", "z", "Ada"]


def test_references_in_a_circle_end() -> None:
    """A node that refers to itself harms nobody."""
    graph = Graph(['{"@id": "#a", "@type": "Article", "name": {"@id": "#a"}}'])

    assert graph.texts({"@id": "#a"}) == []


def test_repairs_are_named() -> None:
    """Each repair has its name, once."""
    assert len({repair.name for repair in REPAIRS}) == len(REPAIRS)


@given(st.text(alphabet=st.sampled_from('{}[]",:\\/*<!-> \n\t1atrue&quot;x'), max_size=120))
def test_no_text_breaks_the_reading(text: str) -> None:
    """Whatever stands in a block, reading it ends without an error."""
    Graph([text, GOOD])
