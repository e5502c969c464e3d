"""Servers whose HTTP is not quite HTTP: what browsers show is an answer here too."""

from __future__ import annotations

import asyncio

import pytest

from crawler.demo.reply import Reply
from crawler.demo.web import LoopbackWeb
from crawler.model import FailureKind, Want
from crawler.net.seam import LIMITS
from tests.net.asking import Names, answered, asking, saying, server

ODD = {
    "bytes after the length": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more",
    "bytes after the length, closing": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok and more",
    "bytes after the last chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nmore",
    "a length beside chunks": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 99\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n"
    ),
    "a length said twice": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
    "a length said twice in a line": b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok",
    "an empty length": b"HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nok",
    "a header without a colon": b"HTTP/1.1 200 OK\r\nWarning in line 5\r\n\r\nok",
    "a blank in a name": b"HTTP/1.1 200 OK\r\nX Y: z\r\n\r\nok",
    "a blank after a name": b"HTTP/1.1 200 OK\r\nServer : z\r\nContent-Length: 2\r\n\r\nok",
    "no name": b"HTTP/1.1 200 OK\r\n: z\r\nContent-Length: 2\r\n\r\nok",
    "an interim answer first": (
        b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nBad Line\r\nContent-Length: 2\r\n\r\nok"
    ),
    "a chunk with an extension": (
        b"HTTP/1.1 200 OK\r\nBad Line\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nok\r\n0\r\n\r\n"
    ),
}


@pytest.mark.parametrize("raw", ODD.values(), ids=ODD.keys())
async def test_what_browsers_show_is_an_answer(raw: bytes) -> None:
    """A breach of protocol that browsers overlook is overlooked; the second look is counted."""
    async with LoopbackWeb({"a.test/": Reply(raw=raw)}) as web, asking(web) as ask:
        fetched = await ask.get("http://a.test/")

        assert (answered(fetched).status, fetched.body, fetched.complete) == (200, b"ok", True)
        assert (fetched.requests, fetched.attempts, len(web.hits)) == (2, 2, 2)


BROKEN = {
    "lengths that contradict": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
    "a length that is none": b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
    "a chunk that is none": b"HTTP/1.1 200 OK\r\nBad Line\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok",
    "a negative chunk": b"HTTP/1.1 200 OK\r\nBad Line\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nok",
    "chunks that break off": b"HTTP/1.1 200 OK\r\nBad Line\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nok",
    "a length that is not reached": b"HTTP/1.1 200 OK\r\nBad Line\r\nContent-Length: 5\r\n\r\nok",
    "interim answers without an end": b"HTTP/1.1 103 Early Hints\r\nBad Line\r\n\r\n" * 50,
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
    "no line end": b"HTTP/1.1 200 OK" + b" " * 100_000,
    "a head too long": b"HTTP/1.1 200 OK\r\nBad Line\r\n" + (b"X: " + b"y" * 30_000 + b"\r\n") * 3 + b"\r\nok",
}


@pytest.mark.parametrize("raw", BROKEN.values(), ids=BROKEN.keys())
async def test_what_nobody_can_read_is_none(raw: bytes) -> None:
    """Limits and contradictions hold in the second look as well."""
    async with LoopbackWeb({"a.test/": Reply(raw=raw)}) as web, asking(web) as ask:
        assert await ask.failure("http://a.test/") is FailureKind.PROTOCOL


async def test_the_second_look_sends_the_same_request() -> None:
    """Same host, target and headers, on a connection that is closed afterwards; TLS is checked as ever."""
    async with LoopbackWeb({"*": Reply(raw=ODD["a header without a colon"])}) as web, asking(web) as ask:
        await ask.get("https://a.test/p%2Fq?x", headers=(("If-None-Match", '"v"'),))

        first, second = web.hits
        assert (second.key, second.tls, second.method) == (first.key, True, "GET")
        assert set(second.headers) - set(first.headers) == {("connection", "close")}


async def test_the_second_look_is_guarded_too() -> None:
    """A name that would point inside at the second question is asked at the address that was checked."""

    class Turning(Names):
        async def resolve(self, host: str, *more: object, **kw: object) -> list[object]:  # type: ignore[override]
            self.known[host] = ["127.0.0.3" if self.asked else "127.0.0.2"]
            return list(await super().resolve(host, *more, **kw))  # type: ignore[arg-type]

    inside: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inside.append(await reader.read(100))

    names = Turning({})
    async with server(saying(ODD["a blank in a name"]), "127.0.0.2") as port:
        private = await asyncio.start_server(talk, "127.0.0.3", port)
        async with private, asking(resolver=names, allow_private=("127.0.0.2/32",)) as ask:
            assert await ask.status(f"http://a.test:{port}/") == 200

    assert (names.asked, inside) == (["a.test"], [])


async def test_the_second_look_keeps_the_pace() -> None:
    """It is a request like any other, and waits for its turn."""
    async with (
        LoopbackWeb({"*": Reply(raw=ODD["no name"])}) as web,
        asking(web, host_request_interval=0.1) as ask,
    ):
        await ask.get("http://a.test/")

        assert ask.distance(web, "a.test") >= 0.1


async def test_the_second_look_has_the_same_limits() -> None:
    """No more of a body is held than otherwise."""
    raw = b"HTTP/1.1 200 OK\r\nBad Line\r\n\r\n" + bytes(3 << 20)
    async with LoopbackWeb({"a.test/": Reply(raw=raw)}) as web, asking(web) as ask:
        fetched = await ask.get("http://a.test/")

    assert (len(fetched.body), fetched.complete) == (LIMITS[Want.PAGE], False)
