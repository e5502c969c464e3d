"""The file of known problems."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from crawler.errors import ConfigError
from crawler.model import Code, Known
from crawler.pipeline.baseline import Baseline, Entry, add, entry_of, read, remove

TODAY = date(2026, 11, 22)
A, B = "https://a.example/1", "https://b.example/2"
TEXT = f"""\
# What we know.

# Ann asked them in May.
[[known]]
url = "{A}"
reason = "moves"  # soon
owner = "ann"
expires = 2026-12-01

# a note that stands alone

[[known]]
url = "{B}"
verdict = "timeout"
reason = "slow on Mondays"
owner = "bo"
expires = 2026-11-01
"""


def entry(url: str, expires: date = TODAY, verdict: Code | None = None) -> Entry:
    return Entry(url=url, reason="because", owner="ann", expires=expires, verdict=verdict)


def written(tmp_path: Path, text: str = TEXT) -> Path:
    path = tmp_path / "baseline.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_entry_covers_its_link_until_it_expires(tmp_path: Path) -> None:
    """Its last day included; a verdict that it names is the only one."""
    known = read(written(tmp_path))

    assert known.of(A, Code.NOT_FOUND, today=date(2026, 12, 1)) == Known(
        reason="moves", owner="ann", expires=date(2026, 12, 1)
    )
    expired = known.of(A, Code.NOT_FOUND, today=date(2026, 12, 2))
    assert expired
    assert expired.expired
    assert known.of(B, Code.NOT_FOUND, today=date(2026, 11, 1)) is None
    assert known.of(B, Code.TIMEOUT, today=date(2026, 11, 1)) is not None
    assert known.of(A, Code.OK, today=TODAY) is None


def test_an_entry_that_holds_beats_one_that_has_expired() -> None:
    """Whatever their order."""
    baseline = Baseline(entries=(entry(A, date(2020, 1, 1), Code.GONE), entry(A)))
    found = baseline.of(A, Code.GONE, today=TODAY)

    assert found
    assert not found.expired


def test_what_is_added_is_read_again_and_nothing_else_changes(tmp_path: Path) -> None:
    """Quotes and all; the same link and verdict again renews the entry."""
    path = written(tmp_path)
    new = Entry(url="https://c.example/", reason='He said "wait" \\ ok ü', owner="cy", expires=TODAY)

    assert add(path, new) is False
    assert path.read_text(encoding="utf-8").startswith(TEXT)
    assert read(path).entries[-1] == new
    assert add(path, entry("https://c.example/")) is True
    assert [one.reason for one in read(path).entries] == ["moves", "slow on Mondays", "because"]


def test_a_file_is_made_when_there_is_none(tmp_path: Path) -> None:
    """None is an empty one."""
    path = tmp_path / "baseline.toml"

    assert read(path) == Baseline()
    add(path, entry(A))
    assert read(path).entries == (entry(A),)
    assert [one.name for one in tmp_path.iterdir()] == ["baseline.toml"]


def test_what_is_removed_takes_only_its_own_comment_along(tmp_path: Path) -> None:
    """Other comments and entries stay, byte for byte."""
    path = written(tmp_path)

    assert [one.url for one in remove(path, lambda one: one.url == A)] == [A]
    assert path.read_text(encoding="utf-8") == "# What we know.\n\n" + TEXT[TEXT.index('[[known]]\nurl = "https://b') :]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[[known]]\nurl = 'x'\nowner = 'a'\nexpires = 2026-01-01",
            r"baseline\.toml:1: \[\[known\]\]: reason is missing; an entry needs url, reason, owner and expires$",
        ),
        ("\n[[known]]\nurl = 'x'\nreasn = 'a'", r"baseline\.toml:4: unknown key 'reasn' .* did you mean 'reason'\?"),
        (
            "[[known]]\nurl='x'\nreason=' '\nowner='a'\nexpires=2026-01-01",
            r"baseline\.toml:3: .* a reason and an owner are needed",
        ),
        (
            "[[known]]\nurl='x'\nreason='r'\nowner='a'\nexpires='soon'",
            r"baseline\.toml:5: .*expires: expected a date, such as 2027-06-01, got 'soon'$",
        ),
        (
            "[[known]]\nurl='x'\nreason='r'\nowner='a'\nexpires=2026-01-01\nverdict='foo'",
            r"baseline\.toml:6: .*verdict: 'foo' is no verdict; known are parked, usurped, not_found, ",
        ),
        (
            "[[known]]\nurl='x'\nreason='r'\nowner='a'\nexpires=2026-01-01\nverdict='not_fund'",
            r"baseline\.toml:6: .*verdict: 'not_fund' is no verdict; did you mean 'not_found'\? Known are parked, ",
        ),
        ("[[known]]\nurl='x'\nreason=1\nowner='a'\nexpires=2026-01-01", r"baseline\.toml:3: .* got 1$"),
        ("known = ['x']", r"'known' holds 'x'; write entries as \[\[known\]\]"),
        ("[[knwon]]\nurl='x'", r"'knwon' is not known here; write entries as \[\[known\]\]"),
        ("[[known", r"baseline\.toml:1: not TOML"),
    ],
)
def test_a_mistake_in_the_file_is_told(tmp_path: Path, text: str, message: str) -> None:
    """With its line."""
    with pytest.raises(ConfigError, match=message):
        read(written(tmp_path, text))


def test_an_entry_of_the_command_line_expires(tmp_path: Path) -> None:
    """After days, or on a date, but not in the past."""

    def expires(text: str) -> date:
        return entry_of(A, reason="r", owner="o", expires=text, verdict=None, today=TODAY).expires

    assert (expires("10d"), expires("2026-12-24")) == (date(2026, 12, 2), date(2026, 12, 24))
    for wrong in ("soon", "2026-11-21", "2026-13-01"):
        with pytest.raises(ConfigError, match="--expires"):
            expires(wrong)
