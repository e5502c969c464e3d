"""What users make of status codes and verdicts."""

from __future__ import annotations

import pytest

from crawler.errors import ConfigError
from crawler.health.judge import digest, judge
from crawler.health.policy import OVERRIDE, policies_of, policy_of
from crawler.model import Code, Health, Verdict
from crawler.settings import AuditSettings, HostSettings, HostTable
from tests.health.evidence import answer, seen


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("200", ((200, 200),)),
        ("200..=204", ((200, 204),)),
        ("200..205", ((200, 204),)),
        ("..300", ((100, 299),)),
        ("500..", ((500, 999),)),
        ("4xx, 200", ((400, 499), (200, 200))),
        ("404:skip", ((200, 299),)),
        ("200, 404:skip", ((200, 200),)),
    ],
)
def test_ranges_are_written_as_lychee_writes_them(text: str, expected: tuple[tuple[int, int], ...]) -> None:
    """Users of lychee need not learn a second way; actions leave the default in force."""
    assert policy_of([text]).accept == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ok", r"'ok' is no status code or range; write 200"),
        ("200..=", r"no status code or range"),
        ("20", r"no status code or range"),
        ("600..500", r"'600..500' holds no status code; the lower end comes first"),
        ("300..300", r"'300..300' holds no status code"),
        ("404:ignore", r"'404:ignore': no such action as 'ignore'; known are ok, skip, warn, error"),
        ("4x:ok", r"'4x' is no status code or range"),
    ],
)
def test_what_is_none_is_refused(text: str, message: str) -> None:
    """With the forms that are known."""
    with pytest.raises(ConfigError, match=message):
        policy_of([text])


@pytest.mark.parametrize(
    ("text", "status", "code", "health"),
    [
        ("404:ok", 404, Code.OK, Health.HEALTHY),
        ("5xx:skip", 503, Code.EXCLUDED, Health.SKIPPED),
        ("403:warn", 403, Code.BLOCKED, Health.UNVERIFIABLE),
        ("404:warn", 404, Code.BLOCKED, Health.UNVERIFIABLE),
        ("429:error", 429, Code.NOT_FOUND, Health.BROKEN),
        ("204:error", 204, Code.NOT_FOUND, Health.BROKEN),
        ("404:skip,4xx:error", 404, Code.EXCLUDED, Health.SKIPPED),
        ("404:skip", 410, Code.GONE, Health.BROKEN),
    ],
)
def test_a_code_means_what_its_action_says(text: str, status: int, code: Code, health: Health) -> None:
    """As in linkinator; the first that fits counts, and the reason names it."""
    verdict = judge(seen(answer(status), policy=policy_of([text])))

    assert (verdict.code, verdict.code.health) == (code, health)
    assert code in (Code.OK, Code.GONE) or f"accept {text.split(',')[0]}" in verdict.because


@pytest.mark.parametrize("text", ["403:ok", "403:skip", "403:error", "403"])
def test_no_choice_makes_a_challenge_pass_as_a_page(text: str) -> None:
    """Nor as a missing one: it says nothing of the page."""
    challenge = answer(403, headers={"cf-mitigated": "challenge"})

    assert judge(seen(challenge, policy=policy_of([text]))).code is Code.BLOCKED


def test_a_host_has_a_policy_of_its_own() -> None:
    """By its name, or by the nearest domain above it; elsewhere the common one holds."""
    table = HostTable(
        rows={
            "a.example": HostSettings(accept=("404",)),
            "*.example": HostSettings(accept=("403",)),
            "*.b.example": HostSettings(verdict={Code.NOT_FOUND: Code.BLOCKED}),
        }
    )
    policies = policies_of(AuditSettings(), table)

    accepted = {host: policies.of(f"https://{host}/x").accept for host in ("a.example", "c.example", "example")}
    assert accepted == {"a.example": ((404, 404),), "c.example": ((403, 403),), "example": ((200, 299),)}
    assert policies.of("https://w.b.example/").verdict == ((Code.NOT_FOUND, Code.BLOCKED),)
    assert policies.of("https://w.b.example/").accept == ((200, 299),)
    assert policies.of("not a URL [").accept == ((200, 299),)


def test_a_bad_choice_is_told_with_its_host() -> None:
    """So that it is found in the file."""
    table = HostTable(rows={"a.example": HostSettings(accept=("x",))})

    with pytest.raises(ConfigError, match=r'\[hosts\."a\.example"\] accept: .x. is no status code'):
        policies_of(AuditSettings(), table)


def test_an_overridden_verdict_names_both_in_its_reason() -> None:
    """And its rule is the user's."""
    table = HostTable(rows={"a.example": HostSettings(verdict={Code.NOT_FOUND: Code.BLOCKED})})
    policy = policies_of(AuditSettings(), table).of("https://a.example/x")
    found = policy.overridden(Verdict(code=Code.NOT_FOUND, rule="not_found", because="it says so", confidence=0.9))

    assert found == Verdict(
        code=Code.BLOCKED,
        rule=OVERRIDE,
        because='it says so; [hosts."a.example"] calls not_found blocked',
        confidence=0.0,
    )
    assert policy.overridden(Verdict(code=Code.OK, rule="answered", because="")).code is Code.OK


def test_a_changed_policy_judges_the_past_anew() -> None:
    """Of one host, too."""
    table = HostTable(rows={"a.example": HostSettings(accept=("404",))})

    assert digest(policies_of(AuditSettings(), HostTable()).facts) != digest(policies_of(AuditSettings(), table).facts)
