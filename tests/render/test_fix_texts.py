"""What `crawler fix` shows of a diff on a terminal, and what it writes for a pull request."""

from __future__ import annotations

from markdown_it import MarkdownIt
from msgspec.structs import replace

from crawler.model import Disposition, Proposal, Repair
from crawler.render.coloured import coloured
from crawler.render.reasons import LONGEST, reasons

DIFF = b"""\
diff --git a/a.md b/a.md
--- a/a.md
+++ b/a.md
@@ -1,2 +1,2 @@
 ---\r
-title: a\x1b]0;owned\x07\xe2\x80\xae\r
+title: "b"\r
\\ No newline at end of file
"""
ONE = Proposal(
    path="_news/a`b.md",
    line=7,
    field="webUrl",
    old="https://a.example/old",
    new="https://a.example/new",
    kind=Repair.REDIRECT,
    disposition=Disposition.SAFE,
    rule="moved",
    because="Says @a.example <script>.",
)


def test_a_diff_on_a_terminal_is_coloured_and_cannot_write_to_it() -> None:
    """Control and bidirectional characters of a card stand there by their numbers."""
    text = coloured(DIFF, colour=True)

    assert text.split("\n") == [
        "\x1b[1mdiff --git a/a.md b/a.md\x1b[0m",
        "\x1b[1m--- a/a.md\x1b[0m",
        "\x1b[1m+++ b/a.md\x1b[0m",
        "\x1b[36m@@ -1,2 +1,2 @@\x1b[0m",
        " ---",
        "\x1b[31m-title: a<U+001B>]0;owned<U+0007><U+202E>\x1b[0m",
        '\x1b[32m+title: "b"\x1b[0m',
        "\\ No newline at end of file",
        "",
    ]


def test_without_colour_a_terminal_is_safe_as_well() -> None:
    """NO_COLOR takes the colours, not the care."""
    assert "\x1b" not in coloured(DIFF, colour=False)
    assert "<U+001B>" in coloured(DIFF, colour=False)


def test_a_body_says_the_counts_then_each_change_with_its_reason() -> None:
    """By card; what comes from elsewhere neither formats nor refers."""
    removal = replace(ONE, field="ampWebUrl", new=None, kind=Repair.AMP, disposition=Disposition.REVIEW)
    addition = replace(ONE, path="b.md", field="title", old="", new="A <b>title</b>", kind=Repair.METADATA)

    assert (
        reasons([ONE, removal, addition])
        == """\
## 3 changes in 2 cards

| kind | changes |
|---|---|
| `redirect` | 1 |
| `amp` | 1 |
| `metadata` | 1 |

1 of them should be looked at before they are merged.

### ``_news/a`b.md``

- `webUrl` (redirect): `https://a.example/old` becomes `https://a.example/new`. Says @&#8203;a.example &lt;script&gt;.
- `ampWebUrl` (amp, to be looked at): `https://a.example/old` is removed. Says @&#8203;a.example &lt;script&gt;.

### `b.md`

- `title` (metadata): `A <b>title</b>` is added. Says @&#8203;a.example &lt;script&gt;.
"""
    )


def test_a_body_is_cut_at_a_card_and_says_so() -> None:
    """A host takes 65,536 characters."""
    changes = [replace(ONE, path=f"_news/{number:04}.md", old="x" * 5_000) for number in range(500)]
    text = reasons(changes)

    assert text.startswith("## 500 changes in 500 cards\n")
    assert len(text) < LONGEST
    shown = text.count("\n### ")
    assert text.endswith(f"\n*{500 - shown} more cards, left out for length: the diff has them all.*\n")


def test_no_change_breaks_out_of_its_item() -> None:
    """Line breaks, fences and headings of a hostile page stay text."""
    evil = "\n# owned\n```\n[x](https://evil.example)\n- y | z <img src=x onerror=alert(1)>"
    html = MarkdownIt("gfm-like", {"linkify": False}).render(
        reasons([replace(ONE, path=evil, field=evil, old=evil, new=evil, because=evil)])
    )

    assert html.count("<h1>") == 0
    assert html.count("<li>") == 1
    assert "<img" not in html
    assert "<a " not in html
