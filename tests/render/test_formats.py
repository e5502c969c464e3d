"""What holds of every format."""

from __future__ import annotations

import json

import msgspec
import pytest

from crawler.cli import parser
from crawler.model import Code, Known, State
from crawler.render import FORMATS
from crawler.text import printable
from tests.render.formats import rendered
from tests.render.records import HOSTILE, NOW, every_hostile, every_verdict, finding, hostile, place, proposal, report

LONG = "x" * 100_000
SURROGATES = "\ud800 and \udfff"


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_findings_are_the_same_bytes(name: str) -> None:
    """Nothing but the report decides: no clock, no chance, no order of a set."""
    assert rendered(name, every_verdict()) == rendered(name, every_verdict())


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_can_be_written_as_utf8(name: str) -> None:
    """Control characters, tags, commands, surrogates and very long texts end in a file that UTF-8 holds."""
    texts = (HOSTILE, LONG, SURROGATES, "]]> ::error::x\n::error::y", "=1+1", "</script>")
    found = [
        msgspec.structs.replace(
            finding(
                Code.NOT_FOUND, f"https://{number}.example/", places=(place(text[:200], field=text, written=text),)
            ),
            verdict=msgspec.structs.replace(finding().verdict, because=text, rule=text),
            proposals=(proposal(path=text[:200], field=text, old=text, new=text, because=text),),
        )
        for number, text in enumerate(texts)
    ]

    for run in (report(found), every_hostile(), report()):
        rendered(name, run).encode()


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_acts_on_a_terminal(name: str) -> None:
    """No control, format or bidirectional character of the data is in any file but as an escape."""
    text = rendered(name, every_hostile())
    lines = text.replace("\r\n", "\n").split("\n")

    assert [line for line in lines if printable(f"x{line}x", 10**9) != f"x{line}x"] == []


def test_help_names_every_format() -> None:
    """So does what a wrong name is answered with, which reads the same table."""
    (commands,) = [action.choices for action in parser()._actions if isinstance(action.choices, dict)]

    for command in ("audit", "report"):
        text = " ".join(commands[command].format_help().split())
        assert [name for name in FORMATS if name not in text] == []


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"json", "jsonl", "csv", "markdown", "sarif", "html"}))
def test_known_problems_are_left_out(name: str) -> None:
    """What the baseline covers is in no report that a reviewer or a CI system acts on; what has expired is back."""
    known = Known(reason="moves in May", owner="ann", expires=NOW.date())
    expired = msgspec.structs.replace(known, expired=True)
    run = report(
        [finding(url="https://one.example/", baseline=known), finding(url="https://two.example/", baseline=expired)]
    )

    text = rendered(name, run)
    assert "one.example" not in text
    assert "two.example" in text


def test_lines_of_jsonl_are_those_of_json() -> None:
    """Each line is an object with its type; findings are word for word those of `report.json`."""
    run = every_verdict()
    rows = [json.loads(line) for line in rendered("jsonl", run).splitlines()]
    whole = json.loads(rendered("json", run))

    assert {name: rows[0][name] for name in ("schema_version", "run", "summary")} == {
        name: whole[name] for name in ("schema_version", "run", "summary")
    }
    for kind, name in (("finding", "findings"), ("host", "hosts"), ("unreadable", "unreadable")):
        assert [row for row in rows if row["type"] == kind] == [{"type": kind, **row} for row in whole[name]]


def test_states_reach_the_machine_formats() -> None:
    """A failing link that is confirmed counts in full."""
    run = report([finding(Code.TIMEOUT, state=State.CONFIRMED)])

    assert rendered("github", run).startswith("::error ")
    assert '"critical"' in rendered("gitlab", run)
    assert rendered("github", report([finding(Code.TIMEOUT)])).startswith("::warning ")


def test_hostile_means_every_text() -> None:
    """The record that stands for the worst has no text of its own left."""
    assert hostile(place()).path == HOSTILE
