"""The documentation says what the code does."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import pytest

from crawler.cli import parser
from crawler.errors import ConfigError
from crawler.examples import EXITS
from crawler.flags import FLAGS
from crawler.model import Health, Kind, State
from crawler.settings import SECTIONS
from crawler.show import Exit
from tests.docs import PARTS, ROOT, replaced

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize(("file", "name", "part"), PARTS, ids=[name for _, name, _ in PARTS])
def test_tables_follow_from_the_code(file: str, name: str, part: Callable[[], str]) -> None:
    """UPDATE_DOCS=1 writes them anew."""
    path = ROOT / file
    text = path.read_text(encoding="utf-8")
    expected = replaced(text, name, part())
    if os.environ.get("UPDATE_DOCS"):
        path.write_text(expected, encoding="utf-8")
        text = expected

    assert text == expected


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_in_the_docs_is_there(page: Path) -> None:
    """Files named in the prose, and the targets of links."""
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"`((?:crawler|docs|tests|benchmarks)/[\w./-]+)`", text)
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    linked = [target for target in re.findall(r"\]\(([^)#]+)\)", prose) if not target.startswith("http")]
    shown = re.findall(r'(?:src|srcset)="([^"]+)"', prose)

    assert [name for name in named if not (ROOT / name).exists()] == []
    assert [picture for picture in shown if not (page.parent / picture).exists()] == []
    assert [target for target in linked if not (page.parent / target).exists()] == []


def test_every_page_is_reached_from_the_readme() -> None:
    """A page that nothing leads to is read by nobody."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [page.name for page in (ROOT / "docs").glob("*.md") if f"(docs/{page.name})" not in text] == []


def test_every_command_is_in_the_readme() -> None:
    """And the README names no other."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (choices,) = [action.choices for action in parser()._actions if isinstance(action.choices, dict)]

    assert set(re.findall(r"`crawler (\w+)", text)) == set(choices)


@pytest.mark.parametrize(
    ("file", "names"),
    [("docs/verdicts.md", State), ("docs/cards.md", Kind), ("README.md", State), ("README.md", Health)],
)
def test_words_that_have_a_meaning_are_all_told(file: str, names: type[StrEnum]) -> None:
    """A word that is used and explained nowhere is a riddle."""
    text = (ROOT / file).read_text(encoding="utf-8")

    assert [name for name in names if f"`{name}`" not in text] == []


def test_every_exit_code_is_told() -> None:
    """In `--help`, and so in the docs: those of commands, and that of a bad configuration."""
    told = {int(code) for code in re.findall(r"^  (\d+) ", EXITS, re.MULTILINE)}

    assert told == {*Exit, ConfigError.exit_code}


def test_every_flag_sets_a_setting_that_exists() -> None:
    """With a help text."""
    for flag in FLAGS:
        assert flag.key in SECTIONS[flag.section].__struct_fields__
        assert flag.help


def test_the_shipped_config_says_what_the_docstrings_say() -> None:
    """Each comment of config.toml is the docstring of its key."""
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    table = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    comments = [
        (section, comment, key)
        for section, body in re.findall(r"^\[(\w+)\]\n(.*?)(?=^\[|\Z)", text, re.MULTILINE | re.DOTALL)
        for comment, key in re.findall(r"^# (.+)\n(\w+) = ", body, re.MULTILINE)
    ]

    assert len(comments) >= 30
    for section, comment, key in comments:
        rows = table.partition(f"## [{section}]")[2].partition("\n## ")[0]
        meaning = re.search(rf"\| `{key}` \| .+ \| (.+) \|", rows)
        assert meaning, key
        assert comment.removesuffix(".") in meaning[1].replace("\\|", "|"), key
