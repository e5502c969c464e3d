"""Links that are judged while others are still asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from crawler.health.evidence import UNFINISHED, UnfinishedError
from crawler.history.writing import HistoryWriter
from crawler.model import Answered, Claims, Code, FailureKind, Features, Observation, Page, Purpose, Request
from crawler.pipeline import audit
from crawler.pipeline.audit import Deliver
from crawler.pipeline.findings import Judging
from tests.pipeline.fakes import MONDAY, Answer, FakeEngine, Site, findings, link

FOG, BUOYS, NEWS, GONE, WALL, MOVED, TIDE = (
    f"https://{host}.example/2020/{name}"
    for host, name in (
        ("a", "fog-over-the-bay"),
        ("a", "new-buoys"),
        ("b", "news"),
        ("c", "gone"),
        ("c", "wall"),
        ("d", "moved"),
        ("e", "tide"),
    )
)


def whole(url: str, title: str) -> Observation:
    """A page of that title, with much to read."""
    return Observation(
        url=url,
        purpose=Purpose.LINK,
        asked_at=MONDAY,
        outcome=Answered(url=url, status=200),
        page=Page(title=title),
        features=Features(heading=title, h1=(title,), lead="It was early.", visible=9_000, prose=8_000),
    )


ANSWERS: dict[str, Sequence[Answer]] = {
    FOG: [whole(FOG, "Fog over the bay")],
    BUOYS: [whole(BUOYS, "New buoys")],
    NEWS: [whole(NEWS, "Nothing like its card")],
    GONE: [404],
    WALL: [403],
    MOVED: [whole("https://d.example/start", "Welcome")],
    TIDE: [FailureKind.CONNECT_TIMEOUT, whole(TIDE, "The tide")],
}
TITLES = {FOG: "Fog over the bay", BUOYS: "New buoys", NEWS: "The news", TIDE: "The tide"}


@dataclass
class Slow(FakeEngine):
    """Takes its time once all links are answered, as if one more were under way."""

    async def ask(self, requests: Sequence[Request], deliver: Deliver, *, fresh_connections: bool) -> None:
        await super().ask(requests, deliver, fresh_connections=fresh_connections)
        await asyncio.sleep(3 * audit.EARLY_EVERY)


@dataclass
class Racing(FakeEngine):
    """Answers what is asked once more amid a look at what was answered first."""

    looks: Sequence[str] = ()

    async def ask(self, requests: Sequence[Request], deliver: Deliver, *, fresh_connections: bool) -> None:
        if not fresh_connections:
            await super().ask(requests, deliver, fresh_connections=False)
            return
        seen = len(self.looks)
        while len(self.looks) == seen:  # noqa: ASYNC110 - the look is a task beside it
            await asyncio.sleep(0)
        for request in requests:
            deliver(request, self._observation(request, 200))
        await asyncio.sleep(3 * audit.EARLY_EVERY)


@pytest.fixture
def early(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The links on which there was an opinion that holds while others were asked."""
    settled: list[str] = []
    judge_early = Judging.judge_early

    def watched(self: Judging, urls: Sequence[str]) -> None:
        judge_early(self, urls)
        settled.extend(url for url in urls if url not in self._open)

    monkeypatch.setattr(audit, "EARLY_EVERY", 0.02)
    monkeypatch.setattr(Judging, "judge_early", watched)
    return settled


@pytest.fixture
def histories(tmp_path: Path) -> Iterator[tuple[HistoryWriter, HistoryWriter]]:
    with HistoryWriter(tmp_path / "one.sqlite") as one, HistoryWriter(tmp_path / "other.sqlite") as other:
        yield one, other


async def test_what_is_judged_early_is_judged_alike(
    histories: tuple[HistoryWriter, HistoryWriter], early: list[str]
) -> None:
    """Plain links are; those wait on which the rest of the run bears. The report is the same as that of a quick run."""
    links = []
    for url in ANSWERS:
        one = link(url)
        claims = Claims(title=TITLES.get(url), main=True)
        links.append(msgspec.structs.replace(one, places=(msgspec.structs.replace(one.places[0], claims=claims),)))
    slow, quick = Site(histories[0], Slow(ANSWERS)), Site(histories[1], FakeEngine(ANSWERS))
    with_early, without = (await slow.audit(*links)).report, (await quick.audit(*links)).report

    assert findings(with_early) == findings(without)
    assert with_early.summary == without.summary
    assert {FOG, BUOYS, TIDE} <= set(early)
    assert not {GONE, NEWS} & set(early)


async def test_an_answer_that_comes_amid_a_look_is_not_overlooked(
    histories: tuple[HistoryWriter, HistoryWriter], early: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What failed in passing has the verdict of its last answer, not of the one that was stored when the look began."""
    monkeypatch.setattr(audit, "AT_ONCE", 1)
    urls = [f"https://h{number}.example/page" for number in range(20)]
    answers: dict[str, Sequence[Answer]] = {url: [FailureKind.TIMEOUT] for url in urls}
    answers[FOG] = [whole(FOG, "Fog over the bay")]
    site = Site(histories[0], Racing(answers, looks=early))
    report = (await site.audit(link(FOG), *map(link, urls))).report

    assert {one.verdict.code for one in findings(report).values()} == {Code.OK}


def test_the_tally_of_a_run_that_goes_on_tells_nothing() -> None:
    """Whatever a rule asks of it."""
    with pytest.raises(UnfinishedError, match="fan_in"):
        _ = UNFINISHED.fan_in
