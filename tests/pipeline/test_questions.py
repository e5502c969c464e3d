"""Second questions within a run: who is asked, how often, and what becomes of the answers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from crawler.health import judge, walls
from crawler.health.questions import sibling_of
from crawler.health.sight import Where, signs
from crawler.history.writing import HistoryWriter
from crawler.model import Answered, Features, Hop, Observation, Purpose
from crawler.pipeline.explain import explain
from crawler.pipeline.findings import Judging
from crawler.settings import AuditSettings, HistorySettings, Settings
from tests.pipeline.fakes import FAST, MONDAY, Answer, FakeEngine, Site, findings, link, told

A, B, FRONT = "https://a.example/2020/fog", "https://a.example/2020/buoys", "https://a.example/"
RUN = f"{MONDAY:%Y%m%dT%H%M%SZ}-1"
"""What the first run of a history is called."""


@pytest.fixture
def history(tmp_path: Path) -> Iterator[HistoryWriter]:
    with HistoryWriter(tmp_path / "history.sqlite") as history:
        yield history


def small(url: str, text: str) -> Observation:
    """A page with next to no text."""
    return Observation(
        url=url,
        purpose=Purpose.LINK,
        asked_at=MONDAY,
        outcome=Answered(url=url, status=200),
        features=Features(lead=text, visible=len(text)),
        sample=f"<p>{text}</p>",
    )


async def test_one_control_serves_all_missing_pages_of_a_host(history: HistoryWriter) -> None:
    """Its refusal speaks for all of them."""
    site = Site(history, FakeEngine({A: [404], B: [404], FRONT: [403]}))
    report = (await site.audit(link(A), link(B))).report

    assert [(one.url, one.purpose) for one in site.engine.questions] == [(FRONT, Purpose.CONTROL)]
    assert told(report) == {A: ("blocked", "steady"), B: ("blocked", "steady")}
    assert report.run.requests == 5  # both were asked once more before


async def test_a_link_that_answers_is_control_enough(history: HistoryWriter) -> None:
    """Nothing is asked."""
    site = Site(history, FakeEngine({A: [404], B: [200]}))
    report = (await site.audit(link(A), link(B))).report

    assert not site.engine.questions
    assert told(report)[A] == ("not_found", "new")


async def test_one_made_up_address_serves_the_suspects_of_a_folder(history: HistoryWriter) -> None:
    """And the front page is asked only where that address shows the same page."""
    made_up = sibling_of(A, RUN)
    same = "Row back to the pier?"
    answers = {A: [small(A, same)], B: [small(B, "Buoys: see the harbour master")], made_up: [small(made_up, same)]}
    site = Site(history, FakeEngine(answers))
    report = (await site.audit(link(A), link(B))).report

    asked = [(one.url, one.purpose) for one in site.engine.questions]
    assert asked == [(made_up, Purpose.SIBLING), (FRONT, Purpose.CONTROL)]
    assert told(report) == {A: ("soft_404", "new"), B: ("ok", "steady")}
    assert findings(report)[A].verdict.rule == "sibling_alike"


async def test_a_resumed_run_asks_no_question_twice(history: HistoryWriter) -> None:
    """The answers are stored like those of links."""
    site = Site(history, FakeEngine({A: [404], B: [404], FRONT: [403]}, hang_after=1))
    asyncio.get_running_loop().call_later(0.05, site.stop.set)
    await site.audit(link(A), link(B))
    assert not site.engine.questions

    site.engine.hang_after, site.stop = None, asyncio.Event()
    site.engine.now += timedelta(hours=1)
    report = (await site.audit(link(A), link(B))).report
    assert len(site.engine.questions) == 1
    assert told(report)[A] == ("blocked", "steady")


async def test_offline_asks_no_questions(history: HistoryWriter) -> None:
    """Nor anything else."""
    settings = msgspec.structs.replace(FAST, audit=AuditSettings(offline=True))
    site = Site(history, FakeEngine({}), settings)
    await site.audit(link(A))

    assert not site.engine.questions


async def test_explaining_a_link_asks_its_questions_too(tmp_path: Path) -> None:
    """So that it says the same as an audit."""
    engine = FakeEngine({A: [404], FRONT: [403]})
    settings = msgspec.structs.replace(Settings(), root=str(tmp_path))
    finding = await explain(settings, A, None, engine=engine, now=MONDAY)

    assert finding.verdict.rule == "refused_like_the_host"
    assert [(one.purpose, one.url) for one in finding.answers] == [(Purpose.CONTROL, FRONT)]


def moved(url: str, end: str) -> Observation:
    """A redirect to a page of another name."""
    seen = small(end, "All articles")
    return msgspec.structs.replace(seen, url=url, hops=(Hop(url=url, status=301),))


async def test_explaining_a_link_knows_what_the_last_run_saw(history: HistoryWriter) -> None:
    """Its votes count, its host failed as a whole, and other pages of the host end where it does."""
    settings = msgspec.structs.replace(
        FAST, root=str(history.path.parent), history=HistorySettings(path=history.path.name)
    )
    dead = [f"https://c.example/fog/{name}" for name in ("signals", "horns", "bells")]
    lost = [f"https://d.example/2020/{name}" for name in ("gull-count", "new-buoys")]
    answers: dict[str, list[Answer]] = {url: [404] for url in (A, *dead)}
    answers |= {"https://a.example/": [200], "https://c.example/": [200]}
    answers |= {url: [moved(url, "https://d.example/archive")] for url in lost}
    site = Site(history, FakeEngine(answers), settings)
    await site.audit(*(link(url) for url in (A, *dead, *lost)))

    async def now(url: str) -> tuple[str, str]:
        told = await explain(settings, url, None, engine=site.engine, now=site.engine.now)
        return told.verdict.rule, told.state.value

    site.later()
    assert await now(A) == ("not_found", "confirmed")
    assert await now(dead[0]) == ("not_found", "still")
    assert await now(lost[0]) == ("fan_in", "still")


async def test_a_new_fingerprint_judges_the_stored_past_anew(
    history: HistoryWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a request: a report of a stored run says what the rules of today say."""
    site = Site(history, FakeEngine({A: [small(A, "Gulls only beyond this point")]}))
    before = (await site.audit(link(A))).report
    old = judge.digest()
    row = signs("a test", "2026-11", ("gulls", "Gull Guard", Where.TEXT, r"\bgulls only\b"))
    monkeypatch.setattr(walls, "SIGNS", (*walls.SIGNS, *row))
    monkeypatch.setattr(judge, "TABLES", (*judge.TABLES, row))
    after = Judging(history, history.run(), FAST).report()

    assert told(before)[A] == ("ok", "steady")
    assert told(after)[A] == ("blocked", "steady")
    assert findings(after)[A].verdict.because == (
        "Gull Guard stands before a.example (gulls), so nothing is known of the page: “Gulls only beyond this point”"
    )
    assert judge.digest() != old
