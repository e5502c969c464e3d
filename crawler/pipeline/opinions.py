"""One link and its past in, its finding out: evidence, verdicts of its places, standing, and whether it is known."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from crawler.health import claims, judge
from crawler.health.evidence import Companion, Evidence, Tally
from crawler.health.hidden import aged
from crawler.health.policy import Policies, policies_of
from crawler.health.questions import questions
from crawler.health.states import REPORTED, Others, standing
from crawler.history.records import LinkPast
from crawler.metadata.compare import excerpt_similarity, title_similarity
from crawler.model import Change, Code, Failure, Finding, Health, Observation, Picture, Question, Record, Verdict
from crawler.pipeline.baseline import Baseline, read
from crawler.settings import Settings


class Terms(Record, frozen=True):
    """The user's settings that findings depend on."""

    policies: Policies
    titles: str
    """How titles are compared."""
    baseline: Baseline


def terms_of(settings: Settings) -> Terms:
    """The terms in force; raises ConfigError."""
    return Terms(
        policies=policies_of(settings.audit, settings.hosts),
        titles=settings.metadata.title,
        baseline=read(Path(settings.root) / settings.audit.baseline),
    )


class Opinion(Record, frozen=True):
    """What was thought of one link, without its past."""

    judged: Verdict
    """What the rules say of the link itself."""
    verdict: Verdict
    """The worst of that and of its places' verdicts, as the user wants it."""
    places: tuple[Verdict | None, ...]


def evidence_of(
    past: LinkPast,
    observation: Observation | None,
    tally: Tally,
    terms: Terms,
    companion: Companion | None = None,
) -> Evidence:
    """What the rules may look at."""
    before = [one.outcome for one in past.asked[:-1]]
    if past.last is not None and past.asked:
        before.append(past.last.outcome)
    return Evidence(
        link=past.link,
        observation=observation,
        failures_before=tuple(outcome for outcome in before if isinstance(outcome, Failure)),
        answers=past.answers,
        before=past.last if past.asked else None,
        code_before=past.code_before,
        companion=companion,
        tally=tally,
        policy=terms.policies.of(past.link.url),
    )


def opinion_of(evidence: Evidence, terms: Terms) -> Opinion:
    """The link's verdict and its places'; with what the user wants instead, where that is set for the host."""
    overridden = evidence.policy.overridden
    own = judge.judge(evidence)
    places = claims.judge_places(
        evidence.link,
        evidence.observation,
        own,
        before=evidence.before,
        tally=evidence.tally,
        compare=_Texts(terms.titles),
    )
    places = tuple(overridden(place) if place else None for place in places)
    return Opinion(judged=own, verdict=claims.worst(overridden(own), places), places=places)


def finding_of(
    past: LinkPast,
    observation: Observation | None,
    opinion: Opinion,
    terms: Terms,
    *,
    now: datetime,
    others: Others = Others.WELL,
) -> Finding:
    """The finding; `now` dates what was not asked, and decides which known problems have expired."""
    code = opinion.verdict.code
    before = past.code_before
    asked_at = observation.asked_at if observation else now
    stands = standing(code, asked_at, past.votes, others=others)
    return Finding(
        link=past.link,
        observation=observation,
        verdict=aged(opinion.verdict, past.votes, now=asked_at),
        place_verdicts=opinion.places,
        state=stands.state,
        since=stands.since,
        before=before,
        change=_change(code, before, asked=bool(past.asked)),
        baseline=terms.baseline.of(past.link.url, code, today=now.date()),
        votes=past.votes,
        pictures=tuple(
            Picture(url=answer.url, thumbnail=answer.image.thumbnail)
            for answer in past.answers
            if answer.image and answer.image.thumbnail
        ),
    )


def _change(now: Code, before: Code | None, *, asked: bool) -> Change | None:
    """Compared with the last time that the link was asked: a partial run fixes nothing that it did not ask."""
    reported = before is not None and before.health in REPORTED
    if now.health in REPORTED:
        return Change.STILL if reported else Change.NEW
    return Change.FIXED if reported and asked and now.health is Health.HEALTHY else None


class Around(Record, frozen=True):
    """What stands around a link that is asked outside a run."""

    tally: Tally = Tally(resolved_hosts=1)
    companion: Companion | None = None
    others: Others = Others.WELL


def judge_once(past: LinkPast, settings: Settings, *, now: datetime, around: Around | None = None) -> Finding:
    """The finding for a link asked outside a run; its votes and its last observation are still the history's."""
    terms, around = terms_of(settings), around or Around()
    evidence = _outside(past, settings, terms, around)
    opinion = opinion_of(evidence, terms)
    return finding_of(past, evidence.observation, opinion, terms, now=now, others=around.others)


def questions_once(
    past: LinkPast, settings: Settings, *, seed: str, around: Around | None = None
) -> tuple[Question, ...]:
    """What has to be asked before a link that was asked outside a run can be judged."""
    return questions(_outside(past, settings, terms_of(settings), around or Around()), seed=seed)


def _outside(past: LinkPast, settings: Settings, terms: Terms, around: Around) -> Evidence:
    tally = msgspec.structs.replace(around.tally, offline=settings.audit.offline)
    return evidence_of(past, past.asked[-1] if past.asked else None, tally, terms, around.companion)


class _Texts:
    """How texts of cards and pages are compared, as the setting `metadata.title` wants it."""

    def __init__(self, mode: str) -> None:
        self._mode = mode

    def title(self, card: str, page: str | None, site: str | None) -> float:
        """1 where titles are not compared."""
        return 1.0 if self._mode == "keep" else title_similarity(card, page, site)

    def excerpt(self, card: str, description: str | None, lead: str | None) -> float:
        """The better of the page's description and its text."""
        return excerpt_similarity(card, description, lead)
