"""The verdict on one exchange."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec
import pytest

from crawler.health.evidence import Companion, Tally
from crawler.health.judge import RULES, digest, judge, rows_for
from crawler.health.policy import Policy, policy_of
from crawler.health.tally import tally_of
from crawler.model import Answered, Code, Failure, FailureKind, Features, Health, Hop, Image, Kind, Page, Purpose
from tests.health.evidence import URL, answer, failed, link, seen

PAGE = Page(title="A story")


@pytest.mark.parametrize(
    ("status", "code", "rule"),
    [
        (200, Code.OK, "answered"),
        (206, Code.OK, "answered"),
        (304, Code.OK, "answered"),
        (400, Code.BLOCKED, "refused"),
        (401, Code.AUTH_REQUIRED, "login_needed"),
        (402, Code.AUTH_REQUIRED, "login_needed"),
        (403, Code.BLOCKED, "refused"),
        (404, Code.NOT_FOUND, "not_found"),
        (405, Code.BLOCKED, "refused"),
        (406, Code.BLOCKED, "refused"),
        (407, Code.AUTH_REQUIRED, "proxy_login_needed"),
        (408, Code.TIMEOUT, "request_timeout"),
        (410, Code.GONE, "gone"),
        (418, Code.BLOCKED, "refused"),
        (429, Code.RATE_LIMITED, "too_many_requests"),
        (451, Code.LEGAL_BLOCK, "legal_reasons"),
        (500, Code.SERVER_ERROR, "server_error"),
        (503, Code.SERVER_ERROR, "server_error"),
        (522, Code.SERVER_ERROR, "server_error"),
        (999, Code.BLOCKED, "status_beyond_599"),
        (300, Code.REDIRECT_LOOP, "redirect_without_target"),
        (102, Code.SERVER_ERROR, "unexpected_status"),
    ],
)
def test_a_status_alone_has_its_verdict(status: int, code: Code, rule: str) -> None:
    """Only 404 and 410 say that a page is gone; refusals and hiccups say nothing of it."""
    verdict = judge(seen(answer(status)))

    assert (verdict.code, verdict.rule) == (code, rule)


@pytest.mark.parametrize(
    ("status", "header", "value"),
    [
        (403, "cf-mitigated", "challenge"),
        (429, "cf-mitigated", "challenge"),
        (404, "cf-mitigated", "challenge"),
        (202, "x-amzn-waf-action", "challenge"),
        (405, "x-amzn-waf-action", "captcha"),
        (403, "x-datadome", "blocked"),
        (200, "x-vercel-mitigated", "challenge"),
        (403, "akamai-cache-status", "Error from child"),
    ],
)
def test_block_headers_outrank_the_status(status: int, header: str, value: str) -> None:
    """What a bot wall answers says nothing of the page, at any status."""
    assert judge(seen(answer(status, headers={header: value}))).code is Code.BLOCKED


@pytest.mark.parametrize(
    ("status", "header", "value", "code"),
    [
        (200, "x-datadome", "protected", Code.OK),
        (404, "x-datadome", "protected", Code.NOT_FOUND),
        (200, "akamai-cache-status", "Error from child", Code.OK),
        (410, "cf-ray", "8f1", Code.GONE),
    ],
)
def test_headers_of_healthy_answers_block_nothing(status: int, header: str, value: str, code: Code) -> None:
    """A real 404 behind a bot wall carries no challenge marker, and stays a 404."""
    assert judge(seen(answer(status, headers={header: value}))).code is code


def test_a_503_with_retry_after_is_a_limit_not_a_fault() -> None:
    """RFC 9110, 10.2.3: the server says when to come back."""
    assert judge(seen(answer(503, headers={"retry-after": "120"}))).code is Code.RATE_LIMITED


@pytest.mark.parametrize("kind", FailureKind)
def test_every_kind_of_failure_has_a_verdict(kind: FailureKind) -> None:
    """No failure is broken at first sight, and each says what happened."""
    verdict = judge(seen(failed(kind)))

    assert verdict.code.health in (Health.FAILING, Health.SKIPPED, Health.UNVERIFIABLE, Health.NOTICE)
    assert "as the socket says" in verdict.because


@pytest.mark.parametrize(
    ("before", "resolved", "code"),
    [
        ((), 3, Code.DNS_TEMPORARY),
        ((FailureKind.DNS_NOT_FOUND,), 0, Code.DNS_TEMPORARY),
        ((FailureKind.DNS_TEMPORARY,), 3, Code.DNS_TEMPORARY),
        ((FailureKind.DNS_NOT_FOUND,), 3, Code.DNS_GONE),
    ],
)
def test_a_name_is_gone_when_it_is_missing_twice_while_others_resolve(
    before: tuple[FailureKind, ...], resolved: int, code: Code
) -> None:
    """glibc says "no such name" when packets are lost, so one answer is no proof."""
    failures = tuple(failed(kind) for kind in before)
    evidence = seen(failed(FailureKind.DNS_NOT_FOUND), before=failures, tally=Tally(resolved_hosts=resolved))

    assert judge(evidence).code is code


@pytest.mark.parametrize("url", ["/assets/a.png", "https://site.example/assets/a.png"])
def test_files_of_the_site_say_nothing_of_a_host(url: str) -> None:
    """They are found without a resolver and without a web server, so that they make no missing name believed."""
    file = msgspec.structs.replace(answer(200, purpose=Purpose.ASSET, url="assets/a.png"), url=url)
    lost = msgspec.structs.replace(file, outcome=Answered(url="assets/b.png", status=404))

    assert tally_of([file, lost]) == Tally()


def test_a_name_that_answered_the_last_time_is_given_a_week() -> None:
    """Zones break, too, and one broken for a day is an outage; not so where the last run missed the name already."""
    missing = failed(FailureKind.DNS_NOT_FOUND)
    again = seen(missing, before=(missing,), tally=Tally(resolved_hosts=3))
    answered = msgspec.structs.replace(again, before=answer(403))
    unknown = msgspec.structs.replace(again, before=msgspec.structs.replace(answer(200), outcome=missing))

    assert judge(answered).code is Code.DNS_TEMPORARY
    assert judge(unknown).code is Code.DNS_GONE


def test_redirects_are_moved_only_if_every_hop_is_permanent() -> None:
    """301 and 308 mean "for good"; one 302 in between and the chain is temporary."""
    permanent = (Hop(url="http://a.example/story", status=301), Hop(url="https://a.example/story", status=308))
    mixed = (*permanent, Hop(url="https://b.example/story", status=302))

    assert judge(seen(answer(200, hops=permanent, page=PAGE))).code is Code.MOVED
    assert judge(seen(answer(200, hops=mixed, page=PAGE))).code is Code.REDIRECTED
    assert judge(seen(answer(404, hops=permanent))).code is Code.NOT_FOUND


def test_a_page_behind_an_image_url_is_the_wrong_type() -> None:
    """All peers pass it as healthy."""
    image = link(Kind.IMAGE)
    html = answer(200, features=Features(), image=Image(media="html"))
    json = answer(200, image=Image(media="json"))
    sound = answer(200, image=Image(format="jpeg", width=10, height=10))

    assert judge(seen(html, about=image)).code is Code.WRONG_TYPE
    assert judge(seen(json, about=image)).code is Code.WRONG_TYPE
    assert judge(seen(sound, about=image)).code is Code.OK


def test_an_image_that_does_not_decode_is_broken() -> None:
    """A 200 and a header are not yet a picture."""
    image = Image(format="jpeg", width=10, height=10, broken="the body ends early")

    assert judge(seen(answer(200, image=image), about=link(Kind.IMAGE))).code is Code.IMAGE_BROKEN


def test_what_is_not_asked_says_why() -> None:
    """Excluded, invalid, offline, interrupted: each has its own row."""
    assert judge(seen(None, about=link(excluded="removed: true"))).rule == "excluded"
    assert judge(seen(None, about=link(invalid="no host"))).code is Code.INVALID_URL
    assert judge(seen(None, tally=Tally(offline=True))).code is Code.OFFLINE
    assert judge(seen(None, tally=Tally(ended="interrupted"))).rule == "interrupted"
    assert judge(seen(None, tally=Tally(ended="out_of_time"))).rule == "out_of_time"
    assert judge(seen(None, tally=Tally(void="no network"))).rule == "void_run"
    assert judge(seen(None, tally=Tally(host_budget=5))).rule == "over_host_budget"
    assert judge(seen(None)).code is Code.DEFERRED


def test_a_missing_file_of_the_site_is_told_apart_from_a_missing_page() -> None:
    """A copied file is checked on disk."""
    asset = link(Kind.IMAGE, asset="assets/a.jpg")

    assert judge(seen(answer(404, purpose=Purpose.ASSET), about=asset)).code is Code.ASSET_MISSING
    assert judge(seen(answer(403, purpose=Purpose.ASSET), about=asset)).rule == "asset_unreadable"
    assert judge(seen(answer(200, purpose=Purpose.ASSET, image=Image(format="png")), about=asset)).code is Code.OK


def test_accepted_statuses_are_the_users_choice() -> None:
    """`accept` replaces the default, and cannot make a challenge pass."""
    policy = policy_of(["200..=204,403"])

    assert judge(seen(answer(403), policy=policy)).code is Code.OK
    assert judge(seen(answer(403, headers={"cf-mitigated": "challenge"}), policy=policy)).code is Code.BLOCKED
    assert judge(seen(answer(206), policy=policy)).code is Code.SERVER_ERROR


def test_rule_names_are_distinct_and_their_digest_follows_the_policy() -> None:
    """A rule's name identifies it in every report; a changed policy re-judges the past."""
    names = [rule.name for rule in RULES]

    assert len(names) == len(set(names))
    assert digest(Policy()) == digest(Policy())
    assert digest(Policy()) != digest(Policy(accept=((200, 200),)))


def test_failures_are_told_without_a_link_to_them_being_dead() -> None:
    """The kinds that a later attempt may cure are never `broken` at once."""
    codes = {judge(seen(Failure(kind=kind, detail="", url="https://a.example/"))).code for kind in FailureKind}

    assert not {code for code in codes if code.health is Health.BROKEN}


LARGE = Features(heading="A story", h1=("A story",), lead="It was a dark night.", prose=5_000, visible=9_000)
SMALL = Features(heading="Page not found", h1=("Log in",), lead="This domain is for sale", visible=30, password=True)
BODIES: tuple[dict[str, Any], ...] = (
    {"page": Page(title="A story", canonical=URL), "features": LARGE},
    {"page": PAGE, "features": SMALL},
    {"features": msgspec.structs.replace(LARGE, refresh="https://login.a.example/login?next=/story", paywall=True)},
    {"image": Image(media="html", broken="cut off", suspicious="a pixel")},
    {},
)
ENDS = (URL, "https://a.example/", "https://login.other.example/404?returnUrl=/story")


def test_what_a_row_needs_is_there_wherever_it_holds() -> None:
    """Rows that are not entered would not have held."""
    seen_by = [
        answer(status, headers={"cf-mitigated": "challenge"} if status == 403 else None, url=end, hops=hops, **body)
        for status, body, end, hops in itertools.product(
            (200, 304, 403, 404, 410, 503), BODIES, ENDS, ((), (Hop(url=URL, status=301),), (Hop(url=URL, status=302),))
        )
    ]
    sibling = answer(200, url="https://a.example/vhdkqiwurn", features=SMALL, purpose=Purpose.SIBLING)
    companion = Companion(page_url=URL, page=answer(200, page=PAGE), page_code=Code.OK, amp_code=Code.OK)
    count = 0
    for observation, kind, answers in itertools.product(
        [*seen_by, *map(failed, FailureKind), None], Kind, ((), (sibling,), (answer(404, purpose=Purpose.CONTROL),))
    ):
        evidence = msgspec.structs.replace(seen(observation, about=link(kind)), answers=answers, companion=companion)
        holding = [rule for rule in RULES if rule.test(evidence) is not None]
        count += len(holding)
        assert [rule.name for rule in holding if rule.needs not in evidence.facts] == []
        assert judge(evidence).rule == holding[0].name

    assert count > 4_000


def test_few_rows_are_entered_for_a_sound_page() -> None:
    """What cannot hold for a large page that answers 200 costs nothing."""
    evidence = seen(answer(200, page=PAGE, features=LARGE))

    assert len(rows_for(evidence.facts)) < len(RULES) / 4
