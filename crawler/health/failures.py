"""No answer in, the verdict on it out: one row for each kind of failure."""

from __future__ import annotations

from crawler.health.evidence import Evidence, Fact, Rule
from crawler.model import Answered, Code, FailureKind
from crawler.urls import host_of

_ROWS: tuple[tuple[FailureKind, Code, float, str], ...] = (
    (FailureKind.UNSAFE_ADDRESS, Code.UNSAFE_ADDRESS, 0.0, "{host} leads to an address that is not public"),
    (
        FailureKind.DNS_NOT_FOUND,
        Code.DNS_TEMPORARY,
        0.3,
        "the name {host} was not found, which one answer does not prove",
    ),
    (FailureKind.DNS_TEMPORARY, Code.DNS_TEMPORARY, 0.05, "the name {host} could not be looked up"),
    (FailureKind.CONNECT_REFUSED, Code.CONNECT_FAILED, 0.2, "{host} refuses connections"),
    (FailureKind.CONNECT_FAILED, Code.CONNECT_FAILED, 0.2, "{host} cannot be reached"),
    (FailureKind.CONNECT_TIMEOUT, Code.TIMEOUT, 0.2, "{host} does not answer connection attempts"),
    (FailureKind.TLS_EXPIRED, Code.TLS_INVALID, 0.3, "the certificate of {host} is not valid today"),
    (FailureKind.TLS_WRONG_HOST, Code.TLS_INVALID, 0.3, "the certificate that {host} shows is for other hosts"),
    (
        FailureKind.TLS_SELF_SIGNED,
        Code.TLS_INVALID,
        0.3,
        "the certificate of {host} is signed by nobody that is trusted",
    ),
    (
        FailureKind.TLS_INCOMPLETE_CHAIN,
        Code.TLS_INCOMPLETE_CHAIN,
        0.0,
        "{host} does not send its intermediate certificate; browsers fetch it by themselves",
    ),
    (FailureKind.TLS_FAILED, Code.TLS_INVALID, 0.2, "no TLS connection with {host} comes about"),
    (FailureKind.RESET, Code.CONNECT_FAILED, 0.2, "{host} closes the connection instead of answering"),
    (FailureKind.TRUNCATED, Code.CONNECT_FAILED, 0.2, "{host} breaks off in the middle of its answer"),
    (FailureKind.TIMEOUT, Code.TIMEOUT, 0.2, "{host} does not answer in time"),
    (FailureKind.PROTOCOL, Code.SERVER_ERROR, 0.1, "what {host} answers is not HTTP"),
    (FailureKind.BAD_ENCODING, Code.SERVER_ERROR, 0.1, "the body that {host} sends does not decompress"),
    (FailureKind.REDIRECT_LOOP, Code.REDIRECT_LOOP, 0.5, "the redirects go round in a circle"),
    (FailureKind.TOO_MANY_REDIRECTS, Code.REDIRECT_LOOP, 0.4, "the redirects do not end"),
    (FailureKind.BAD_REDIRECT, Code.REDIRECT_LOOP, 0.4, "the redirect leads nowhere"),
    (FailureKind.PROXY, Code.CONNECT_FAILED, 0.0, "the proxy does not let the request through"),
    (
        FailureKind.DEFERRED,
        Code.RATE_LIMITED,
        0.0,
        "{host} asks for a longer wait than this run has; it comes first in the next",
    ),
    (
        FailureKind.ROBOTS_DISALLOWED,
        Code.ROBOTS_DISALLOWED,
        0.0,
        "the robots.txt of {host} does not allow the question",
    ),
)
"""(kind, verdict, confidence that the link is dead, the sentence)."""


def _row(kind: FailureKind, code: Code, confidence: float, sentence: str) -> Rule:
    def test(evidence: Evidence) -> str | None:
        failure = evidence.failure
        if failure is None or failure.kind is not kind:
            return None
        detail = f" ({failure.detail})" if failure.detail else ""
        return sentence.format(host=host_of(failure.url) or failure.url) + detail

    return Rule(name=str(kind), code=code, confidence=confidence, test=test, needs=Fact.FAILED)


def _name_gone(evidence: Evidence) -> str | None:
    """A resolver that fails says NXDOMAIN too (glibc does when packets are lost), so one answer never counts."""
    failure = evidence.failure
    if failure is None or failure.kind is not FailureKind.DNS_NOT_FOUND or not evidence.tally.resolved_hosts:
        return None
    if not any(before.kind is FailureKind.DNS_NOT_FOUND for before in evidence.failures_before):
        return None
    if evidence.before is not None and isinstance(evidence.before.outcome, Answered):
        return None  # a name that was there a week ago comes back more often than not: zones break, too
    return f"the name {host_of(failure.url)} does not exist, asked twice while other names were found"


RULES: tuple[Rule, ...] = (
    Rule(name="dns_gone_twice", code=Code.DNS_GONE, confidence=0.9, test=_name_gone, needs=Fact.FAILED),
    *(_row(*row) for row in _ROWS),
)
