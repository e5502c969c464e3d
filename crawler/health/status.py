"""What a status line and headers alone say; block headers outrank the status."""

from __future__ import annotations

from collections.abc import Callable

from crawler.health.evidence import Evidence, Fact, Rule
from crawler.model import Answered, Code
from crawler.urls import host_of

BLOCK_HEADERS: tuple[tuple[str, str, Callable[[str], bool], str], ...] = (
    ("cloudflare_challenge", "cf-mitigated", lambda value: value == "challenge", "Cloudflare"),
    ("aws_waf_action", "x-amzn-waf-action", lambda value: value in ("challenge", "captcha"), "AWS WAF"),
    # "protected" is what DataDome says on pages that it lets through.
    ("datadome_block", "x-datadome", lambda value: value not in ("", "protected"), "DataDome"),
    ("datadome_verdict", "x-dd-b", lambda value: value in ("1", "2"), "DataDome"),
    ("vercel_challenge", "x-vercel-mitigated", lambda value: value in ("challenge", "deny"), "Vercel"),
    ("akamai_denied", "akamai-cache-status", lambda value: value.startswith("error"), "Akamai"),
    ("kasada_challenge", "x-kpsdk-ct", lambda value: value != "", "Kasada"),
)
"""(name, header, does its lower-case value mean a block, vendor). Sources: vendors' documentation; is-antibot, 2026."""

_HEADERS = frozenset(header for _, header, _, _ in BLOCK_HEADERS)
_ONLY_WITH_REFUSAL = ("akamai_denied", "kasada_challenge")
"""Headers that stand on healthy answers too, and count only on an answer outside 2xx and 3xx."""


def block_header(answered: Answered) -> tuple[str, str] | None:
    """(name of the row, vendor) if a header says that a bot wall answered instead of the site."""
    if _HEADERS.isdisjoint(name for name, _ in answered.headers):
        return None
    for name, header, means, vendor in BLOCK_HEADERS:
        value = answered.header(header)
        if value is None or not means(value.strip().lower()):
            continue
        if name in _ONLY_WITH_REFUSAL and answered.status < 400:
            continue
        return name, vendor
    return None


def _blocked_by_header(evidence: Evidence) -> str | None:
    answered = evidence.answered
    found = block_header(answered) if answered else None
    if not answered or not found:
        return None
    return (
        f"{found[1]} answers for {host_of(answered.url)} with a challenge ({found[0]}), so nothing is known of the page"
    )


def _status(low: int, high: int, sentence: str) -> Callable[[Evidence], str | None]:
    def test(evidence: Evidence) -> str | None:
        answered = evidence.answered
        if answered is None or not low <= answered.status <= high or evidence.policy.accepts(answered.status):
            return None
        return sentence.format(host=host_of(answered.url), status=answered.status)

    return test


def _unavailable_for_now(evidence: Evidence) -> str | None:
    answered = evidence.answered
    if answered is None or answered.status != 503 or evidence.policy.accepts(503):
        return None
    wait = answered.header("retry-after")
    return f"{host_of(answered.url)} asks to come back later (503, Retry-After: {wait})" if wait else None


def _no_target(evidence: Evidence) -> str | None:
    answered = evidence.answered
    if answered is None or not 300 <= answered.status <= 399 or answered.status == 304:
        return None
    if evidence.policy.accepts(answered.status):
        return None
    return f"{host_of(answered.url)} answers {answered.status} without saying where to go"


def _answers(name: str, code: Code, confidence: float, statuses: tuple[int, int], sentence: str) -> Rule:
    """A row for a range of statuses, ends included."""
    return Rule(name=name, code=code, confidence=confidence, test=_status(*statuses, sentence), needs=Fact.REFUSED)


BLOCKS: tuple[Rule, ...] = (
    Rule(name="block_header", code=Code.BLOCKED, confidence=0.0, test=_blocked_by_header, needs=Fact.ANSWERED),
)
RULES: tuple[Rule, ...] = (
    # 999 is LinkedIn's own; no registered status is above 599 (RFC 9110, 15).
    _answers("status_beyond_599", Code.BLOCKED, 0.0, (600, 999), "{host} refuses programs ({status})"),
    _answers("too_many_requests", Code.RATE_LIMITED, 0.0, (429, 429), "{host} says that it is asked too often (429)"),
    Rule(
        name="unavailable_for_now",
        code=Code.RATE_LIMITED,
        confidence=0.0,
        test=_unavailable_for_now,
        needs=Fact.REFUSED,
    ),
    _answers("login_needed", Code.AUTH_REQUIRED, 0.0, (401, 402), "{host} wants a login ({status})"),
    _answers("proxy_login_needed", Code.AUTH_REQUIRED, 0.0, (407, 407), "a proxy wants a login (407)"),
    _answers("legal_reasons", Code.LEGAL_BLOCK, 0.0, (451, 451), "withheld for legal reasons (451)"),  # RFC 7725
    _answers("gone", Code.GONE, 0.95, (410, 410), "{host} says that it is gone for good (410)"),
    _answers("not_found", Code.NOT_FOUND, 0.9, (404, 404), "{host} says that there is no such page (404)"),
    _answers("request_timeout", Code.TIMEOUT, 0.1, (408, 408), "{host} gave up waiting (408)"),
    _answers("refused", Code.BLOCKED, 0.0, (400, 499), "{host} refuses the request ({status}); the page may be fine"),
    _answers("server_error", Code.SERVER_ERROR, 0.1, (500, 599), "{host} has a fault of its own ({status})"),
    Rule(name="redirect_without_target", code=Code.REDIRECT_LOOP, confidence=0.3, test=_no_target, needs=Fact.REFUSED),
    _answers("unexpected_status", Code.SERVER_ERROR, 0.1, (100, 299), "{host} answers {status}, which is not accepted"),
)
