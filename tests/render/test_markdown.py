"""`report.md` shows what the web says without doing what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from crawler.model import Code, HostRow, Known, Unreadable
from crawler.render.markdown_report import render
from crawler.render.markdown_text import code, link, prose
from crawler.text import printable
from tests.render.records import HOSTILE, NOW, every_hostile, every_verdict, finding, place, report, verdict

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
OWN_HTML = ("<br>", "<details>", "<summary>", "</summary>", "</details>")
ACTIVE = re.compile(r"@[^\W_]|#[^\W_]|GH-\d|[a-z]+://\S|www\.\S|mailto:\S", re.IGNORECASE)
"""What GitHub makes a mention, a reference or a link of, in text outside of code."""

ALPHABET = st.sampled_from(list("`\\*_[]()<>|~$&#@!-+.:/=;x1 \n\u4e2d\x1b\u202e"))
TEXT = st.lists(
    st.one_of(ALPHABET, st.sampled_from(["http://", "www.", "<b>", "@me", "GH-1", "](", "```", "&lt;", "mailto:"]))
).map("".join)


def inline(text: str) -> list[Token]:
    """The tokens of one paragraph's inside."""
    return MARKDOWN.parseInline(text)[0].children or []


def leaves(text: str) -> Iterator[Token]:
    for token in MARKDOWN.parse(text):
        yield token
        yield from token.children or []


@given(TEXT)
def test_prose_is_text_and_code_and_nothing_else(text: str) -> None:
    """Any text as prose reads as itself, and no part of it formats, links, pings or refers."""
    tokens = inline(prose(text, 500))

    assert {token.type for token in tokens} <= {"text", "code_inline", "text_special"}
    shown = "".join(token.content for token in tokens)
    assert shown.replace("\u200b", "") == printable(text, 500)
    assert not ACTIVE.search("".join(t.content if t.type != "code_inline" else " " for t in tokens))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("to a front page, “https://a.example/”", "to a front page, “`https://a.example/`”"),
        ("called 'https://a.example/x', as it was", "called '`https://a.example/x`', as it was"),
        ("is (www.a.example).", "is (`www.a.example`)."),
    ],
)
def test_an_address_leaves_what_stands_around_it(text: str, shown: str) -> None:
    """Marks of the sentence are no part of the code, so that it can be copied."""
    assert prose(text, 500) == shown


@given(TEXT)
def test_code_is_one_span(text: str) -> None:
    """Any text as code is one code span that shows it."""
    tokens = inline(f"before {code(text, 500)} after")

    if shown := printable(text, 500):
        assert [token.type for token in tokens] == ["text", "code_inline", "text"]
        assert tokens[1].content == shown


@pytest.mark.parametrize(
    ("url", "clickable"),
    [
        ("https://site.example/a?b=c&d=%20", True),
        ("https://site.example/@someone", False),
        ("https://site.example/a|b", False),
        ("https://site.example/`a`", False),
        ("https://github.com/owner/repo/issues/1", False),
        ("https://gist.github.com/owner/1", False),
        ("https://site.example/" + "a" * 500, False),
        ("javascript:alert(1)", False),
        ("http://[bad", False),
    ],
)
def test_only_plain_addresses_are_links(url: str, *, clickable: bool) -> None:
    """What is odd, cut, no URL, or would leave a reference on GitHub is shown as code."""
    assert any(token.type == "link_open" for token in inline(link(url, 500))) is clickable


@pytest.mark.parametrize("name", [Code.PARKED, Code.USURPED])
def test_unsafe_links_cannot_be_clicked(name: Code) -> None:
    """A parked or usurped address is one that nobody should open by accident."""
    run = report([finding(name, verdict=verdict(name, because="now leads to https://bad.example/"))])

    assert not [token for token in leaves("".join(render(run))) if token.type == "link_open"]


def test_hostile_findings_stay_in_their_place() -> None:
    """However hostile the texts, the report has its own headings, its own fold and no links."""
    tokens = list(leaves("".join(render(every_hostile()))))
    html = "".join(token.content for token in tokens if token.type in ("html_inline", "html_block"))

    assert set(re.findall(r"<[^>]*>", html)) <= set(OWN_HTML)
    assert html.count("<details>") == html.count("</details>") == 1
    assert not [token for token in tokens if token.type in ("link_open", "image", "s_open", "em_open", "fence")]
    assert [t.tag for t in tokens if t.type == "heading_open"] == ["h1", *["h2"] * 7]
    assert not [t for t in tokens if t.type == "text" and re.search(r"@\w|#\d|GH-\d|https?:", t.content)]


def test_nothing_to_act_on_is_said() -> None:
    """A run without problems says so; one with a card that could not be read does not."""
    assert "Nothing to act on." in "".join(render(report()))
    assert "Nothing to act on." in "".join(render(report([finding(Code.OK), finding(Code.BLOCKED)])))
    unreadable = (Unreadable(path="_news/a.md", line=1, because="no end"),)
    assert "Nothing to act on." not in "".join(render(report(unreadable=unreadable)))
    assert "Nothing to act on." not in "".join(render(report(void=True)))


def test_counts_come_first_and_the_worst_next() -> None:
    """The reader sees counts, then unsafe, broken, failing, notices, and what nobody can tell folded away."""
    text = "".join(render(every_verdict()))
    order = ["| Health", "## Unsafe", "## Broken", "## Failing", "## Notice", "<details>", "## Cards", "## Hosts"]

    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)


def test_what_stands_last_is_not_crowded_out() -> None:
    """However much of everything there is, in whatever script, the file keeps its size and each part its share."""
    wide = "\u4e2d" * 2_000
    run = report(
        [
            finding(
                name, f"https://site.example/{n:03}", places=(place(wide),) * 9, verdict=verdict(name, because=wide)
            )
            for name in (Code.PARKED, Code.GONE, Code.TIMEOUT, Code.DRIFTED, Code.BLOCKED)
            for n in range(200)
        ],
        unreadable=tuple(Unreadable(path=f"{n}{wide}", line=1, because=HOSTILE) for n in range(500)),
        hosts=tuple(HostRow(host=f"{n}.example", verdict=Code.TIMEOUT, because=wide, links=1) for n in range(500)),
        void=True,
        void_because=wide,
    )
    text = "".join(render(run))

    assert len(text.encode()) < 65_536  # GitHub's limit
    for title in ("## Unsafe: 200", "## Notice: 200", "Unverifiable: 200", "not be read: 500", "as a whole: 500"):
        assert title in text
    assert text.count(": see `report.json`.") == 7


def test_known_problems_are_counted_and_leave_nothing_to_do() -> None:
    """Their entries stand in the list with owner and reason; a report of nothing else can be closed."""
    known = Known(reason="moves in May", owner="ann", expires=NOW.date())
    covered = (("broken", 1), ("new", 1), ("not_found", 1))
    alone = "".join(render(report([finding(baseline=known)], known=covered)))
    beside = "".join(render(report([finding(baseline=known), finding(url="https://b.example/")], known=covered)))

    assert "## Broken: 1, 1 of them new, 1 known" in alone
    assert "known until 2026-11-22 (ann): moves in May" in alone
    assert "Nothing to act on" in alone
    assert "Nothing to act on" not in beside
