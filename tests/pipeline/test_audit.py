"""A run from plan to report, over an engine without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from crawler.history.writing import HistoryWriter
from crawler.model import Answered, Code, FailureKind, Observation, Page, Purpose
from crawler.pipeline.fair import AT_ONCE
from crawler.pipeline.findings import Judging
from crawler.pipeline.runs import run_lines
from crawler.settings import (
    AuditSettings,
    HistorySettings,
    HostSettings,
    HostTable,
    MetadataSettings,
    NetworkSettings,
    Settings,
)
from tests.pipeline.fakes import FAST, MONDAY, Answer, FakeEngine, Site, findings, link, told

A, B, C = "https://a.example/1", "https://b.example/2", "https://c.example/3"


@pytest.fixture
def history(tmp_path: Path) -> Iterator[HistoryWriter]:
    with HistoryWriter(tmp_path / "history.sqlite") as history:
        yield history


async def test_each_link_is_asked_once_and_is_one_finding(history: HistoryWriter) -> None:
    """Healthy ones too, sorted by URL, with counts that add up; what is missing for the first time, once more."""
    site = Site(history, FakeEngine({A: [200], B: [404], C: [403]}))
    report = (await site.audit(link(B), link(C), link(A))).report

    assert [request.url for request in site.engine.asked] == [A, B, C, B]
    assert told(report) == {A: ("ok", "steady"), B: ("not_found", "new"), C: ("blocked", "steady")}
    assert [request.url for request in site.engine.questions] == ["https://b.example/"]  # does it refuse everything?
    assert (report.run.cards, report.run.links, report.run.requests, report.run.received) == (1, 3, 5, 50)
    assert dict(report.summary.health)["broken"] == 1
    assert dict(report.summary.change) == {"new": 1, "still": 0, "fixed": 0}


async def test_what_failed_in_passing_is_asked_once_more(history: HistoryWriter) -> None:
    """The last answer counts; what refuses us is left in peace."""
    answers: dict[str, list[Answer]] = {A: [FailureKind.TIMEOUT, 200], B: [503, 503], C: [403]}
    site = Site(history, FakeEngine(answers))
    report = (await site.audit(link(A), link(B), link(C))).report

    assert [request.url for request in site.engine.asked] == [A, B, C, A, B]
    assert told(report) == {A: ("ok", "steady"), B: ("server_error", "new"), C: ("blocked", "steady")}


async def test_what_is_missing_for_the_first_time_is_asked_once_more(history: HistoryWriter) -> None:
    """A page may be missing in passing; where it was missing the last time already, once is enough."""
    site = Site(history, FakeEngine({A: [404, 200], B: [410], C: [200]}))
    first = (await site.audit(link(A), link(B), link(C))).report

    assert [request.url for request in site.engine.asked] == [A, B, C, A, B]
    assert told(first) == {A: ("ok", "steady"), B: ("gone", "new"), C: ("ok", "steady")}
    site.later()
    again = (await site.audit(link(A), link(B), link(C))).report
    assert [request.url for request in site.engine.asked] == [A, B, C, A]
    assert told(again) == {A: ("ok", "steady"), B: ("gone", "confirmed"), C: ("ok", "steady")}


async def test_a_name_is_gone_only_after_the_second_pass(history: HistoryWriter) -> None:
    """And only while other names resolve."""
    site = Site(history, FakeEngine({A: [200], B: [FailureKind.DNS_NOT_FOUND]}))
    report = (await site.audit(link(A), link(B))).report

    assert told(report)[B] == ("dns_gone", "new")


async def test_no_retries_means_no_second_pass(history: HistoryWriter) -> None:
    """`max_retries = 0` asks every link exactly once."""
    settings = Settings(network=NetworkSettings(max_retries=0, retry_pause=0.0))
    site = Site(history, FakeEngine({A: [FailureKind.TIMEOUT, 200]}), settings)
    report = (await site.audit(link(A))).report

    assert len(site.engine.asked) == 1
    assert told(report)[A] == ("timeout", "new")


async def test_what_cannot_or_must_not_be_asked_is_not(history: HistoryWriter) -> None:
    """It is a finding all the same."""
    site = Site(history, FakeEngine({A: [200]}))
    report = (await site.audit(link(A), link(B, excluded="removed: true"), link("mailto:x", invalid="a scheme"))).report

    assert [request.url for request in site.engine.asked] == [A]
    assert told(report)[B] == ("excluded", "steady")
    assert told(report)["mailto:x"] == ("invalid_url", "new")


async def test_offline_asks_only_the_files_of_the_site(history: HistoryWriter) -> None:
    """Syntax and files on disk need no network."""
    settings = msgspec.structs.replace(FAST, audit=AuditSettings(offline=True))
    site = Site(history, FakeEngine({"assets/a.jpg": [404]}), settings)
    report = (await site.audit(link(A), link("/assets/a.jpg", asset="assets/a.jpg"))).report

    assert [request.purpose for request in site.engine.asked] == [Purpose.ASSET]
    assert told(report) == {A: ("offline", "steady"), "/assets/a.jpg": ("asset_missing", "new")}
    assert report.run.requests == 0
    stored = history.run(None)
    assert told(Judging(history, stored, FAST).report()) == told(report)  # whatever holds when it is rendered again
    assert run_lines(history)[0].ended == "offline"


async def test_a_run_that_is_gone_on_with_looks_at_files_again(history: HistoryWriter) -> None:
    """They cost nothing, and may have been put right meanwhile; offline, too, however often."""
    site = Site(history, FakeEngine({A: [200], "assets/a.jpg": [404, 404, 200], B: [200]}, hang_after=2))
    links = (link("/assets/a.jpg", asset="assets/a.jpg"), link(A), link(B))
    asyncio.get_running_loop().call_later(0.05, site.stop.set)
    await site.audit(*links)
    site.stop, site.engine.hang_after = asyncio.Event(), None
    site.settings = msgspec.structs.replace(FAST, audit=AuditSettings(offline=True))
    codes = [told((await site.audit(*links)).report)["/assets/a.jpg"][0] for _ in range(2)]

    assert codes == ["asset_missing", "ok"]


async def test_an_offline_audit_makes_old_answers_no_younger(history: HistoryWriter) -> None:
    """An interrupted run is gone on with for half a day, and a hook that runs offline now and then asks no host."""
    site = Site(history, FakeEngine({A: [200], B: [200], "assets/a.jpg": [200]}, hang_after=2))
    links = (link("/assets/a.jpg", asset="assets/a.jpg"), link(A), link(B))
    asyncio.get_running_loop().call_later(0.05, site.stop.set)
    stopped = await site.audit(*links)
    site.stop, site.engine.hang_after = asyncio.Event(), None
    site.settings = msgspec.structs.replace(FAST, audit=AuditSettings(offline=True))
    for _ in range(2):
        site.engine.now += timedelta(hours=8)
        await site.audit(*links)
    site.settings = FAST
    after = await site.audit(*links)

    assert after.report.run.id != stopped.report.run.id


async def test_an_interrupted_run_reports_what_is_known_and_is_gone_on_with(history: HistoryWriter) -> None:
    """The next run asks only the rest, and once more what is missing."""
    site = Site(history, FakeEngine({A: [200], B: [404], C: [200]}, hang_after=2))
    asyncio.get_running_loop().call_later(0.05, site.stop.set)
    stopped = await site.audit(link(A), link(B), link(C))

    assert stopped.interrupted
    assert told(stopped.report) == {A: ("ok", "steady"), B: ("not_found", "new"), C: ("deferred", "steady")}
    site.engine.hang_after, site.stop = None, asyncio.Event()
    site.engine.asked.clear()
    site.engine.now += timedelta(hours=1)
    ended = await site.audit(link(A), link(B), link(C))
    assert [request.url for request in site.engine.asked] == [C, B]
    assert told(ended.report) == {A: ("ok", "steady"), B: ("not_found", "new"), C: ("ok", "steady")}
    assert ended.report.run.id == stopped.report.run.id
    assert ended.report.run.requests == 5  # with the control of a host that has only a 404


async def test_an_offline_audit_leaves_an_interrupted_run_to_be_gone_on_with(history: HistoryWriter) -> None:
    """What was answered is told and is not asked again; the next audit asks the rest."""
    site = Site(history, FakeEngine({A: [404], B: [200]}, hang_after=1))
    asyncio.get_running_loop().call_later(0.05, site.stop.set)
    await site.audit(link(A), link(B))
    site.stop.clear()
    site.settings = msgspec.structs.replace(FAST, audit=AuditSettings(offline=True))
    between = await site.audit(link(A), link(B))
    site.settings, site.engine.hang_after = FAST, None
    after = await site.audit(link(A), link(B))

    assert not between.interrupted
    assert told(between.report) == {A: ("not_found", "new"), B: ("offline", "steady")}
    assert after.report.run.id == between.report.run.id
    assert [request.url for request in site.engine.asked] == [A, B, A]


async def test_an_interrupt_is_heard_while_the_past_is_judged_anew(history: HistoryWriter) -> None:
    """Verdicts that other rules made are made again before anything is asked; left half way, they are the next time."""
    urls = [f"https://a.example/{number}" for number in range(10 * AT_ONCE)]
    site = Site(history, FakeEngine({url: [200] for url in urls}))
    first = (await site.audit(*map(link, urls))).report
    site.later()
    site.settings = msgspec.structs.replace(FAST, metadata=MetadataSettings(title="og"))
    rules = Judging(history, history.run(None), site.settings).rules
    site.stop.set()
    run = site.run(*map(link, urls))

    assert (await run.ask(site.stop), site.engine.asked) == ("interrupted", [])
    assert [one.id for one in history.stale(history.run(None), rules)] == [first.run.id]
    site.stop.clear()
    await site.audit(*map(link, urls))
    assert history.stale(history.run(None), rules) == ()


def with_etag(url: str, status: int = 200, etag: str = '"1"') -> Observation:
    outcome = Answered(url=url, status=status, headers=(("etag", etag),) if status == 200 else ())
    page = Page(title="As it was") if status == 200 else None
    return Observation(url=url, purpose=Purpose.LINK, asked_at=MONDAY, outcome=outcome, page=page)


async def test_a_304_keeps_the_facts_of_last_time(history: HistoryWriter) -> None:
    """Validators are sent after healthy answers only, and every fourth run asks in full."""
    site = Site(history, FakeEngine({A: [with_etag(A)], B: [404]}))
    await site.audit(link(A), link(B))
    sent = []
    for status in (304, 304, 304, 200, 304):
        site.later(**{A: [with_etag(A, status)]})
        report = (await site.audit(link(A), link(B))).report
        sent.append([dict(request.headers).get("if-none-match") for request in site.engine.asked])
        page = findings(report)[A].observation
        assert page is not None
        assert page.page == Page(title="As it was")
        assert told(report)[A] == ("ok", "steady")

    assert sent == [['"1"', None], ['"1"', None], ['"1"', None], [None, None], ['"1"', None]]


async def test_fresh_answers_are_not_asked_again(history: HistoryWriter) -> None:
    """`max_age` spares what was healthy lately, never what was not."""
    settings = msgspec.structs.replace(FAST, history=HistorySettings(max_age="10d"))
    site = Site(history, FakeEngine({A: [200], B: [404]}), settings)
    await site.audit(link(A), link(B))
    site.later()
    report = (await site.audit(link(A), link(B))).report

    assert [request.url for request in site.engine.asked] == [B]
    assert told(report) == {A: ("ok", "steady"), B: ("not_found", "confirmed")}
    site.later()
    await site.audit(link(A), link(B))
    assert [request.url for request in site.engine.asked] == [A, B]


async def test_new_still_and_fixed_compare_with_the_last_time_a_link_was_asked(history: HistoryWriter) -> None:
    """A link that this run did not ask is not fixed by it."""
    site = Site(history, FakeEngine({A: [404], B: [404], C: [200]}))
    await site.audit(link(A), link(B), link(C))
    site.later(**{A: [200], C: [410]})
    report = (await site.audit(link(A), link(B, excluded="--exclude"), link(C))).report

    assert dict(report.summary.change) == {"new": 1, "still": 0, "fixed": 1}
    site.later()
    report = (await site.audit(link(A), link(B), link(C))).report
    assert dict(report.summary.change) == {"new": 0, "still": 2, "fixed": 0}


async def test_links_with_one_request_share_it(history: HistoryWriter) -> None:
    """Two spellings of one file are read once."""
    site = Site(history, FakeEngine({"assets/a.jpg": [200]}))
    short, long = "/assets/a.jpg", "https://site.example/assets/a.jpg"
    report = (await site.audit(link(short, asset="assets/a.jpg"), link(long, asset="assets/a.jpg"))).report

    assert len(site.engine.asked) == 1
    assert told(report) == {short: ("ok", "steady"), long: ("ok", "steady")}


async def test_a_host_that_fails_as_a_whole_is_one_row_and_is_confirmed_later(history: HistoryWriter) -> None:
    """A link that is alone on its host is judged as before."""
    many = [f"https://many.example/{number}" for number in range(3)]
    site = Site(history, FakeEngine({**{url: [404] for url in many}, A: [200], B: [404]}))
    weekly = []
    for _ in range(3):
        report = (await site.audit(*map(link, [*many, A, B]))).report
        states = told(report)
        weekly.append((states[B][1], states[many[0]][1], [(row.host, row.verdict, row.links) for row in report.hosts]))
        site.later()

    row = [("many.example", "not_found", 3)]
    assert weekly == [("new", "new", row), ("confirmed", "still", row), ("confirmed", "confirmed", row)]


async def test_failures_of_one_class_are_alike(history: HistoryWriter) -> None:
    """A host in trouble refuses here and times out there."""
    urls = [f"https://many.example/{number}" for number in range(4)]
    kinds: list[Answer] = [FailureKind.TIMEOUT, FailureKind.TIMEOUT, FailureKind.CONNECT_REFUSED, 200]
    site = Site(history, FakeEngine({A: [200], **{url: [kind] for url, kind in zip(urls, kinds, strict=True)}}))
    (row,) = (await site.audit(*map(link, [*urls, A]))).report.hosts

    assert (row.verdict, row.links) == ("timeout", 3)
    assert row.because == "3 of the 4 links of many.example are timeout or connect_failed"


async def test_a_host_can_have_another_word_for_a_verdict(history: HistoryWriter) -> None:
    """The report names both."""
    table = HostTable(rows={"b.example": HostSettings(verdict={Code.NOT_FOUND: Code.BLOCKED})})
    site = Site(history, FakeEngine({A: [200], B: [404]}), msgspec.structs.replace(FAST, hosts=table))
    found = findings((await site.audit(link(A), link(B))).report)[B].verdict

    assert (found.code, found.rule) == ("blocked", "host_override")
    assert found.because.endswith('; [hosts."b.example"] calls not_found blocked')
