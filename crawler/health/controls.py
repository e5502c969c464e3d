"""A 404 from a host that refuses whatever we ask is a refusal, not a missing page.

connexion.canada.ca answers 404 to whatever is no browser, and LinkedIn did so to HEAD. What tells is a control: another
link of the host, or else its front page. A 404 of the front page proves nothing, since delivery networks have none.
Links that answer 403, 405 or 406 need no control: they are called blocked whatever it says.

What a host said the last time counts too: pages die one by one, so that a host which had pages, or refused us, and has
nothing at all one week later is more likely at fault. It is believed when it says so again.
"""

from __future__ import annotations

from crawler.health.evidence import Evidence, Fact, Rule
from crawler.health.tally import MISSING, refuses
from crawler.model import Answered, Code, Health, Observation
from crawler.urls import host_of, is_root

CONTROLLED = (404,)
"""Statuses that a control can turn into a refusal."""
FAULT = 500
"""From here on a status tells of a fault of the host's (RFC 9110, 15.6)."""


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


def _refused_before(evidence: Evidence) -> str | None:
    host = _empty(evidence)
    if host is None or not refuses(evidence.before):
        return None
    return (
        f"{host} refused this link the last time and has nothing now, front page included, which may be another refusal"
    )


def _still_refused(evidence: Evidence) -> str | None:
    answered, control = evidence.answered, evidence.control
    if answered is None or answered.status not in CONTROLLED or evidence.policy.accepts(answered.status):
        return None
    before = evidence.code_before
    if before is None or before.health is not Health.UNVERIFIABLE or before is Code.ROBOTS_DISALLOWED:
        return None  # what robots.txt asks to leave alone was not asked, and so not hidden
    if control is None or _tells(control):
        return None
    return f"{host_of(answered.url)} hid this link the last time, and its front page, which would tell, fails"


def _tells(control: Observation) -> bool:
    """Whether what the front page answered says anything of what the host does with us: a fault of its own does not."""
    return isinstance(control.outcome, Answered) and control.outcome.status < FAULT


def _empty_at_once(evidence: Evidence) -> str | None:
    host, before = _empty(evidence), evidence.before
    if host is None or host not in evidence.tally.empty_hosts or before is None:
        return None
    if not isinstance(before.outcome, Answered) or before.outcome.status in MISSING:
        return None
    return f"{host} has none of its pages any more, front page included, all at once, as hosts do that have a fault"


def _empty(evidence: Evidence) -> str | None:
    """The host that answered this link, if it does not know its front page either."""
    answered, control = evidence.answered, evidence.control
    if answered is None or answered.status not in MISSING or evidence.policy.accepts(answered.status):
        return None
    if control is None or not isinstance(control.outcome, Answered) or control.outcome.status not in MISSING:
        return None
    return host_of(answered.url)


RULES: tuple[Rule, ...] = (
    Rule(
        name="refused_like_the_host", code=Code.BLOCKED, confidence=0.0, test=_refused_like_the_host, needs=Fact.REFUSED
    ),
    Rule(name="refused_before", code=Code.BLOCKED, confidence=0.0, test=_refused_before, needs=Fact.REFUSED),
    Rule(name="still_refused", code=Code.BLOCKED, confidence=0.0, test=_still_refused, needs=Fact.REFUSED),
    Rule(name="host_empty_at_once", code=Code.SERVER_ERROR, confidence=0.3, test=_empty_at_once, needs=Fact.REFUSED),
)
