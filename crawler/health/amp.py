"""An AMP link and its page in; whether the publisher has dropped AMP, or means another page by now, out.

A publisher that drops AMP leaves the page as it is, so this is a notice and never a dead link. The copy in an AMP cache
is derived from the AMP page, and caches keep stale copies and redirect what is invalid: it is judged by its origin.
"""

from __future__ import annotations

from crawler.health.evidence import Companion, Evidence, Fact, Rule
from crawler.model import Answered, Code, Health, Kind, Observation
from crawler.urls import split

_ALIVE = (Health.HEALTHY, Health.NOTICE)
_TELLING = (Health.UNSAFE, Health.BROKEN, Health.FAILING, Health.UNVERIFIABLE)
"""What an origin can be that its copy then is."""


def _companion(evidence: Evidence, kind: Kind) -> Companion | None:
    return evidence.companion if evidence.link.kind is kind else None


def _page_lives(companion: Companion | None) -> bool:
    return companion is not None and companion.page_code is not None and companion.page_code.health in _ALIVE


def _gone(evidence: Evidence) -> str | None:
    if not _page_lives(_companion(evidence, Kind.AMP)) or evidence.answered is None:
        return None
    if evidence.answered.status not in (404, 410):
        return None
    return f"the AMP page is gone ({evidence.answered.status}), its page lives"


def _leads_to_page(evidence: Evidence) -> str | None:
    companion, observation = _companion(evidence, Kind.AMP), evidence.observation
    if companion is None or observation is None or not observation.hops or not _page_lives(companion):
        return None
    page = observation.page
    if page is not None and page.is_amp:
        return None
    if _place(_final(observation)) in {_place(companion.page_url), _place(_final(companion.page))}:
        return "the AMP address leads to the page itself"
    return None


def _no_amp(evidence: Evidence) -> str | None:
    companion, observation = _companion(evidence, Kind.AMP), evidence.observation
    if companion is None or observation is None or observation.page is None or observation.page.is_amp:
        return None
    return "what stands at the AMP address is no AMP page (its root element is not marked)"


def _not_declared(evidence: Evidence) -> str | None:
    companion = _companion(evidence, Kind.AMP)
    if companion is None or companion.page is None or companion.page.page is None or not _page_lives(companion):
        return None
    if companion.page.page.amphtml is not None:
        return None
    return "the page no longer declares an AMP page (rel=amphtml)"


def _declared_elsewhere(evidence: Evidence) -> str | None:
    companion, observation = _companion(evidence, Kind.AMP), evidence.observation
    if companion is None or observation is None or companion.page is None or companion.page.page is None:
        return None
    declared = companion.page.page.amphtml
    if declared is None or _place(declared) in {_place(evidence.link.url), _place(_final(observation))}:
        return None
    return f"the page declares another AMP page: {declared}"


def _canonical_elsewhere(evidence: Evidence) -> str | None:
    companion, observation = _companion(evidence, Kind.AMP), evidence.observation
    if companion is None or observation is None or observation.page is None or observation.page.canonical is None:
        return None
    canonical = observation.page.canonical
    back = {companion.page_url, _final(companion.page)}
    if companion.page is not None and companion.page.page is not None:
        back |= {companion.page.page.canonical, companion.page.page.url}
    if _place(canonical) in {_place(url) for url in back}:
        return None
    return f"the AMP page is the AMP form of another page: {canonical}"


def _cache_of_dropped(evidence: Evidence) -> str | None:
    companion = _companion(evidence, Kind.AMP_CACHE)
    if companion is None or companion.amp_code is not Code.AMP_DROPPED:
        return None
    return "the publisher dropped the AMP page that this is a copy of"


def _not_derived(evidence: Evidence) -> str | None:
    companion = _companion(evidence, Kind.AMP_CACHE)
    if companion is None or companion.derived is None or companion.derived_agrees:
        return None
    return f"the copy of the card's ampWebUrl would be {companion.derived}"


def _cache_lives(evidence: Evidence) -> str | None:
    companion = _companion(evidence, Kind.AMP_CACHE)
    if companion is None or companion.amp_code is None or companion.amp_code.health not in _ALIVE:
        return None
    return "its origin, the AMP page, lives"


def _by_origin(code: Code) -> Rule:
    """What the origin is, its copy is: a cache's own answer proves nothing."""

    def test(evidence: Evidence) -> str | None:
        companion = _companion(evidence, Kind.AMP_CACHE)
        if companion is None or companion.amp_code is not code:
            return None
        return f"its origin, the AMP page, is {code}"

    return Rule(
        name=f"amp_origin_{code}",
        code=code,
        confidence=0.5 if code.health is Health.BROKEN else 0.0,
        test=test,
        needs=Fact.AMP_CACHE,
    )


CACHE_RULES: tuple[Rule, ...] = (
    Rule(
        name="amp_cache_of_dropped", code=Code.AMP_DROPPED, confidence=0.0, test=_cache_of_dropped, needs=Fact.AMP_CACHE
    ),
    Rule(name="amp_cache_not_derived", code=Code.AMP_MISMATCH, confidence=0.0, test=_not_derived, needs=Fact.AMP_CACHE),
    Rule(name="amp_cache_by_origin", code=Code.OK, confidence=0.0, test=_cache_lives, needs=Fact.AMP_CACHE),
    *(_by_origin(code) for code in Code if code.health in _TELLING and code is not Code.ASSET_MISSING),
)
GONE_RULES: tuple[Rule, ...] = (
    Rule(name="amp_gone", code=Code.AMP_DROPPED, confidence=0.0, test=_gone, needs=Fact.AMP),
    Rule(name="amp_leads_to_page", code=Code.AMP_DROPPED, confidence=0.0, test=_leads_to_page, needs=Fact.AMP),
)
PAGE_RULES: tuple[Rule, ...] = (
    Rule(name="amp_not_marked", code=Code.AMP_DROPPED, confidence=0.0, test=_no_amp, needs=Fact.AMP),
    Rule(name="amp_not_declared", code=Code.AMP_DROPPED, confidence=0.0, test=_not_declared, needs=Fact.AMP),
    Rule(
        name="amp_declared_elsewhere", code=Code.AMP_MISMATCH, confidence=0.0, test=_declared_elsewhere, needs=Fact.AMP
    ),
    Rule(
        name="amp_canonical_elsewhere",
        code=Code.AMP_MISMATCH,
        confidence=0.0,
        test=_canonical_elsewhere,
        needs=Fact.AMP,
    ),
)


def _final(observation: Observation | None) -> str | None:
    outcome = observation.outcome if observation else None
    return outcome.url if isinstance(outcome, Answered) else None


def _place(url: str | None) -> tuple[str, str, str] | None:
    """A URL for comparing: scheme, `www.` and the last slash say nothing of which page is meant."""
    if not url:
        return None
    parts = split(url)
    return ((parts.hostname or "").removeprefix("www."), parts.path.rstrip("/"), parts.query)
