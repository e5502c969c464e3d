"""One URL in, its finding out: asked now, judged with its past, stored nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from crawler.errors import ConfigError, CrawlerError
from crawler.health.questions import ROUNDS
from crawler.history.reading import History
from crawler.history.records import LinkPast, RunRow
from crawler.model import Finding, Kind, Link, Observation, Proposal
from crawler.pipeline.audit import Engine
from crawler.pipeline.basis import Basis
from crawler.pipeline.due import askable, in_full, request_for
from crawler.pipeline.findings import Judging
from crawler.pipeline.opinions import Around, judge_once, questions_once
from crawler.settings import Settings
from crawler.urls import canonical, split

_IMAGE_NAME = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|heic|jxl|svg|bmp|ico|tiff?)$", re.IGNORECASE)


async def explain(settings: Settings, url: str, kind: Kind | None, *, engine: Engine, now: datetime) -> Finding:
    """The finding for one URL; `kind` says what it should lead to, if the cards do not.

    Raises ConfigError if it is no URL.
    """
    past = _past(settings, url)
    if past is None:
        try:
            address = canonical(url)
        except ValueError as error:
            raise ConfigError(f"{url}: {error}") from None
        guess = Kind.IMAGE if _IMAGE_NAME.search(split(address).path) else Kind.PAGE
        past = LinkPast(link=Link(url=address, kind=kind or guess, places=()), asked=(), answers=())
    asked: list[Observation] = []
    if askable(past.link) and not settings.audit.offline:
        # In full, whatever the last answer allows: the evidence is what is asked for.
        request = in_full(request_for(past))
        await engine.ask((request,), lambda _, observation: asked.append(observation), fresh_connections=True)
        asked = [msgspec.structs.replace(observation, url=past.link.url) for observation in asked]
    past = msgspec.structs.replace(past, asked=tuple(asked), answers=())
    around = _around(settings, past)
    for _ in range(ROUNDS if asked else 0):
        answers = list(past.answers)
        requests = [
            question.request for question in questions_once(past, settings, seed=now.isoformat(), around=around)
        ]
        if requests:
            await engine.ask(requests, lambda _, one: answers.append(one), fresh_connections=True)  # noqa: B023 - awaited here
        past = msgspec.structs.replace(past, answers=tuple(answers))
    finding = judge_once(past, settings, now=now, around=around)
    return msgspec.structs.replace(finding, proposals=_proposals(settings, past.link.url), answers=past.answers)


def _past(settings: Settings, url: str) -> LinkPast | None:
    """The link as a run after the last would see it, if there is a history and it knows it."""
    try:
        address = canonical(url)
    except ValueError:
        address = url.strip()
    with _last_run(settings) as last:
        return last[0].link_after(last[1], address) if last else None


def _proposals(settings: Settings, url: str) -> tuple[Proposal, ...]:
    """What would be changed in the link's cards, as `crawler fix` sees it."""
    with _last_run(settings) as last:
        try:
            finding = Basis(last[0], settings).finding(url) if last else None
        except CrawlerError:  # no run has asked, or none that means something
            return ()
        return finding.proposals if finding else ()


def _around(settings: Settings, past: LinkPast) -> Around:
    """What the last run knew of the link's neighbours; nothing, if there is no history."""
    with _last_run(settings) as last:
        return Judging(*last, settings).around(past, past.asked[-1] if past.asked else None) if last else Around()


@contextmanager
def _last_run(settings: Settings) -> Iterator[tuple[History, RunRow] | None]:
    path = Path(settings.root) / settings.history.path
    if not path.exists():
        yield None
        return
    with History(path) as history:
        try:
            run = history.run()
        except CrawlerError:
            yield None
            return
        yield history, run
