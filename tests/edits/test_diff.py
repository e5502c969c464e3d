"""The diff of a patch is what git makes of the two files, and what git applies."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings

from crawler.cards.read import card_of
from crawler.edits.diff import diff
from crawler.edits.patch import apply, plan
from crawler.model import Proposal
from tests.edits.cards import CARD, card, change
from tests.edits.test_patch_properties import tasks


def diff_of(raw: bytes, changes: list[Proposal], path: str = "_news/a.md") -> tuple[bytes, bytes]:
    """(diff, the bytes that it leads to)."""
    before = card(raw, path)
    made = plan(before, changes, card_of).patch
    return (diff(before, made), apply(raw, made)) if made else (b"", raw)


def git_applied(patch: bytes, raw: bytes, path: str = "_news/a.md") -> bytes:
    """What git makes of the file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(raw)
        done = subprocess.run(["git", "apply", "-"], cwd=folder, input=patch, capture_output=True, check=False)
        assert done.returncode == 0, (patch, done.stderr)
        return file.read_bytes()


def test_a_diff_has_three_lines_around_each_change() -> None:
    """Changes that are near share their surroundings; what comes is below what goes."""
    made, _ = diff_of(
        CARD,
        [
            change("title", "Old title", "New"),
            change("webUrl", "https://a.example/old", "https://a.example/new"),
            change("ampWebUrl", "https://a.example/amp", None),
            change("images[0].height", "200", "100"),
        ],
    )

    assert (
        made.decode()
        == """\
diff --git a/_news/a.md b/_news/a.md
--- a/_news/a.md
+++ b/_news/a.md
@@ -1,12 +1,11 @@
 ---
 # a comment of the card's own
 category: news
-title: "Old title"   # keep me
+title: "New"   # keep me
 excerpt: 'It''s old'
 publishedDateTime: 2023-11-16T10:36:52Z
 originalUrl: https://a.example/old
-webUrl: https://a.example/old
-ampWebUrl: "https://a.example/amp"
+webUrl: https://a.example/new
 # between
 cdnAmpWebUrl: "https://cdn.a.example/amp"
 author:
@@ -20,7 +19,7 @@
 images:
   - url: https://a.example/one.jpg
     width: 300
-    height: 200
+    height: 100
   - {url: https://a.example/two.jpg, width: 2}
_
 secured: "a+b/c=="
""".replace("\n_\n", "\n \n")
    )


def test_a_last_line_without_an_end_is_marked() -> None:
    """As git marks it."""
    raw = b"---\ntitle: Old\n---"
    made, after = diff_of(raw, [change("title", "Old", "New")])

    assert made.endswith(b"-title: Old\n+title: New\n ---\n\\ No newline at end of file\n")
    assert git_applied(made, raw) == after


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("_news/a.md", b"--- a/_news/a.md\n"),
        ("_news/a b.md", b"--- a/_news/a b.md\t\n"),
        ('_news/"a".md', b'--- "a/_news/\\"a\\".md"\n'),
        ("_news/café.md", b'--- "a/_news/caf\\303\\251.md"\n'),
        ("_news/a\tb\\c.md", b'--- "a/_news/a\\tb\\\\c.md"\n'),
        ("_news/a\nb c\x1b.md", b'--- "a/_news/a\\nb c\\033.md"\t\n'),
    ],
)
def test_paths_are_quoted_as_git_does(path: str, name: bytes) -> None:
    """Blanks, quotes, control characters and letters beyond ASCII."""
    made, after = diff_of(CARD, [change("title", "Old title", "New")], path)

    assert name in made
    assert git_applied(made, CARD, path) == after


def test_a_path_outside_loses_its_first_slash() -> None:
    """`a//tmp` would be no path."""
    made, _ = diff_of(CARD, [change("title", "Old title", "New")], "/tmp/a.md")  # noqa: S108 — a name, not a file

    assert b"--- a/tmp/a.md\n" in made


@settings(max_examples=60)
@given(tasks())
def test_git_applies_any_diff_to_the_same_bytes(task: tuple[bytes, list[Proposal]]) -> None:
    """Styles, comments, CRLF, a byte order mark, letters of all kinds."""
    raw, changes = task
    made, after = diff_of(raw, changes)

    assert not made or git_applied(made, raw) == after


@settings(max_examples=60)
@given(tasks())
def test_a_diff_is_as_short_as_that_of_git(task: tuple[bytes, list[Proposal]]) -> None:
    """It has no more lines that come or go than git's own, which knows nothing of the edits."""
    raw, changes = task
    made, after = diff_of(raw, changes)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a").write_bytes(raw)
        (Path(folder) / "b").write_bytes(after)
        git = subprocess.run(
            ["git", "diff", "--no-index", "--minimal", "a", "b"], cwd=folder, capture_output=True, check=False
        )

    assert size(made) <= size(git.stdout)


def size(patch: bytes) -> int:
    """Lines that come or go."""
    return sum(line[:1] in (b"+", b"-") for line in patch.split(b"\n")[4:] if not line.startswith((b"+++ ", b"--- ")))
