"""Workers that are processes, over real sockets."""

from __future__ import annotations

import asyncio
import os
import signal
from functools import partial
from unittest.mock import ANY

import pytest

from crawler.demo.reply import Reply, page, redirect, retry_after
from crawler.demo.web import LoopbackWeb, Routes
from crawler.engines.crew import CALL_OFF, PATIENCE
from crawler.errors import ConfigError, EngineError
from crawler.model import Observation, Request, Want
from crawler.settings import EngineSettings
from tests.engines.asking import Asked, asking, crowded, plain, until, urls

LOCAL = EngineSettings(name="local")
TWO = EngineSettings(name="processes", workers=2)
PAGES = {
    "*": page("A page", description="of some length"),
    "h1.org/*": redirect("https://elsewhere.net/"),
    "h2.org/0": Reply(status=503),
}


def dealt(asked: Asked, notes: int) -> bool:
    """What a lost worker had is with another one again: so many notes say so."""
    return len(asked.notes) == notes and len(asked.pids(busy=True)) == 1


async def test_processes_observe_what_one_process_does() -> None:
    """The same observations but for times, byte for byte, over TLS with a certificate authority of its own."""
    wanted = urls(12, 40, tls=True)
    async with LoopbackWeb(PAGES) as web:
        async with asking(web, LOCAL) as here:
            await here.ask(wanted)
        async with asking(web, TWO) as there:
            await there.ask(wanted)
            workers = len(there.pids())

    assert workers == 2
    assert {url: plain(one) for url, one in there.seen} == {url: plain(one) for url, one in here.seen}
    assert there.urls() == sorted(wanted)


async def test_a_host_keeps_its_pace_whoever_leads_there() -> None:
    """Redirects from the sites of both workers, to a host of one of them and to one of none."""
    interval = 0.1
    routes = {"*": page("A page")} | {
        f"h{host}.org/{number}": redirect(f"http://{to}/{host}")
        for host in range(2, 14)
        for number, to in ((0, "h0.org"), (1, "none.net"))
    }
    async with LoopbackWeb(routes) as web, asking(web, TWO, host_request_interval=interval) as asked:
        await asked.ask(urls(14, 18))
        workers = len(asked.pids())

    assert workers == 2
    assert set(asked.statuses().values()) == {200}
    assert sum(hit.host == "h0.org" for hit in web.hits) == 18 + 12
    assert sum(hit.host == "none.net" for hit in web.hits) == 12
    assert crowded(web, interval) == []


async def test_a_killed_worker_costs_what_it_had_not_told() -> None:
    """Nothing is lost or told twice, little is asked twice, and no host is asked faster for it."""
    interval = 0.1
    wanted = urls(20, 12)
    async with LoopbackWeb({"*": page("A page")}) as web, asking(web, TWO, host_request_interval=interval) as asked:
        asking_all = asyncio.create_task(asked.ask(wanted))
        await asked.until(len(wanted) // 2)
        await asked.kill(asked.pids()[0])
        await asking_all

    assert asked.urls() == sorted(wanted)
    assert set(asked.statuses().values()) == {200}
    assert len(web.hits) - len(wanted) <= 20 * 2
    assert crowded(web, interval) == []
    assert [note.partition(" (")[0] for note in asked.notes] == ["worker 1", ANY]
    assert asked.notes[0].endswith(" is lost (ended by signal 9)")
    assert asked.notes[1].endswith(" links are asked again by another worker")


async def test_a_deadline_outlives_the_worker_that_heard_of_it() -> None:
    """A host that asked for a wait is left alone by whoever takes it over."""
    routes: Routes = {"*": page("A page"), "h0.org/*": [retry_after(4), page("A page")]}
    async with LoopbackWeb(routes) as web:
        async with asking(web, TWO, max_retries=1, host_concurrency=1) as asked:
            asking_all = asyncio.create_task(asked.ask(urls(20, 12)))
            await until(lambda: any(hit.host == "h0.org" and hit.finished for hit in web.hits))
            await asyncio.sleep(0.5)  # until it is told
            await until(lambda: len(asked.pids(busy=True)) == 1)
            (holder,) = asked.pids(busy=True)
            await asked.kill(holder)
            await asking_all
        first, second = [hit.at for hit in web.hits if hit.host == "h0.org"][:2]

    assert second - first >= 3.9
    assert set(asked.statuses().values()) == {200}


async def test_links_that_lose_worker_after_worker_are_left() -> None:
    """What ends workers is not fed to all of them: the rest of the run goes on, and people are told."""
    async with LoopbackWeb({"*": page("A page"), "h0.org/*": Reply(hang="head")}) as web, asking(web, TWO) as asked:
        asking_all = asyncio.create_task(asked.ask(urls(20, 12)))
        await asked.until(19 * 12)
        for times in range(PATIENCE):
            await until(partial(dealt, asked, 2 * times))
            (holder,) = asked.pids(busy=True)
            await asyncio.sleep(0.5)
            await asked.kill(holder)
        await asking_all

    assert asked.urls() == sorted(url for url in urls(20, 12) if "//h0." not in url)
    assert asked.notes[-1] == "12 links lost 3 workers; they come first in the next run"


async def test_workers_that_end_together_cost_no_link() -> None:
    """Three of four at once, and one that follows: nothing is given up that was only waiting with them."""
    four = EngineSettings(name="processes", workers=4)
    wanted = urls(40, 20)
    async with LoopbackWeb({"*": page("A page")}) as web, asking(web, four, host_request_interval=0.1) as asked:
        asking_all = asyncio.create_task(asked.ask(wanted))
        await asked.until(len(wanted) // 4)
        pids = asked.pids()
        for pid in pids[:3]:
            os.kill(pid, signal.SIGKILL)
        await until(lambda: bool(set(asked.pids()) - set(pids)))
        await asked.kill(pids[3])
        await asking_all

    assert asked.urls() == sorted(wanted)
    assert crowded(web, 0.1) == []


async def test_a_worker_that_never_spoke_is_no_end_where_others_work() -> None:
    """One is killed while it starts: the other asks everything."""
    async with LoopbackWeb({"*": page("A page")}) as web, asking(web, TWO) as asked:
        asking_all = asyncio.create_task(asked.ask(urls(20, 20)))
        await until(lambda: len(asked.pids()) == 2)
        await asked.kill(asked.pids()[0])
        await asking_all

    assert asked.urls() == sorted(urls(20, 20))


async def test_a_worker_that_is_given_up_between_two_calls_is_not_waited_for() -> None:
    """It says nothing, and ends as slowly as it can: the next call is for the others."""
    async with LoopbackWeb({"*": page("A page")}) as web, asking(web, TWO) as asked:
        await asked.ask(urls(20, 20))
        silent = asked.pids()[0]
        os.kill(silent, signal.SIGSTOP)
        asked.engine._lose(next(iter(asked.engine._members.values())), "silent")
        async with asyncio.timeout(20):
            await asked.ask(urls(20, 20))

    assert asked.urls() == sorted(2 * urls(20, 20))
    assert not alive(silent)


async def test_few_links_get_all_the_room_that_the_run_has() -> None:
    """Where fewer workers are started than there may be, none of the requests under way is kept for the others."""
    many = EngineSettings(name="processes", workers=8)
    async with LoopbackWeb({"*": Reply(delay=0.5)}) as web, asking(web, many, max_concurrency=40) as asked:
        await asked.ask(urls(60, 1))

    assert len(asked.seen) == 60
    assert web.peak() == 40


async def test_called_off_workers_tell_what_they_know() -> None:
    """A cancelled call has delivered what was answered, well within two seconds, and leaves nobody asking."""
    async with LoopbackWeb({"*": page("A page"), "h0.org/*": Reply(hang="head")}) as web:
        async with asking(web, TWO, host_request_interval=0.05) as asked:
            asking_all = asyncio.create_task(asked.ask(urls(20, 12)))
            await asked.until(40)
            pids = asked.pids()
            asking_all.cancel()
            async with asyncio.timeout(CALL_OFF):
                await asyncio.gather(asking_all, return_exceptions=True)
        answered = sum(hit.finished is not None and hit.status == 200 for hit in web.hits)

    assert asking_all.cancelled()
    on_its_way = 20  # an answer of each host, sent but not read when the asking ended
    assert answered - on_its_way <= len(asked.seen) <= answered
    assert not any(alive(pid) for pid in pids)


async def test_a_second_call_asks_with_the_same_workers() -> None:
    """So that what they know of the hosts stays in one place."""
    async with LoopbackWeb(PAGES) as web, asking(web, TWO) as asked:
        await asked.ask(urls(20, 12))
        before = asked.pids()
        await asked.ask(urls(20, 1), fresh=True)

        assert asked.pids() == before


async def test_workers_start_while_the_run_is_prepared() -> None:
    """As many as the links that are expected call for; the asking goes to them, and to another for one that is lost."""
    async with LoopbackWeb(PAGES) as web, asking(web, TWO) as asked:
        await asked.engine.expect(399)
        early = asked.pids()
        await asked.kill(early[0])
        await asked.ask(urls(12, 40))

    assert len(early) == 2
    assert asked.urls() == sorted(urls(12, 40))


async def test_what_is_wrong_with_the_settings_is_told() -> None:
    """Not as a lost worker."""
    async with LoopbackWeb({}) as web:
        async with asking(web, TWO, headers={"a b": "c"}) as asked:
            with pytest.raises(ConfigError, match="'a b'"):
                await asked.ask(urls(1, 1))
        async with asking(web, TWO, ca_file="missing.pem") as asked:
            with pytest.raises(ConfigError, match=r"missing\.pem"):
                await asked.ask(urls(1, 1))


async def test_what_cannot_be_stored_is_no_fault_of_a_worker() -> None:
    """A full disk ends the call with its own words, and nobody is told to be lost."""

    def deliver(request: Request, observation: Observation) -> None:
        raise OSError(28, "No space left on device")

    requests = [Request(url=url, want=Want.PAGE) for url in urls(20, 20)]
    async with LoopbackWeb({"*": page("A page")}) as web, asking(web, TWO) as asked:
        with pytest.raises(OSError, match="No space left"):
            await asked.engine.ask(requests, deliver, fresh_connections=False)
        workers = len(asked.pids())

    assert (workers, asked.notes) == (2, [])


async def test_workers_that_cannot_start_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the last words of one."""
    monkeypatch.setattr("crawler.engines.processes._START", "raise SystemExit('no such module')")
    async with LoopbackWeb({}) as web, asking(web, TWO) as asked:
        with pytest.raises(EngineError, match="cannot start: exit code 1: no such module"):
            await asked.ask(urls(1, 1))


def alive(pid: int) -> bool:
    """Whether a process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
