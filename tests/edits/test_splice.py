"""Which bytes a change takes: a value where it stands, a line more, a line less, and nothing else."""

from __future__ import annotations

import pytest

from crawler.model import Repair
from tests.edits.cards import CARD, change, patched, planned, refused


def lines(before: bytes, after: bytes) -> tuple[list[bytes], list[bytes]]:
    """(lines that have gone, lines that have come), the others being in order as they were."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    assert [line for line in old if line in new] == [line for line in new if line in old]
    return [line for line in old if line not in new], [line for line in new if line not in old]


@pytest.mark.parametrize(
    ("field", "old", "new", "line"),
    [
        ("title", "Old title", "New title", b'title: "New title"   # keep me\n'),
        ("title", "Old title", 'A "new" one \\', b'title: "A \\"new\\" one \\\\"   # keep me\n'),
        ("title", "Old title", "a\n---\nb", b'title: "a\\n---\\nb"   # keep me\n'),
        ("excerpt", "It's old", "That's new", b"excerpt: 'That''s new'\n"),
        ("excerpt", "It's old", "two\nlines", b'excerpt: "two\\nlines"\n'),
        ("webUrl", "https://a.example/old", "https://a.example/new", b"webUrl: https://a.example/new\n"),
        ("webUrl", "https://a.example/old", "https://a.example/#b", b"webUrl: https://a.example/#b\n"),
        ("category", "news", "a: b", b'category: "a: b"\n'),
        ("category", "news", "a #b", b'category: "a #b"\n'),
        ("category", "news", "2024", b'category: "2024"\n'),
        ("category", "news", "yes", b'category: "yes"\n'),
        ("category", "news", "tRUE", b'category: "tRUE"\n'),
        ("category", "news", "~", b'category: "~"\n'),
        ("images[0].width", "300", "0300", b'    width: "0300"\n'),
        ("category", "news", "café", "category: café\n".encode()),
        ("category", "news", "a\u2028b\u202ec\x85", b'category: "a\\u2028b\\u202ec\\u0085"\n'),
        ("category", "news", "", b'category: ""\n'),
        ("publishedDateTime", "2023-11-16T10:36:52Z", "2024-01-02", b"publishedDateTime: 2024-01-02\n"),
        ("publishedDateTime", "2023-11-16T10:36:52Z", "soon", b"publishedDateTime: soon\n"),
        ("images[0].width", "300", "1200", b"    width: 1200\n"),
        ("images[1].width", "2", "3", b"  - {url: https://a.example/two.jpg, width: 3}\n"),
        (
            "images[1].url",
            "https://a.example/two.jpg",
            "https://a.example/x,y",
            b'  - {url: "https://a.example/x,y", width: 2}\n',
        ),
        ("author", "", "Ann", b'author: "Ann"\n'),
    ],
)
def test_a_value_keeps_its_style_where_that_can_carry_it(field: str, old: str, new: str, line: bytes) -> None:
    """And stands between double quotes where it cannot, so that a text stays a text and a number a number."""
    gone, come = lines(CARD, patched(CARD, change(field, old, new)))

    assert come == [line]
    assert len(gone) == 1


@pytest.mark.parametrize(
    ("field", "new", "kind", "above", "come"),
    [
        ("archiveUrl", "https://x.example/a", Repair.ARCHIVE, b"webUrl: ", [b'archiveUrl: "https://x.example/a"\n']),
        ("updatedDateTime", "2024-01-02", Repair.METADATA, b"publishedDateTime: ", [b"updatedDateTime: 2024-01-02\n"]),
        ("removed", "true", Repair.MARK_DEAD, b"published: ", [b"removed: true\n"]),
        ("provider.name", "A: b", Repair.METADATA, b"  domain: ", [b'  name: "A: b"\n']),
        ("provider.name", "Gazette", Repair.METADATA, b"  domain: ", [b"  name: Gazette\n"]),
        ("twitter.url", "https://t.example/", Repair.REDIRECT, b"published: ",
         [b"twitter:\n", b'  url: "https://t.example/"\n']),
    ],
)  # fmt: skip
def test_a_new_line_goes_where_cards_have_it(
    field: str, new: str, kind: Repair, above: bytes, come: list[bytes]
) -> None:
    """Below the nearest key before it in the order of cards, else at the end of the first block."""
    after = patched(CARD, change(field, "", new, kind))

    assert lines(CARD, after) == ([], come)
    written = after.splitlines(keepends=True)
    assert written[written.index(come[0]) - 1].startswith(above)


def test_a_picture_is_added_to_a_card_without_any() -> None:
    """Its address, width and height become one entry of a new list."""
    raw = b"---\nwebUrl: https://a.example/\n\ntopics:\n  - One\n---\n"

    assert patched(
        raw,
        change("images[0].url", "", "https://a.example/i.png", Repair.IMAGE),
        change("images[0].width", "", "1200", Repair.IMAGE),
        change("images[0].height", "", "630", Repair.IMAGE),
    ) == raw.replace(b"\n\n", b'\nimages:\n  - url: "https://a.example/i.png"\n    width: 1200\n    height: 630\n\n', 1)


def test_a_list_begins_as_other_lists_of_the_card_do() -> None:
    """Without an indent where the card has none."""
    raw = b"---\nwebUrl: https://a.example/\ntopics:\n- One\n---\n"

    assert b"\nimages:\n- url: " in patched(raw, change("images[0].url", "", "https://a.example/i.png"))


def test_fields_are_added_below_a_key_without_a_value() -> None:
    """`provider:` is there, and is not begun again."""
    raw = b"---\r\nwebUrl: https://a.example/\r\nprovider: # who\r\n---\r\n"

    assert patched(raw, change("provider.name", "", "A"), change("provider.domain", "", "a.example")) == raw.replace(
        b"# who\r\n", b'# who\r\n  name: "A"\r\n  domain: "a.example"\r\n'
    )


def test_a_key_goes_with_its_line_and_no_other() -> None:
    """Comments above and below stay."""
    gone, come = lines(
        CARD,
        patched(
            CARD,
            change("ampWebUrl", "https://a.example/amp", None),
            change("cdnAmpWebUrl", "https://cdn.a.example/amp", None),
        ),
    )

    assert gone == [b'ampWebUrl: "https://a.example/amp"\n', b'cdnAmpWebUrl: "https://cdn.a.example/amp"\n']
    assert come == []


def test_the_first_key_of_a_list_entry_leaves_its_dash_to_the_next() -> None:
    """As often as there is a next one."""
    url = change("images[0].url", "https://a.example/one.jpg", None)
    width = change("images[0].width", "300", None)

    one = patched(CARD, url)
    both = patched(CARD, url, width)

    assert b"images:\n  - width: 300\n    height: 200\n" in one
    assert b"images:\n  - height: 200\n" in both


@pytest.mark.parametrize("comment", [b"", b"# c\n"])
def test_a_value_on_lines_of_its_own_goes_with_all_of_them(comment: bytes) -> None:
    """Unless a comment stands among them."""
    raw = b"---\nwebUrl:\n" + comment + b'  "https://a.example/\n  b"\nother: 1\n---\n'
    removal = change("webUrl", "https://a.example/ b", None)

    if comment:
        assert refused(raw, removal) == ["it shares its lines with something else: remove it by hand"]
    else:
        assert patched(raw, removal) == b"---\nother: 1\n---\n"


@pytest.mark.parametrize(
    ("front", "field", "old", "new", "because"),
    [
        (b"title: &a Old\nname: *a\n", "title", "Old", "New", "anchor"),
        (b"title: &a Old\nname: *a\n", "name", "Old", "New", "alias"),
        (b"title: !!str Old\n", "title", "Old", "New", "tag"),
        (b"title: |\n  Old\n", "title", "Old\n", "New", "block"),
        (b"title: Other\n", "title", "Old", "New", "changed since the audit"),
        (b"name: Other\n", "title", "Old", "New", "changed since the audit"),
        (b"title: Old\n", "title", "Old", "half \ud83d", "half a character"),
        (b"webUrl: https://a.example/\n", "webUrl", "https://a.example/", "javascript:alert(1)", "no http(s) address"),
        (b"webUrl: https://a.example/\n", "webUrl", "https://a.example/", "https://a.example/ b", "no http(s) address"),
        (b"secured: Old\n", "secured", "Old", "New", "never touched"),
        (b"secured: Old\nname: b\n", "secured", "Old", None, "never touched"),
        (b"provider: {name: a}\nname: b\n", "provider.name", "a", None, "within brackets"),
        (b"provider: {name: a}\n", "provider.domain", "", "b", "no line beside it"),
        (b"provider: Someone\n", "provider.name", "", "b", "holds a value"),
        (b"provider:\n  name: a\nname: b\n", "provider.name", "a", None, "nothing would be left"),
        (b"topics:\n  - a\nname: b\n", "topics[1]", "", "b", "not added to a list"),
        (b"topics:\n  - a\nname: b\n", "topics[0]", "a", None, "within brackets or a list"),
        (b"images:\n  - url: a\n    # note\n    width: 1\n", "images[0].url", "a", None, "opens an entry"),
        (b"? title\n: Old\nname: b\n", "title", "Old", None, "shares its lines"),
        (b"images: []\nname: b\n", "images[0].url", "", "https://a.example/", "holds something already"),
        (b"base: &b\n  name: a\n  title: c\nother: *b\n", "base.name", "a", "b", "other fields"),
        (b"a.b: 1\na:\n  b: 1\n", "a.b", "1", "2", "two fields"),
    ],
)  # fmt: skip
def test_what_cannot_be_spliced_is_refused_with_a_reason(
    front: bytes, field: str, old: str, new: str | None, because: str
) -> None:
    """And the card is left as it is."""
    (reason,) = refused(b"---\n" + front + b"---\n", change(field, old, new))

    assert because in reason


def test_a_mark_is_never_a_text() -> None:
    """A "false" between quotes counts as true in Jekyll."""
    front = b'---\npublished: "true"\n---\n'

    assert patched(front, change("published", "true", "false", Repair.MARK_DEAD)) == b"---\npublished: false\n---\n"


def test_an_address_gives_way_to_an_address_only() -> None:
    """Whatever its field is called; a title that is one may become a title."""
    front = b"---\nwebsite: https://a.example/\n---\n"
    (reason,) = refused(front, change("website", "https://a.example/", "data:,a", Repair.REDIRECT))

    assert reason == "the new value is no http(s) address"
    assert patched(front, change("website", "https://a.example/", "A")) == b"---\nwebsite: A\n---\n"


@pytest.mark.parametrize("raw", [b'+++\ntitle = "Old"\n+++\n', b'{\n"title": "Old"\n}\n'])
def test_other_front_matter_is_only_read(raw: bytes) -> None:
    """TOML and JSON are left to their editors."""
    assert refused(raw, change("title", "Old", "New")) == ["front matter in TOML or JSON is not edited"]


def test_what_the_card_says_already_is_done() -> None:
    """Silently: a second run has nothing to do."""
    done = planned(CARD, change("title", "Older", "Old title"), change("gone", "x", None))

    assert (done.patch, done.taken, done.refused) == (None, (), ())


def test_changes_can_be_made_one_kind_after_the_other() -> None:
    """What one run has changed does not hold up the next: only the field itself is compared."""
    picture = change("images[0].url", "https://a.example/one.jpg", "https://a.example/new.jpg", Repair.IMAGE)
    page = change("webUrl", "https://a.example/old", "https://a.example/new", Repair.REDIRECT)

    assert (
        patched(patched(CARD, picture), page) == patched(patched(CARD, page), picture) == patched(CARD, page, picture)
    )


def test_what_can_be_changed_is_changed_beside_what_cannot() -> None:
    """One refusal does not hold up the card."""
    done = planned(
        b"---\nbase: &b\n  name: a\n  title: c\nother: *b\ntitle: Old\n---\n",
        change("base.name", "a", "b"),
        change("title", "Old", "New"),
    )

    assert [one.field for one in done.taken] == ["title"]
    assert [one.proposal.field for one in done.refused] == ["base.name"]


def test_of_two_changes_to_one_field_the_second_is_refused() -> None:
    """The first is made."""
    done = planned(CARD, change("title", "Old title", "One"), change("title", "Old title", "Two"))

    assert [one.new for one in done.taken] == ["One"]
    assert [one.because for one in done.refused] == ["another change to this field is proposed as well"]


@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbf---\r\ntitle: Old\r\n---\r\nBody",
        b"---\ntitle: Old\n---",
        b"---  \ntitle: Old   \n...\nBody \n\n",
        b"---\n\xf0\x9f\x98\x80: \xf0\x9f\x98\x80\ntitle: Old\n---\n\xf0\x9f\x98\x80",
    ],
)
def test_the_rest_of_the_file_stays(raw: bytes) -> None:
    """A byte order mark, CRLF, blanks at the end of lines, a fence of dots, a missing last newline."""
    assert patched(raw, change("title", "Old", "New")) == raw.replace(b"Old", b"New")


def test_a_key_without_a_value_gets_a_blank() -> None:
    """One, wherever the card has it already."""
    raw = b"---\na:\nb: \nc:   # note\nd: ~\n---\n"
    changes = [change(field, "", "X") for field in "abcd"]

    assert patched(raw, *changes) == b'---\na: "X"\nb: "X"\nc: "X"   # note\nd: "X"\n---\n'
