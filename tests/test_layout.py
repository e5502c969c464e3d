"""The import rules of the architecture, read from the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import crawler

PACKAGE = Path(crawler.__file__).parent
BASE = {"model", "errors", "settings", "fields", "urls", "text"}
ROOMS = {"cards", "net", "metadata", "health", "history", "edits", "render", "engines", "demo"}
MAY_ALSO = {"engines": {"net", "metadata"}}
"""Rooms that may import others: an engine asks and reads."""
TOP = {
    "cli",
    "commands",
    "choose",
    "examples",
    "fixing",
    "flags",
    "mistakes",
    "progress",
    "show",
    "streams",
    "usage",
    "pipeline",
    "__main__",
    "config",
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """(module imported, line) of every import in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno


def place(module: str) -> str:
    """`crawler.net.guard` -> `net`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_rooms_know_the_base_and_themselves_only(path: Path) -> None:
    """A room imports the base and itself; only the pipeline and the commands see every room."""
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    ours = {(place(name), line) for name, line in imports(path) if name.split(".")[0] == "crawler"}
    if own in BASE:
        allowed = BASE
    elif own in ROOMS:
        allowed = BASE | {own} | MAY_ALSO.get(own, set())
    else:
        allowed = BASE | ROOMS | TOP | {"__version__"}

    assert [(room, line) for room, line in sorted(ours) if room not in allowed | {""}] == []


def test_every_module_has_a_home() -> None:
    """Each file below the package is base, a room, or one of the few at the top."""
    names = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in MODULES}

    assert names - BASE - ROOMS - TOP == {"__init__"}


def test_the_model_imports_nothing_of_ours() -> None:
    """Records depend on nothing."""
    assert [name for name, _ in imports(PACKAGE / "model.py") if name.startswith("crawler")] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_are_read_in_a_sitting(path: Path) -> None:
    """No module but the records is longer than 350 lines, and each says first what it is for."""
    text = path.read_text(encoding="utf-8")

    assert ast.get_docstring(ast.parse(text))
    assert path.name == "model.py" or text.count("\n") <= 350
