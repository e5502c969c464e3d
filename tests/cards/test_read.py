from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from crawler.cards.read import read_card
from crawler.errors import CardError
from crawler.model import Card, Slot, Style

CARD = """\
---
title: "A \\"quoted\\" title"
excerpt: 'it''s here'
webUrl: https://news.example/a?x=1#top   # a comment
empty:

images:
  - url: /assets/a.jpg
    width: 640
related:
  - images:
      - {url: "https://img.example/b.jpg", isCached: true}
---
The *body*, with --- in it.
"""


def read(tmp_path: Path, content: str | bytes, name: str = "card.md") -> Card | None:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_card(path, root=tmp_path)


def card_of(tmp_path: Path, content: str | bytes) -> Card:
    card = read(tmp_path, content)
    assert card is not None
    return card


def slots_of(tmp_path: Path, front: str) -> dict[str, Slot]:
    return {slot.route: slot for slot in card_of(tmp_path, f"---\n{front}\n---\n").slots}


def refusal(tmp_path: Path, content: str | bytes) -> CardError:
    with pytest.raises(CardError) as caught:
        read(tmp_path, content)
    return caught.value


def test_every_scalar_is_a_slot(tmp_path: Path) -> None:
    """Each scalar of the front matter has a route, its decoded text and its place, in the order of the file."""
    card = card_of(tmp_path, CARD)

    assert [(slot.route, slot.value, slot.line, slot.column, slot.style) for slot in card.slots] == [
        ("title", 'A "quoted" title', 2, 8, Style.DOUBLE),
        ("excerpt", "it's here", 3, 10, Style.SINGLE),
        ("webUrl", "https://news.example/a?x=1#top", 4, 9, Style.PLAIN),
        ("empty", "", 5, 7, Style.PLAIN),
        ("images[0].url", "/assets/a.jpg", 8, 10, Style.PLAIN),
        ("images[0].width", "640", 9, 12, Style.PLAIN),
        ("related[0].images[0].url", "https://img.example/b.jpg", 12, 15, Style.DOUBLE),
        ("related[0].images[0].isCached", "true", 12, 54, Style.PLAIN),
    ]


def test_a_span_holds_the_scalar_as_written(tmp_path: Path) -> None:
    """`raw[start:end]` is the scalar with its quotes, without comment or blanks."""
    card = card_of(tmp_path, CARD)

    written = [card.raw[slot.start : slot.end] for slot in card.slots[:4]]
    assert written == [b'"A \\"quoted\\" title"', b"'it''s here'", b"https://news.example/a?x=1#top", b""]
    assert all(slot.splicable for slot in card.slots)


def test_a_card_keeps_its_bytes(tmp_path: Path) -> None:
    """A card holds the file's bytes, their digest, and where the body starts."""
    card = card_of(tmp_path, CARD)

    assert card.path == "card.md"
    assert card.raw == CARD.encode()
    assert card.digest == hashlib.sha256(CARD.encode()).hexdigest()
    assert card.raw[card.body_start :] == b"The *body*, with --- in it.\n"


def test_bom_and_crlf_are_counted(tmp_path: Path) -> None:
    """A byte order mark and CRLF move the spans, not the lines, columns or values."""
    card = card_of(tmp_path, '\ufeff---\r\na: "é"\r\nb: 😀 x\r\n...\r\nbody\r\n'.encode())

    first, second = card.slots
    assert (first.value, first.line, first.column) == ("é", 2, 4)
    assert (second.value, second.line, second.column) == ("😀 x", 3, 4)
    assert card.raw[first.start : first.end].decode() == '"é"'
    assert card.raw[second.start : second.end].decode() == "😀 x"
    assert card.raw[card.body_start :] == b"body\r\n"


@pytest.mark.parametrize(
    ("content", "body"),
    [
        ("---\na: b\n---", ""),
        ("---\na: b\n...\nx", "x"),
        ("---  \t\na: b\n---  \nx", "x"),
        ("---\na: b\n---\n\n\nx", "x"),
        ("---\n\n\na: b\n---\nx\n---\ny\n", "x\n---\ny\n"),
    ],
)
def test_fences_are_jekylls(tmp_path: Path, content: str, body: str) -> None:
    """Front matter ends where Jekyll sees its end: `...` closes too, blanks may follow, blank lines are skipped."""
    card = card_of(tmp_path, content)

    assert [(slot.route, slot.value) for slot in card.slots] == [("a", "b")]
    assert card.raw[card.body_start :].decode() == body


@pytest.mark.parametrize(
    "content",
    [
        "",
        "# Title\n",
        "----\na: b\n---\n",
        "\n---\na: b\n---\n",
        "---",
        " ---\n---\n",
        "{% raw %}\n",
        "<html>",
        b"\xe9\n",
    ],
)
def test_a_file_without_front_matter_is_no_card(tmp_path: Path, content: str | bytes) -> None:
    """What does not start with a fence is no card, whatever its bytes."""
    assert read(tmp_path, content) is None


@pytest.mark.parametrize("content", ["---\n---\n", "---\n---", "---\n\n---\nbody", "---\n# only a comment\n---\n"])
def test_empty_front_matter_is_a_card_without_slots(tmp_path: Path, content: str) -> None:
    """Jekyll processes such a file, so it is a card."""
    assert card_of(tmp_path, content).slots == ()


@pytest.mark.parametrize(
    ("content", "line", "because"),
    [
        ("---\na: b\n", 1, "no closing fence"),
        ("---\n- a\n---\n", 2, "not a mapping"),
        ("---\njust text\n---\n", 2, "not a mapping"),
        ("---\na: 1\nb:\n  url: x\n  url: y\n---\n", 5, "two values for 'url'; keep one"),
        ("---\na: b: c\n---\n", 2, "between quotes"),
        ('---\na: b\nc: "d\ne: f\n---\n', 3, "closing quote"),
        ("---\na: {b: c\n---\n", 3, "broken YAML"),
        ('---\na: "C:\\q"\n---\n', 2, "double the backslash"),
        ("---\na: b\nc: x\x07y\n---\n", 3, "U+0007"),
        ("---\na: *none\n---\n", 2, "*none has no anchor"),
        ("---\na: &a [*a]\n---\n", 2, "*a has no anchor"),
        (b"---\na: b\nc: \xe9\n---\n", 3, "0xE9 is not UTF-8"),
        ("---\na: b\n---\n".encode("utf-16"), 1, "UTF-16"),
        ("+++\na = 1\n", 1, "no closing fence"),
        ("+++\na = 1\na = 2\n+++\n", 3, "broken TOML"),
        ('{\n"a": 1\n"b": 2\n}\n', 3, "broken JSON"),
        ('{\n"a": 1,\n"a": 2\n}\n', 1, "two values for 'a'; keep one"),
        ('{\n"a": "\\ud83d"\n}\n', 1, "half a character"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(
    tmp_path: Path, content: str | bytes, line: int, because: str
) -> None:
    """A card that cannot be read says where and why, and what to do where that is known."""
    error = refusal(tmp_path, content)

    assert (error.path, error.line) == ("card.md", line)
    assert because in error.because


def test_a_missing_file_or_a_folder_is_refused(tmp_path: Path) -> None:
    """What cannot be opened is a card that cannot be read, not a crash."""
    for name in ("absent.md", "."):
        with pytest.raises(CardError, match="cannot be read"):
            read_card(tmp_path / name, root=tmp_path)


@pytest.mark.parametrize(
    "front",
    [
        "a: &anchored x",
        "a: !!str x",
        "a: |\n  x\n",
        "a: >-\n  x\n",
    ],
)
def test_what_cannot_be_edited_in_place_is_marked(tmp_path: Path, front: str) -> None:
    """Anchored, tagged and block scalars are read, and marked as not to be spliced."""
    slot = slots_of(tmp_path, front)["a"]

    assert slot.value.strip() == "x"
    assert not slot.splicable


def test_an_alias_stands_for_its_values_where_it_stands(tmp_path: Path) -> None:
    """The values behind an alias are slots at the alias's route and place, not to be spliced."""
    slots = slots_of(tmp_path, "p: &p\n  images:\n    - url: /a.jpg\nq: *p\n")

    copy = slots["q.images[0].url"]
    assert (copy.value, copy.line, copy.column, copy.splicable) == ("/a.jpg", 5, 4, False)


def test_merge_keys_lay_values_under_the_mapping(tmp_path: Path) -> None:
    """`<<: *base` counts as the mapping's own fields, except those that it spells itself."""
    slots = slots_of(
        tmp_path, "b: &b {title: one, url: /b, deep: {x: 1}}\nc:\n  <<: *b\n  title: two\n  deep: {y: 2}\n"
    )

    below = {route: slot.value for route, slot in slots.items() if route.startswith("c")}
    assert below == {"c.title": "two", "c.url": "/b", "c.deep.y": "2"}
    assert not slots["c.url"].splicable
    assert slots["c.title"].splicable


def test_keys_may_be_collections_or_aliases(tmp_path: Path) -> None:
    """Odd keys neither crash nor shift the values behind them."""
    slots = slots_of(tmp_path, "&k key: &v val\n? [a, b]\n: c\nz: {*k : *v }\n")

    assert {route: slot.value for route, slot in slots.items()} == {"key": "val", "[a, b]": "c", "z.key": "val"}


@pytest.mark.parametrize("first", ['"x\x85y\u2028z"', '"x\ry"', '"x\ry\r\n z"'])
def test_lines_end_at_line_feeds_only(tmp_path: Path, first: str) -> None:
    """Line numbers are those of git and editors, though YAML also breaks lines at CR, NEL and U+2028."""
    card = card_of(tmp_path, f"---\na: {first}\nb: here\n---\n".encode())

    slot = card.slots[1]
    assert (slot.line, slot.column) == (3 + first.count("\n"), 4)
    assert card.raw[slot.start : slot.end] == b"here"


def test_toml_front_matter_is_read_only(tmp_path: Path) -> None:
    """TOML between `+++` gives slots with lines and columns, without spans."""
    content = (
        '+++\r\ntitle = "é"\r\ndate = 2020-01-02T03:04:05Z\r\n[[images]]\r\nurl = "/a.jpg"\r\nwidth = 10\r\n+++\r\nbody'
    )
    card = card_of(tmp_path, content)

    assert [(slot.route, slot.value, slot.line, slot.column) for slot in card.slots] == [
        ("title", "é", 2, 9),
        ("date", "2020-01-02T03:04:05Z", 3, 8),
        ("images[0].url", "/a.jpg", 5, 7),
        ("images[0].width", "10", 6, 9),
    ]
    assert {(slot.start, slot.end, slot.splicable) for slot in card.slots} == {(-1, -1, False)}
    assert card.raw[card.body_start :].strip() == b"body"


def test_json_front_matter_is_read_only(tmp_path: Path) -> None:
    """JSON between braces on their own lines gives slots with lines; what is spelled with escapes has line 1."""
    card = card_of(tmp_path, '\ufeff{\n"a": {"b": ["x", null, 1.50]},\n"c": "caf\\u00e9"\n}\nbody')

    assert [(slot.route, slot.value, slot.line, slot.column, slot.splicable) for slot in card.slots] == [
        ("a.b[0]", "x", 2, 13, False),
        ("a.b[1]", "", 1, 1, False),
        ("a.b[2]", "1.50", 2, 24, False),
        ("c", "café", 1, 1, False),
    ]


def test_a_path_outside_the_root_is_absolute(tmp_path: Path) -> None:
    """Paths are relative to the root with forward slashes, and absolute outside of it."""
    root = tmp_path / "site"
    inside, outside = root / "_news" / "a.md", tmp_path / "b.md"
    inside.parent.mkdir(parents=True)
    for path in (inside, outside):
        path.write_text("---\na: b\n---\n")
    (tmp_path / "link").symlink_to(root)

    paths = [
        card.path
        for path in (inside, outside, root / "_news" / ".." / "_news" / "a.md", tmp_path / "link" / "_news" / "a.md")
        if (card := read_card(path, root=root))
    ]

    assert paths == ["_news/a.md", outside.as_posix(), "_news/a.md", "_news/a.md"]


def test_a_card_that_is_a_link_is_read_within_the_root_only(tmp_path: Path) -> None:
    """One that leads out or nowhere is told with what to do; a link to a file without front matter is no card."""
    root = tmp_path / "site"
    (root / "_news").mkdir(parents=True)
    (root / "real.md").write_text("---\na: b\n---\n")
    (tmp_path / "card.md").write_text("---\na: b\n---\n")
    (tmp_path / "broken.md").write_text("---\na: [\n---\n")
    (tmp_path / "README.md").write_text("No card.\n")
    within, card, broken, none, gone = (root / "_news" / f"{number}.md" for number in range(5))
    within.symlink_to("../real.md")
    card.symlink_to("../../card.md")
    broken.symlink_to("../../broken.md")
    none.symlink_to("../../README.md")
    gone.symlink_to("../gone.md")

    assert (found := read_card(within, root=root)) is not None
    assert found.path == "_news/0.md"
    assert read_card(none, root=root) is None
    for path in (card, broken):
        with pytest.raises(CardError, match="a link that leads out of the site's folder; put the card itself there"):
            read_card(path, root=root)
    with pytest.raises(CardError, match="a link to a file that is not there; mend the link or remove it"):
        read_card(gone, root=root)


def test_odd_file_names_do_not_crash(tmp_path: Path) -> None:
    """A name with control characters is kept; one that is no text at all cannot be reported, so it is refused."""
    odd = tmp_path / "a\x1b[31m\n.md"
    odd.write_text("---\na: b\n---\n")
    card = read_card(odd, root=tmp_path)
    assert card is not None
    assert card.path == "a\x1b[31m\n.md"

    broken = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.md"))
    try:
        broken.write_text("---\na: b\n---\n")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only; nothing to test here")
    with pytest.raises(CardError, match="rename it") as caught:
        read_card(broken, root=tmp_path)
    caught.value.path.encode()
