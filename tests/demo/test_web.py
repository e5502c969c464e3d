"""The loopback web itself: routing, what it records, and what it does at the door."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from crawler.demo.reply import Reply, page
from crawler.demo.web import Door, Hit, LoopbackWeb, Routes, serving
from tests.demo.client import ask, get, knock


async def later(hit: Hit) -> Reply:
    await asyncio.sleep(0)
    return Reply(body=hit.target.encode())


ROUTES: Routes = {
    "a.example/": page("Front"),
    "a.example/q?x=1": Reply(body=b"query"),
    "a.example/turns": [Reply(status=503), Reply(status=429), Reply(status=200)],
    "a.example/called": lambda hit: Reply(body=hit.host.encode()),
    "a.example/awaited": later,
    "b.example/*": Reply(body=b"any"),
    "slow.example/*": Reply(body=b"slow", delay=0.5),
    "hang.example/*": Reply(hang="head"),
}
DOORS = {"refused.example": Door.REFUSED, "reset.example": Door.RESET, "deaf.example": Door.DEAF}


@pytest.fixture
def web() -> Iterator[LoopbackWeb]:
    with serving(ROUTES, doors=DOORS) as web:
        yield web


@pytest.mark.parametrize(
    ("key", "status", "body"),
    [
        ("a.example/q?x=1", 200, b"query"),
        ("a.example/called", 200, b"a.example"),
        ("a.example/awaited", 200, b"/awaited"),
        ("A.Example:8080/called", 200, b"a.example"),
        ("b.example/what/ever?y", 200, b"any"),
    ],
)
def test_routes(web: LoopbackWeb, key: str, status: int, body: bytes) -> None:
    """A route is found by host without port, path and query; `host/*` takes the rest of its host."""
    received = get(web, key)

    assert (received.status, received.body) == (status, body)


@pytest.mark.parametrize("key", ["a.example/q", "a.example/q?x=2", "c.example/"])
def test_no_route(web: LoopbackWeb, key: str) -> None:
    """What no route names is a 404 page."""
    assert get(web, key).status == 404


def test_turns(web: LoopbackWeb) -> None:
    """A sequence answers in turn, stays at its last item, and starts over when the routes are replaced."""
    first = [get(web, "a.example/turns").status for _ in range(4)]
    web.routes = dict(ROUTES)
    second = get(web, "a.example/turns").status

    assert (first, second) == ([503, 429, 200, 200], 503)


def test_routes_change_while_running(web: LoopbackWeb) -> None:
    """A later week of the web is a later set of routes."""
    before = get(web, "a.example/").status
    web.routes = {}

    assert (before, get(web, "a.example/").status) == (200, 404)


def test_hits(web: LoopbackWeb) -> None:
    """Every request is on record: what was asked, over which connection, when, and how it was answered."""
    get(web, "a.example/", X_Test="yes")
    get(web, "a.example/nowhere?z")
    first, second = web.hits

    assert (first.method, first.host, first.target, first.status, first.tls) == ("GET", "a.example", "/", 200, False)
    assert first.header("x-test") == "yes"
    assert (second.key, second.status, second.connection) == ("a.example/nowhere?z", 404, first.connection + 1)
    assert first.finished is not None
    assert first.at <= first.finished <= second.at <= time.monotonic()
    assert (web.count("a.example/"), web.count("b.example/")) == (1, 0)


def test_keep_alive(web: LoopbackWeb) -> None:
    """A connection serves several requests, until the client says that it closes."""
    with socket.create_connection(("127.0.0.1", web.http_port), timeout=5) as connection:
        for close in ("keep-alive", "close"):
            connection.sendall(f"GET /x HTTP/1.1\r\nHost: b.example\r\nConnection: {close}\r\n\r\n".encode())
            received = b""
            while not received.endswith(b"any"):
                received += connection.recv(4096)
        rest = connection.recv(1)

    assert ([hit.connection for hit in web.hits], web.connections, rest) == ([1, 1], 1, b"")


def test_peak(web: LoopbackWeb) -> None:
    """What was under way at once can be told afterwards, for one host and for all."""
    keys = ["slow.example/1", "slow.example/2", "slow.example/3", "b.example/"]
    threads = [threading.Thread(target=get, args=(web, key)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    get(web, "slow.example/4")

    assert (web.peak("slow.example"), web.peak("b.example"), web.peak("nobody.example")) == (3, 1, 0)
    assert web.peak() in (3, 4)


def test_client_that_leaves(web: LoopbackWeb) -> None:
    """A request ends when its client leaves, even where no answer was ever to come."""
    ask(web, "hang.example/").close()
    deadline = time.monotonic() + 5
    while not (web.hits and web.hits[0].finished) and time.monotonic() < deadline:
        time.sleep(0.01)

    assert web.hits[0].finished is not None
    assert web.hits[0].status is None


def test_doors(web: LoopbackWeb) -> None:
    """A host can refuse connections, reset them at once, or never answer them."""
    with pytest.raises(ConnectionRefusedError):
        knock(web, "refused.example")
    with pytest.raises(TimeoutError):
        knock(web, "deaf.example", timeout=0.2)
    # Whether the reset comes within connect or recv is a race that the kernel decides.
    with pytest.raises(ConnectionResetError), knock(web, "reset.example") as connection:
        connection.recv(1)


def test_connect_to(web: LoopbackWeb) -> None:
    """`connect_to` sends any host to the web, and hosts with a door to it first."""
    names = list(web.connect_to)

    assert names[-2:] == ["*:80", "*:443"]
    assert web.connect_to["*:443"] == f"127.0.0.1:{web.https_port}"
    assert web.connect_to["refused.example:443"] == web.connect_to["refused.example:80"] != web.connect_to["*:80"]


def test_other_address() -> None:
    """The web can listen on another loopback address."""
    with serving(ROUTES, address="127.0.0.2") as web:
        address, _, port = web.connect_to["*:80"].rpartition(":")
        with socket.create_connection((address, int(port)), timeout=5) as connection:
            peer = connection.getpeername()[0]

    assert peer == "127.0.0.2"


def test_address_that_is_none_of_ours() -> None:
    """Where the web cannot listen, it says so and leaves nothing open."""
    with pytest.raises(OSError, match="assign requested address"), serving(ROUTES, address="192.0.2.1"):
        pass


async def test_many_clients_at_once() -> None:
    """Five hundred clients connect in one go, and none waits for a retransmission."""

    async def one(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: b.example\r\nConnection: close\r\n\r\n")
        received = await reader.read()
        writer.close()
        await writer.wait_closed()
        return received[-3:]

    async with LoopbackWeb(ROUTES) as web, asyncio.timeout(20):
        bodies = await asyncio.gather(*(one(web.http_port) for _ in range(500)))

    assert set(bodies) == {b"any"}
    assert web.connections == 500


async def test_shutdown_with_open_ends() -> None:
    """Closing the web ends what is under way, idle connections and unfinished handshakes too, at once and silently."""
    async with asyncio.timeout(5):
        async with LoopbackWeb(ROUTES) as web:
            ports = (web.http_port, web.http_port, web.https_port)
            streams = [await asyncio.open_connection("127.0.0.1", port) for port in ports]
            streams[0][1].write(b"GET / HTTP/1.1\r\nHost: hang.example\r\n\r\n")
            while not (web.hits and web.connections == 3):  # noqa: ASYNC110 - the web keeps a record, not events
                await asyncio.sleep(0.01)
        rest = [await reader.read() for reader, _ in streams]
        for _, writer in streams:
            writer.close()
            await writer.wait_closed()

    assert rest == [b"", b"", b""]
    assert web.hits[0].finished is not None


def test_a_route_that_fails() -> None:
    """An error in a route's own code is raised when the web closes, instead of passing for a broken answer."""

    def broken(_: Hit) -> Reply:
        raise ZeroDivisionError

    with (
        pytest.raises(ExceptionGroup) as caught,
        serving({"a.example/": broken}) as web,
        pytest.raises(ConnectionError),
    ):
        get(web, "a.example/")

    assert caught.group_contains(ZeroDivisionError)
