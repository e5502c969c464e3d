"""A worker on a cluster's machine, without the cluster."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from crawler.demo.reply import Reply, page
from crawler.demo.web import LoopbackWeb
from crawler.engines import seat
from crawler.engines.charter import Charter
from crawler.engines.messages import Alive, Ask, Results, Up, decode_up, encode
from crawler.engines.shards import Keys, Site, sites_of
from crawler.model import Request, Want
from crawler.settings import HostTable
from tests.engines.asking import networked, until, urls

KEYS = Keys()  # the list takes a tenth of a second to read


def seated(web: LoopbackWeb) -> seat.Seat:
    charter = Charter(
        worker=0, network=networked(web), hosts=HostTable(), user_agent="CardCheck/1", title="headline", proxies={},
        certificates="",
    )  # fmt: skip
    return seat.Seat(msgspec.msgpack.encode(charter))


def order(wanted: list[str]) -> bytes:
    sites: list[Site] = sites_of(((n, Request(url=url, want=Want.PAGE)) for n, url in enumerate(wanted)), KEYS)
    return encode(Ask(1, tuple(sites), fresh_connections=False, last=True))


async def test_a_seat_is_fed_and_heard_by_calls() -> None:
    """First of all it says that it lives."""
    async with LoopbackWeb({"*": page("A page")}) as web:
        worker = seated(web)
        await worker.post([order(urls(2, 3))])
        messages: list[Up] = []
        while sum(len(one.observations) for one in messages if isinstance(one, Results)) < 6:
            messages += [decode_up(raw) for raw in await worker.poll(1.0)]
        await worker.end()

    assert messages[0] == Alive()


async def test_a_seat_that_nobody_calls_stops_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the coordinator gives it up, so that it never asks beside its successor."""
    monkeypatch.setattr(seat, "LEASE", 0.3)
    monkeypatch.setattr(seat, "WATCH_EVERY", 0.05)
    async with LoopbackWeb({"*": Reply(hang="head")}) as web:
        worker = seated(web)
        await worker.post([order(urls(2, 3))])
        await until(worker._ended.is_set)
        await worker.poll(0.1)  # what it had told before

        with pytest.raises(RuntimeError, match="the worker has ended"):
            await worker.poll(0.1)
        with pytest.raises(RuntimeError, match="the worker has ended"):
            await worker.post([])


async def test_a_seat_whose_news_nobody_fetches_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds back so much and no more."""
    monkeypatch.setattr(seat, "LEASE", 0.3)
    monkeypatch.setattr(seat, "BACKLOG", 1)
    async with LoopbackWeb({"*": page("A page")}) as web:
        worker = seated(web)
        await worker.post([order(urls(20, 5))])

        async with asyncio.timeout(20):
            await until(worker._ended.is_set)
