"""The rows of the reports for people: the worst are kept, and the places that matter are named."""

from __future__ import annotations

import random

from crawler.model import Code, Health, State
from crawler.render.worst import NEEDS_A_HAND, concerned, worst
from tests.render.records import finding, place, verdict


def test_the_most_urgent_are_kept_in_any_order_of_arrival() -> None:
    """Of more findings than are shown, what is new comes first, then what is confirmed, then by card and line."""
    found = [
        finding(
            url=f"https://site.example/{number}", state=state, places=(place(f"_news/{number % 40:02}.md", number + 1),)
        )
        for number, state in enumerate([State.STILL, State.NEW, State.FLAKY, State.CONFIRMED] * 100)
    ]
    random.Random(7).shuffle(found)  # noqa: S311 - a fixed order, not a secret
    rows = worst(found, NEEDS_A_HAND, 150).of(Health.BROKEN)

    assert [row.state for row in rows] == [State.NEW] * 100 + [State.CONFIRMED] * 50
    assert [(row.spots[0].path, row.spots[0].line) for row in rows[:100]] == sorted(
        (row.spots[0].path, row.spots[0].line) for row in rows[:100]
    )


def test_healthy_findings_are_no_rows() -> None:
    """What is fine, skipped or not asked for is not listed."""
    found = worst([finding(Code.OK), finding(Code.EXCLUDED), finding(Code.BLOCKED)], NEEDS_A_HAND, 10)

    assert [rows for _, rows in found.rows] == [(), (), (), ()]


def test_unverifiable_links_are_counted_by_host_and_verdict() -> None:
    """The host that tells least stands first."""
    urls = ["https://a.example/1", "https://b.example/1", "http://b.example/2", "https://[bad"]
    found = worst([finding(Code.BLOCKED, url) for url in urls], NEEDS_A_HAND, 10)

    assert found.unverifiable == (
        ("b.example", Code.BLOCKED, 2),
        ("(no host)", Code.BLOCKED, 1),
        ("a.example", Code.BLOCKED, 1),
    )


def test_a_verdict_of_places_concerns_only_those() -> None:
    """Where the card decides, the places that agree with their page are not named."""
    places = (place("_news/a.md"), place("_news/b.md"), place("_news/c.md"), place("_news/d.md"))
    verdicts = (None, verdict(Code.DRIFTED), verdict(Code.OK), verdict(Code.IMAGE_SIZE_MISMATCH))
    found = concerned(finding(Code.DRIFTED, places=places, place_verdicts=verdicts))

    assert [(where.path, what.code) for where, what in found] == [
        ("_news/b.md", Code.DRIFTED),
        ("_news/d.md", Code.IMAGE_SIZE_MISMATCH),
    ]


def test_a_verdict_of_the_link_concerns_every_place_that_counts() -> None:
    """A dead link is dead wherever it stands, but excluded places are not named."""
    places = (place("_news/a.md", excluded="removed: true"), place("_news/b.md"))

    assert [where.path for where, _ in concerned(finding(places=places))] == ["_news/b.md"]
    assert [where.path for where, _ in concerned(finding(places=places[:1]))] == ["_news/a.md"]
