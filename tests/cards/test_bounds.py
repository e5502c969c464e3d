"""Front matter made to harm is refused quickly, or does no harm."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crawler.cards.bounds import MAX_DEPTH, MAX_FILE, MAX_FRONT_MATTER, MAX_VALUES
from crawler.cards.read import read_card
from crawler.errors import CardError

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "\n".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]"
    for before, name in zip("abcdefghij", "bcdefghijk", strict=True)
)
MERGES = "a: &a {k: [" + "x, " * 4_000 + "]}\n" + "\n".join(f"m{n}: {{k: [], <<: *a}}" for n in range(20_000))


@pytest.mark.parametrize(
    ("content", "because"),
    [
        (f"---\n{LAUGHS}\n---\n", "values"),
        (f"---\n{MERGES}\n---\n", "values"),
        (f"---\na: [{'x, ' * MAX_VALUES}x]\n---\n", "values"),
        (f"---\na: {'[' * 300_000}\n---\n", "deep"),
        (f"---\na: {'{a: ' * 200_000}\n---\n", "deep"),
        (f"---\na:\n {'- ' * 200_000}x\n---\n", "deep"),
        (f"---\n? {'k' * 100_000}\n: [{'[], ' * 100_000}]\n---\n", "keys"),
        (f"---\na: {'x' * MAX_FRONT_MATTER}\n---\n", "longer than"),
        ("---\n" + "\n" * 2_000_000, "no closing fence"),
        ('{\n"a":' + "[" * 200_000 + "\n}\n", "deep"),
        ("+++\na = " + "[" * 200_000 + "\n+++\n", "deep"),
        ("+++\n" + "a." * 100_000 + "a = 1\n+++\n", "dotted"),
        ("+++\na = 0x" + "f" * 100_000 + "\n+++\n", "broken TOML"),
    ],
    ids=lambda value: "" if len(value) > 20 else value,
)
def test_bombs_are_refused(tmp_path: Path, content: str, because: str) -> None:
    """Expanding, nested and swollen front matter ends in an error that names the bound, not in a crash."""
    path = tmp_path / "bomb.md"
    path.write_text(content)

    with pytest.raises(CardError, match=because):
        read_card(path, root=tmp_path)


def test_bounds_leave_room(tmp_path: Path) -> None:
    """The deepest nesting within the bound is read."""
    path = tmp_path / "deep.md"
    path.write_text(f"---\na: {'[' * (MAX_DEPTH - 1)}x{']' * (MAX_DEPTH - 1)}\n---\n")

    card = read_card(path, root=tmp_path)

    assert card is not None
    assert [slot.route for slot in card.slots] == ["a" + "[0]" * (MAX_DEPTH - 1)]


def test_aliases_of_nothing_are_harmless(tmp_path: Path) -> None:
    """Many aliases that hold no value stand for no slots."""
    path = tmp_path / "empty.md"
    path.write_text(f"---\na: &a []\nb: [{'*a, ' * 20_000}]\n---\n")

    card = read_card(path, root=tmp_path)

    assert card is not None
    assert card.slots == ()


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    """No more of a file than the bound is held."""
    path = tmp_path / "huge.md"
    path.touch()
    os.truncate(path, MAX_FILE + 1)  # takes no room on the disk

    with pytest.raises(CardError, match="larger than 64 MiB"):
        read_card(path, root=tmp_path)
