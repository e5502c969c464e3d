"""Paths and patterns in, the card files they name out: sorted, each once, without what is hidden or ignored by git."""

from __future__ import annotations

import fnmatch
import os
import re
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from crawler.cards.ignore import IgnoreRules
from crawler.errors import ConfigError, CrawlerError, NothingToDoError
from crawler.settings import CardSettings
from crawler.text import printable

SUFFIXES = (".md", ".markdown", ".html")
"""What is taken from a folder."""


def find(arguments: Sequence[str], *, root: Path, folder: Path, settings: CardSettings) -> tuple[Path, ...]:
    """The files that `arguments` name, relative to `folder`; without arguments, those of `settings.paths` in `root`.

    Each names a file, which is always taken; a folder, searched for cards; or a glob of files and folders, in which
    `**` stands for any number of folders. Folders that are links are followed within `root`, and out of it only when
    named; files that are links are taken wherever they lead, if only to be told. A folder on the way that cannot be
    looked into is among the files, so that whoever reads them tells it.

    Raises CrawlerError for such a folder that is named itself; NothingToDoError for an argument, and ConfigError for a
    configured path, that does not exist; an argument must find something, a configured folder or glob need not.
    """
    tree = os.path.realpath(root)
    found: dict[str, str] = {}
    for written in arguments or settings.paths:
        matches = list(_matches(written, folder if arguments else root, tree, is_argument=bool(arguments)))
        if arguments and not matches:
            raise NothingToDoError(f"{printable(written)}: no cards there ({' '.join(SUFFIXES)})")
        for path, real in matches:
            known = found.get(real)
            if known is None or (path != real, path) < (known != real, known):
                found[real] = path  # of several names for one file, its own is the one to report
    return tuple(Path(path) for path in sorted(found.values()))


def _matches(written: str, base: Path, tree: str, *, is_argument: bool) -> Iterator[tuple[str, str]]:
    """(path, the same without links) of every file that `written` names."""
    path = Path(os.path.normpath(base / written))
    if path.is_file() or _is_dead_link(path):
        yield str(path), _file_of(str(path), tree)
        return
    if path.is_dir():
        yield from _walk(str(path), _Glob(()), tree)
        return
    names = Path(os.path.normpath(written)).parts
    wild = next((index for index, name in enumerate(names) if _WILD.search(name)), None)
    if wild is None and is_argument:
        raise NothingToDoError(f"{printable(written)}: there is no such file or folder")
    if wild is None:
        raise ConfigError(f"[cards] paths: {printable(written)}: there is no such file or folder in {base}")
    start = Path(os.path.normpath(base.joinpath(*names[:wild])))
    if start.is_dir():
        yield from _walk(str(start), _Glob(names[wild:]), tree)


_WILD = re.compile(r"[*?\[]")


def _walk(start: str, glob: _Glob, tree: str) -> Iterator[tuple[str, str]]:
    """The files below `start` that `glob` matches, and the folders that hide some, as `_matches` yields them."""
    real_start = os.path.realpath(start)
    if not _is_within(real_start, tree):
        tree = real_start
    todo = deque([(start, real_start, glob.start, IgnoreRules.of(start, tree))])
    seen: set[tuple[str, frozenset[int]]] = set()
    while todo:
        folder, real, states, rules = todo.popleft()
        if (real, states) in seen:  # a link led here again
            continue
        seen.add((real, states))
        try:
            entries = _entries(folder)
        except OSError as error:
            if folder != start:
                yield folder, real
                continue
            raise CrawlerError(
                f"{printable(folder)}: the folder cannot be read: {error.strerror}; make it readable, or leave it out"
            ) from error
        if any(entry.name == ".gitignore" for entry in entries):
            rules = rules.below(folder)
        for entry in entries:
            after = glob.step(states, entry.name)
            if not after:
                continue
            path, target = entry.path, f"{real.rstrip(os.sep)}{os.sep}{entry.name}"
            leads_out = False
            if entry.is_symlink():
                target = os.path.realpath(path)
                leads_out = not _is_within(target, tree)
            if Path(target).is_dir() if entry.is_symlink() else entry.is_dir():
                if not leads_out and not rules.ignores(path, is_folder=True):
                    add = todo.append if entry.is_symlink() else todo.appendleft  # real folders by their own name first
                    add((path, target, after, rules))
            elif (
                glob.accepts(after, entry.name)
                and (entry.is_file() or _is_dead_link(Path(path)))
                and not rules.ignores(path, is_folder=False)
            ):
                yield path, path if leads_out else target


def _file_of(path: str, tree: str) -> str:
    """The file that stands for `path`; of a link out of the tree the link itself, so that each is told."""
    real = os.path.realpath(path)
    return real if _is_within(real, tree) or not Path(path).is_symlink() else path


def _is_dead_link(path: Path) -> bool:
    return path.is_symlink() and not path.exists()


def _entries(folder: str) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


class _Glob:
    """A pattern matched name by name, so that folders which cannot hold a match are never opened.

    A state is the index of the name to match next; the index past the last means that all has been matched, and holds
    for everything below too: a glob that matches a folder stands for the cards in it.
    """

    def __init__(self, names: Sequence[str]) -> None:
        """Without names: everything."""
        self._matchers = [None if name == "**" else re.compile(fnmatch.translate(name)).match for name in names]
        self._dotted = [name.startswith(".") for name in names]
        suffix = Path(names[-1]).suffix.lower() if names else ""
        self._suffixes = (*SUFFIXES, suffix) if suffix and not _WILD.search(suffix) else SUFFIXES
        self.start = self._settled({0})

    def step(self, states: frozenset[int], name: str) -> frozenset[int]:
        """The states after going on to `name`, a file or folder; empty if nothing there can match."""
        hidden = name.startswith(".")  # hidden names match only a pattern that has the dot too
        after: set[int] = set()
        for state in states:
            matcher = self._matchers[state] if state < len(self._matchers) else None
            if matcher is None:
                if not hidden:
                    after.add(state)
            elif matcher(name) and (not hidden or self._dotted[state]):
                after.add(state + 1)
        return self._settled(after) if after else frozenset()

    def accepts(self, states: frozenset[int], name: str) -> bool:
        """Whether the file `name` is a match in these states."""
        return len(self._matchers) in states and name.lower().endswith(self._suffixes)

    def _settled(self, states: set[int]) -> frozenset[int]:
        """With what follows each `**`, which may stand for no folder at all."""
        for state in sorted(states):
            following = state
            while following < len(self._matchers) and self._matchers[following] is None:
                following += 1
                states.add(following)
        return frozenset(states)
