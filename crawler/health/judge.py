"""Evidence in, a verdict out: the first row that holds decides, and its name travels into every report."""

from __future__ import annotations

from functools import lru_cache

from crawler.health import (
    access,
    amp,
    choices,
    consent,
    content,
    controls,
    failures,
    hijack,
    logins,
    parking,
    phrases,
    soft404,
    status,
    targets,
    unasked,
    vacant,
    video,
    walls,
)
from crawler.health.evidence import Evidence, Fact, Rule, digest_of
from crawler.model import Verdict

RULES: tuple[Rule, ...] = (
    *unasked.RULES,
    *amp.CACHE_RULES,
    *failures.RULES,
    *status.BLOCKS,
    *walls.RULES,
    *parking.RULES,
    *vacant.RULES,
    *choices.RULES,
    *controls.RULES,
    *amp.GONE_RULES,
    *status.RULES,
    *logins.TARGET_RULES,
    *consent.TARGET_RULES,
    *targets.RULES,
    *consent.PAGE_RULES,
    *access.RULES,
    *video.RULES,
    *vacant.PAGE_RULES,
    *soft404.RULES,
    *logins.PAGE_RULES,
    *hijack.RULES,
    *soft404.SIBLING_RULES,
    *amp.PAGE_RULES,
    *content.RULES,
)
"""In order of precedence: not asked; no answer; walls; parked or vacant whatever the status; status; where a redirect
ended; what the page says; what it holds, and how it was reached."""

TABLES = (
    walls.SIGNS,
    parking.SIGNS,
    vacant.SIGNS,
    consent.SIGNS,
    access.SIGNS,
    logins.SIGNS,
    soft404.MARKERS,
    hijack.TRADES,
    phrases.PATTERNS,
    phrases.HINTS,
    phrases.ABOUT,
    parking.OFFERS,
    phrases.wordings(),
    video.PROVIDERS,
)
"""What the rules look up."""


def judge(evidence: Evidence) -> Verdict:
    """The verdict on one link."""
    for rule in rows_for(evidence.facts):
        because = rule.test(evidence)
        if because is not None:
            return Verdict(code=rule.code, rule=rule.name, because=because, confidence=rule.confidence)
    raise AssertionError(f"no rule holds for {evidence.link.url}")  # the last rows leave no case out


@lru_cache(maxsize=256)
def rows_for(facts: frozenset[Fact]) -> tuple[Rule, ...]:
    """The rows of RULES that may hold where these facts do: 12 of them for a large page that answers 200."""
    return tuple(rule for rule in RULES if rule.needs in facts)


def digest(*more: object) -> str:
    """Identifies the rules in force, so that a verdict made by others is made anew."""
    return digest_of(RULES, TABLES, *more)
