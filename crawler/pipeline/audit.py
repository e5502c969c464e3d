"""A plan in, a stored and judged run out: every link asked once, what failed in passing asked once more."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

import msgspec

from crawler.edits.questions import ROUNDS as REPAIR_ROUNDS
from crawler.edits.questions import granted as granted_repairs
from crawler.health.own_side import unreached
from crawler.health.questions import ROUNDS, granted
from crawler.health.tally import Watch
from crawler.history.writing import INTERRUPTED, OFFLINE, HistoryWriter
from crawler.model import Health, Observation, Purpose, Question, Request, RunReport
from crawler.pipeline import archive
from crawler.pipeline.due import (
    MISSING,
    accepted,
    age,
    askable,
    carried,
    confirms,
    fresh,
    in_full,
    new,
    request_for,
    transient,
    was_left,
)
from crawler.pipeline.fair import AT_ONCE, in_turn
from crawler.pipeline.findings import Judging
from crawler.pipeline.plan import Plan
from crawler.pipeline.progress import Progress
from crawler.pipeline.recall import recall, without_vain
from crawler.settings import Settings
from crawler.urls import host_of

RESUME_WITHIN = timedelta(hours=12)
"""An interrupted run that wrote this recently is gone on with."""


EARLY_EVERY = 0.2
"""Seconds between two looks at what has been answered meanwhile."""
OUT_OF_TIME = "out_of_time"
LONG_AGO = datetime.min.replace(tzinfo=UTC)
"""When what was never asked was last asked: what has waited longest comes first."""
RELIABLE_HOSTS = 3
"""Hosts that answered last time; when so many are out of reach and nothing answers, the asking is given up."""

Due = tuple[str, Request]
"""A link's URL, and how it is asked."""
Deliver = Callable[[Request, Observation], None]


class Engine(Protocol):
    """Where the asking is done."""

    async def ask(self, requests: Sequence[Request], deliver: Deliver, *, fresh_connections: bool) -> None:
        """Asks each request once and hands over what happened, in the order in which it happened.

        A cancelled call has delivered all that it got.
        """


class Audit:
    """One run over one plan."""

    def __init__(
        self,
        plan: Plan,
        settings: Settings,
        *,
        history: HistoryWriter,
        engine: Engine,
        progress: Progress,
        clock: Callable[[], datetime],
        version: str,
    ) -> None:
        self._plan, self._settings = plan, settings
        self._history, self._engine, self._progress = history, engine, progress
        self._clock, self._version = clock, version
        self._begin()
        if self._answered and (void := Judging(history, self._run, settings).survey.void):
            # It would be gone on with, but means nothing, and was left before that was found.
            history.finish(self._run, now=clock(), cards=plan.cards, ended=INTERRUPTED, void=void)
            self._begin()
        self._left = self._run.touched if self._answered else None
        """When it was interrupted, if it has asked already."""
        self._reliable: set[str] = set()
        self._unreached: set[str] = set()
        self._reached = False
        self._no_network = asyncio.Event()

    def _begin(self) -> None:
        """A new run, or one that was interrupted with what it knows already."""
        max_age = age(self._settings.history.max_age)
        self._run = self._history.begin(
            now=self._clock(), version=self._version, resume_within=RESUME_WITHIN, max_age=max_age
        )
        self._history.plan(self._run, self._plan.links, self._plan.unreadable)
        self._watch = Watch()
        self._judging = Judging(self._history, self._run, self._settings, watch=self._watch)
        self._answered: list[str] = []
        """URLs of links with answers that nobody has had a look at yet."""
        self._doubtful: set[str] = set()
        """URLs of links of which some answer was no plain success."""
        for observation in self._history.asked(self._run):
            self._heed(observation)

    async def ask(self, stop: asyncio.Event) -> str:
        """Asks until everything is asked, `stop` is set or time is up; what was learnt is stored either way.

        Returns why the run did not ask everything, such as `interrupted`, or nothing.
        """
        ended = await self._until_the_end(stop)
        now, kept = self._clock(), ended
        if ended == OFFLINE and self._left:
            # What was answered before is gone on with when there is a network again, while it is young enough.
            now, kept = self._left, INTERRUPTED
        self._run = self._history.finish(self._run, now=now, cards=self._plan.cards, ended=kept)
        return ended

    def conclude(self) -> RunReport:
        """Judges what was asked. It may be left out, or broken off: then whoever reads the run next does it."""
        run, judging = self._run, self._judging
        judging.closed(run)
        judging.remember(self._history)
        if void := judging.survey.void:  # then what has just been stored of the run goes again
            run = self._history.finish(run, now=self._clock(), cards=self._plan.cards, ended=run.ended, void=void)
            judging = Judging(self._history, run, self._settings)
            judging.remember(self._history)
        self._history.prune(self._settings.history.keep_runs)
        return judging.report()

    async def _until_the_end(self, stop: asyncio.Event) -> str:
        """Runs `_ask_all` as long as it may; returns why it did not ask everything, or nothing."""
        asking = asyncio.create_task(self._ask_all())
        endings = {asyncio.create_task(stop.wait()): INTERRUPTED, asyncio.create_task(self._no_network.wait()): ""}
        limit = age(self._settings.audit.max_duration).total_seconds()
        await asyncio.wait({asking, *endings}, return_when=asyncio.FIRST_COMPLETED, timeout=limit or None)
        ended = next((why for task, why in endings.items() if task.done()), OUT_OF_TIME)
        early = not asking.done()
        for task in (asking, *endings):
            task.cancel()
        await asyncio.wait({asking, *endings})
        if not asking.cancelled():
            asking.result()
        return ended if early else OFFLINE if self._settings.audit.offline else ""

    async def _judge_past_anew(self) -> None:
        """Verdicts of earlier runs that other rules made are made again, so that the votes are of one mind."""
        for earlier in self._history.stale(self._run, self._judging.rules):
            watch = Watch()
            async for observation in in_turn(self._history.asked(earlier)):
                watch.add(observation)
            judging = Judging(self._history, earlier, self._settings, watch=watch)
            ballots = [ballot async for ballot in in_turn(judging.ballots()) if ballot is not None]
            self._history.remember_verdicts(earlier, judging.rules, ballots)
            if earlier.finished is None and (void := judging.survey.void):  # it was left before that was found
                at, cards = earlier.touched, earlier.cards
                self._history.finish(earlier, now=at, cards=cards, ended=earlier.ended, void=void)

    async def _ask_all(self) -> None:
        await self._judge_past_anew()
        first, rest = self._due()
        links = len(first) + len(rest)
        if self._settings.audit.offline:
            await self._ask("checking files", [one for one in (*first, *rest) if one[1].purpose is Purpose.ASSET])
            return
        await self._ask("asking what was left", first)
        await self._ask("asking", rest)
        del first, rest
        again = self._again()
        pause = self._settings.network.retry_pause
        if again and self._settings.network.max_retries > 0:
            self._progress.waiting(pause)
            await asyncio.sleep(pause)
            await self._ask("asking again", again, fresh_connections=True)
        judging = self._judging
        about: set[str] | None = None
        for _ in range(ROUNDS):
            # One request may serve several links.
            asked = granted(await self._questions(about), links=links)
            about = {question.about for question in asked}
            judging.heard(about)
            await self._ask("asking about suspects", [(question.about, question.request) for question in asked])
        if self._settings.fix.ask:
            await self._ask_for_repairs(judging, links=links)
        if self._settings.fix.archive != "off" and judging.survey.void is None:
            await self._ask_the_archive(judging)

    async def _questions(self, about: set[str] | None) -> list[Question]:
        """What is to be asked about suspects."""
        return [one async for some in in_turn(self._judging.questions(about)) for one in some]

    async def _ask_for_repairs(self, judging: Judging, *, links: int) -> None:
        """What cards can be repaired with: other pictures, https, clean addresses."""
        about: set[str] | None = None
        for _ in range(REPAIR_ROUNDS):
            wanted = without_vain(list(judging.repair_questions(about)), self._history, self._run, now=self._clock())
            budget = self._settings.network.host_budget
            asked = granted_repairs(wanted, links=links, host_budget=budget, secure=judging.secure_hosts())
            about = {question.about for question in wanted} if asked else set()
            await self._ask("asking for repairs", [(question.about, question.request) for question in asked])

    async def _ask_the_archive(self, judging: Judging) -> None:
        """Whether there are copies of what is dead."""
        now = self._clock()

        def wanted(about: Collection[str] | None) -> Iterator[tuple[datetime, Question]]:
            self._history.flush()  # so that it sees what was taken over
            for since, question in judging.archive_questions(now, about):
                before = self._history.answered(self._run, question.request.url, question.request.purpose)
                # What was looked up in vain waits behind what never was.
                yield (max(since, before.asked_at) if before else since), question

        await archive.rounds(
            wanted,
            links=self._settings.fix.archive_links,
            recall=lambda question: recall(question, self._history, self._run, now=now),
            ask=lambda due: self._ask("asking the archive", due),
        )

    def _due(self) -> tuple[list[Due], list[Due]]:
        """What this run has not asked yet and no earlier answer covers: what was left last time, and the rest."""
        before = self._history.before(self._run)
        first: list[tuple[datetime, Due]] = []
        rest: list[Due] = []
        spent: Counter[str] = Counter()
        for past in self._history.links(self._run):
            if past.code_before is not None and past.code_before.health is Health.HEALTHY:
                self._reliable.add(host_of(past.link.url))
            # A file of the site is looked at again by a run that goes on: it may have been put there meanwhile.
            asked = past.asked and past.link.asset is None
            if askable(past.link) and not asked and not fresh(past, self._run):
                left = before is not None and past.planned == before.number and was_left(past, before)
                due = (past.link.url, request_for(past))
                if left:
                    first.append((past.last.asked_at if past.last else LONG_AGO, due))
                else:
                    rest.append(due)
            elif past.asked and past.asked[0].purpose is Purpose.LINK:  # before the run was interrupted
                spent[host_of(past.link.url)] += 1
        # What was left last time uses up a host's budget first.
        waited = [due for _, due in sorted(first, key=lambda one: one[0])]
        return self._within_budget(waited, spent), self._within_budget(rest, spent)

    def _within_budget(self, due: list[Due], spent: Counter[str]) -> list[Due]:
        """`due` without what is over its host's budget, of which `spent` is used up."""
        budget = self._settings.network.host_budget
        within = []
        for url, request in due:
            host = _host(request)
            spent[host] += 1
            if not budget or not host or spent[host] <= budget:
                within.append((url, request))
        return within

    def _again(self) -> list[tuple[str, Request]]:
        """What failed in passing, or was there the last time: a second chance once the first pass is over."""
        judging = Judging(self._history, self._run, self._settings, watch=self._watch)
        again = []
        for past in self._history.links_of(self._run, self._doubtful):
            if len(past.asked) != 1 or past.asked[0].purpose is not Purpose.LINK:
                continue
            code = judging.verdict(past).code
            if transient(past.asked[0]) or code.health is Health.FAILING or (code in MISSING and new(past)):
                again.append((past.link.url, in_full(request_for(past))))
        return again

    def _watch_own_side(self, observation: Observation) -> None:
        """Ends the asking early when hosts that answered last time are out of reach and no other answers."""
        if not unreached(observation):
            self._reached = True
        elif not self._reached:
            self._unreached.add(host_of(observation.url))
            if len(self._unreached & self._reliable) >= RELIABLE_HOSTS:
                self._no_network.set()

    async def _ask(self, phase: str, due: Sequence[Due], *, fresh_connections: bool = False) -> None:
        if not due:
            return
        links: dict[Request, list[str]] = {}
        for url, request in due:
            links.setdefault(request, []).append(url)
        self._progress.phase(phase, Counter(_host(request) for request in links))
        requests = received = 0

        def deliver(request: Request, observation: Observation) -> None:
            nonlocal requests, received
            if request.purpose is not Purpose.ASSET:
                requests += observation.requests
                received += observation.received
                self._watch_own_side(observation)
            for url in links[request]:
                self._store(url, observation)
            self._progress.asked(_host(request))

        early = asyncio.create_task(self._judge_early())
        try:
            await self._engine.ask(tuple(links), deliver, fresh_connections=fresh_connections)
        finally:
            early.cancel()
            await asyncio.wait({early})
            self._history.flush()
            self._history.count(self._run, now=self._clock(), requests=requests, received=received)
        if not early.cancelled():
            early.result()  # raises what it has raised

    async def _judge_early(self) -> None:
        """Judges links while others are asked: the processor waits for hosts most of the time, or there are several."""
        while True:
            await asyncio.sleep(EARLY_EVERY)
            answered, self._answered = self._answered, []
            self._history.flush()  # it is from there that a link is read with its past
            for start in range(0, len(answered), AT_ONCE):
                # What has one more answer by now is not stored whole; it is looked at the next time.
                self._judging.judge_early(set(answered[start : start + AT_ONCE]).difference(self._answered))
                await asyncio.sleep(0)

    def _store(self, url: str, observation: Observation) -> None:
        if observation.purpose not in (Purpose.LINK, Purpose.ASSET):
            self._history.add(self._run, observation, about=url)
            return
        if confirms(observation):
            observation = carried(observation, self._history.latest(url))
        observation = msgspec.structs.replace(observation, url=url)
        self._heed(observation)
        self._history.add(self._run, observation)

    def _heed(self, observation: Observation) -> None:
        """Takes an observation of a link into account, so that none has to be read back for what all show together."""
        self._watch.add(observation)
        if observation.purpose is Purpose.LINK:
            self._judging.asked(observation.url)
            self._answered.append(observation.url)
        if not accepted(observation):
            self._doubtful.add(observation.url)


def _host(request: Request) -> str:
    return "" if request.purpose is Purpose.ASSET else host_of(request.url)
