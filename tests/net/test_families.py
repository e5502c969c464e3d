"""Hosts with an IPv4 and an IPv6 address of which one is broken: the other one is tried first from then on."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiohttp.abc import ResolveResult

from crawler.engines.local import LocalEngine
from crawler.model import Answered, FailureKind, Observation, Request, Want
from crawler.net.families import Families
from crawler.net.memory import Memory
from tests.net.asking import Names, Talk, answered, asking, saying, settings
from tests.net.dns_answerer import answering

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
LOCAL = ("127.0.0.0/8", "::1/128")
SIX_FIRST = ("::1", "127.0.0.1")


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as each:
            each.bind(("::1", 0))
    except OSError:
        return False
    return True


with_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 loopback; runs wherever there is one")


async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Accepts, and never says a word."""
    await reader.read()


@contextlib.asynccontextmanager
async def both(
    four: Talk | None, six: Talk | None, tls: tuple[ssl.SSLContext, ssl.SSLContext] | None = None
) -> AsyncIterator[int]:
    """One port on 127.0.0.1 and on ::1, each with what it does; None: refused."""
    async with contextlib.AsyncExitStack() as stack:
        port = free_of_both()
        for index, (address, talk) in enumerate((("127.0.0.1", four), ("::1", six))):
            if talk is not None:
                context = tls[index] if tls else None
                listening = await asyncio.start_server(closing(talk), address, port, ssl=context)
                stack.callback(listening.close)
        yield port


def free_of_both() -> int:
    """A port that neither address has in use; of another test, one may."""
    while True:
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET6) as each, socket.socket() as other:
            each.bind(("::1", 0))
            port = int(each.getsockname()[1])
            other.bind(("127.0.0.1", port))
            return port


def closing(talk: Talk) -> Talk:
    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await talk(reader, writer)
        writer.transport.abort()

    return one


def entry(address: str) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(hostname="a.test", host=address, port=80, family=family, proto=0, flags=0)


def hosts(found: list[ResolveResult]) -> list[str]:
    return [each["host"] for each in found]


def test_the_resolvers_order_holds_until_it_fails() -> None:
    """Then the other family comes first, each family in the resolver's order; and so on."""
    families = Families()
    found = [entry(address) for address in ("::1", "192.0.2.1", "::2", "192.0.2.2")]

    assert hosts(families.ordered("a.test", found)) == ["::1", "::2", "192.0.2.1", "192.0.2.2"]
    families.failed("a.test", socket.AF_INET6)
    assert hosts(families.ordered("a.test", found)) == ["192.0.2.1", "192.0.2.2", "::1", "::2"]
    families.failed("a.test", socket.AF_INET)
    assert families.first("a.test") == socket.AF_INET6


def test_failures_at_once_turn_the_order_once() -> None:
    """Two attempts that began over the same family are one piece of news."""
    families = Families()
    families.ordered("a.test", [entry("::1"), entry("192.0.2.1")])
    families.failed("a.test", socket.AF_INET6)
    families.failed("a.test", socket.AF_INET6)

    assert families.first("a.test") == socket.AF_INET


def test_hosts_with_one_family_have_no_choice() -> None:
    """Nothing is kept of them."""
    families = Families()

    assert hosts(families.ordered("a.test", [entry("192.0.2.2"), entry("192.0.2.1")])) == ["192.0.2.2", "192.0.2.1"]
    families.failed("a.test", socket.AF_INET)
    assert families.first("a.test") is None


@with_ipv6
@pytest.mark.parametrize("order", [SIX_FIRST, SIX_FIRST[::-1]])
async def test_an_address_that_hangs_is_asked_last_from_then_on(order: tuple[str, str]) -> None:
    """Whichever family hangs: the attempt times out, and a later opening of the network succeeds."""
    good = saying(OK)
    four, six = (good, hang) if order == SIX_FIRST else (hang, good)
    memory, names = Memory(), Names({"a.test": order})
    async with both(four, six) as port:
        async with asking(resolver=names, allow_private=LOCAL, timeout=0.6, memory=memory) as ask:
            assert await ask.failure(f"http://a.test:{port}/") is FailureKind.TIMEOUT
        async with asking(resolver=names, allow_private=LOCAL, timeout=0.6, memory=memory) as ask:
            assert [await ask.status(f"http://a.test:{port}/{n}") for n in range(3)] == [200] * 3


@with_ipv6
async def test_a_retry_goes_over_the_other_family() -> None:
    """The first link pays for it, and no other."""
    async with both(saying(OK), hang) as port:
        names = Names({"a.test": SIX_FIRST})
        async with asking(resolver=names, allow_private=LOCAL, timeout=0.6, max_retries=2) as ask:
            first = await ask.get(f"http://a.test:{port}/")
            second = await ask.get(f"http://a.test:{port}/more")

    assert (answered(first).status, first.attempts, second.attempts) == (200, 2, 1)


@with_ipv6
async def test_a_certificate_is_one_addresses_own(tmp_path: Path) -> None:
    """A wrong certificate over IPv6 does not stand against a good one over IPv4; nor does a handshake that hangs."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    good, wrong = (ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) for _ in range(2))
    authority.issue_cert("a.test").configure_cert(good)
    authority.issue_cert("b.test").configure_cert(wrong)
    memory, names = Memory(), Names({"a.test": SIX_FIRST})
    async with both(saying(OK), hang, (good, wrong)) as port:
        options: dict[str, Any] = {"allow_private": LOCAL, "ca_file": str(tmp_path / "ca.pem"), "timeout": 1.0}
        async with asking(resolver=names, memory=memory, **options) as ask:
            assert await ask.failure(f"https://a.test:{port}/") is FailureKind.TLS_WRONG_HOST
            assert await ask.status(f"https://a.test:{port}/") == 200


@with_ipv6
async def test_the_other_family_is_no_worse_than_before() -> None:
    """Where the other address refuses, the one that hung is asked again, and answers if it has come to."""
    turns: list[int] = []

    async def wakes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        turns.append(1)
        await (hang if len(turns) == 1 else saying(OK))(reader, writer)

    async with both(None, wakes) as port:
        names = Names({"a.test": SIX_FIRST})
        async with asking(resolver=names, allow_private=LOCAL, timeout=0.6, max_retries=1) as ask:
            assert await ask.status(f"http://a.test:{port}/") == 200


@with_ipv6
async def test_the_guard_holds_for_both_families() -> None:
    """An order that was turned opens no private address."""
    inside: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inside.append(await reader.read(100))

    async with both(talk, hang) as port:
        names = Names({"a.test": SIX_FIRST})
        async with asking(resolver=names, allow_private=("::1/128",), timeout=0.2, max_retries=2) as ask:
            assert await ask.failure(f"http://a.test:{port}/") is FailureKind.TIMEOUT

    assert inside == []


@with_ipv6
async def test_the_engines_second_call_knows_what_failed_in_the_first() -> None:
    """With fresh connections, and names looked up anew."""
    seen: list[Observation] = []
    async with both(saying(OK), hang) as port, answering({"a.test": " ".join(SIX_FIRST)}) as answerer:
        engine = LocalEngine(
            settings(nameservers=(answerer.address,), allow_private=LOCAL, timeout=0.6),
            site_root=Path(),
            user_agent="CardCheck/test",
            title="headline",
            proxies={},
            randomness=random.Random(1),  # noqa: S311 - jitter is no secret
            now=lambda: datetime.now(UTC),
        )
        link = Request(url=f"http://a.test:{port}/", want=Want.PAGE)
        for again in (False, False, True):
            await engine.ask([link], lambda _, observation: seen.append(observation), fresh_connections=again)

    first, second, third = (observation.outcome for observation in seen)
    assert not isinstance(first, Answered)
    assert first.kind is FailureKind.TIMEOUT
    assert isinstance(second, Answered)
    assert isinstance(third, Answered)
    assert answerer.asked.count("A a.test") == 2
