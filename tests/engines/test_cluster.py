"""Workers of a Dask cluster: a real scheduler and real workers on this machine."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crawler.demo.reply import Reply, page, redirect, retry_after
from crawler.demo.web import LoopbackWeb, Routes
from crawler.engines import cluster, crew
from crawler.engines import scheduler as dask
from crawler.engines.worker import ALIVE_EVERY
from crawler.errors import EngineError
from crawler.settings import EngineSettings
from tests.engines.asking import Asked, asking, crowded, plain, until, urls
from tests.engines.dask import lone_scheduler, lone_worker

distributed = pytest.importorskip("distributed", reason="until the extra is installed: pip install '.[cluster]'")

LOCAL = EngineSettings(name="local")
PAGES: Routes = {
    "*": page("A page", description="of some length"),
    "h1.org/*": redirect("https://elsewhere.net/"),
    "h2.org/0": Reply(status=503),
}


@pytest.fixture(scope="module")
def local_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Two workers, which are started again when they end."""
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
            local_directory=str(tmp_path_factory.mktemp("dask")),
        ) as made,
    ):
        yield made


@pytest.fixture
async def scheduler(local_cluster: Any) -> str:
    """Its address, as soon as both workers are there."""
    await until(lambda: len(local_cluster.scheduler.workers) == 2)
    return str(local_cluster.scheduler_address)


def on(address: str) -> EngineSettings:
    return EngineSettings(name="dask", scheduler=address)


async def workers(asked: Asked, *, busy: bool = False) -> list[int]:
    """The processes that ask, or those of them that have something left."""
    pids = await asked.engine._crew._cluster._client.run(os.getpid)
    members = asked.engine._members.values()
    return [pids[member.hand.name.split()[1]] for member in members if member.left or not busy]


async def test_a_cluster_observes_what_one_process_does(scheduler: str) -> None:
    """The same observations but for times, byte for byte, over TLS, without a file of certificates on the workers."""
    wanted = urls(12, 40, tls=True)
    async with LoopbackWeb(PAGES) as web:
        async with asking(web, LOCAL) as here:
            await here.ask(wanted)
        async with asking(web, on(scheduler)) as there:
            await there.ask(wanted)
            count = len(await workers(there))

    assert count == 2
    assert {url: plain(one) for url, one in there.seen} == {url: plain(one) for url, one in here.seen}
    assert there.urls() == sorted(wanted)


async def test_a_killed_worker_of_a_cluster_costs_what_it_had_not_told(scheduler: str) -> None:
    """Nothing is lost or told twice, little is asked twice, and no host is asked faster for it."""
    interval = 0.1
    wanted = urls(20, 20)
    routes: Routes = {
        "*": page("A page"),
        "h0.org/*": redirect("http://h1.org/0"),
        "h3.org/0": [retry_after(1), page("")],
    }
    async with LoopbackWeb(routes) as web, asking(web, on(scheduler), host_request_interval=interval) as asked:
        asking_all = asyncio.create_task(asked.ask(wanted))
        await asked.until(len(wanted) // 2)
        os.kill((await workers(asked))[0], signal.SIGKILL)
        await asking_all

    assert asked.urls() == sorted(wanted)
    assert set(asked.statuses().values()) <= {200, 429}
    assert crowded(web, interval) == []
    assert [" is lost (" in note for note in asked.notes] == [True, False]


async def test_a_worker_that_joins_amid_a_call_takes_the_place_of_a_lost_one(scheduler: str) -> None:
    """As the one does that Dask starts again: what the other had is not all left to those that remain."""
    async with (
        LoopbackWeb({"*": page("A page")}) as web,
        asking(web, on(scheduler), host_request_interval=0.1) as asked,
    ):
        asking_all = asyncio.create_task(asked.ask(urls(20, 40)))
        await asked.until(100)
        lost, left = await workers(asked)
        os.kill(lost, signal.SIGKILL)
        await asking_all
        remaining = await workers(asked)

    assert len(remaining) == 2
    assert left in remaining
    assert asked.urls() == sorted(urls(20, 40))
    assert crowded(web, 0.1) == []


@pytest.mark.slow
async def test_a_worker_that_falls_silent_is_given_up(scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it has is asked by others."""
    monkeypatch.setattr(crew, "SILENCE", 2 * ALIVE_EVERY)
    monkeypatch.setattr(crew, "PARTING", 0.2)
    slow = {"host_request_interval": 0.1}
    async with LoopbackWeb({"*": page("A page")}) as web, asking(web, on(scheduler), **slow) as asked:
        asking_all = asyncio.create_task(asked.ask(urls(20, 20)))
        await asked.until(100)
        stopped = (await workers(asked))[0]
        os.kill(stopped, signal.SIGSTOP)
        try:
            await asking_all
        finally:
            os.kill(stopped, signal.SIGKILL)

    assert asked.urls() == sorted(urls(20, 20))
    assert "silent for 10 s" in asked.notes[0]


async def test_a_cancelled_call_has_delivered_what_was_answered(scheduler: str) -> None:
    """And nobody asks any more."""
    slow = {"host_request_interval": 0.05}
    async with LoopbackWeb({"*": page("A page")}) as web, asking(web, on(scheduler), **slow) as asked:
        asking_all = asyncio.create_task(asked.ask(urls(20, 20)))
        await asked.until(40)
        asking_all.cancel()
        await asyncio.gather(asking_all, return_exceptions=True)
        answered = sum(hit.status == 200 for hit in web.hits)
        await asyncio.sleep(0.3)

        assert sum(hit.status == 200 for hit in web.hits) == answered
    assert answered - 2 * 20 <= len(asked.seen) <= answered  # but for what was on its way to or from the 20 hosts


async def test_a_lost_scheduler_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what was learnt delivered, and a word on what to do."""
    monkeypatch.setattr(dask, "ANSWER", 3.0)
    with lone_scheduler(tmp_path) as (address, process), lone_worker(address, tmp_path):
        async with (
            LoopbackWeb({"*": page("A page")}) as web,
            asking(web, on(address), host_request_interval=0.1) as asked,
        ):
            asking_all = asyncio.create_task(asked.ask(urls(5, 40)))
            await asked.until(20)
            process.kill()
            with pytest.raises(EngineError, match=r"the scheduler at tcp://.* is lost"):
                await asking_all

    assert len(asked.seen) >= 20
    assert [note for note in asked.notes if "asked again" in note] == []  # there is nobody to ask


async def test_a_scheduler_without_workers_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that starts some."""
    monkeypatch.setattr(cluster, "JOIN", 0.2)
    with lone_scheduler(tmp_path) as (address, _):
        async with LoopbackWeb({}) as web, asking(web, on(address)) as asked:
            with pytest.raises(EngineError, match=f"no workers after 0 s; start some: dask worker {address}"):
                await asked.ask(urls(1, 1))


async def test_a_scheduler_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the address."""
    monkeypatch.setattr(dask, "ANSWER", 0.5)
    async with LoopbackWeb({}) as web, asking(web, on("tcp://127.0.0.1:1")) as asked:
        with pytest.raises(EngineError, match=r"no scheduler answers at tcp://127\.0\.0\.1:1"):
            await asked.ask(urls(1, 1))


async def test_a_worker_with_a_task_of_somebody_else_holds_nobody_up(
    scheduler: str, local_cluster: Any, tmp_path: Path
) -> None:
    """The other begins at once, and a note says why only one does."""
    os.mkfifo(pipe := tmp_path / "pipe")
    there = local_cluster.scheduler.workers
    async with (
        distributed.Client(scheduler, asynchronous=True) as client,
        LoopbackWeb({"*": page("A page")}) as web,
        asking(web, on(scheduler)) as asked,
    ):
        task = client.submit(Path.read_bytes, pipe, workers=[min(there)], pure=False)  # waits for a writer
        await until(lambda: bool(there[min(there)].processing))
        await asked.ask(urls(20, 20))
        os.close(os.open(pipe, os.O_RDWR))
        await task

    assert asked.urls() == sorted(urls(20, 20))
    assert asked.notes == ["1 of 2 workers are busy with other tasks and left out for now"]


async def test_fewer_workers_than_are_asked_for_are_told(scheduler: str) -> None:
    """The run has those that are there."""
    nine = EngineSettings(name="dask", scheduler=scheduler, workers=9)
    async with LoopbackWeb({"*": page("A page")}) as web, asking(web, nine) as asked:
        await asked.ask(urls(1, 1))

    assert asked.notes == ["9 workers are asked for, and the scheduler has 2"]


async def test_workers_wait_while_the_coordinator_judges(scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this process runs meanwhile, and questions may come afterwards."""
    monkeypatch.setattr(dask, "ANSWER", 1.0)
    async with LoopbackWeb({"*": page("A page")}) as web, asking(web, on(scheduler)) as asked:
        await asked.ask(urls(2, 2))
        time.sleep(3)  # noqa: ASYNC251 - judging is not asynchronous
        await asked.ask(urls(3, 3))

    assert len(asked.seen) == 4 + 9
    assert asked.notes == []


async def test_without_a_scheduler_a_cluster_is_started_here() -> None:
    """And ended with the run."""
    async with LoopbackWeb({"*": page("A page")}) as web:
        async with asking(web, EngineSettings(name="dask", workers=1)) as asked:
            await asked.ask(urls(2, 2))
            pids = await workers(asked)
        await until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))

    assert set(asked.statuses().values()) == {200}
