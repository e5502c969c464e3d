"""`report.json` keeps its contract, whatever the findings hold."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from crawler.model import (
    Answered,
    Code,
    Disposition,
    Failure,
    FailureKind,
    Health,
    Image,
    Kind,
    Purpose,
    RunReport,
    State,
)
from crawler.render.json_report import encode, render
from crawler.text import printable
from tests.render.records import (
    HOSTILE,
    every_hostile,
    every_verdict,
    finding,
    observation,
    page,
    place,
    report,
    verdict,
)

SCHEMA: dict[str, Any] = json.loads(
    resources.files("crawler.render").joinpath("report.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = Draft202012Validator(SCHEMA)
REPORTS = {"every_verdict": every_verdict(), "hostile": every_hostile(), "empty": report()}


def load(run: RunReport) -> dict[str, Any]:
    document: dict[str, Any] = json.loads("".join(render(run)))
    return document


def only(**changes: Any) -> dict[str, Any]:
    """The one finding of a report, as read back."""
    row: dict[str, Any] = load(report([finding(**changes)]))["findings"][0]
    return row


@pytest.mark.parametrize("name", REPORTS)
def test_reports_keep_the_schema(name: str) -> None:
    """Every report is valid under the schema that is shipped with the program."""
    Draft202012Validator.check_schema(SCHEMA)

    assert [error.message for error in VALIDATOR.iter_errors(load(REPORTS[name]))] == []


@pytest.mark.parametrize("code", Code)
def test_every_verdict_keeps_the_schema(code: Code) -> None:
    """A finding of any verdict is valid, and its health is the verdict's."""
    document = load(report([finding(code, place_verdicts=(verdict(code),))]))

    assert VALIDATOR.is_valid(document)
    assert document["findings"][0]["health"] == code.health


def test_the_schema_knows_the_values_of_the_model() -> None:
    """The schema's enumerations are the model's, value for value and in order."""
    named = {"health": Health, "verdict": Code, "state": State, "kind": Kind}
    defs = SCHEMA["$defs"]

    assert {name: defs[name]["enum"] for name in named} == {name: list(map(str, enum)) for name, enum in named.items()}
    assert defs["proposal"]["properties"]["disposition"]["enum"] == [str(value) for value in Disposition]
    assert defs["http"]["properties"]["error"]["pattern"] == f"^({'|'.join(FailureKind)}): "
    counts = defs["summary"]["properties"]
    assert [counts[name]["minProperties"] for name in ("health", "verdict", "state")] == [len(Health), len(Code), 6]


def test_the_schema_is_closed() -> None:
    """A key that the contract does not know is refused, wherever it stands."""
    document = load(report([finding(observation=observation(page=page(), image=Image(format="png")))]))

    def objects(value: Any) -> list[dict[str, Any]]:
        children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return [value] * isinstance(value, dict) + [found for child in children for found in objects(child)]

    for each in objects(document):
        each["surprise"] = 1
        assert not VALIDATOR.is_valid(document)
        del each["surprise"]
    assert VALIDATOR.is_valid(document)


def test_keys_stand_in_the_order_of_the_contract() -> None:
    """Each object's keys are those of the schema, all of them, in its order."""
    row = only(observation=observation(page=page(), image=Image(format="png")))
    defs = SCHEMA["$defs"]

    assert list(row) == list(defs["finding"]["properties"])
    for name in ("http", "page", "image"):
        assert list(row[name]) == list(defs[name]["properties"])
    assert list(row["places"][0]) == list(defs["place"]["properties"])


def test_one_finding_is_one_line() -> None:
    """Findings can be compared line by line, however many line separators their texts hold."""
    run = every_hostile()
    lines = "".join(render(run)).split("\n")
    start = lines.index('"findings": [') + 1
    rows = lines[start : lines.index("],")]

    assert [json.loads(line.rstrip(","))["verdict"] for line in rows] == [f.verdict.code for f in run.findings()]
    assert len("".join(render(run)).splitlines()) == len(lines) - 1


def test_what_was_not_asked_has_an_empty_http() -> None:
    """Neither an excluded link nor a file of the site itself was asked over HTTP; the object is there all the same."""
    empty: dict[str, object] = {
        "status": None,
        "final_url": None,
        "hops": [],
        "error": None,
        "attempts": 0,
        "elapsed": None,
        "bytes": 0,
    }
    assert only(code=Code.EXCLUDED, observation=None)["http"] == empty
    image = Image(format="png", width=1, height=1)
    asset = only(code=Code.OK, observation=observation(purpose=Purpose.ASSET, image=image))
    assert (asset["http"], asset["image"]["format"]) == (empty, "png")


def test_a_failure_has_an_error_and_no_status() -> None:
    """Without an answer there is no status; the error names its kind first."""
    outcome = Failure(kind=FailureKind.RESET, detail="closed within the answer", url="https://site.example/b")
    http = only(observation=observation(outcome=outcome, attempts=3))["http"]

    assert http == {
        "status": None,
        "final_url": "https://site.example/b",
        "hops": [],
        "error": "reset: closed within the answer",
        "attempts": 3,
        "elapsed": 0.2,
        "bytes": 5120,
    }


def test_absent_facts_are_null() -> None:
    """A page that says nothing is an object of nulls, never of empty texts."""
    row = only(observation=observation(page=page(title="", description="", author=None)))

    assert (row["page"]["title"], row["page"]["description"], row["page"]["author"]) == (None, None, None)
    assert only(observation=observation(image=Image(broken="no image")))["image"] is None
    assert only()["page"] is None


def test_each_place_has_its_own_verdict() -> None:
    """What depends on the card stands at the place; where nothing does, there is null."""
    row = only(
        code=Code.DRIFTED,
        places=(place(), place("_news/b.md")),
        place_verdicts=(verdict(Code.DRIFTED), None),
    )

    assert [each["verdict"] for each in row["places"]] == ["drifted", None]
    assert [each["because"] for each in row["places"]] == ["the evidence says drifted", None]


def test_times_are_utc_seconds() -> None:
    """A time of any zone is written in UTC, to the second."""
    east = timezone(timedelta(hours=5, minutes=30))

    assert only(since=datetime(2026, 11, 23, 1, 30, 0, 999_999, tzinfo=east))["since"] == "2026-11-22T20:00:00Z"


def test_a_long_title_is_kept_whole() -> None:
    """The report is data: a title of 100 kB is not cut."""
    title = "t" * 100_000

    assert only(observation=observation(page=page(title=title)))["page"]["title"] == title


def test_a_file_name_that_is_not_utf8_stays_readable() -> None:
    """A lone surrogate, which no strict JSON reader takes, stands as its visible escape."""
    assert only(places=(place("_news/\udcff.md"),))["places"][0]["path"] == "_news/\\udcff.md"


@given(st.text(st.characters(), max_size=60))
def test_any_text_comes_back(text: str) -> None:
    """Whatever a text holds, a reader gets it back, and the file shows none of it that acts on a terminal."""
    encoded = encode({"text": text})

    assert json.loads(encoded) == {"text": text.encode("utf-8", "backslashreplace").decode("utf-8")}
    assert len(encoded.splitlines()) == 1
    shown = "".join(character for character in encoded if printable(f"x{character}x") != f"x{character}x")
    assert shown == ""


def test_hostile_text_comes_back() -> None:
    """The worst text that the tests know is data like any other."""
    text = HOSTILE.replace("\udcff", "")

    assert only(verdict=verdict(because=text))["because"] == text


def test_a_status_beyond_the_registered_is_kept() -> None:
    """Servers answer with numbers such as 999; they are reported as they came."""
    row = only(observation=observation(outcome=Answered(url="https://site.example/a", status=999)))

    assert row["http"]["status"] == 999
    assert VALIDATOR.is_valid(load(report([finding(observation=observation(status=999))])))
