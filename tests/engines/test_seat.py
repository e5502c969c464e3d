"""A worker on a cluster's machine, without the cluster."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crawler.demo.reply import Reply, page
from crawler.demo.web import LoopbackWeb
from crawler.engines import seat, worker
from crawler.engines.charter import Charter
from crawler.engines.messages import Alive, Ask, Failed, Results, Up, decode_up, encode
from crawler.engines.shards import Keys, Site, sites_of
from crawler.model import Answered, Request, Want
from crawler.settings import HostTable
from tests.engines.asking import networked, until, urls

KEYS = Keys()  # the list takes a tenth of a second to read


class Held:
    """A seat, called as its coordinator does."""

    def __init__(self, web: LoopbackWeb, interval: float, certificates: str = "") -> None:
        changes = {"ca_file": ""} if certificates else {}
        charter = Charter(
            worker=0, network=networked(web, host_request_interval=interval, **changes), hosts=HostTable(),
            user_agent="CardCheck/1", title="headline", proxies={}, certificates=certificates,
        )  # fmt: skip
        self.seat = seat.Seat(msgspec.msgpack.encode(charter))
        self.sitter = self.seat._sitter

    async def ask(self, wanted: list[str]) -> None:
        sites: list[Site] = sites_of(((n, Request(url=url, want=Want.PAGE)) for n, url in enumerate(wanted)), KEYS)
        order = encode(Ask(1, tuple(sites), fresh_connections=False, last=True))
        await self.seat.post(await self.seat.claim(), [order])

    async def poll(self, seconds: float = 0.1) -> list[Up]:
        return [decode_up(raw) for raw in await self.seat.poll(await self.seat.claim(), seconds)]

    async def observed(self, count: int) -> list[Up]:
        """Messages up to that many observations."""
        messages: list[Up] = []
        while sum(len(one.observations) for one in messages if isinstance(one, Results)) < count:
            messages += await self.poll(1.0)
        return messages


@contextmanager
def seated(web: LoopbackWeb, *, interval: float = 0.0, certificates: str = "") -> Iterator[Held]:
    held = Held(web, interval, certificates)
    try:
        yield held
    finally:
        held.sitter.end()
        held.sitter._thread.join()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()  # connections whose requests were dropped while they waited for their turns


async def test_a_seat_is_fed_and_heard_by_calls() -> None:
    """First of all it says that it lives."""
    async with LoopbackWeb({"*": page("A page")}) as web:
        with seated(web) as held:
            await held.ask(urls(2, 3))
            messages = await held.observed(6)

    assert messages[0] == Alive()


async def test_a_seat_that_nobody_calls_stops_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the coordinator gives it up, so that it never asks beside its successor."""
    monkeypatch.setattr(seat, "LEASE", 0.3)
    monkeypatch.setattr(seat, "WATCH_EVERY", 0.05)
    async with LoopbackWeb({"*": Reply(hang="head")}) as web:
        with seated(web) as held:
            await held.ask(urls(2, 3))
            await until(held.sitter._ended.is_set)
            await held.poll()  # what it had told before

            with pytest.raises(RuntimeError, match="the worker has ended"):
                await held.poll()
            with pytest.raises(RuntimeError, match="the worker has ended"):
                await held.ask([])


async def test_a_seat_whose_news_nobody_fetches_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds back so much and no more."""
    monkeypatch.setattr(seat, "LEASE", 0.3)
    monkeypatch.setattr(seat, "WATCH_EVERY", 0.05)
    monkeypatch.setattr(seat, "BACKLOG", 1)
    async with LoopbackWeb({"*": page("A page")}) as web:
        with seated(web) as held:
            await held.ask(urls(20, 5))

            async with asyncio.timeout(20):
                await until(held.sitter._ended.is_set)


async def test_a_seat_that_asks_nothing_waits_for_as_long_as_its_coordinator_judges(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody calls it then; its signs of life do not pile up, and it asks what comes afterwards."""
    monkeypatch.setattr(seat, "LEASE", 0.1)
    monkeypatch.setattr(seat, "WATCH_EVERY", 0.01)
    monkeypatch.setattr(seat, "BACKLOG", 4)
    monkeypatch.setattr(worker, "ALIVE_EVERY", 0.01)
    async with LoopbackWeb({"*": page("A page")}) as web:
        with seated(web) as held:
            await asyncio.sleep(0.5)
            waiting = await held.poll()
            monkeypatch.setattr(seat, "LEASE", 10.0)
            await held.ask(urls(1, 1))
            await held.observed(1)

    assert waiting == [Alive()]


async def test_a_seat_that_wakes_after_its_lease_asks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its sites may be another's by then; a call that was on its way does not bring the lease back."""
    monkeypatch.setattr(seat, "WATCH_EVERY", 60.0)  # what a frozen process does first on waking is not to look
    async with LoopbackWeb({"*": page("A page")}) as web:
        with seated(web, interval=0.1) as held:
            await held.ask(urls(3, 50))
            await held.observed(6)
            held.sitter._called -= seat.LEASE
            hits = len(web.hits)
            with pytest.raises(RuntimeError, match="the worker has ended"):
                await held.ask([])
            await until(held.sitter._ended.is_set)
            ended = len(web.hits)
            await asyncio.sleep(0.3)

            assert len(web.hits) == ended <= hits + 3  # one on its way to each host


async def test_a_request_does_not_leave_when_the_lease_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks first, the request or the watch."""
    monkeypatch.setattr(seat, "WATCH_EVERY", 60.0)
    async with LoopbackWeb({"*": page("A page")}) as web:
        with seated(web, interval=0.1) as held:
            await held.ask(urls(3, 50))
            await held.observed(6)
            held.sitter._called -= seat.LEASE
            hits = len(web.hits)
            await until(held.sitter._ended.is_set)

            assert len(web.hits) <= hits + 3  # one on its way to each host


async def test_a_seat_that_nobody_holds_ends() -> None:
    """Dask drops it when its coordinator is killed."""
    async with LoopbackWeb({"*": page("A page")}) as web:
        with seated(web, interval=0.1) as held:
            await held.ask(urls(3, 50))
            await held.observed(3)
            del held.seat

            async with asyncio.timeout(5):
                await until(held.sitter._ended.is_set)


async def test_a_seat_that_cannot_begin_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not keep Dask's thread."""

    def begin(*_: Any, **__: Any) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(seat, "Worker", begin)
    async with LoopbackWeb({}) as web:
        with pytest.raises(RuntimeError, match=r"has ended: OSError: .*Read-only file system"):
            Held(web, 0.0)


async def test_a_seat_trusts_certificates_without_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One that is killed would leave it on its machine. What stands between certificates may be anything."""
    async with LoopbackWeb({"*": page("A page")}) as web:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        with seated(web, certificates=f"# Autorité de l'État\n{web.ca_file.read_text()}") as held:
            await held.ask(urls(1, 1, tls=True))
            messages = await held.observed(1)
            files = [entry.name for entry in os.scandir(tmp_path)]

    (outcome,) = [one.outcome for said in messages if isinstance(said, Results) for _, one in said.observations]
    assert isinstance(outcome, Answered)
    assert (outcome.status, files) == (200, [])


async def test_a_seat_says_what_is_no_certificate() -> None:
    """As a matter of the settings."""
    async with LoopbackWeb({}) as web:
        with seated(web, certificates="none") as held:
            await held.ask(urls(1, 1, tls=True))
            messages: list[Up] = []
            while not (failed := [one for one in messages if isinstance(one, Failed)]):
                messages += await held.poll()

    assert failed[0].usage
    assert failed[0].because.startswith("[network] ca_file: ")


async def test_a_seat_hears_no_warnings_of_its_neighbours() -> None:
    """Another run may have one in the same process."""
    async with LoopbackWeb({}) as web:
        with seated(web) as held:
            logging.getLogger("tests").warning("of another run")

            assert await held.poll() == [Alive()]


async def test_a_seat_made_anew_is_not_taken_for_the_lost_one() -> None:
    """It knows nothing of what that one was asked."""
    async with LoopbackWeb({}) as web:
        with seated(web) as held:
            with pytest.raises(RuntimeError, match="made anew"):
                await held.seat.poll("the lost one", 0.1)
            with pytest.raises(RuntimeError, match="made anew"):
                await held.seat.post("the lost one", [])
