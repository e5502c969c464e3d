"""How two runs differ, as JSON, Markdown and text."""

from __future__ import annotations

import json
import os
from importlib import import_module, resources
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from crawler.model import Code, Difference, State, Turn, Turned, Unreadable
from crawler.render import DIFFERENCES
from crawler.render.difference_text import summary
from crawler.text import printable
from tests.render.records import EARLIER, every_hostile, finding, place, report

SNAPSHOTS = Path(__file__).parent / "snapshots"


def schema(name: str) -> dict[str, Any]:
    text = resources.files("crawler.render").joinpath(name).read_text(encoding="utf-8")
    read: dict[str, Any] = json.loads(text)
    return read


REPORT = schema("report.schema.json")
SCHEMA = Draft202012Validator(
    schema("difference.schema.json"),
    registry=Registry().with_resource(REPORT["$id"], Resource.from_contents(REPORT)),
)


def difference(rows: list[Turned], still: int = 0, unreadable: tuple[Unreadable, ...] = ()) -> Difference:
    run = report([row.finding for row in rows]).run
    counts = tuple((str(turn), sum(row.turn is turn for row in rows) + still * (turn is Turn.STILL)) for turn in Turn)
    against = msgspec.structs.replace(run, id="20261108T200000Z", started=EARLIER)
    return Difference(run=run, against=against, counts=counts, rows=lambda: iter(rows), unreadable=unreadable)


def every_turn() -> Difference:
    dead = finding(Code.NOT_FOUND, "https://a.example/", state=State.CONFIRMED)
    slow = finding(Code.TIMEOUT, "https://a.example/")
    logo = finding(Code.NOT_FOUND, "https://logo.example/", places=tuple(place(f"_news/{n}.md") for n in range(9)))
    return difference(
        [
            Turned(turn=Turn.CHANGED, finding=dead, before=slow),
            Turned(turn=Turn.FIXED, finding=finding(Code.OK, "https://b.example/"), before=finding(Code.GONE)),
            Turned(turn=Turn.GONE, finding=finding(url="https://c.example/"), before=finding(url="https://c.example/")),
            Turned(turn=Turn.NEW, finding=logo, before=None),
            Turned(turn=Turn.NEW, finding=finding(Code.PARKED, "https://p.example/"), before=finding(Code.OK)),
        ],
        still=7,
        unreadable=(Unreadable(path="_news/broken.md", line=3, because="two values for 'url'; keep one"),),
    )


def hostile() -> Difference:
    run = every_hostile()
    found = list(run.findings())
    rows = [Turned(turn=turn, finding=found[0], before=found[1]) for turn in Turn if turn is not Turn.STILL]
    return difference(rows, unreadable=run.unreadable)


DIFFERENCES_SHOWN = {"every_turn": every_turn(), "hostile": hostile(), "none": difference([])}


def text_of(found: Difference) -> str:
    return summary(found, colour=False, width=80, limit=50, paths=["reports/difference.md"])


def rendered(name: str, found: Difference) -> str:
    return text_of(found) if name == "text" else "".join(import_module(DIFFERENCES[name].module).render(found))


@pytest.mark.parametrize("name", [*DIFFERENCES, "text"])
@pytest.mark.parametrize("which", DIFFERENCES_SHOWN)
def test_differences_are_what_they_were(which: str, name: str) -> None:
    """The same difference is the same text."""
    suffix = {"json": "json", "markdown": "md", "text": "txt"}[name]
    path = SNAPSHOTS / f"difference_{which}.{suffix}"
    text = rendered(name, DIFFERENCES_SHOWN[which])
    if os.environ.get("UPDATE_SNAPSHOTS") == "1":
        path.write_bytes(text.encode())

    assert text == path.read_bytes().decode()
    assert [line for line in text.split("\n") if printable(f"x{line}x", 10**9) != f"x{line}x"] == []


@pytest.mark.parametrize("which", DIFFERENCES_SHOWN)
def test_json_keeps_its_schema(which: str) -> None:
    """Which is shipped with the program."""
    document = json.loads(rendered("json", DIFFERENCES_SHOWN[which]))

    assert [error.message for error in SCHEMA.iter_errors(document)] == []
    assert not SCHEMA.is_valid({**document, "surprise": 1})


def test_a_long_difference_fits_an_issue() -> None:
    """Every section has room, and says what it leaves out."""
    rows = [
        Turned(turn=turn, finding=finding(url=f"https://{n:05}.example/{'x' * 100}"), before=finding(Code.OK))
        for n in range(5_000)
        for turn in (Turn.NEW, Turn.CHANGED, Turn.FIXED, Turn.GONE)
    ]
    cards = tuple(Unreadable(path=f"{n:05}{'x' * 100}.md", line=1, because="y" * 500) for n in range(500))
    text = rendered("markdown", difference(rows, unreadable=cards))

    assert len(text.encode()) < 60_000
    assert text.count("\n## ") == text.count(": see `difference.json`.") == 5
