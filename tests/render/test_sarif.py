"""`report.sarif` is SARIF 2.1.0, and what GitHub's code scanning asks for."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import msgspec
import pytest
from jsonschema import Draft4Validator, FormatChecker

from crawler.model import Code, Health, Known, RunReport
from crawler.render.sarif_report import uri_of
from tests.render.formats import loaded, schema
from tests.render.records import NOW, every_hostile, every_verdict, finding, place, proposal, report, verdict

VALIDATOR = Draft4Validator(schema("sarif-2.1.0-rtm.5.json"), format_checker=FormatChecker())
URL = "https://site.example/a"


def run_of(run: RunReport) -> dict[str, Any]:
    only: dict[str, Any] = loaded("sarif", run)["runs"][0]
    return only


def result(line: str | None = None, **changes: Any) -> dict[str, Any]:
    """The one result of a report, whose card has `line` wherever it is looked for."""
    (only,) = run_of(report([finding(**changes)], line_of=lambda _path, _line: line))["results"]
    row: dict[str, Any] = only
    return row


def region(row: dict[str, Any]) -> dict[str, int]:
    found: dict[str, int] = row["locations"][0]["physicalLocation"]["region"]
    return found


@pytest.mark.parametrize("run", [every_verdict(), every_hostile(), report()], ids=["every", "hostile", "empty"])
def test_reports_are_valid(run: RunReport) -> None:
    """Every file is valid under the standard's schema, its URIs included."""
    assert [error.message for error in VALIDATOR.iter_errors(loaded("sarif", run))] == []


def test_the_schema_would_tell() -> None:
    """A blank in a URI, or a key that the standard does not know, is refused: the check is awake."""
    document = loaded("sarif", report([finding()]))
    document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = "_news/a b.md"
    document["runs"][0]["surprise"] = 1

    assert len(list(VALIDATOR.iter_errors(document))) == 2


def test_github_finds_what_it_needs() -> None:
    """Each rule and each result has what code scanning requires, no text is empty, and no address is a location."""
    run = run_of(every_verdict())
    rules = run["tool"]["driver"]["rules"]

    for rule in rules:
        texts = [
            rule["id"],
            rule["name"],
            *(rule[key]["text"] for key in ("shortDescription", "fullDescription", "help")),
        ]
        assert all(texts)
        assert max(map(len, texts)) <= 255
        assert len(rule["properties"]["tags"]) <= 10
        assert "security-severity" not in rule["properties"]
    for row in run["results"]:
        assert rules[row["ruleIndex"]]["id"] == row["ruleId"]
        assert row["message"]["text"]
        uri = row["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert not uri.startswith(("http", "./"))
        assert row["partialFingerprints"]["primaryLocationLineHash"].endswith(":1")


@pytest.mark.parametrize(
    ("health", "level"), [("unsafe", "error"), ("broken", "error"), ("failing", "warning"), ("notice", "note")]
)
def test_levels_follow_health(health: str, level: str) -> None:
    """Broken is an error, failing a warning, a notice a note."""
    for code in Code:
        if code.health == health:
            assert result(code=code)["level"] == level


@pytest.mark.parametrize("health", [Health.UNVERIFIABLE, Health.SKIPPED, Health.HEALTHY])
def test_what_cannot_be_told_is_no_result(health: Health) -> None:
    """Nobody is alarmed of what is well, was not asked, or cannot be checked from here."""
    found = [finding(code) for code in Code if code.health is health]

    assert run_of(report(found))["results"] == []


def test_one_result_for_each_place() -> None:
    """A link that stands in three cards is three alerts, each with a fingerprint of its own."""
    rows = run_of(report([finding(places=tuple(place(f"_news/{n}.md", 4) for n in range(3)))]))["results"]

    assert len({row["partialFingerprints"]["crawler/v1"] for row in rows}) == 3


def test_an_alert_survives_when_its_line_moves() -> None:
    """The fingerprint is made of verdict, card, field and URL, not of the line."""
    here, there = result(places=(place(line=7),)), result(places=(place(line=70, column=3),))
    other = result(places=(place(line=7, field="originalUrl"),))

    assert here["partialFingerprints"] == there["partialFingerprints"] != other["partialFingerprints"]


def test_columns_are_utf16_code_units() -> None:
    """A character beyond the basic plane counts for two, as `columnKind` says."""
    row = result(f"🚢: '{URL}'", places=(place(column=4, written=URL),))

    assert region(row) == {"startLine": 7, "startColumn": 6, "endLine": 7, "endColumn": 6 + len(URL)}
    assert run_of(report())["columnKind"] == "utf16CodeUnits"


@pytest.mark.parametrize("line", [None, "", "webUrl: https://changed.example/", "short"])
def test_without_the_line_there_is_no_column(line: str | None) -> None:
    """If the card cannot be read, or has changed since, the whole line is meant."""
    assert region(result(line, places=(place(column=9, written=URL),))) == {"startLine": 7}


def test_a_known_problem_is_suppressed() -> None:
    """With owner and reason; all other results say that they are not."""
    known = Known(reason="moves in May", owner="ann", expires=NOW.date())

    assert result(baseline=known)["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "known until 2026-11-22 (ann): moves in May"}
    ]
    assert result(baseline=msgspec.structs.replace(known, expired=True))["suppressions"] == []
    assert result()["suppressions"] == []


def test_a_fix_replaces_the_scalar() -> None:
    """The proposal's text stands in place of the old one, between the quotes."""
    row = result(
        f'  - webUrl: "{URL}"',
        places=(place(column=13, written=URL),),
        proposals=(proposal(),),
    )
    (replacement,) = row["fixes"][0]["artifactChanges"][0]["replacements"]

    assert replacement == {
        "deletedRegion": {"startLine": 7, "startColumn": 14, "endLine": 7, "endColumn": 14 + len(URL)},
        "insertedContent": {"text": "https://site.example/b"},
    }


def test_messages_hold_no_links_and_no_placeholders() -> None:
    """What SARIF would read as a link or a placeholder stands there as text."""
    text = result(verdict=verdict(because="see [here](https://bad.example/) and {0}"))["message"]["text"]

    assert "](" not in text
    assert "{{0}}" in text


def test_more_than_github_keeps_is_cut_and_told() -> None:
    """The 5,000 worst results are kept, the worst first, and a notification counts the others."""
    many = [
        finding(code, f"https://site.example/{code}/{number}", places=(place(f"_news/{number}.md"),))
        for code in (Code.DRIFTED, Code.NOT_FOUND)
        for number in range(3_000)
    ]
    run = run_of(report(many))

    assert [row["level"] for row in run["results"]] == ["error"] * 3_000 + ["note"] * 2_000
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notification["message"]["text"] == "1,000 further problems left out"


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("_news/a.md", "_news/a.md"),
        ("_news/a b#c?.md", "_news/a%20b%23c%3F.md"),
        ("_news/é.md", "_news/%C3%A9.md"),
        ("a:b.md", "a%3Ab.md"),
        ("/srv/cards/a.md", "file:///srv/cards/a.md"),
        ("C:/cards/a.md", "file:///C%3A/cards/a.md"),
        ("_news/\udcff.md", "_news/%FF.md"),
    ],
)
def test_paths_are_uris(path: str, uri: str) -> None:
    """Percent-encoded, relative if the path is, with the bytes that the file system has."""
    assert uri_of(path) == uri
    assert unquote(uri, errors="surrogateescape").endswith(path)
