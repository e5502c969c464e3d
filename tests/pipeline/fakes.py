"""An engine without a network: answers come from a table, time from a hand that the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec

from crawler.history.writing import INTERRUPTED, HistoryWriter
from crawler.model import (
    Answered,
    Failure,
    FailureKind,
    Finding,
    Kind,
    Link,
    Observation,
    Page,
    Place,
    Purpose,
    Request,
    RunReport,
)
from crawler.pipeline.audit import Audit, Deliver
from crawler.pipeline.plan import Plan
from crawler.pipeline.progress import Silent
from crawler.settings import NetworkSettings, Settings

MONDAY = datetime(2026, 11, 2, 6, tzinfo=UTC)
Answer = int | FailureKind | Observation
FAST = Settings(network=NetworkSettings(retry_pause=0.0))


def link(url: str, **more: object) -> Link:
    """A page that one card names."""
    place = Place(path="_news/a.md", line=3, column=9, field="webUrl", written=url, kind=Kind.PAGE)
    return msgspec.structs.replace(Link(url=url, kind=Kind.PAGE, places=(place,)), **more)


def plan_of(*links: Link) -> Plan:
    """A plan of one card."""
    return Plan(cards=1, links=tuple(sorted(links, key=lambda one: one.url)), unreadable=())


class Outcome(NamedTuple):
    """A run that has ended."""

    report: RunReport
    interrupted: bool


@dataclass
class FakeEngine:
    """Answers each URL from its list, staying at the last item."""

    answers: Mapping[str, Sequence[Answer]]
    now: datetime = MONDAY
    asked: list[Request] = field(default_factory=list)
    questions: list[Request] = field(default_factory=list)
    """Second questions; what no list names answers 404."""
    hang_after: int | None = None
    """Number of answers after which nothing comes any more."""

    async def ask(self, requests: Sequence[Request], deliver: Deliver, *, fresh_connections: bool) -> None:
        del fresh_connections
        for request in requests:
            if request.purpose not in (Purpose.LINK, Purpose.ASSET):
                self.questions.append(request)
                deliver(request, self._observation(request, self.answers.get(request.url, [404])[0]))
                continue
            if self.hang_after is not None and len(self.asked) >= self.hang_after:
                await asyncio.Event().wait()
            await asyncio.sleep(0)  # as any network would, lets others run
            turn = sum(one.url == request.url for one in self.asked)
            self.asked.append(request)
            row = self.answers[request.url]
            deliver(request, self._observation(request, row[min(turn, len(row) - 1)]))

    def _observation(self, request: Request, answer: Answer) -> Observation:
        if isinstance(answer, Observation):
            return msgspec.structs.replace(answer, asked_at=self.now, purpose=request.purpose)
        outcome: Answered | Failure
        if isinstance(answer, FailureKind):
            outcome = Failure(kind=answer, detail="", url=request.url)
        else:
            outcome = Answered(url=request.url, status=answer)
        page = Page(title="A page") if answer == 200 else None
        return Observation(
            url=request.url, purpose=request.purpose, asked_at=self.now, outcome=outcome, page=page, received=10
        )


@dataclass
class Site:
    """A folder of cards over the weeks."""

    history: HistoryWriter
    engine: FakeEngine
    settings: Settings = FAST
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def audit(self, *links: Link) -> Outcome:
        """One run, at the engine's time."""
        run = self.run(*links)
        ended = await run.ask(self.stop)
        return Outcome(report=run.conclude(), interrupted=ended == INTERRUPTED)

    def run(self, *links: Link) -> Audit:
        """A run that has not begun to ask."""
        return Audit(
            plan_of(*links),
            self.settings,
            history=self.history,
            engine=self.engine,
            progress=Silent(),
            clock=lambda: self.engine.now,
            version="1",
        )

    def later(self, **answers: Sequence[Answer]) -> None:
        """A week passes, and the web changes."""
        self.engine.now += timedelta(weeks=1)
        self.engine.asked.clear()
        self.engine.answers = {**self.engine.answers, **answers}


def findings(report: RunReport) -> dict[str, Finding]:
    """By URL."""
    return {finding.link.url: finding for finding in report.findings()}


def told(report: RunReport) -> dict[str, tuple[str, str]]:
    """(verdict, state) by URL."""
    return {url: (str(one.verdict.code), str(one.state)) for url, one in findings(report).items()}
