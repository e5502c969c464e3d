"""A stored run in, its findings and report out. The same code serves `audit` and `report`: nothing is asked here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path

import msgspec

from crawler import __version__
from crawler.edits.case import Heir, Subject
from crawler.health import judge
from crawler.health.evidence import UNFINISHED, Companion, Evidence, Tally, UnfinishedError
from crawler.health.hints import HintTally, hints
from crawler.health.hosts import HostTally
from crawler.health.questions import questions
from crawler.health.sight import sight_of
from crawler.health.states import REPORTED, Others, settles, standing
from crawler.health.tally import Watch, tally_of
from crawler.health.targets import landing
from crawler.history.reading import History
from crawler.history.records import LinkPast, RunRow
from crawler.history.writing import OFFLINE, HistoryWriter
from crawler.metadata.amp import cache_url, same_cache_url
from crawler.model import (
    Answered,
    Code,
    Finding,
    Kind,
    Link,
    Observation,
    Place,
    Purpose,
    Question,
    Record,
    RunReport,
    Verdict,
)
from crawler.pipeline.archive import capture_codes
from crawler.pipeline.due import fresh
from crawler.pipeline.lines import card_lines
from crawler.pipeline.opinions import Around, Opinion, evidence_of, finding_of, opinion_of, terms_of
from crawler.pipeline.repairs import Repairs, may_ask, stand_ins
from crawler.pipeline.runs import facts_of, lines_before
from crawler.pipeline.spool import Spool
from crawler.pipeline.summary import counted
from crawler.pipeline.survey import Ballot, Survey, Surveyor, host_or_none, others_of
from crawler.settings import Settings
from crawler.urls import canonical, host_of


class Judged(Record, frozen=True):
    """A finding, and whether an observation of this run stands behind it."""

    finding: Finding
    asked: bool


_BESIDE = (Kind.AMP, Kind.AMP_CACHE)
"""Kinds of links that are judged by what stands beside them on the card."""
REMEMBERED = 250_000
"""Different opinions held, so that each link is judged once for all reports; most healthy links share one."""


class Judging:
    """Judges one run of a history; its findings can be iterated as often as there are reports."""

    def __init__(self, history: History, run: RunRow, settings: Settings, *, watch: Watch | None = None) -> None:
        """`watch` is what has seen every observation of the run's links; by default they are read back."""
        self._history, self._run, self._watch = history, run, watch
        self._terms = terms_of(settings)
        self._opinions: dict[str, Opinion] = {}
        self._different: dict[Opinion, Opinion] = {}
        self._beside: list[str] = []
        """Those of links that are judged by others beside them."""
        self._fix, self._settings = settings.fix, settings
        self._repairable: set[str] = set()
        self._unasked: list[str] = []
        """Those of links that this run has not asked, or not yet."""
        self._open: set[str] = set()
        """Links that were asked in this process, and on which there is no opinion yet that holds."""
        self.rules = judge.digest(self._terms.policies.facts, self._terms.titles, __version__)
        """Digest of all that the verdicts depend on."""

    def findings(self) -> Iterator[Judged]:
        """Every link's finding, sorted by URL."""
        for past in self._history.links(self._run):
            yield self.judge(past)

    def judge(self, past: LinkPast) -> Judged:
        """One link's finding."""
        finding = finding_of(
            past,
            _observation(past, self._run),
            self._opinion(past),
            self._terms,
            now=self._run.started,
            others=self._others(past.link),
        )
        proposals = self._repairs.proposals(past, self._opinion(past))
        if proposals:
            finding = msgspec.structs.replace(finding, proposals=proposals)
        return Judged(finding=finding, asked=bool(past.asked))

    @cached_property
    def _tally(self) -> Tally:
        return msgspec.structs.replace(
            self._watch.tally() if self._watch else tally_of(self._history.asked(self._run)),
            ended=self._run.ended,
            void=self._run.void,
            offline=self._settings.audit.offline or self._run.ended == OFFLINE,
            host_budget=self._settings.network.host_budget,
        )

    @cached_property
    def _repairs(self) -> Repairs:
        return Repairs(
            self._fix,
            placeholders=self._tally.repeated_images
            | stand_ins(self._history.answers(self._run, Purpose.CANDIDATE), self._places),
            subject_of=self._subject,
            other=self._other,
        )

    def _places(self, url: str) -> tuple[Place, ...]:
        past = self._history.link(self._run, url)
        return past.link.places if past else ()

    def _subject(self, past: LinkPast) -> Subject:
        """A link as its repairs see it."""
        observation, opinion = _observation(past, self._run), self._opinion(past)
        verdict = self._terms.policies.of(past.link.url).overridden(opinion.judged)
        asked_at = observation.asked_at if observation else self._run.started
        others = self._others(past.link) if verdict.code.health in REPORTED else Others.WELL
        stands = standing(opinion.verdict.code, asked_at, past.votes, others=others)
        sight = sight_of(observation)
        redirected = sight is not None and sight.redirected
        heir = landing(evidence_of(past, observation, self._tally, self._terms)) if redirected else None
        return Subject(
            link=past.link,
            code=verdict.code,
            rule=verdict.rule,
            state=stands.state,
            since=stands.since,
            observation=observation,
            before=past.last if past.asked and redirected else None,
            code_before=past.code_before,
            answers=past.answers,
            answer_codes=capture_codes(past),
            heir=Heir(**msgspec.structs.asdict(heir)) if heir else None,
            drifted=frozenset(
                place.path
                for place, one in zip(past.link.places, opinion.places, strict=True)
                if one is not None and one.code is Code.DRIFTED
            ),
            settles=settles(verdict.code, stands, asked_at, others=others),
        )

    def verdict(self, past: LinkPast) -> Verdict:
        """One link's verdict, without what its past and its host make of it."""
        return self._opinion(past).verdict

    def _opinion(self, past: LinkPast, evidence: Evidence | None = None) -> Opinion:
        """What is thought of a link; `evidence`, if it was gathered already."""
        opinion = self._opinions.get(past.link.url)
        if opinion is None:
            if evidence is None:
                observation = _observation(past, self._run)
                evidence = evidence_of(past, observation, self._tally, self._terms, self._companion(past))
            opinion = opinion_of(evidence, self._terms)
            if self._keep(past, opinion):
                if not past.asked:
                    self._unasked.append(past.link.url)
                if past.link.kind in _BESIDE:
                    self._beside.append(past.link.url)
        return opinion

    def _keep(self, past: LinkPast, opinion: Opinion) -> bool:
        """Whether there is room for what is thought of a link; equal opinions are held once."""
        if len(self._different) >= REMEMBERED and opinion not in self._different:
            return False
        self._opinions[past.link.url] = self._different.setdefault(opinion, opinion)
        return True

    @cached_property
    def survey(self) -> Survey:
        """What all findings show together."""
        surveyor = Surveyor(self._run)
        for past in self._history.links(self._run):
            surveyor.add(past, self.verdict(past).code)
        return surveyor.survey()

    def _others(self, link: Link) -> Others:
        """How the links of its host fared; files have none."""
        return others_of(link, self._tally, self._failed_hosts)

    def around(self, past: LinkPast, observation: Observation | None) -> Around:
        """What stands around a link that was asked anew after this run; of the rest, only its host's are judged."""
        told = [one for one in self._history.asked(self._run) if one.url != past.link.url]
        tally = tally_of([*told, observation] if observation else told)
        hosts = HostTally()
        for one in self._history.links_naming(self._run, host_or_none(past.link.url)):
            hosts.add(one.link, self.verdict(one).code)
        failed = frozenset(row.host for row in hosts.rows())
        return Around(tally=tally, companion=self._companion(past), others=others_of(past.link, tally, failed))

    @cached_property
    def _failed_hosts(self) -> frozenset[str]:
        return frozenset(row.host for row in self.survey.hosts)

    def _companion(self, past: LinkPast) -> Companion | None:
        """What an AMP link is judged with: its card's page, and for a copy in a cache the AMP page."""
        place = next((one for one in past.link.places if one.excluded is None), None)
        if past.link.kind not in _BESIDE or place is None:
            return None
        page = self._other(place.claims.page_url)
        amp = self._other(place.claims.amp_url) if past.link.kind is Kind.AMP_CACHE else None
        derived = cache_url(amp.link.url) if amp and amp.link.invalid is None else None
        return Companion(
            page_url=page.link.url if page else None,
            page=_observation(page, self._run) if page else None,
            page_code=self.verdict(page).code if page else None,
            amp_code=self.verdict(amp).code if amp else None,
            derived=derived,
            derived_agrees=derived is None or same_cache_url(derived, past.link.url),
        )

    def _other(self, written: str | None) -> LinkPast | None:
        """Another link of the run; pages depend on none, AMP pages on pages, copies on AMP pages."""
        try:
            url = canonical(written or "")
        except ValueError:
            return None
        return self._history.link(self._run, url)

    def asked(self, url: str) -> None:
        """There is an answer of the link's own; what was thought of it holds no more."""
        self._open.add(url)
        self._opinions.pop(url, None)
        self._repairable.discard(url)

    def judge_early(self, urls: Iterable[str]) -> None:
        """Judges those of the links, of which answers are stored, on which nothing that is still to come bears."""
        for past in self._history.links_of(self._run, self._open.intersection(urls)):
            if past.link.kind in _BESIDE:
                continue
            evidence = evidence_of(past, past.asked[-1], UNFINISHED, self._terms)
            try:
                opinion = opinion_of(evidence, self._terms)
                open_questions = questions(evidence, seed=self._run.id, verdict=opinion.judged)
            except UnfinishedError:
                continue
            if not open_questions and self._keep(past, opinion):
                self._open.discard(past.link.url)
                self._note_repairable(past, opinion)

    def questions(self, about: Collection[str] | None = None) -> Iterator[tuple[Question, ...]]:
        """What has to be asked, link by link, before those that this run asked can be judged; or those of `about`."""
        for past in self._history.links_of(self._run, self._open if about is None else about):
            if past.asked and past.asked[-1].purpose is Purpose.LINK:
                evidence = evidence_of(past, past.asked[-1], self._tally, self._terms)
                # What stands beside an AMP link may change its verdict, and is no matter for questions.
                beside = past.link.kind in _BESIDE
                opinion = self._opinion(past, None if beside else evidence)
                self._note_repairable(past, opinion)
                yield questions(evidence, seed=self._run.id, verdict=None if beside else opinion.judged)

    def _note_repairable(self, past: LinkPast, opinion: Opinion) -> None:
        if may_ask(past, opinion, self._fix):
            self._repairable.add(past.link.url)

    def repair_questions(self, about: Collection[str] | None = None) -> Iterator[Question]:
        """What has to be asked before cards can be repaired, of the links that `questions` came upon; or of `about`."""
        for past in self._history.links_of(self._run, self._repairable if about is None else about):
            if past.asked:
                yield from self._repairs.questions(past, self._opinion(past))

    def secure_hosts(self) -> frozenset[str]:
        """The hosts that have answered over https in this run where a card names them without."""
        answers = self._history.answers(self._run, Purpose.HTTPS)
        return frozenset(host_of(one.url) for _, one in answers if isinstance(one.outcome, Answered))

    def archive_questions(
        self, now: datetime, about: Collection[str] | None = None
    ) -> Iterator[tuple[datetime, Question]]:
        """(dead since, question) of what the archive is asked next, of the links that `questions` came upon."""
        for past in self._history.links_of(self._run, self._repairable if about is None else about):
            yield from self._repairs.archive_questions(past, self._opinion(past), now)

    def heard(self, urls: Iterable[str]) -> None:
        """Forgets what was thought of links about which there is an answer more."""
        for url in (*urls, *self._beside):
            self._opinions.pop(url, None)
            self._repairable.add(url)  # what is thought of it now may call for a repair
        self._beside.clear()
        self._forget()

    def closed(self, run: RunRow) -> None:
        """Goes on with the same run as it was stored when the asking had ended."""
        if run.ended != self._run.ended:  # what was not asked is judged by why it was not
            for url in self._unasked:
                self._opinions.pop(url, None)
        self._tally = msgspec.structs.replace(self._tally, ended=run.ended)
        self._run = run
        self._forget()

    def _forget(self) -> None:
        """What all findings show together is looked at anew."""
        for name in ("survey", "_failed_hosts", "_repairs"):
            self.__dict__.pop(name, None)

    def remember(self, history: HistoryWriter) -> None:
        """Caches the verdicts, so that later runs know how the links stood."""
        history.remember_verdicts(self._run, self.rules, filter(None, self.ballots()))

    def ballots(self) -> Iterator[Ballot | None]:
        """What the run has to say of each link, if anything; the same look makes the survey."""
        surveyor = Surveyor(self._run)
        for past in self._history.links(self._run):
            yield surveyor.add(past, self.verdict(past).code)
        self._forget()
        self.__dict__["survey"] = surveyor.survey()

    def report(self) -> RunReport:
        """What the renderers get."""
        tally = HintTally()
        findings = Spool(lambda: (one.finding for one in self.findings()))
        summary, known, links = counted(findings(), tally)
        run = self._run
        if run.finished is None and run.void is None:  # it was left before that was looked at
            run = msgspec.structs.replace(run, void=self.survey.void)
        return RunReport(
            run=facts_of(run, links),
            summary=summary,
            findings=findings,
            hosts=self.survey.hosts,
            unreadable=self._history.unreadable(run),
            known=known,
            past=lines_before(self._history, run),
            hints=() if run.void is not None else hints(tally, self._settings),
            line_of=card_lines(Path(self._settings.root)),
        )


def _observation(past: LinkPast, run: RunRow) -> Observation | None:
    if past.asked:
        return past.asked[-1]
    return past.last if fresh(past, run) else None
