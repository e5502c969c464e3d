"""Hosts that take no connections are left alone."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from crawler.demo.reply import page
from crawler.demo.web import Door, LoopbackWeb
from crawler.model import Failure, FailureKind, Fetched, Purpose, Request, Want
from crawler.net import pool
from crawler.net.breaker import IN_A_ROW, Breaker, Breaking
from crawler.net.memory import Memory
from tests.net.asking import asking, failed


class Doors:
    """A seam over hosts that refuse or answer; counts who is asked."""

    def __init__(self, *refusing: str) -> None:
        self.refusing = set(refusing)
        self.asked: Counter[str] = Counter()

    async def fetch(self, request: Request) -> Fetched:
        origin = request.url.rpartition("/")[0]
        self.asked[origin] += 1
        kind = FailureKind.CONNECT_REFUSED if origin in self.refusing else FailureKind.TIMEOUT
        return Fetched(outcome=Failure(kind=kind, detail="", url=request.url), requests=1)


def to(url: str) -> Request:
    return Request(url=url, want=Want.PAGE, purpose=Purpose.LINK)


DOWN = [to(f"http://down.test/{number}") for number in range(30)]
UP = [to(f"http://up.test/{number}") for number in range(10)]


async def test_the_rest_of_a_host_that_takes_no_connections_is_not_asked() -> None:
    """It fails as the others did, at once and said so; a live host beside it is asked as ever."""
    told: dict[str, Fetched] = {}
    doors = {"down.test": Door.REFUSED}
    async with LoopbackWeb({"up.test/*": page("Up")}, doors=doors) as web, asking(web, host_concurrency=1) as ask:
        await pool.run(
            [*DOWN, *UP],
            ask.through.fetch,
            ask.pace,
            lambda request, fetched: told.update({request.url: fetched}),
            clock=asyncio.get_running_loop().time,
        )

    down = [told[request.url] for request in DOWN]
    assert {failed(fetched).kind for fetched in down} == {FailureKind.CONNECT_REFUSED}
    assert sum(fetched.attempts for fetched in down) == IN_A_ROW
    assert failed(down[-1]).detail == "not asked: 5 connection failures in a row on this host"
    assert [hit.host for hit in web.hits] == ["up.test"] * len(UP)


async def _refusing_port() -> int:
    """A port of this machine where nobody listens."""
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port


async def test_retries_count_and_what_is_not_asked_is_not_retried() -> None:
    """Three links with two retries each would be nine attempts."""
    port = await _refusing_port()
    async with asking(max_retries=2, host_concurrency=1, allow_private=("127.0.0.0/8",)) as ask:
        fetched = [await ask.get(f"http://127.0.0.1:{port}/{number}") for number in range(3)]

    assert [one.attempts for one in fetched] == [3, 2, 0]


async def test_the_second_pass_asks_once_more() -> None:
    """One failure is enough then; a connection closes the circuit."""
    doors, breaker = Doors("http://down.test"), Breaker()
    fetch = Breaking(doors, breaker).fetch
    for request in DOWN:
        await fetch(request)
    assert doors.asked["http://down.test"] == IN_A_ROW
    breaker.again()
    for request in DOWN:
        await fetch(request)
    assert doors.asked["http://down.test"] == IN_A_ROW + 1
    breaker.again()
    doors.refusing.clear()
    for request in DOWN:
        await fetch(request)
    assert doors.asked["http://down.test"] == IN_A_ROW + 1 + len(DOWN)


async def test_another_port_or_scheme_is_another_matter() -> None:
    """Port 80 may be closed where 443 is open."""
    doors = Doors("http://down.test")
    fetch = Breaking(doors, Breaker()).fetch
    for number in range(10):
        await fetch(to(f"http://down.test/{number}"))
        await fetch(to(f"https://down.test/{number}"))

    assert doors.asked == {"http://down.test": IN_A_ROW, "https://down.test": 10}


@pytest.mark.parametrize("kind", [FailureKind.TIMEOUT, FailureKind.RESET, FailureKind.TLS_EXPIRED])
def test_a_connection_that_stood_starts_the_count_over(kind: FailureKind) -> None:
    """Whatever became of the answer; a name that was not found says nothing."""
    breaker = Breaker()

    def hear(kind: FailureKind, times: int = 1) -> None:
        for _ in range(times):
            breaker.heard("http://a.test", Failure(kind=kind, detail="", url="http://a.test/"))

    hear(FailureKind.CONNECT_TIMEOUT, IN_A_ROW - 1)
    hear(kind)
    hear(FailureKind.CONNECT_TIMEOUT, IN_A_ROW - 1)
    hear(FailureKind.DNS_TEMPORARY)
    assert breaker.broken("http://a.test") is None
    hear(FailureKind.CONNECT_TIMEOUT)
    assert breaker.broken("http://a.test") is FailureKind.CONNECT_TIMEOUT


async def test_the_memory_of_a_run_keeps_the_circuit_broken() -> None:
    """From one opening of the network to the next, until the second pass."""
    port, memory = await _refusing_port(), Memory()
    attempts = []
    for again in (False, False, True):
        if again:
            memory.try_again()
        async with asking(host_concurrency=1, allow_private=("127.0.0.0/8",), memory=memory) as ask:
            fetched = [await ask.get(f"http://127.0.0.1:{port}/{number}") for number in range(7)]
            attempts.append(sum(one.attempts for one in fetched))

    assert attempts == [IN_A_ROW, 0, 1]
