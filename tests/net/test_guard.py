"""The guard: what is public, and that nothing else is ever contacted, whichever way it is named."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import resource
import socket

import aiohttp
import pytest

from crawler.demo.reply import page, redirect
from crawler.demo.web import LoopbackWeb
from crawler.errors import ConfigError, CrawlerError
from crawler.model import FailureKind
from crawler.net.guard import Guard, UnsafeAddressError, is_public, new_socket
from crawler.net.resolve import GuardedResolver
from crawler.urls import canonical
from tests.net.asking import Names, answered, asking, failed, saying, server

PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001::200e", "::ffff:8.8.8.8", "2002:808:808::1"]
NOT_PUBLIC = [
    "0.0.0.0",  # noqa: S104 - an address, bound to nothing
    "0.1.2.3", "10.0.0.5", "100.64.0.1", "127.0.0.1", "127.255.0.9", "169.254.169.254", "172.16.0.1",
    "192.0.0.1", "192.0.0.8", "192.0.0.9", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1",
    "2002:7f00:1::", "2002:a00:5::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1",
    "ff02::1", "ff0e::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_allowed(address: str) -> None:
    """Addresses of hosts on the internet pass, those written as IPv6 around IPv4 too."""
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_everything_else_is_refused(address: str) -> None:
    """Private, local, multicast, reserved, documentation, translated and tunnelled addresses do not pass."""
    assert not is_public(ipaddress.ip_address(address))


def test_the_user_may_allow_networks() -> None:
    """`allow_private` opens the networks it names and no other."""
    guard = Guard(["10.0.0.0/8", "fd00::/8"])
    allowed = ["10.1.2.3", "fd00::1", "8.8.8.8"]
    refused = ["192.168.0.1", "fe80::1", "127.0.0.1"]

    assert [guard.allows(ipaddress.ip_address(address)) for address in allowed + refused] == [True] * 3 + [False] * 3


@pytest.mark.parametrize("cidr", ["10.0.0.0/33", "10.0.0.1/8", "localhost", ""])
def test_what_is_no_network_is_refused(cidr: str) -> None:
    """A wrong CIDR stops the run and says what to write."""
    with pytest.raises(ConfigError, match=r"allow_private: .*such as '10\.0\.0\.0/8'"):
        Guard([cidr])


LITERALS = [
    "http://127.0.0.1/", "http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/", "http://0/",
    "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[64:ff9b::7f00:1]/",
    "http://169.254.169.254/latest/meta-data/", "https://10.0.0.1/", "http://[fe80::1]/", "http://①②⑦.0.0.1/",
]  # fmt: skip


@pytest.mark.parametrize("written", LITERALS)
async def test_literals_are_refused_however_they_are_written(written: str) -> None:
    """What a browser reads as a private address is one, and the refusal names it."""
    async with asking() as ask:
        failure = failed(await ask.get(canonical(written)))

    assert failure.kind is FailureKind.UNSAFE_ADDRESS
    assert "not a public address" in failure.detail


async def test_a_redirect_to_a_private_address_is_refused() -> None:
    """A hop is guarded like a first request; the metadata service of a cloud is never asked."""
    routes = {"a.test/": redirect("http://169.254.169.254/latest/meta-data/")}
    async with LoopbackWeb(routes) as web, asking(web) as ask:
        fetched = await ask.get("http://a.test/")

    failure = failed(fetched)
    assert (failure.kind, failure.url) == (FailureKind.UNSAFE_ADDRESS, "http://169.254.169.254/latest/meta-data/")
    assert ("169.254.169.254" in failure.detail, [hop.status for hop in fetched.hops]) == (True, [301])


async def test_a_name_with_a_private_address_is_refused() -> None:
    """A public name that points inside is refused, and the address is named."""
    async with asking(resolver=Names({"inside.test": ["10.1.1.1", "fd00::1"]})) as ask:
        failure = failed(await ask.get("http://inside.test/"))

    assert (failure.kind, "10.1.1.1" in failure.detail) == (FailureKind.UNSAFE_ADDRESS, True)


async def test_the_check_and_the_connection_share_one_answer() -> None:
    """A name that changes its address between two questions gains nothing, for there is one question."""

    class Rebinding(Names):
        async def resolve(self, host: str, *more: object, **kw: object) -> list[aiohttp.abc.ResolveResult]:
            self.known["rebind.test"] = ["192.0.2.1"] if not self.asked else ["127.0.0.1"]
            return await super().resolve(host, *more, **kw)  # type: ignore[arg-type]

    names = Rebinding({})
    served: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.append(await reader.read(100))

    async with server(talk) as port, asking(resolver=names, allow_private=("192.0.2.0/24",), timeout=0.3) as ask:
        await ask.get(f"http://rebind.test:{port}/")

        assert (names.asked, served) == (["rebind.test"], [])
        # Asked again, the resolver says 127.0.0.1; from the cache or anew, that is not contacted.
        await ask.get(f"http://rebind.test:{port}/")
        assert served == []


async def test_of_two_addresses_only_the_allowed_one_is_contacted() -> None:
    """A name with an allowed and a private address is an answer from the allowed one, and the other sees nothing."""
    inside: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inside.append(await reader.read(100))

    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    async with server(saying(answer), "127.0.0.2") as port:
        private = await asyncio.start_server(talk, "127.0.0.3", port)
        names = Names({"both.test": ["127.0.0.3", "127.0.0.2"]})
        async with private, asking(resolver=names, allow_private=("127.0.0.2/32",)) as ask:
            status = answered(await ask.get(f"http://both.test:{port}/")).status

    assert (status, inside) == (200, [])


async def test_the_socket_is_guarded_without_the_resolver() -> None:
    """The last word is where the socket is made: a resolver that lets everything through changes nothing."""
    connector = aiohttp.TCPConnector(
        resolver=GuardedResolver(Names({"inside.test": ["127.0.0.1"]}), None, timeout=1.0),
        socket_factory=Guard().socket,
    )
    async with aiohttp.ClientSession(connector=connector) as session:
        with pytest.raises(aiohttp.ClientConnectorError) as caught:
            await session.get("http://inside.test/")

    assert isinstance(caught.value.os_error, UnsafeAddressError)


async def test_our_own_shortage_is_no_dead_link() -> None:
    """Without a file descriptor left, the run stops and says so."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    async with LoopbackWeb({"a.test/": page("A")}) as web, asking(web) as ask:
        taken = []
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, soft), hard))
        try:
            with contextlib.suppress(OSError):
                while True:
                    taken.append(socket.socket())
            with pytest.raises(CrawlerError, match="ulimit -n"):
                await ask.get("http://a.test/")
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            for each in taken:
                each.close()


def test_a_socket_is_made_as_asked() -> None:
    """Family and type are the address's."""
    with new_socket((socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("::1", 80, 0, 0))) as made:
        assert (made.family, made.type) == (socket.AF_INET6, socket.SOCK_STREAM)
