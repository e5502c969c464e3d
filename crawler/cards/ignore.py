"""Folders in, the git ignore rules that hold in them out (https://git-scm.com/docs/gitignore)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


class IgnoreRules:
    """The rules in force in one folder, its own first, then those of the folders above, then the clone's own."""

    def __init__(self, levels: tuple[tuple[int, GitIgnoreSpec], ...] = ()) -> None:
        """`levels` are pairs of the length of a folder's path, separator included, and that folder's rules."""
        self._levels = levels

    @classmethod
    def of(cls, folder: str, tree: str) -> IgnoreRules:
        """The rules of the folders from the top of the clone, or else from `tree`, down to above `folder`.

        A folder that these rules ignore was named all the same, so only the rules below it hold.
        """
        top = _git_top(folder)
        rules = cls(_level(top, _exclude_file(Path(top)))) if top else cls()
        top = top or (tree if _is_within(folder, tree) else folder)
        current = top
        for name in Path(folder).relative_to(top).parts:
            rules = rules.below(current)
            current = str(Path(current) / name)
            if rules.ignores(current, is_folder=True):
                return cls()
        return rules

    def below(self, folder: str) -> IgnoreRules:
        """These rules, and those of the .gitignore in `folder`."""
        level = _level(folder, Path(folder) / ".gitignore")
        return IgnoreRules(level + self._levels) if level else self

    def ignores(self, path: str, *, is_folder: bool) -> bool:
        """Whether git ignores `path`, which stands below the folder: the nearest file with a rule for it decides."""
        for length, spec in self._levels:
            verdict = spec.check_file(path[length:] + "/" * is_folder).include
            if verdict is not None:
                return verdict
        return False


def _level(folder: str, file: Path) -> tuple[tuple[int, GitIgnoreSpec], ...]:
    try:
        lines = file.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:  # nearly always: there is none
        return ()
    lines = [line for line in lines if line and not line.startswith("#")]
    if not lines:  # as in the `info/exclude` of nearly every clone
        return ()
    from pathspec import GitIgnoreSpec  # takes 9 ms

    try:
        spec = GitIgnoreSpec.from_lines(lines)
    except ValueError:  # git passes over a line that it cannot read
        spec = GitIgnoreSpec.from_lines([line for line in lines if _is_pattern(line)])
    return ((len(folder.rstrip(os.sep)) + 1, spec),)


def _is_pattern(line: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


def _git_top(folder: str) -> str | None:
    above = (Path(folder), *Path(folder).parents)
    # Not `Path.exists`, which raises for a folder that cannot be looked into.
    return next((str(path) for path in above if os.path.exists(path / ".git")), None)  # noqa: PTH110


def _exclude_file(top: Path) -> Path:
    """info/exclude of the clone; in a worktree or submodule `.git` is a file that names its folder."""
    git = top / ".git"
    try:
        if git.is_file():
            git = top / git.read_text(encoding="utf-8").removeprefix("gitdir:").strip()
        if (git / "commondir").is_file():
            git = git / (git / "commondir").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return top / ".git" / "info" / "exclude"
    return git / "info" / "exclude"


def _is_within(path: str, folder: str) -> bool:
    return Path(path).is_relative_to(folder)
