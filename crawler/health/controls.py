"""A 404 from a host that refuses whatever we ask is a refusal, not a missing page.

connexion.canada.ca answers 404 to whatever is no browser, and LinkedIn did so to HEAD. What tells is a control: another
link of the host, or else its front page. A 404 of the front page proves nothing, since delivery networks have none.
Links that answer 403, 405 or 406 need no control: they are called blocked whatever it says.
"""

from __future__ import annotations

from crawler.health.evidence import Evidence, Rule
from crawler.health.tally import refuses
from crawler.model import Answered, Code
from crawler.urls import host_of, is_root

CONTROLLED = (404,)
"""Statuses that a control can turn into a refusal."""


def needs_control(evidence: Evidence) -> bool:
    """Whether only the host's front page can tell if a 404 means the page."""
    answered = evidence.answered
    if answered is None or answered.status not in CONTROLLED or is_root(answered.url):
        return False
    host = host_of(answered.url)
    return host not in evidence.tally.answering_hosts and host not in evidence.tally.refusing_hosts


def _refused_like_the_host(evidence: Evidence) -> str | None:
    answered, control = evidence.answered, evidence.control
    if answered is None or answered.status not in CONTROLLED or evidence.policy.accepts(answered.status):
        return None
    host = host_of(answered.url)
    if host in evidence.tally.answering_hosts:
        return None
    if host in evidence.tally.refusing_hosts:
        return f"{host} answers {answered.status} here and refuses other links, so this says nothing of the page"
    if control is None or not isinstance(control.outcome, Answered) or not refuses(control):
        return None
    return (
        f"{host} answers {answered.status} here and refuses its front page too ({control.outcome.status}), "
        "so this says nothing of the page"
    )


RULES: tuple[Rule, ...] = (
    Rule(name="refused_like_the_host", code=Code.BLOCKED, confidence=0.0, test=_refused_like_the_host),
)
