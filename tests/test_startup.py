"""What the command line loads before a command is chosen."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.cli.site import clean

FOREIGN = {"crawler", "msgspec", "typing_extensions"}
"""Beside the standard library, what `--help` may load: msgspec for records and settings, and what msgspec loads."""
LATER = {
    "ada_url", "aiohttp", "asyncio", "brotli", "cryptography", "dns", "frontmatter", "http", "multidict",
    "multiprocessing", "pathspec", "PIL", "protego", "publicsuffixlist", "rich", "selectolax", "sqlite3", "ssl",
    "tenacity", "trustme", "yaml", "yarl",
}  # fmt: skip
"""What costs time and is needed by commands only."""

RUN = "import runpy; runpy.run_module('crawler', run_name='__main__')"


def modules(program: str, *arguments: str, folder: Path | None = None) -> set[str]:
    """The top-level modules that a Python program, run in `folder`, has loaded when it ends."""
    listing = "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); "
    done = subprocess.run(
        [sys.executable, "-c", listing + program, *arguments],
        cwd=folder, env=clean(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {name.split(".")[0] for name in done.stderr.split()}


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("audit", "--help"), ("explain", "--help")])
def test_help_loads_no_network_parser_or_database(arguments: tuple[str, ...]) -> None:
    """Who asks for help waits for no library that only a command needs."""
    assert modules(RUN, *arguments) & LATER == set()


def test_help_loads_few_foreign_packages() -> None:
    """Beside the standard library, help needs the records' library only."""
    foreign = modules(RUN, "--help") - modules("pass") - set(sys.stdlib_module_names)

    assert foreign <= FOREIGN


def test_an_offline_audit_loads_no_http_client(tmp_path: Path) -> None:
    """What asks nothing, such as a hook before a commit, does not wait for aiohttp, nor for a decoder of images."""
    (tmp_path / "card.md").write_text("---\nwebUrl: https://www.example.org/\n---\n", encoding="utf-8")
    loaded = modules(RUN, "audit", "--offline", "--quiet", "card.md", folder=tmp_path)

    assert loaded & {"aiohttp", "tenacity", "PIL"} == set()


def test_what_must_not_be_loaded_exists() -> None:
    """A library that was replaced leaves the list too, or the list would prove nothing."""
    assert {name for name in LATER if find_spec(name) is None} == set()
