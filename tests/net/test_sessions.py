"""Connections that stand while their request waits for the host's turn."""

from __future__ import annotations

import asyncio
import gc

from crawler.demo.reply import Reply
from crawler.demo.web import LoopbackWeb
from tests.net.asking import Asking, Names, answered, asking, server

INTERVAL = 0.8


async def late_turn(ask: Asking, host: str) -> None:
    """The next connection to `host` stands well before its request may leave, as the one before took long to make."""
    turn = await ask.pace.enter(host)
    assert turn
    await asyncio.sleep(INTERVAL - 0.1)
    ask.pace.sent(turn)
    ask.pace.leave(turn)


async def test_a_wait_for_the_turn_is_no_slow_host() -> None:
    """It counts neither as time to connect nor as time to answer."""
    async with (
        LoopbackWeb({"*": Reply(body=b"x")}) as web,
        asking(web, timeout=0.4, host_request_interval=INTERVAL) as ask,
    ):
        await late_turn(ask, "a.test")

        assert await ask.status("http://a.test/") == 200


async def test_a_connection_that_is_waited_with_in_vain_is_closed() -> None:
    """At once, not when the collector finds it."""
    stands, closed = asyncio.Event(), asyncio.Event()

    async def talk(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        stands.set()
        assert await reader.read() == b""
        closed.set()

    async with server(talk) as port, asking(host_request_interval=INTERVAL, allow_private=("127.0.0.0/8",)) as ask:
        await late_turn(ask, "127.0.0.1")
        waiting = asyncio.create_task(ask.status(f"http://127.0.0.1:{port}/"))
        await stands.wait()
        gc.disable()
        try:
            waiting.cancel()
            async with asyncio.timeout(2):
                await closed.wait()
        finally:
            gc.enable()

    assert waiting.cancelled()


async def test_a_kept_connection_that_closes_during_the_wait_is_no_failure() -> None:
    """Nothing was sent on it; the request leaves on another one."""
    connections = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        if connections == 1:
            await asyncio.sleep(2.5 * INTERVAL)  # the next request has it after two, and leaves after three

    names = Names({"a.test": ["127.0.0.1"]})
    async with (
        server(talk) as port,
        asking(host_request_interval=INTERVAL, resolver=names, allow_private=("127.0.0.0/8",)) as ask,
    ):
        await ask.get(f"http://a.test:{port}/1")
        await late_turn(ask, "a.test")
        second = await ask.get(f"http://a.test:{port}/2")

    assert (answered(second).status, second.attempts, connections) == (200, 1, 2)
