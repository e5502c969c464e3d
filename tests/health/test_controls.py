"""A 404 from a host that refuses whatever we ask."""

from __future__ import annotations

import msgspec
import pytest

from crawler.health.evidence import Tally
from crawler.health.hosts import LINKS
from crawler.health.judge import judge
from crawler.health.questions import questions
from crawler.health.tally import tally_of
from crawler.model import Code, FailureKind, Observation, Purpose
from tests.health.evidence import failed
from tests.health.pages import ARTICLE, evidence, html, seen

MISSING = seen(html("<h1>Not Found</h1>"), status=404)
FRONT = "https://a.example/"


def front(status: int, page: str = "", headers: dict[str, str] | None = None) -> Observation:
    """What the host's front page answers."""
    return seen(page, url=FRONT, status=status, headers=headers, purpose=Purpose.CONTROL)


@pytest.mark.parametrize("status", [401, 403, 405, 406, 429, 999])
def test_a_host_that_refuses_its_front_page_refuses(status: int) -> None:
    """So nothing is known of the page."""
    told = judge(evidence(MISSING, front(status)))

    assert (told.code, told.rule) == (Code.BLOCKED, "refused_like_the_host")


@pytest.mark.parametrize(
    "control",
    [
        front(200, html(title="Just a moment...")),
        front(202, headers={"x-amzn-waf-action": "challenge"}),
        front(200, html('<div id="px-captcha"></div>')),
    ],
    ids=["title", "header", "captcha"],
)
def test_a_wall_before_the_front_page_is_a_refusal_at_any_status(control: Observation) -> None:
    """Walls like 200."""
    assert judge(evidence(MISSING, control)).code is Code.BLOCKED


@pytest.mark.parametrize("status", [200, 404, 410, 500, 503])
def test_other_front_pages_leave_a_404_as_it_is(status: int) -> None:
    """A 404 at the front proves nothing: delivery networks have no front page."""
    assert judge(evidence(MISSING, front(status, html(ARTICLE)))).code is Code.NOT_FOUND


def test_another_link_of_the_host_is_control_enough() -> None:
    """Then nothing is asked; one that answers outweighs others that are refused."""
    answering = Tally(answering_hosts=frozenset({"a.example"}), refusing_hosts=frozenset({"a.example"}))
    refusing = Tally(refusing_hosts=frozenset({"a.example"}))

    assert judge(evidence(MISSING, tally=answering)).code is Code.NOT_FOUND
    assert judge(evidence(MISSING, tally=refusing)).code is Code.BLOCKED
    for tally in (answering, refusing):
        assert not questions(evidence(MISSING, tally=tally), seed="1")


def test_the_control_is_the_front_page_asked_once() -> None:
    """For a 404 without another link; not for the front page itself, nor where the answer is there."""
    asked = questions(evidence(MISSING), seed="1")

    assert [(one.request.url, one.request.purpose) for one in asked] == [(FRONT, Purpose.CONTROL)]
    assert not questions(evidence(seen("", url=FRONT, status=404)), seed="1")
    assert not questions(evidence(MISSING, front(200)), seed="1")


@pytest.mark.parametrize("status", [403, 405, 406])
def test_refusals_need_no_control(status: int) -> None:
    """They are called blocked whatever it says."""
    refused = seen(html("No"), status=status)

    assert judge(evidence(refused)).code is Code.BLOCKED
    assert not questions(evidence(refused), seed="1")


EMPTY = Tally(empty_hosts=frozenset({"a.example"}))


@pytest.mark.parametrize(
    ("before", "tally", "rule"),
    [
        (seen(html("No"), status=403), Tally(), "refused_before"),
        (seen(html(title="Just a moment...")), EMPTY, "refused_before"),
        (seen(html(ARTICLE)), EMPTY, "host_empty_at_once"),
        (seen(html(ARTICLE)), Tally(), "not_found"),
        (seen("", status=404), EMPTY, "not_found"),
        (None, EMPTY, "not_found"),
    ],
    ids=["refused", "walled", "all at once", "one link", "missing before", "never asked"],
)
def test_a_host_that_has_nothing_from_one_week_to_the_next_has_a_fault(
    before: Observation | None, tally: Tally, rule: str
) -> None:
    """For one week it is not believed: where it refused us it may do so still, else where it had several pages."""
    told = judge(evidence(MISSING, front(404), before=before, tally=tally))

    assert told.rule == rule


@pytest.mark.parametrize(("other", "empty"), [(None, True), (200, False), (403, False), (500, False)])
def test_a_host_is_empty_if_it_has_none_of_several_links(other: int | None, empty: bool) -> None:
    """Any other answer shows that more is behind it."""
    pages = [seen("", url=f"https://a.example/{number}", status=404 + 6 * (number % 2)) for number in range(LINKS)]
    more = [seen("", url="https://a.example/more", status=other)] if other else []

    assert tally_of([*pages, *more]).empty_hosts == (frozenset({"a.example"}) if empty else frozenset())
    assert not tally_of(pages[1:]).empty_hosts


def test_a_host_that_has_its_front_page_is_believed() -> None:
    """Its pages are gone, and it is not."""
    told = judge(evidence(MISSING, front(200, html(ARTICLE)), before=seen("", status=403), tally=EMPTY))

    assert told.code is Code.NOT_FOUND


@pytest.mark.parametrize(
    ("before", "code"),
    [
        (Code.BLOCKED, Code.BLOCKED),
        (Code.RATE_LIMITED, Code.BLOCKED),
        (Code.OK, Code.NOT_FOUND),
        (Code.ROBOTS_DISALLOWED, Code.NOT_FOUND),  # it was not asked
    ],
)
@pytest.mark.parametrize(
    "control",
    [msgspec.structs.replace(front(200), outcome=failed(FailureKind.TIMEOUT)), front(500), front(503)],
    ids=["silent", "500", "503"],
)
def test_a_front_page_that_fails_changes_nothing(control: Observation, before: Code, code: Code) -> None:
    """What was hidden by its word stays so until it speaks again."""
    told = judge(msgspec.structs.replace(evidence(MISSING, control), code_before=before))

    assert told.code is code
