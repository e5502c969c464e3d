"""Runs that cannot ask everything, or that mean nothing: said so, and nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from crawler.history.writing import INTERRUPTED, HistoryWriter
from crawler.model import FailureKind, Purpose
from crawler.settings import AuditSettings, FixSettings, HistorySettings, NetworkSettings, Settings
from tests.pipeline.fakes import FAST, FakeEngine, Site, link, told

HOSTS = [f"https://h{number}.example/page" for number in range(8)]
DOWN = FailureKind.DNS_TEMPORARY


@pytest.fixture
def history(tmp_path: Path) -> Iterator[HistoryWriter]:
    with HistoryWriter(tmp_path / "history.sqlite") as history:
        yield history


async def test_our_own_outage_is_no_dead_link(history: HistoryWriter) -> None:
    """The run is void, keeps no failure, and is given up early; the next run goes on as if it had not been."""
    site = Site(history, FakeEngine({url: [200] for url in HOSTS}))
    await site.audit(*map(link, HOSTS))
    site.later(**{url: [DOWN] for url in HOSTS})
    void = (await site.audit(*map(link, HOSTS))).report

    assert void.run.void
    assert void.run.void_because is not None
    assert "our own network or resolver is down" in void.run.void_because
    assert {verdict for verdict, _ in told(void).values()} == {"deferred"}
    assert len(site.engine.asked) < len(HOSTS)
    site.later(**{url: [200] for url in HOSTS})
    report = (await site.audit(*map(link, HOSTS))).report
    assert set(told(report).values()) == {("ok", "steady")}
    assert dict(report.summary.change) == {"new": 0, "still": 0, "fixed": 0}


@pytest.mark.parametrize("gone_on", [True, False], ids=["gone on with", "left"])
async def test_what_is_left_of_our_own_outage_gives_no_votes(history: HistoryWriter, gone_on: bool) -> None:
    """Who interrupts a run in which nothing answers leaves it unjudged; it is found void before the next one asks."""
    no_second = msgspec.structs.replace(FAST, network=msgspec.structs.replace(FAST.network, max_retries=0))
    site = Site(history, FakeEngine({url: [200] for url in HOSTS}), no_second)
    await site.audit(*map(link, HOSTS))
    site.later(**{url: [FailureKind.TIMEOUT] for url in HOSTS})
    site.engine.hang_after = 7
    run = site.run(*map(link, HOSTS))
    asking = asyncio.create_task(run.ask(stop := asyncio.Event()))
    while len(site.engine.asked) < 7:  # noqa: ASYNC110 - the engine is a fake one
        await asyncio.sleep(0)
    stop.set()
    assert await asking == INTERRUPTED
    site.engine.hang_after = None
    site.engine.now += timedelta(hours=1 if gone_on else 24)
    site.engine.asked.clear()
    site.engine.answers = {url: [200] for url in HOSTS}
    report = (await site.audit(*map(link, HOSTS))).report

    assert report.run.void is False
    assert set(told(report).values()) == {("ok", "steady")}
    assert len(site.engine.asked) == len(HOSTS)
    assert [bool(run.void) for run in history.runs()] == [False, True, False]


async def test_a_first_run_without_a_network_is_void_too(history: HistoryWriter) -> None:
    """There is no past to compare with, yet no host is reached."""
    site = Site(history, FakeEngine({url: [FailureKind.CONNECT_FAILED] for url in HOSTS}))
    report = (await site.audit(*map(link, HOSTS))).report

    assert report.run.void
    assert history.latest(HOSTS[0]) is None


async def test_a_jump_of_failures_across_hosts_is_not_believed(history: HistoryWriter) -> None:
    """Six of eight hosts time out that answered last week: more likely us."""
    site = Site(history, FakeEngine({url: [200] for url in HOSTS}))
    await site.audit(*map(link, HOSTS))
    site.later(**{url: [FailureKind.TIMEOUT] for url in HOSTS[:6]})
    report = (await site.audit(*map(link, HOSTS))).report

    assert report.run.void
    assert "6 of 8 links fail that were asked in both runs" in (report.run.void_because or "")


async def test_a_run_that_means_nothing_asks_the_archive_nothing(history: HistoryWriter) -> None:
    """Though what has failed would be looked up at once on any other day."""
    archive = msgspec.structs.replace(FAST, fix=FixSettings(archive="replace", confirmed_only=False))
    site = Site(history, FakeEngine({url: [200] for url in HOSTS}), archive)
    await site.audit(*map(link, HOSTS))
    site.later(**{url: [FailureKind.TIMEOUT] for url in HOSTS[:6]})
    void = (await site.audit(*map(link, HOSTS))).report
    looked_up = [one for one in site.engine.questions if one.purpose is Purpose.ARCHIVE]
    site.later(**{url: [200] for url in HOSTS[:6]} | {HOSTS[0]: [410]})
    await site.audit(*map(link, HOSTS))

    assert (void.run.void, looked_up) == (True, [])
    assert {one.purpose for one in site.engine.questions} >= {Purpose.ARCHIVE}


async def test_one_host_that_goes_down_with_all_its_links_is_believed(history: HistoryWriter) -> None:
    """A site that dies is one host, however many links it has."""
    links = [f"https://big.example/{number}" for number in range(20)] + HOSTS
    site = Site(history, FakeEngine({url: [200] for url in links}))
    await site.audit(*map(link, links))
    site.later(**{url: [500] for url in links[:20]})
    report = (await site.audit(*map(link, links))).report

    assert not report.run.void
    assert dict(report.summary.verdict)["server_error"] == 20
    assert [(row.host, row.links) for row in report.hosts] == [("big.example", 20)]


async def test_what_a_budget_leaves_comes_first_in_the_next_run(history: HistoryWriter) -> None:
    """Each link gets its turn, and is `deferred` until then."""
    links = [f"https://big.example/{number}" for number in range(5)]
    settings = Settings(network=NetworkSettings(host_budget=2, retry_pause=0.0))
    site = Site(history, FakeEngine({url: [200] for url in links}), settings)
    asked = []
    for _ in range(3):
        report = (await site.audit(*map(link, links))).report
        asked.append([int(request.url[-1]) for request in site.engine.asked])
        assert dict(report.summary.verdict)["deferred"] == 3
        site.later()

    assert asked == [[0, 1], [2, 3], [4, 0]]


async def test_what_an_interrupted_run_has_asked_counts_for_its_budget(history: HistoryWriter) -> None:
    """A run has one budget, however often it is gone on with."""
    links = [f"https://big.example/{number}" for number in range(4)]
    settings = Settings(network=NetworkSettings(host_budget=2, retry_pause=0.0))
    site = Site(history, FakeEngine({url: [200] for url in links}, hang_after=1), settings)
    asyncio.get_running_loop().call_later(0.05, site.stop.set)
    await site.audit(*map(link, links))
    site.engine.hang_after, site.stop = None, asyncio.Event()
    report = (await site.audit(*map(link, links))).report

    assert [request.url for request in site.engine.asked] == links[:2]
    assert dict(report.summary.verdict)["deferred"] == 2


async def test_a_run_that_is_out_of_time_says_what_it_left(history: HistoryWriter) -> None:
    """And the next run asks that first."""
    settings = msgspec.structs.replace(FAST, audit=AuditSettings(max_duration="1s"))
    site = Site(history, FakeEngine({url: [200] for url in HOSTS}, hang_after=5), settings)
    outcome = await site.audit(*map(link, HOSTS))

    assert not outcome.interrupted
    left = [url for url, (verdict, _) in told(outcome.report).items() if verdict == "deferred"]
    assert left == HOSTS[5:]
    site.later()
    site.engine.hang_after = None
    report = (await site.audit(*map(link, HOSTS))).report
    assert [request.url for request in site.engine.asked] == HOSTS[5:] + HOSTS[:5]
    assert set(told(report).values()) == {("ok", "steady")}


async def test_a_host_that_asks_for_a_long_wait_comes_first_next_time(history: HistoryWriter) -> None:
    """It is `rate_limited` this time, not dead."""
    site = Site(history, FakeEngine({HOSTS[0]: [200], HOSTS[1]: [FailureKind.DEFERRED]}))
    report = (await site.audit(*map(link, HOSTS[:2]))).report

    assert told(report)[HOSTS[1]] == ("rate_limited", "steady")
    site.later(**{HOSTS[1]: [200]})
    await site.audit(*map(link, HOSTS[:2]))
    assert [request.url for request in site.engine.asked] == [HOSTS[1], HOSTS[0]]


async def test_a_new_link_is_not_what_was_left(history: HistoryWriter) -> None:
    """Only what an earlier run knew and did not ask."""
    site = Site(history, FakeEngine({url: [200] for url in HOSTS}))
    await site.audit(link(HOSTS[1]))
    site.later()
    await site.audit(link(HOSTS[0]), link(HOSTS[1]))

    assert [request.url for request in site.engine.asked] == HOSTS[:2]


async def test_old_runs_are_forgotten(history: HistoryWriter) -> None:
    """As many are kept as the setting says."""
    settings = msgspec.structs.replace(FAST, history=HistorySettings(keep_runs=2))
    site = Site(history, FakeEngine({HOSTS[0]: [200]}), settings)
    for _ in range(4):
        await site.audit(link(HOSTS[0]))
        site.later()

    assert [run.number for run in history.runs()] == [4, 3]


async def test_an_old_interrupted_run_is_not_gone_on_with(history: HistoryWriter) -> None:
    """A week later everything is asked anew."""
    site = Site(history, FakeEngine({url: [200] for url in HOSTS}, hang_after=2))
    site.stop.set()
    await site.audit(*map(link, HOSTS))
    site.stop.clear()
    site.engine.hang_after = None
    site.engine.asked.clear()
    site.engine.now += timedelta(days=7)
    report = (await site.audit(*map(link, HOSTS))).report

    assert len(site.engine.asked) == 8
    assert report.run.id.endswith("-2")
