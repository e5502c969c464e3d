"""A card is written whole, or stays as it was."""

from __future__ import annotations

import errno
import hashlib
import multiprocessing
import os
import stat
from pathlib import Path

import pytest

from crawler.cards.read import card_of, name_of
from crawler.edits.patch import plan
from crawler.edits.write import write
from crawler.errors import OutputError, PatchConflict
from crawler.model import Patch
from tests.edits.cards import CARD, change

NEW = CARD.replace(b'"Old title"', b'"New"')


def patch_for(path: Path, root: Path) -> Patch:
    card = card_of(name_of(path, root), path.read_bytes())
    assert card is not None
    made = plan(card, [change("title", "Old title", "New")], card_of).patch
    assert made is not None
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A card."""
    file = tmp_path / "a.md"
    file.write_bytes(CARD)
    return file


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_permissions_stay(path: Path) -> None:
    """And nothing is left beside the card."""
    path.chmod(0o640)
    write(path, patch_for(path, path.parent), root=path.parent)

    assert path.read_bytes() == NEW
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert names(path.parent) == ["a.md"]


def test_a_card_that_was_changed_in_between_is_left_alone(path: Path) -> None:
    """By an editor, or by another run."""
    patch = patch_for(path, path.parent)
    path.write_bytes(CARD + b"more\n")

    with pytest.raises(PatchConflict):
        write(path, patch, root=path.parent)
    assert path.read_bytes() == CARD + b"more\n"
    assert names(path.parent) == ["a.md"]


def test_a_card_that_is_changed_while_it_is_written_is_left_alone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last look is taken just before the new card gets its name."""
    patch = patch_for(path, path.parent)
    monkeypatch.setattr(os, "fsync", lambda _: path.write_bytes(CARD + b"more\n"))

    with pytest.raises(PatchConflict):
        write(path, patch, root=path.parent)
    assert path.read_bytes() == CARD + b"more\n"
    assert names(path.parent) == ["a.md"]


def test_what_a_killed_run_has_left_goes_with_the_next(path: Path) -> None:
    """The new card is put aside under the same name each time, which no link leads astray."""
    made = patch_for(path, path.parent)
    (path.parent / "mine").write_bytes(b"mine")
    aside = path.parent / f".crawler-{hashlib.sha256(b'a.md').hexdigest()[:16]}.part"
    aside.symlink_to("mine")
    write(path, made, root=path.parent)

    assert names(path.parent) == ["a.md", "mine"]
    assert (path.read_bytes(), (path.parent / "mine").read_bytes()) == (NEW, b"mine")


def test_a_card_may_have_the_longest_name_there_is(tmp_path: Path) -> None:
    """255 bytes, as file systems count."""
    path = tmp_path / f"{'é' * 126}.md"
    path.write_bytes(CARD)
    write(path, patch_for(path, tmp_path), root=tmp_path)

    assert path.read_bytes() == NEW


def test_a_full_disk_loses_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told with the card and what to do."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    patch = patch_for(path, path.parent)
    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OutputError, match=r"a\.md: cannot be written: No space left on device; free some space"):
        write(path, patch, root=path.parent)
    assert path.read_bytes() == CARD
    assert names(path.parent) == ["a.md"]


def test_a_link_is_followed_within_the_tree_and_stays_a_link(tmp_path: Path) -> None:
    """The file behind it is patched."""
    (tmp_path / "real.md").write_bytes(CARD)
    (tmp_path / "link.md").symlink_to("real.md")
    write(tmp_path / "link.md", patch_for(tmp_path / "link.md", tmp_path), root=tmp_path)

    assert (tmp_path / "real.md").read_bytes() == NEW
    assert (tmp_path / "link.md").is_symlink()


def test_a_link_is_not_followed_out_of_the_tree(tmp_path: Path) -> None:
    """Neither by its name in the tree, nor from outside."""
    (tmp_path / "tree").mkdir()
    (tmp_path / "real.md").write_bytes(CARD)
    (tmp_path / "tree" / "link.md").symlink_to("../real.md")
    (tmp_path / "link.md").symlink_to("real.md")

    for link in (tmp_path / "tree" / "link.md", tmp_path / "link.md"):
        with pytest.raises(OutputError, match="a link that leads out of"):
            write(link, patch_for(link, tmp_path / "tree"), root=tmp_path / "tree")
    assert (tmp_path / "real.md").read_bytes() == CARD


def test_a_card_outside_is_patched_where_the_user_named_it(tmp_path: Path) -> None:
    """It is no link."""
    (tmp_path / "tree").mkdir()
    path = tmp_path / "a.md"
    path.write_bytes(CARD)
    write(path, patch_for(path, tmp_path / "tree"), root=tmp_path / "tree")

    assert path.read_bytes() == NEW


def test_a_card_that_has_gone_is_told(path: Path) -> None:
    """It is not made anew."""
    patch = patch_for(path, path.parent)
    path.unlink()

    with pytest.raises(OutputError, match=r"a\.md: cannot be written: No such file"):
        write(path, patch, root=path.parent)
    assert names(path.parent) == []


def _write_for_ever(path: Path, versions: tuple[Patch, Patch]) -> None:
    while True:
        for patch in versions:
            write(path, patch, root=path.parent)


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL; comes back with another way of dying at once")
def test_whoever_is_killed_leaves_the_old_card_or_the_new_one(path: Path) -> None:
    """Twenty processes that write without a pause die in the middle of it."""
    there = patch_for(path, path.parent)
    card = card_of("a.md", NEW)
    assert card is not None
    back = plan(card, [change("title", "New", "Old title")], card_of).patch
    assert back is not None
    for _ in range(20):
        path.write_bytes(CARD)
        process = multiprocessing.get_context("fork").Process(target=_write_for_ever, args=(path, (there, back)))
        process.start()
        process.join(0.05)
        process.kill()
        process.join()

        assert path.read_bytes() in (CARD, NEW)
