"""Bodies on real sockets: what is read, what is kept, what becomes of the connection."""

from __future__ import annotations

import asyncio
import gzip
import resource
import tracemalloc
from collections.abc import Callable
from typing import Literal

import brotli
import pytest

from crawler.demo.reply import Reply
from crawler.demo.web import LoopbackWeb
from crawler.model import FailureKind, Want
from crawler.net.seam import LIMITS
from crawler.net.sessions import MOST_IDLE
from tests.net.asking import Names, answered, asking, server

MIB = 1 << 20


class Until:
    """Reads until it has seen `mark`."""

    def __init__(self, mark: bytes) -> None:
        self.mark, self.seen = mark, b""

    def feed(self, data: bytes) -> bool:
        self.seen += data
        return self.mark not in self.seen


async def test_a_whole_body_is_complete() -> None:
    """What was sent is what is kept, with its length and its bytes on the wire."""
    async with LoopbackWeb({"a.test/": Reply(body=b"hello" * 100)}) as web, asking(web) as ask:
        fetched = await ask.get("http://a.test/")

    assert (fetched.body, fetched.complete, fetched.received, fetched.length) == (b"hello" * 100, True, 500, 500)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
async def test_encoded_bodies_are_decoded(encoding: Literal["gzip", "deflate", "br", "zstd"]) -> None:
    """Each encoding that we accept is undone; `received` counts the wire, `length` is unknown."""
    reply = Reply(body=b"hello " * 1000, encoding=encoding)
    async with LoopbackWeb({"a.test/": reply}) as web, asking(web) as ask:
        fetched = await ask.get("http://a.test/")

    assert fetched.body == b"hello " * 1000
    assert (fetched.complete, fetched.length, 0 < fetched.received < 6000) == (True, None, True)


async def test_the_reader_says_when_it_is_enough() -> None:
    """No more is read than wanted, and what was read says that the body goes on."""
    body = b"<head>" + b"x" * 300_000 + b"</head>" + b"y" * 700_000
    async with (
        LoopbackWeb({"a.test/": Reply(body=body, chunk=10_000, pause=0.001)}) as web,
        asking(web, readers={Want.PAGE: lambda: Until(b"</head>")}) as ask,
    ):
        fetched = await ask.get("http://a.test/")

    assert (b"</head>" in fetched.body, len(fetched.body) < 600_000, fetched.complete) == (True, True, False)


@pytest.mark.parametrize("encoding", [None, "gzip", "br"])
async def test_enough_at_the_end_is_all(encoding: Literal["gzip", "br"] | None) -> None:
    """A reader that stops at the last byte has read a whole body."""
    reply = Reply(body=b"<head></head>", encoding=encoding)
    async with (
        LoopbackWeb({"a.test/": reply}) as web,
        asking(web, readers={Want.PAGE: lambda: Until(b"</head>")}) as ask,
    ):
        fetched = await ask.get("http://a.test/")

    assert (fetched.body, fetched.complete) == (b"<head></head>", True)


async def test_reading_that_has_stopped_sees_no_truncation() -> None:
    """A body that breaks off after what was wanted is an answer."""
    reply = Reply(body=b"<head></head>" + b"y" * 200_000, missing=100_000, chunk=1_000)
    async with (
        LoopbackWeb({"a.test/": reply}) as web,
        asking(web, readers={Want.PAGE: lambda: Until(b"</head>")}) as ask,
    ):
        assert await ask.status("http://a.test/") == 200


@pytest.mark.parametrize(("rest", "connections"), [(30_000, 1), (300_000, 2)])
async def test_a_small_rest_keeps_the_connection(rest: int, connections: int) -> None:
    """Up to 64 kB that are left are read, so that the next request needs no new connection; more is let go."""
    body = b"<head></head>" + b"y" * rest
    async with (
        LoopbackWeb({"a.test/": Reply(body=body, chunk=1_000)}) as web,
        asking(web, readers={Want.PAGE: lambda: Until(b"</head>")}) as ask,
    ):
        for _ in range(2):
            await ask.get("http://a.test/")

        assert web.connections == connections


async def test_a_rest_that_does_not_come_costs_a_second_at_most() -> None:
    """A small rest is not waited for until the attempt runs out, and never turns the answer into a failure."""
    reply = Reply(body=b"<head></head>" + b"y" * 1_000, hang="body")
    async with (
        LoopbackWeb({"a.test/": reply}) as web,
        asking(web, timeout=30.0, readers={Want.PAGE: lambda: Until(b"</head>")}) as ask,
    ):
        assert await ask.status("http://a.test/") == 200


async def test_no_body_is_read_for_a_status() -> None:
    """Who wants a status gets no byte of the body."""
    async with LoopbackWeb({"a.test/": Reply(body=b"x" * 5 * MIB)}) as web, asking(web) as ask:
        fetched = await ask.get("http://a.test/", Want.STATUS)

    assert (answered(fetched).status, fetched.body, fetched.complete, fetched.length) == (200, b"", False, 5 * MIB)


@pytest.mark.parametrize("status", [204, 304])
async def test_answers_without_a_body_are_complete(status: int) -> None:
    """204 and 304 have nothing to read and nothing to miss."""
    async with LoopbackWeb({"a.test/": Reply(status=status)}) as web, asking(web) as ask:
        fetched = await ask.get("http://a.test/")

    assert (answered(fetched).status, fetched.body, fetched.complete) == (status, b"", True)


async def test_a_body_ends_with_the_connection_where_no_length_is_given() -> None:
    """HTTP/1.0 answers end when the server closes (RFC 9112, 6.3)."""
    raw = b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<p>old"
    async with LoopbackWeb({"a.test/": Reply(raw=raw)}) as web, asking(web) as ask:
        fetched = await ask.get("http://a.test/")

    assert (fetched.body, fetched.complete) == (b"<p>old", True)


@pytest.mark.parametrize("want", [Want.PAGE, Want.IMAGE])
async def test_an_endless_body_ends_at_its_limit(want: Want) -> None:
    """A body that never ends costs no more than the limit."""
    reply = Reply(body=b"x" * 65_536, endless=True)
    async with LoopbackWeb({"a.test/": reply}) as web, asking(web) as ask:
        fetched = await ask.get("http://a.test/", want)

    assert (answered(fetched).status, len(fetched.body), fetched.complete) == (200, LIMITS[want], False)


BOMBS: dict[str, Callable[[], bytes]] = {
    "gzip": lambda: b"".join([gzip.compress(bytes(64 * MIB))] * 16),  # a gigabyte in members
    "br": lambda: brotli.compress(bytes(256 * MIB), quality=1),
    "gzip, gzip": lambda: gzip.compress(b"".join([gzip.compress(bytes(64 * MIB))] * 16)),
}


@pytest.mark.parametrize("label", BOMBS)
@pytest.mark.parametrize("chunk", [700, 65_536])
async def test_a_bomb_does_not_unfold(label: str, chunk: int) -> None:
    """A gigabyte of zeros takes a few megabytes of memory, in one chunk or in many."""
    reply = Reply(headers=(("Content-Encoding", label),), body=BOMBS[label](), chunk=chunk)
    async with LoopbackWeb({"a.test/": reply}) as web, asking(web) as ask:
        tracemalloc.start()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        fetched = await ask.get("http://a.test/")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before

    assert (len(fetched.body), fetched.complete) == (LIMITS[Want.PAGE], False)
    assert (peak < 8 * MIB, grown < 30 * 1024) == (True, True), (peak, grown)


async def test_a_body_is_held_once() -> None:
    """Twenty megabytes of picture take twenty megabytes, not forty."""
    reply = Reply(body=bytes(LIMITS[Want.IMAGE]))
    async with LoopbackWeb({"a.test/": reply}) as web, asking(web) as ask:
        tracemalloc.start()
        fetched = await ask.get("http://a.test/", Want.IMAGE)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert (fetched.complete, peak < 1.4 * LIMITS[Want.IMAGE]) == (True, True), peak


async def test_a_head_without_an_end_is_no_answer() -> None:
    """A server that sends headers forever is stopped long before memory or time is."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X-More: " + b"y" * 1000 + b"\r\n")
            await writer.drain()

    names = Names({"a.test": ["127.0.0.1"]})
    async with server(talk) as port, asking(resolver=names, allow_private=("127.0.0.0/8",)) as ask:
        assert await ask.failure(f"http://a.test:{port}/") is FailureKind.PROTOCOL


async def test_idle_connections_are_few() -> None:
    """A run over many hosts does not keep a socket for each."""
    async with LoopbackWeb({"*": Reply(body=b"x")}) as web, asking(web) as ask:
        await asyncio.gather(*(ask.get(f"http://h{n}.test/") for n in range(MOST_IDLE + 200)))
        await asyncio.sleep(0.1)  # the server notices what was closed

        assert (
            len([task for task in asyncio.all_tasks() if "_converse" in repr(task)]) <= MOST_IDLE + 64
        )  # those under way


async def test_a_connection_that_went_stale_is_no_failure() -> None:
    """A server that closes a kept connection just as it is used again is asked on another one, and all is counted."""
    connections = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await reader.readuntil(b"\r\n\r\n")  # the second request on this connection is not answered

    names = Names({"a.test": ["127.0.0.1"]})
    async with server(talk) as port, asking(resolver=names, allow_private=("127.0.0.0/8",)) as ask:
        first = await ask.get(f"http://a.test:{port}/1")
        second = await ask.get(f"http://a.test:{port}/2")

    assert (answered(second).status, first.requests, second.requests, connections) == (200, 1, 2, 2)
