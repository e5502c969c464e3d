from __future__ import annotations

from pathlib import Path

import pytest

from crawler.cards.filters import Filters
from crawler.errors import ConfigError
from crawler.settings import AuditSettings, HostSettings, HostTable


def test_exclude_names_the_pattern(tmp_path: Path) -> None:
    """A URL that an --exclude pattern matches anywhere is excluded, and the pattern is named."""
    filters = Filters(AuditSettings(exclude=(r"^http:", r"example\.org/private")), tmp_path)

    assert filters.reason("https://example.org/private/a") == r"matches exclude 'example\.org/private'"
    assert filters.reason("https://example.org/public") is None


def test_include_beats_exclude(tmp_path: Path) -> None:
    """What --include matches is asked, whatever else matches."""
    (tmp_path / ".lycheeignore").write_text("wanted\n")
    filters = Filters(AuditSettings(exclude=("example",), include=("wanted",)), tmp_path)

    assert filters.reason("https://example.org/wanted") is None
    assert filters.reason("https://example.org/") is not None


def test_include_alone_excludes_nothing(tmp_path: Path) -> None:
    """--include makes exceptions; it is no list of all that is asked."""
    assert Filters(AuditSettings(include=("wanted",)), tmp_path).reason("https://example.org/") is None


def test_lycheeignore_is_read(tmp_path: Path) -> None:
    """.lycheeignore holds one pattern per line; comments and blank lines do not count as patterns, but as lines."""
    (tmp_path / ".lycheeignore").write_bytes(b"\xef\xbb\xbf# walls\r\n\r\n  ^https://wall\\.example/ \r\n")
    filters = Filters(AuditSettings(), tmp_path)

    assert filters.reason("https://wall.example/a") == r".lycheeignore:3: ^https://wall\.example/"
    assert filters.reason("https://other.example/#walls") is None


@pytest.mark.parametrize(("content", "message"), [(b"a\n(b\n", ":2: .*regular expression"), (b"\xff", "not UTF-8")])
def test_a_bad_lycheeignore_is_a_configuration_error(tmp_path: Path, content: bytes, message: str) -> None:
    """A pattern that does not compile is refused with file and line."""
    (tmp_path / ".lycheeignore").write_bytes(content)

    with pytest.raises(ConfigError, match=r"\.lycheeignore" + message.replace("not", ": not")):
        Filters(AuditSettings(), tmp_path)


def test_a_host_is_excluded_by_its_section(tmp_path: Path) -> None:
    """Unless `include` wants the URL."""
    hosts = HostTable(rows={"*.a.example": HostSettings(exclude=True)})
    filters = Filters(AuditSettings(include=("wanted",)), tmp_path, hosts)

    assert filters.reason("https://www.a.example/x") == '[hosts."*.a.example"] exclude'
    assert filters.reason("https://www.a.example/wanted") is None
    assert filters.reason("https://a.example/") is None
    assert filters.reason("http://[broken") is None
