"""All findings of a run in, how many there are of each kind out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from crawler.health.hints import HintTally
from crawler.model import Change, Code, Finding, Health, State, Summary


def counted(findings: Iterable[Finding], tally: HintTally) -> tuple[Summary, tuple[tuple[str, int], ...], int]:
    """(counts, those of known problems, links)."""
    health: Counter[str] = Counter()
    verdict: Counter[str] = Counter()
    state: Counter[str] = Counter()
    change: Counter[str] = Counter()
    known: Counter[str] = Counter()
    for finding in findings:
        tally.add(finding)
        code = finding.verdict.code
        health[code.health] += 1
        verdict[code] += 1
        state[finding.state] += 1
        change[finding.change or ""] += 1
        if finding.baseline is not None and not finding.baseline.expired:
            known.update((str(code.health), str(code), str(finding.state)))
    summary = Summary(
        health=_counts(Health, health),
        verdict=_counts(Code, verdict),
        state=_counts(State, state),
        change=_counts(Change, change),
    )
    return summary, tuple(sorted(known.items())), health.total()


def _counts(kinds: type[StrEnum], number: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple((str(kind), number[kind]) for kind in kinds)
