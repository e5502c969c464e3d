"""Single lines of cards, as they are now."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.pipeline.lines import card_lines


@pytest.mark.parametrize(
    ("raw", "line", "expected"),
    [
        (b"one\ntwo\n", 2, "two"),
        (b"one\r\ntwo\r\n", 1, "one"),
        ("a\u2028b\n\u00e9".encode(), 1, "a\u2028b"),
        ("a\u2028b\n\u00e9".encode(), 2, "\u00e9"),
        (b"one", 0, None),
        (b"one", 2, None),
        (b"\xff\xfe", 1, None),
    ],
)
def test_lines_are_counted_as_in_reports(tmp_path: Path, raw: bytes, line: int, expected: str | None) -> None:
    """From 1, ending at a line feed; what is no text has none."""
    (tmp_path / "card.md").write_bytes(raw)

    assert card_lines(tmp_path)("card.md", line) == expected


@pytest.mark.parametrize("path", ["none.md", "folder", "a\0b.md", "none/\udcff.md"])
def test_what_cannot_be_read_has_no_lines(tmp_path: Path, path: str) -> None:
    """A card that is gone, or that no file system would hold, is told of without its columns."""
    (tmp_path / "folder").mkdir()

    assert card_lines(tmp_path)(path, 1) is None
