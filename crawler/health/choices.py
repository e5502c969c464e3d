"""What the user wants status codes to mean (`--accept CODE:ACTION`); it never makes a bot wall's answer a page's."""

from __future__ import annotations

from collections.abc import Callable

from crawler.health.evidence import Evidence, Fact, Rule
from crawler.health.policy import Action
from crawler.model import Code
from crawler.urls import host_of


def _chosen(action: Action, sentence: str) -> Callable[[Evidence], str | None]:
    def test(evidence: Evidence) -> str | None:
        answered = evidence.answered
        choice = evidence.policy.choice(answered.status) if answered else None
        if answered is None or choice is None or choice.action is not action or evidence.link.asset is not None:
            return None
        return f"{host_of(answered.url)} answers {answered.status}, {sentence} (accept {choice.written})"

    return test


RULES: tuple[Rule, ...] = (
    Rule(
        name="chosen_to_skip",
        code=Code.EXCLUDED,
        confidence=0.0,
        test=_chosen(Action.SKIP, "which is to be skipped"),
        needs=Fact.CHOICES,
    ),
    Rule(
        name="chosen_to_warn",
        code=Code.BLOCKED,
        confidence=0.0,
        test=_chosen(Action.WARN, "which is to be told and to prove nothing"),
        needs=Fact.CHOICES,
    ),
    Rule(
        name="chosen_as_error",
        code=Code.NOT_FOUND,
        confidence=0.9,
        test=_chosen(Action.ERROR, "which is to count as broken"),
        needs=Fact.CHOICES,
    ),
)
"""After walls and parked domains, before what is usually made of a status. `ok` is no rule: such an answer is judged by
what it holds, as any other that is accepted."""
