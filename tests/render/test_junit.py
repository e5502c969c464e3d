"""`report.junit.xml` is what Jenkins' schema allows and what common readers read."""

from __future__ import annotations

import re

import pytest
import xmlschema
from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from crawler.model import Code, RunReport, Unreadable
from tests.render.formats import SCHEMAS, rendered
from tests.render.records import every_hostile, every_verdict, finding, place, report

XSD = (SCHEMAS / "junit-10.xsd").read_text(encoding="utf-8")
CLASSNAME = '<xs:attribute name="classname" type="xs:string"/>'
SCHEMA = xmlschema.XMLSchema(XSD.replace(CLASSNAME, CLASSNAME + '<xs:attribute name="file" type="xs:string"/>'))
"""With the attribute that GitLab reads and Jenkins' schema does not know."""


def suite(run: RunReport) -> TestSuite:
    (only,) = JUnitXml.fromstring(rendered("junit", run).encode())
    return only


def outcome(case: TestCase) -> str:
    return {Failure: "failure", Error: "error", Skipped: "skipped"}[type(case.result[0])] if case.result else ""


@pytest.mark.parametrize("run", [every_verdict(), every_hostile(), report()], ids=["every", "hostile", "empty"])
def test_reports_are_valid(run: RunReport) -> None:
    """Every file is valid under the schema, and its counts are those of its tests."""
    text = rendered("junit", run)
    SCHEMA.validate(text)
    found = suite(run)
    outcomes = [outcome(case) for case in found]

    assert (found.tests, found.failures, found.errors, found.skipped) == (
        len(outcomes),
        outcomes.count("failure"),
        outcomes.count("error"),
        outcomes.count("skipped"),
    )


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (Code.PARKED, ["failure"]),
        (Code.NOT_FOUND, ["failure"]),
        (Code.TIMEOUT, ["error"]),
        (Code.DRIFTED, ["", ""]),
        (Code.BLOCKED, ["skipped", ""]),
        (Code.EXCLUDED, ["skipped", ""]),
        (Code.OK, [""]),
    ],
)
def test_what_each_verdict_becomes(code: Code, expected: list[str]) -> None:
    """Dead fails, what may pass is an error, what was not asked is skipped; a card without either passes once."""
    assert [outcome(case) for case in suite(report([finding(code)]))] == expected


def test_each_clean_card_passes_once() -> None:
    """However many links it has, and not if one of them is bad."""
    found = [finding(Code.OK, f"https://{n}.example/", places=(place("_news/a.md", n),)) for n in range(1, 4)]
    bad = [
        finding(Code.OK, "https://4.example/", places=(place("_news/b.md"),)),
        finding(places=(place("_news/b.md"),)),
    ]
    cases = [(case.classname, case.name, outcome(case)) for case in suite(report([*found, *bad]))]

    assert cases == [
        ("_news/b.md", "https://site.example/a @ webUrl", "failure"),
        ("_news/a.md", "links", ""),
    ]


def test_a_card_that_cannot_be_read_is_an_error() -> None:
    """Nothing of it was checked, so it does not pass."""
    (case,) = suite(report(unreadable=(Unreadable(path="_news/a.md", line=3, because="two values for 'url'"),)))

    assert (case.classname, outcome(case)) == ("_news/a.md", "error")
    assert "_news/a.md:3" in case.result[0].text


def test_no_character_breaks_the_file() -> None:
    """Neither what XML cannot hold nor the end of a CDATA section."""
    text = rendered("junit", report([finding(places=(place("a\x00\ufffe\uffff]]>.md"),))]))

    assert re.search("[\x00\ufffe\uffff]", text) is None
    assert "]]&gt;" in text
