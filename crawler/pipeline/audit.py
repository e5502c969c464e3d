"""A plan in, a stored and judged run out: every link asked once, what failed in passing asked once more."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from crawler.history.writing import HistoryWriter
from crawler.model import Answered, Failure, FailureKind, Health, Observation, Purpose, Request, RunReport
from crawler.pipeline.due import age, askable, carried, fresh, request_for
from crawler.pipeline.findings import Judging
from crawler.pipeline.plan import Plan
from crawler.pipeline.progress import Progress
from crawler.settings import Settings
from crawler.urls import host_of

RESUME_WITHIN = timedelta(hours=12)
"""An interrupted run that wrote this recently is gone on with."""


Deliver = Callable[[Request, Observation], None]


class Engine(Protocol):
    """Where the asking is done."""

    async def ask(self, requests: Sequence[Request], deliver: Deliver, *, fresh_connections: bool) -> None:
        """Asks each request once and hands over what happened, in the order in which it happened.

        A cancelled call has delivered all that it got.
        """


class Outcome(msgspec.Struct, frozen=True):
    """An audit that has ended."""

    report: RunReport
    interrupted: bool


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
        self._clock = clock
        self._run = history.begin(
            now=clock(), version=version, resume_within=RESUME_WITHIN, max_age=age(settings.history.max_age)
        )
        self._history.plan(self._run, plan.links, plan.unreadable)

    async def run(self, stop: asyncio.Event) -> Outcome:
        """Asks until everything is asked, or until `stop` is set; what was learnt is stored either way."""
        self._judge_past_anew()
        asking = asyncio.create_task(self._ask_all())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        interrupted = not asking.done()
        for task in (asking, stopping):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await stopping
        try:
            await asking
        except asyncio.CancelledError:
            if not interrupted:
                raise
        return Outcome(report=self._finish(interrupted=interrupted), interrupted=interrupted)

    def _judge_past_anew(self) -> None:
        """Verdicts of earlier runs that other rules made are made again, so that the votes are of one mind."""
        rules = Judging(self._history, self._run, self._settings).rules
        for earlier in self._history.stale(self._run, rules):
            Judging(self._history, earlier, self._settings).remember(self._history)

    def _finish(self, *, interrupted: bool) -> RunReport:
        now = self._clock()
        run = self._history.finish(self._run, now=now, cards=self._plan.cards, complete=not interrupted, void=None)
        judging = Judging(self._history, run, self._settings, interrupted=interrupted)
        judging.remember(self._history)
        return judging.report(run, finished=now)

    async def _ask_all(self) -> None:
        due = self._due()
        if self._settings.audit.offline:
            await self._ask("checking files", [one for one in due if one[1].purpose is Purpose.ASSET])
            return
        await self._ask("asking", due)
        again = self._again()
        pause = self._settings.network.retry_pause
        if again and self._settings.network.max_retries > 0:
            self._progress.waiting(pause)
            await asyncio.sleep(pause)
            await self._ask("asking again", again, fresh_connections=True)

    def _due(self) -> list[tuple[str, Request]]:
        """(link, request) for what this run has not asked yet and no earlier answer covers."""
        return [
            (past.link.url, request_for(past))
            for past in self._history.links(self._run)
            if askable(past.link) and not past.asked and not fresh(past, self._run)
        ]

    def _again(self) -> list[tuple[str, Request]]:
        """What failed in passing: it gets a second chance once the first pass is over."""
        judging = Judging(self._history, self._run, self._settings)
        again = []
        for past in self._history.links(self._run):
            if len(past.asked) != 1 or past.asked[0].purpose is not Purpose.LINK:
                continue
            if _transient(past.asked[0]) or judging.judge(past).finding.verdict.code.health is Health.FAILING:
                again.append((past.link.url, msgspec.structs.replace(request_for(past), headers=())))
        return again

    async def _ask(self, phase: str, due: Iterable[tuple[str, Request]], *, fresh_connections: bool = False) -> None:
        links: defaultdict[Request, list[str]] = defaultdict(list)
        for url, request in due:
            links[request].append(url)
        self._progress.phase(phase, Counter(_host(request) for request in links))
        requests = received = 0

        def deliver(request: Request, observation: Observation) -> None:
            nonlocal requests, received
            if request.purpose is not Purpose.ASSET:
                requests += observation.requests
                received += observation.received
            for url in links[request]:
                self._store(url, observation)
            self._progress.asked(_host(request))

        try:
            await self._engine.ask(tuple(links), deliver, fresh_connections=fresh_connections)
        finally:
            self._history.flush()
            self._history.count(self._run, now=self._clock(), requests=requests, received=received)

    def _store(self, url: str, observation: Observation) -> None:
        if isinstance(observation.outcome, Answered) and observation.outcome.status == 304:
            observation = carried(observation, self._history.latest(url))
        self._history.add(self._run, msgspec.structs.replace(observation, url=url))


def _host(request: Request) -> str:
    return "" if request.purpose is Purpose.ASSET else host_of(request.url)


_TRANSIENT = (FailureKind.DNS_NOT_FOUND,)
"""Not failing by verdict, but never believed at the first time."""


def _transient(observation: Observation) -> bool:
    return isinstance(observation.outcome, Failure) and observation.outcome.kind in _TRANSIENT
