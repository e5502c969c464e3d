"""Evidence in, a verdict out: the first row that holds decides, and its name travels into every report."""

from __future__ import annotations

from crawler.health import content, failures, status, unasked
from crawler.health.evidence import Evidence, Rule, digest_of
from crawler.model import Verdict

RULES: tuple[Rule, ...] = (*unasked.RULES, *failures.RULES, *status.RULES, *content.RULES)
"""In order of precedence: not asked, no answer, block headers and status, what was answered and how."""


def judge(evidence: Evidence) -> Verdict:
    """The verdict on one link."""
    for rule in RULES:
        because = rule.test(evidence)
        if because is not None:
            return Verdict(code=rule.code, rule=rule.name, because=because, confidence=rule.confidence)
    raise AssertionError(f"no rule holds for {evidence.link.url}")  # the last rows leave no case out


def digest(*more: object) -> str:
    """Identifies the rules in force, so that a verdict made by others is made anew."""
    return digest_of(RULES, *more)
