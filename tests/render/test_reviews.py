"""The reports that a code review shows: reviewdog's, GitLab's, GitHub's annotations, and lychee's for dashboards."""

from __future__ import annotations

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from crawler.model import Answered, Code, Hop, State, Unreadable
from tests.render.formats import loaded, rendered, schema
from tests.render.records import (
    NOW,
    every_hostile,
    every_verdict,
    finding,
    observation,
    place,
    proposal,
    report,
    verdict,
)

SCHEMA_OF = {
    "rdjson": "rdjson.schema.json",
    "gitlab": "gitlab-code-quality.schema.json",
    "lychee": "lychee.schema.json",
}
REPORTS = {"every": every_verdict(), "hostile": every_hostile(), "empty": report()}
URL = "https://site.example/a"
COMMAND = re.compile(r"::(error|warning|notice) file=([^,:]+),line=(\d+)(?:,col=(\d+))?,title=([^,:]+)::(.+)")


def diagnostics(line: str | None = None, **changes: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = loaded("rdjson", report([finding(**changes)], line_of=lambda _path, _line: line))[
        "diagnostics"
    ]
    return rows


@pytest.mark.parametrize("run", REPORTS)
@pytest.mark.parametrize("name", SCHEMA_OF)
def test_reports_are_valid(name: str, run: str) -> None:
    """Every file has the shape that its readers document, and no key beyond."""
    validator = Draft202012Validator(schema(SCHEMA_OF[name]))

    assert [error.message for error in validator.iter_errors(loaded(name, REPORTS[run]))] == []


def test_rdjson_columns_are_utf8_bytes() -> None:
    """The end is exclusive; a ship takes four bytes."""
    (row,) = diagnostics(f"🚢: {URL}", places=(place(column=4, written=URL),))

    assert row["location"]["range"] == {
        "start": {"line": 7, "column": 7},
        "end": {"line": 7, "column": 7 + len(URL)},
    }


def test_a_change_of_a_sound_link_is_suggested_as_information() -> None:
    """A page that has moved for good is no problem, and its new address is offered."""
    (row,) = diagnostics(f"webUrl: {URL}", code=Code.MOVED, state=State.STEADY, proposals=(proposal(),))

    assert row["severity"] == "INFO"
    assert row["suggestions"] == [
        {
            "range": {"start": {"line": 7, "column": 9}, "end": {"line": 7, "column": 9 + len(URL)}},
            "text": "https://site.example/b",
        }
    ]


def test_a_change_that_waits_is_not_suggested() -> None:
    """Nor is a sound link told without a suggestion."""
    assert diagnostics(f"webUrl: {URL}", code=Code.MOVED, proposals=(proposal(waits_until=NOW),)) == []


def test_a_part_of_a_change_is_not_suggested() -> None:
    """A picture without its new size would be half a repair; two places of one link are two whole ones."""
    here, there = place(line=7, written=URL), place(line=9, field="originalUrl", written=URL)
    size = proposal(field="width", old="300", new="640")

    (row,) = diagnostics(f"webUrl: {URL}", places=(here,), proposals=(proposal(), size))
    assert "suggestions" not in row
    rows = diagnostics(f"webUrl: {URL}", places=(here, there), proposals=(proposal(), proposal(field="originalUrl")))
    assert "suggestions" in rows[0]


def test_gitlab_tells_two_problems_apart() -> None:
    """Fingerprints differ by verdict, card, field and URL, and are the same in the next run."""
    run = every_verdict()
    prints = [row["fingerprint"] for row in loaded("gitlab", run)]

    assert len(set(prints)) == len(prints)
    assert [row["fingerprint"] for row in loaded("gitlab", run)] == prints


def test_github_shows_ten_of_each_level() -> None:
    """The worst ten, one for each link however many places it has, and a last line with what is left out."""
    found = [
        finding(code, f"https://{number}.example/{code}", places=tuple(place(f"_news/{n}.md") for n in range(3)))
        for code in (Code.NOT_FOUND, Code.PARKED, Code.TIMEOUT, Code.DRIFTED)
        for number in range(8)
    ]
    *lines, last = rendered("github", report(found)).splitlines()
    matches = [COMMAND.fullmatch(line) for line in lines]

    assert all(matches)
    assert [match[1] for match in matches if match] == ["error"] * 10 + ["warning"] * 8 + ["notice"] * 8
    assert "Domain is parked" in lines[0]
    assert lines[0].endswith(" and at 2 further places")
    assert last == "crawler: 6 further problems in the reports"


def test_nothing_of_a_page_is_a_command() -> None:
    """Line breaks, percent signs, colons and commas are escaped, so that each line is the one command that is meant."""
    evil = "a\r\n::error::b % ::stop-commands::x ##[add-mask]y, c: d"
    text = rendered("github", report([finding(places=(place(evil),), verdict=verdict(because=evil))]))

    assert len(text.splitlines()) == 1
    assert COMMAND.fullmatch(text.rstrip("\n"))
    assert "%25" in text


def test_a_card_that_cannot_be_read_is_a_warning() -> None:
    """In all of them, at its line."""
    run = report(unreadable=(Unreadable(path="_news/a.md", line=3, because="two values for 'url'"),))

    assert rendered("github", run) == (
        "::warning file=_news/a.md,line=3,title=Card could not be read::two values for 'url'\n"
    )
    assert loaded("gitlab", run)[0]["location"] == {"path": "_news/a.md", "lines": {"begin": 3}}
    assert loaded("rdjson", run)["diagnostics"][0]["severity"] == "WARNING"


def test_lychee_counts_places() -> None:
    """As lychee does; each place counts once, and the sum is the total."""
    document = loaded("lychee", every_verdict())
    kinds = ("successful", "unknown", "unsupported", "timeouts", "excludes", "errors")

    assert sum(document[name] for name in kinds) == document["total"]
    assert document["unique"] == len(list(every_verdict().findings()))
    assert sum(map(len, document["error_map"].values())) == document["errors"]
    assert sum(map(len, document["timeout_map"].values())) == document["timeouts"]


@pytest.mark.parametrize(("seconds", "expected"), [(0.2004, (0, 200)), (1.9996, (2, 0)), (3.0, (3, 0))])
def test_lychee_tells_durations_in_seconds_and_less_than_a_second(seconds: float, expected: tuple[int, int]) -> None:
    """A billion nanoseconds are one more second."""
    (row,) = loaded("lychee", report([finding(observation=observation(elapsed=seconds))]))["error_map"]["_news/a.md"]

    assert (row["duration"]["secs"], row["duration"]["nanos"] // 1_000_000) == expected


def test_lychee_shows_hops_and_statuses() -> None:
    """A refused status in lychee's words, and each address of the chain with the status that led on to it."""
    seen = observation(
        outcome=Answered(url="https://site.example/c", status=404),
        hops=(Hop(url=URL, status=301), Hop(url="https://site.example/b", status=302)),
    )
    (row,) = loaded("lychee", report([finding(observation=seen)]))["error_map"]["_news/a.md"]

    assert row["status"] == {"text": "Rejected status code: 404 Not Found", "code": 404}
    assert row["redirects"] == {
        "origin": URL,
        "redirects": [
            {"url": "https://site.example/b", "code": 301},
            {"url": "https://site.example/c", "code": 302},
        ],
    }
