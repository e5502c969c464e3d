"""Links that were not asked, and files of the site itself."""

from __future__ import annotations

from crawler.health.evidence import Evidence, Fact, Rule
from crawler.model import Code


def _invalid(evidence: Evidence) -> str | None:
    return evidence.link.invalid


def _excluded(evidence: Evidence) -> str | None:
    return evidence.link.excluded


def _asset_missing(evidence: Evidence) -> str | None:
    asset, answered = evidence.link.asset, evidence.answered
    missing = asset is not None and answered is not None and answered.status == 404
    return f"there is no file {asset} in the site" if missing else None


def _asset_unreadable(evidence: Evidence) -> str | None:
    asset, answered = evidence.link.asset, evidence.answered
    unreadable = asset is not None and answered is not None and answered.status == 403
    return f"the file {asset} of the site cannot be read; make it readable" if unreadable else None


def _offline(evidence: Evidence) -> str | None:
    return "not asked, since the run is offline" if evidence.observation is None and evidence.tally.offline else None


def _void(evidence: Evidence) -> str | None:
    return "the run is void" if evidence.observation is None and evidence.tally.void else None


def _interrupted(evidence: Evidence) -> str | None:
    if evidence.observation is None and evidence.tally.ended == "interrupted":
        return "not asked before the run was interrupted; the next run asks it first"
    return None


def _out_of_time(evidence: Evidence) -> str | None:
    if evidence.observation is None and evidence.tally.ended == "out_of_time":
        return "not asked within max_duration; the next run asks it first"
    return None


def _over_budget(evidence: Evidence) -> str | None:
    budget = evidence.tally.host_budget
    if evidence.observation is None and budget:
        return f"not asked, since {budget} links of this host were; the next run asks it first"
    return None


def _not_asked(evidence: Evidence) -> str | None:
    return "not asked in this run; the next run asks it first" if evidence.observation is None else None


RULES: tuple[Rule, ...] = (
    Rule(name="excluded", code=Code.EXCLUDED, confidence=0.0, test=_excluded),
    Rule(name="invalid_url", code=Code.INVALID_URL, confidence=1.0, test=_invalid),
    Rule(name="asset_missing", code=Code.ASSET_MISSING, confidence=1.0, test=_asset_missing, needs=Fact.ANSWERED),
    Rule(name="asset_unreadable", code=Code.ASSET_MISSING, confidence=0.9, test=_asset_unreadable, needs=Fact.ANSWERED),
    Rule(name="offline", code=Code.OFFLINE, confidence=0.0, test=_offline, needs=Fact.UNASKED),
    Rule(name="void_run", code=Code.DEFERRED, confidence=0.0, test=_void, needs=Fact.UNASKED),
    Rule(name="interrupted", code=Code.DEFERRED, confidence=0.0, test=_interrupted, needs=Fact.UNASKED),
    Rule(name="out_of_time", code=Code.DEFERRED, confidence=0.0, test=_out_of_time, needs=Fact.UNASKED),
    Rule(name="over_host_budget", code=Code.DEFERRED, confidence=0.0, test=_over_budget, needs=Fact.UNASKED),
    Rule(name="not_asked", code=Code.DEFERRED, confidence=0.0, test=_not_asked, needs=Fact.UNASKED),
)
