from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from crawler.cards.find import find
from crawler.cards.read import read_card
from crawler.errors import CardError, ConfigError, CrawlerError, NothingToDoError
from crawler.settings import CardSettings
from crawler.text import printable


def grow(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("---\n---\n")


def found(root: Path, *arguments: str, folder: Path | None = None, paths: tuple[str, ...] | None = None) -> list[str]:
    settings = CardSettings() if paths is None else CardSettings(paths=paths)
    files = find(arguments, root=root, folder=folder or root, settings=settings)
    return [path.relative_to(root).as_posix() for path in files]


def test_the_default_takes_the_collections(tmp_path: Path) -> None:
    """Without arguments the configured paths are searched: Markdown and HTML in Jekyll's collections."""
    grow(tmp_path, "_news/b.md", "_news/2021/a.markdown", "_letters/c.html", "_news/d.htm", "e.md", "pages/f.md")

    assert found(tmp_path) == ["_letters/c.html", "_news/2021/a.markdown", "_news/b.md"]


def test_a_folder_is_searched_for_cards(tmp_path: Path) -> None:
    """A folder stands for the .md, .markdown and .html files anywhere below it, in any case."""
    grow(tmp_path, "x/a.md", "x/y/b.HTML", "x/y/c.txt", "x/y/z/d.markdown", "x/e.htm", "w/f.md")

    assert found(tmp_path, "x") == ["x/a.md", "x/y/b.HTML", "x/y/z/d.markdown"]


def test_a_named_file_is_always_taken(tmp_path: Path) -> None:
    """Hidden, ignored and oddly named files are taken when named exactly."""
    grow(tmp_path, ".hidden/a.md", "ignored.md", "b.txt", "c[1].md")
    (tmp_path / ".gitignore").write_text("ignored.md\n")

    named = [".hidden/a.md", "ignored.md", "b.txt", "c[1].md"]
    assert found(tmp_path, *named) == sorted(named)


def test_arguments_are_relative_to_the_working_folder(tmp_path: Path) -> None:
    """PATHs are those of the working folder, configured paths those of the root."""
    grow(tmp_path, "_news/a.md", "_news/sub/b.md")

    assert found(tmp_path, "sub", folder=tmp_path / "_news") == ["_news/sub/b.md"]
    assert found(tmp_path, "../_news/a.md", folder=tmp_path / "_news") == ["_news/a.md"]
    assert found(tmp_path, folder=tmp_path / "_news" / "sub") == ["_news/a.md", "_news/sub/b.md"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("_news/*.md", ["_news/a.md"]),
        ("_news/**/*.md", ["_news/a.md", "_news/x/b.md", "_news/x/y/c.md"]),
        ("_news/**", ["_news/a.md", "_news/x/b.md", "_news/x/y/c.md"]),
        ("**/y/*.md", ["_news/x/y/c.md"]),
        ("_*", ["_news/a.md", "_news/x/b.md", "_news/x/y/c.md", "_other/d.md"]),
        ("_news/?/*.md", ["_news/x/b.md"]),
        ("_[no]*/*.md", ["_news/a.md", "_other/d.md"]),
        ("_other/*.txt", ["_other/e.txt"]),
        ("_other/*", ["_other/d.md"]),
        ("**/**/c.md", ["_news/x/y/c.md"]),
        (".*/*.md", [".drafts/f.md"]),
        ("nowhere/*.md", []),
    ],
)
def test_globs(tmp_path: Path, pattern: str, expected: list[str]) -> None:
    """`*` and `?` stay within a name, `**` stands for any folders; a matched folder stands for its cards."""
    grow(tmp_path, "_news/a.md", "_news/x/b.md", "_news/x/y/c.md", "_other/d.md", "_other/e.txt", ".drafts/f.md")

    assert found(tmp_path, paths=(pattern,)) == expected


def test_a_root_with_signs_of_a_glob_in_its_name(tmp_path: Path) -> None:
    """Only what the user wrote is a pattern, not the folder it is relative to."""
    root = tmp_path / "site [1] *"
    grow(root, "_news/a.md")

    assert found(root) == ["_news/a.md"]


def test_hidden_and_ignored_files_are_left_out(tmp_path: Path) -> None:
    """What git ignores, by nested rules, with exceptions or for this clone alone, is left out; so is what is hidden."""
    grow(
        tmp_path, "a.md", ".b.md", ".c/d.md", "_site/e.md", "x/f.md", "x/keep.md", "x/y/g.tmp.md", "x/y/h.md", "z/i.md"
    )
    (tmp_path / ".git" / "info").mkdir(parents=True)
    (tmp_path / ".git" / "info" / "exclude").write_text("z/\n")
    (tmp_path / ".gitignore").write_text("/_site/\n*.tmp.md\n# x\n!\n")
    (tmp_path / "x" / ".gitignore").write_text("*.md\n!keep.md\n")
    (tmp_path / "x" / "y" / ".gitignore").write_text("!h.md\n")

    assert found(tmp_path, ".") == ["a.md", "x/keep.md", "x/y/h.md"]


def test_ignore_rules_come_from_the_top_of_the_clone(tmp_path: Path) -> None:
    """Rules above the root hold too, up to the folder with .git and no further."""
    (tmp_path / ".gitignore").write_text("*.md\n")
    clone = tmp_path / "clone"
    grow(clone / "site", "_news/a.md", "_news/draft.md")
    (clone / ".git").mkdir()
    (clone / ".gitignore").write_text("draft.md\n")

    assert found(clone / "site") == ["_news/a.md"]


def test_a_worktree_has_the_rules_of_its_clone(tmp_path: Path) -> None:
    """Where .git is a file, info/exclude lies in the folder that it leads to."""
    git = tmp_path / "clone" / ".git"
    tree = tmp_path / "tree"
    grow(tree, "_news/a.md", "_news/b.md")
    (git / "worktrees" / "tree").mkdir(parents=True)
    (git / "worktrees" / "tree" / "commondir").write_text("../..\n")
    (git / "info").mkdir()
    (git / "info" / "exclude").write_text("b.md\n")
    (tree / ".git").write_text(f"gitdir: {git / 'worktrees' / 'tree'}\n")

    assert found(tree) == ["_news/a.md"]


def test_an_ignored_folder_is_searched_when_named(tmp_path: Path) -> None:
    """`crawler audit _site` means it."""
    grow(tmp_path, "_site/a.md", "_site/sub/b.md")
    (tmp_path / ".gitignore").write_text("_site\n")

    assert found(tmp_path, "_site") == ["_site/a.md", "_site/sub/b.md"]
    assert found(tmp_path) == []


def test_each_file_once(tmp_path: Path) -> None:
    """Overlapping arguments and links to a file name it once, by its own name."""
    grow(tmp_path, "_news/a.md")
    (tmp_path / "_a.md").symlink_to("_news/a.md")

    assert found(tmp_path, "_news", "_news/a.md", "_a.md", ".") == ["_news/a.md"]


def test_links_to_folders_do_not_loop_nor_lead_out(tmp_path: Path) -> None:
    """A link to a folder above ends, a link within the tree is followed, one that leads out of it is not."""
    root = tmp_path / "site"
    grow(root, "content/a.md", "content/deep/b.md")
    grow(tmp_path, "outside/secret.md")
    (root / "content" / "deep" / "up").symlink_to("../..")
    (root / "_news").symlink_to("content")
    (root / "_out").symlink_to("../outside")
    (root / "_self").symlink_to("_self")

    assert found(root, ".") == ["content/a.md", "content/deep/b.md"]
    assert found(root) == ["_news/a.md", "_news/deep/b.md"]


def test_files_that_are_links_are_found_wherever_they_lead(tmp_path: Path) -> None:
    """Each one that leads out or nowhere, so that it can be told; hidden and ignored ones are left out."""
    root = tmp_path / "site"
    grow(root, "_news/a.md")
    grow(tmp_path, "outside/b.md")
    for name in ("out.md", "out2.md", "ignored.md", ".hidden.md", "picture.png"):
        (root / "_news" / name).symlink_to("../../outside/b.md")
    (root / "_news" / "gone.md").symlink_to("nowhere.md")
    (root / ".gitignore").write_text("ignored.md\n")

    assert found(root) == ["_news/a.md", "_news/gone.md", "_news/out.md", "_news/out2.md"]
    assert found(root, "_news/gone.md", "_news/out.md") == ["_news/gone.md", "_news/out.md"]


def test_a_linked_folder_out_of_the_tree_is_followed_when_named(tmp_path: Path) -> None:
    """Naming it is asking for it."""
    grow(tmp_path, "outside/a.md", "site/b.md")
    (tmp_path / "site" / "out").symlink_to("../outside")

    assert found(tmp_path / "site", "out") == ["out/a.md"]


def test_an_argument_must_find_something(tmp_path: Path) -> None:
    """An argument that names nothing, or nothing with cards, is an error that repeats it."""
    grow(tmp_path, "empty/a.txt")

    for argument in ("absent.md", "empty", "*.nothing", "a\x00b"):
        with pytest.raises(NothingToDoError, match=re.escape(printable(argument))):
            found(tmp_path, argument)


def test_a_configured_path_must_exist_but_a_glob_may_match_nothing(tmp_path: Path) -> None:
    """A misspelt folder in the configuration is an error; an empty collection is not."""
    grow(tmp_path, "empty/a.txt")

    with pytest.raises(ConfigError, match="_nwes"):
        found(tmp_path, paths=("_nwes",))
    assert found(tmp_path, paths=("_news/**/*.md", "empty")) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder; runs for every other user")
def test_a_folder_that_cannot_be_read_is_among_what_is_found(tmp_path: Path) -> None:
    """Its cards are not left out silently; one that is named itself stops the run."""
    grow(tmp_path, "_news/a.md", "_news/locked/b.md")
    (tmp_path / "_news" / "locked").chmod(0)
    try:
        assert found(tmp_path) == ["_news/a.md", "_news/locked"]
        with pytest.raises(CardError, match="the folder cannot be read: Permission denied; make it readable"):
            read_card(tmp_path / "_news" / "locked", root=tmp_path)
        for named in ("_news/locked", "_news/locked/*.md"):
            with pytest.raises(CrawlerError, match="the folder cannot be read: Permission denied; make it readable"):
                found(tmp_path, named)
    finally:
        (tmp_path / "_news" / "locked").chmod(0o755)


def test_names_that_are_no_text_do_not_crash(tmp_path: Path) -> None:
    """Files whose names are not UTF-8 are found like any other."""
    name = os.fsdecode(b"\xff.md")
    try:
        grow(tmp_path, f"_news/{name}")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only; nothing to test here")

    assert found(tmp_path) == [f"_news/{name}"]
