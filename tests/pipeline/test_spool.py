"""Findings that are judged once and read as often as there are reports."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from crawler.model import Features, Finding
from crawler.pipeline.spool import BATCH, MOST_HELD, Spool
from tests.render.records import every_hostile, every_verdict


class Source:
    """Counts how often it is read."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings, self.reads = findings, 0

    def __call__(self) -> Iterator[Finding]:
        self.reads += 1
        yield from self.findings


def many() -> list[Finding]:
    """Findings of every sort, more than fit into one batch."""
    findings = list(every_verdict().findings())
    return (findings * (2 * BATCH // len(findings) + 1))[: 2 * BATCH + 3]


@pytest.mark.parametrize("most_held", [0, 400_000, MOST_HELD])
def test_findings_are_judged_once(most_held: int) -> None:
    """Every later pass gives the same, in the same order, also two at a time: from a file, from memory, from both."""
    source = Source(many())
    spool = Spool(source, most_held=most_held)
    first = list(spool())

    assert len(first) == len(source.findings)
    assert list(spool()) == first
    assert [one for pair in zip(spool(), spool(), strict=True) for one in pair][::2] == first
    assert source.reads == 1


def test_a_pass_that_is_given_up_keeps_nothing() -> None:
    """The next one reads all of it."""
    source = Source(many())
    spool = Spool(source)
    list(islice(spool(), 3))

    assert len(list(spool())) == len(source.findings)


def test_what_no_file_can_hold_is_judged_again() -> None:
    """Half a character is lost nowhere, and breaks nothing."""
    source = Source(list(every_hostile().findings()))
    spool = Spool(source, most_held=0)

    assert list(spool()) == list(spool())


def test_evidence_is_left_out() -> None:
    """No report shows it."""
    assert all(
        one.observation is None or (one.observation.sample == "" and one.observation.features in (None, Features()))
        for one in Spool(Source(many()))()
    )


def test_a_disk_without_room_costs_time_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each pass judges anew then."""
    monkeypatch.setattr(tempfile, "tempdir", f"{tmp_path}/missing")
    source = Source(many())
    spool = Spool(source, most_held=400_000)

    assert list(spool()) == list(spool())
    assert source.reads == 2


def test_what_goes_wrong_in_judging_is_told() -> None:
    """It is no matter of the disk."""

    def source() -> Iterator[Finding]:
        yield from many()
        raise OSError("a card went away")

    with pytest.raises(OSError, match="a card went away"):
        list(Spool(source, most_held=0)())
