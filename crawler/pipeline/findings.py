"""A stored run in, its findings and report out. The same code serves `audit` and `report`: nothing is asked here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

import msgspec

from crawler import __version__
from crawler.health import claims, judge
from crawler.health.evidence import Companion, Evidence, Policy, Tally, ranges
from crawler.health.hosts import HostTally
from crawler.health.questions import questions
from crawler.health.states import REPORTED, Standing, standing
from crawler.health.tally import tally_of
from crawler.history.reading import History
from crawler.history.records import LinkPast, RunRow
from crawler.history.writing import HistoryWriter
from crawler.metadata.amp import cache_url, same_cache_url
from crawler.metadata.compare import excerpt_similarity, title_similarity
from crawler.model import (
    Change,
    Code,
    Failure,
    Finding,
    Health,
    HostRow,
    Kind,
    Observation,
    Purpose,
    Question,
    Record,
    RunFacts,
    RunReport,
    State,
    Summary,
    Verdict,
)
from crawler.pipeline.due import fresh
from crawler.settings import Settings
from crawler.urls import canonical


class Judged(Record, frozen=True):
    """A finding, and whether an observation of this run stands behind it."""

    finding: Finding
    asked: bool


class Opinion(Record, frozen=True):
    """What was thought of one link."""

    verdict: Verdict
    places: tuple[Verdict | None, ...]
    standing: Standing


REMEMBERED = 250_000
"""Opinions held so that each link is judged once for all reports; of a larger run the rest is judged each time."""


class Judging:
    """Judges one run of a history; its findings can be iterated as often as there are reports."""

    def __init__(self, history: History, run: RunRow, settings: Settings) -> None:
        self._history, self._run = history, run
        self._policy = Policy(accept=ranges(settings.audit.accept))
        self._tally = msgspec.structs.replace(
            tally_of(history.asked(run)),
            ended=run.ended,
            void=run.void,
            offline=settings.audit.offline,
            host_budget=settings.network.host_budget,
        )
        self._titles = settings.metadata.title
        self._opinions: dict[str, Opinion] = {}
        self.rules = judge.digest(self._policy, self._titles, __version__)
        """Digest of all that the verdicts depend on."""

    def findings(self) -> Iterator[Judged]:
        """Every link's finding, sorted by URL."""
        for past in self._history.links(self._run):
            yield self.judge(past)

    def judge(self, past: LinkPast) -> Judged:
        """One link's finding."""
        observation = _observation(past, self._run)
        opinion = self._opinions.get(past.link.url)
        if opinion is None:
            evidence = _evidence(past, observation, self._tally, self._policy, self._companion(past))
            opinion = _opinion(past, evidence, now=self._run.started, titles=self._titles)
            if len(self._opinions) < REMEMBERED:
                self._opinions[past.link.url] = opinion
        return Judged(finding=_finding(past, observation, opinion), asked=bool(past.asked))

    def _companion(self, past: LinkPast) -> Companion | None:
        """What an AMP link is judged with: its card's page, and for a copy in a cache the AMP page."""
        place = next((one for one in past.link.places if one.excluded is None), None)
        if past.link.kind not in (Kind.AMP, Kind.AMP_CACHE) or place is None:
            return None
        page = self._other(place.claims.page_url)
        amp = self._other(place.claims.amp_url) if past.link.kind is Kind.AMP_CACHE else None
        derived = cache_url(amp.link.url) if amp and amp.link.invalid is None else None
        return Companion(
            page_url=page.link.url if page else None,
            page=page.observation if page else None,
            page_code=page.verdict.code if page else None,
            amp_code=amp.verdict.code if amp else None,
            derived=derived,
            derived_agrees=derived is None or same_cache_url(derived, past.link.url),
        )

    def _other(self, written: str | None) -> Finding | None:
        """The finding of another link of the run; pages depend on none, AMP pages on pages, copies on AMP pages."""
        try:
            url = canonical(written or "")
        except ValueError:
            return None
        past = self._history.link(self._run, url)
        return self.judge(past).finding if past else None

    def questions(self) -> Iterator[Question]:
        """What has to be asked before the links that this run asked can be judged."""
        for past in self._history.links(self._run):
            if past.asked and past.asked[-1].purpose is Purpose.LINK:
                evidence = _evidence(past, past.asked[-1], self._tally, self._policy)
                yield from questions(evidence, seed=self._run.id)

    def remember(self, history: HistoryWriter) -> None:
        """Caches the verdicts, so that later runs know how the links stood."""
        history.remember_verdicts(
            self._run,
            self.rules,
            (
                (one.finding.link.url, at, one.finding.verdict.code)
                for one in self.findings()
                if (at := self._voted_at(one)) is not None
            ),
        )

    def _voted_at(self, one: Judged) -> datetime | None:
        """When a verdict was come by: asked in this run, or plain without asking; None for what says nothing new."""
        if one.finding.verdict.code is Code.INVALID_URL:
            return self._run.started
        return one.finding.observation.asked_at if one.asked and one.finding.observation else None

    def report(self) -> RunReport:
        """What the renderers get."""
        summary, hosts, links = self._count()
        run = self._run
        facts = RunFacts(
            id=run.id,
            started=run.started,
            finished=run.finished or run.touched,
            version=run.version,
            cards=run.cards,
            links=links,
            requests=run.requests,
            received=run.received,
            void=run.void is not None,
            void_because=run.void,
        )
        return RunReport(
            run=facts,
            summary=summary,
            findings=lambda: (one.finding for one in self.findings()),
            hosts=hosts,
            unreadable=self._history.unreadable(run),
        )

    def _count(self) -> tuple[Summary, tuple[HostRow, ...], int]:
        health: Counter[str] = Counter()
        verdict: Counter[str] = Counter()
        state: Counter[str] = Counter()
        change: Counter[str] = Counter()
        hosts = HostTally()
        for one in self.findings():
            code = one.finding.verdict.code
            health[code.health] += 1
            verdict[code] += 1
            state[one.finding.state] += 1
            change[one.finding.change or ""] += 1
            hosts.add(one.finding.link, code)
        summary = Summary(
            health=_counts(Health, health),
            verdict=_counts(Code, verdict),
            state=_counts(State, state),
            change=_counts(Change, change),
        )
        return summary, hosts.rows(), health.total()


def judge_once(past: LinkPast, settings: Settings, *, now: datetime) -> Finding:
    """The finding for a link asked outside a run; its votes and its last observation are still the history's."""
    evidence = _alone(past, settings)
    return _finding(past, evidence.observation, _opinion(past, evidence, now=now, titles=settings.metadata.title))


def questions_once(past: LinkPast, settings: Settings, *, seed: str) -> tuple[Question, ...]:
    """What has to be asked before a link that was asked outside a run can be judged."""
    return questions(_alone(past, settings), seed=seed)


def _alone(past: LinkPast, settings: Settings) -> Evidence:
    tally = Tally(resolved_hosts=1, offline=settings.audit.offline)
    policy = Policy(accept=ranges(settings.audit.accept))
    return _evidence(past, past.asked[-1] if past.asked else None, tally, policy)


def _evidence(
    past: LinkPast,
    observation: Observation | None,
    tally: Tally,
    policy: Policy,
    companion: Companion | None = None,
) -> Evidence:
    before = [one.outcome for one in past.asked[:-1]]
    if past.last is not None and past.asked:
        before.append(past.last.outcome)
    return Evidence(
        link=past.link,
        observation=observation,
        failures_before=tuple(outcome for outcome in before if isinstance(outcome, Failure)),
        answers=past.answers,
        before=past.last if past.asked else None,
        companion=companion,
        tally=tally,
        policy=policy,
    )


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


def _opinion(past: LinkPast, evidence: Evidence, *, now: datetime, titles: str) -> Opinion:
    observation = evidence.observation
    own = judge.judge(evidence)
    places = claims.judge_places(
        past.link,
        observation,
        own,
        before=evidence.before,
        repeated_images=evidence.tally.repeated_images,
        compare=_Texts(titles),
    )
    verdict = claims.worst(own, places)
    stands = standing(verdict.code, observation.asked_at if observation else now, past.votes)
    return Opinion(verdict=verdict, places=places, standing=stands)


def _finding(past: LinkPast, observation: Observation | None, opinion: Opinion) -> Finding:
    before = past.votes[0].code if past.votes else None
    return Finding(
        link=past.link,
        observation=observation,
        verdict=opinion.verdict,
        place_verdicts=opinion.places,
        state=opinion.standing.state,
        since=opinion.standing.since,
        before=before,
        change=_change(opinion.verdict.code, before, asked=bool(past.asked)),
    )


def _change(now: Code, before: Code | None, *, asked: bool) -> Change | None:
    """Compared with the last time that the link was asked: a partial run fixes nothing that it did not ask."""
    reported = before is not None and before.health in REPORTED
    if now.health in REPORTED:
        return Change.STILL if reported else Change.NEW
    return Change.FIXED if reported and asked and now.health is Health.HEALTHY else None


def _counts(kinds: type[StrEnum], counted: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple((str(kind), counted[kind]) for kind in kinds)


def _observation(past: LinkPast, run: RunRow) -> Observation | None:
    if past.asked:
        return past.asked[-1]
    return past.last if fresh(past, run) else None
