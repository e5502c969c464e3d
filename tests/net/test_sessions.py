"""Connections that stand while their request waits for the host's turn, and how connections end."""

from __future__ import annotations

import asyncio
import gc
import itertools
import socket
import ssl
import threading
from pathlib import Path

import pytest
import trustme

from crawler.demo.reply import Reply
from crawler.demo.web import LoopbackWeb
from crawler.model import FailureKind
from tests.net.asking import Asking, Names, answered, asking, failed, server

INTERVAL = 0.8


async def late_turn(ask: Asking, host: str) -> None:
    """The next connection to `host` stands well before its request may leave, as the one before took long to make."""
    turn = await ask.pace.enter(host)
    assert turn
    await asyncio.sleep(INTERVAL - 0.1)
    assert ask.pace.wait(turn) <= 0  # so long it took to connect
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


@pytest.mark.parametrize("last", [b"", b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"], ids=["", "408"])
async def test_a_server_without_patience_is_asked_on_another_connection(last: bytes) -> None:
    """One closes what stands unused, or says 408 first: neither is the answer to a request that had not left."""
    connections = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        try:
            async with asyncio.timeout(0.3):
                await reader.readuntil(b"\r\n\r\n")
        except TimeoutError:
            writer.write(last)
            if last:
                await reader.read()  # it lingers
        else:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    names = Names({"a.test": ["127.0.0.1"]})
    async with (
        server(talk) as port,
        asking(host_request_interval=INTERVAL, resolver=names, allow_private=("127.0.0.0/8",)) as ask,
    ):
        await late_turn(ask, "a.test")
        fetched = await ask.get(f"http://a.test:{port}/")

    assert (answered(fetched).status, fetched.requests, fetched.attempts, connections) == (200, 1, 1, 2)


async def test_a_server_that_never_has_patience_resets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two connections that close before they are used are told as what they are, and the run goes on."""
    names = Names({"a.test": ["127.0.0.1"]})

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.05)
        writer.close()

    async with (
        server(talk) as port,
        asking(host_request_interval=INTERVAL, resolver=names, allow_private=("127.0.0.0/8",)) as ask,
    ):
        waits = itertools.cycle([0.3, 0.0])
        monkeypatch.setattr(ask.pace, "wait", lambda _: next(waits))  # as after a slow connection, every time
        fetched = await ask.get(f"http://a.test:{port}/")

    assert (failed(fetched).kind, fetched.requests, fetched.attempts) == (FailureKind.RESET, 0, 1)


async def test_a_tls_server_that_says_no_goodbye_keeps_no_connection_open(tmp_path: Path) -> None:
    """What is let go is gone at once; it does not wait half a minute for the other side's leave (RFC 8446, 6.1)."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("a.test").configure_cert(context)
    left = threading.Event()

    def hang(listening: socket.socket) -> None:
        raw, _ = listening.accept()
        with context.wrap_socket(raw, server_side=True) as client:
            client.recv(1)
            with socket.socket(fileno=client.detach()) as deaf:  # hears bytes from here on, and no TLS
                deaf.settimeout(5)
                while deaf.recv(1 << 16):
                    pass
        left.set()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = threading.Thread(target=hang, args=(listening,), daemon=True)
        serving.start()
        names, port = Names({"a.test": ["127.0.0.1"]}), listening.getsockname()[1]
        async with asking(
            resolver=names, allow_private=("127.0.0.0/8",), ca_file=str(tmp_path / "ca.pem"), timeout=0.5
        ) as ask:
            assert await ask.failure(f"https://a.test:{port}/") is FailureKind.TIMEOUT
            assert await asyncio.to_thread(left.wait, 5)
        await asyncio.to_thread(serving.join)
