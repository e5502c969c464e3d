"""Proxies: which URL goes through which, what is never asked of one, and whose fault a failure is."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any

import pytest

from crawler.demo.reply import Reply, page, redirect
from crawler.demo.tls import BadTLS
from crawler.demo.web import LoopbackWeb
from crawler.errors import ConfigError
from crawler.model import FailureKind
from crawler.net.proxies import Proxies
from tests.net.asking import Names, asking, failed, saying, server

PROXY = "http://proxy.test:3128"
REFUSED = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
PUBLIC = Names({"a.test": ["93.184.216.34"], "b.test": ["93.184.216.35"]})


class Proxy:
    """Passes on to `web` whatever is asked for, by absolute URL or through a tunnel; wants `login` if there is one."""

    def __init__(self, web: LoopbackWeb, login: str = "") -> None:
        self._web, self._login = web, login
        self.port = 0
        self.lines: list[str] = []
        """The first line of each request."""
        self.tasks: set[asyncio.Task[None] | None] = set()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.tasks.add(asyncio.current_task())
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, _, rest = head.partition("\r\n")
        self.lines.append(first)
        if self._login and f"Proxy-Authorization: Basic {b64encode(self._login.encode()).decode()}\r\n" not in head:
            writer.write(REFUSED)
            return
        port = self._web.https_port if first.startswith("CONNECT ") else self._web.http_port
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        if first.startswith("CONNECT "):
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            path = re.sub(r"^GET http://[^/]+", "GET ", first)
            far_writer.write(f"{path}\r\n{rest}".encode())
        try:
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        finally:
            far_writer.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):
        writer.write_eof()


@contextlib.asynccontextmanager
async def proxied(web: LoopbackWeb, login: str = "", **more: Any) -> AsyncIterator[tuple[Proxy, Any]]:
    """A proxy before `web`, and who asks through it."""
    proxy = Proxy(web, login)
    async with server(proxy.talk) as port:
        proxy.port = port
        userinfo = f"{more.pop('userinfo', login)}@" if login else ""
        url = f"http://{userinfo}127.0.0.1:{port}"
        proxies = {"http": url, "https": url} | more.pop("proxies", {})
        async with asking(proxies=proxies, ca_file=str(web.ca_file), **{"resolver": PUBLIC} | more) as ask:
            yield proxy, ask
        await asyncio.wait([task for task in proxy.tasks if task] or [asyncio.create_task(asyncio.sleep(0))])


# ---- which proxy ----


@pytest.mark.parametrize(
    ("no", "url", "straight"),
    [
        ("", "http://a.test/", False),
        ("*", "http://a.test/", True), ("b.test, *", "http://a.test/", True),
        ("a.test", "http://a.test/", True), ("A.Test", "http://a.test/", True), ("a.test", "http://www.a.test/", True),
        (".a.test", "http://www.a.test/", True), (".a.test", "http://a.test/", True),
        ("*.a.test", "http://www.a.test/", True), ("a.test", "http://nota.test/", False),
        ("x.test,a.test", "http://a.test/", True), ("x.test a.test", "http://a.test/", True),
        (" , ", "http://a.test/", False),
        ("a.test:8080", "http://a.test:8080/", True), ("a.test:8080", "http://a.test/", False),
        ("a.test:443", "https://a.test/", True), ("a.test:443", "http://a.test/", False),
        ("192.0.2.1", "http://192.0.2.1/", True), ("192.0.2.1", "http://192.0.2.10/", False),
        ("192.0.2.1:80", "http://192.0.2.1/", True), ("192.0.2.1:81", "http://192.0.2.1/", False),
        ("192.0.2.0/24", "http://192.0.2.9/", True), ("192.0.2.0/24", "http://192.0.3.9/", False),
        ("192.0.2.0/24", "http://a.test/", False),
        ("2001:db8::1", "http://[2001:db8::1]/", True), ("[2001:db8::1]", "http://[2001:db8::1]/", True),
        ("[2001:db8::1]:80", "http://[2001:db8::1]/", True), ("2001:db8::/32", "http://[2001:db8::1]/", True),
        ("1", "http://192.0.2.1/", False),
    ],
)  # fmt: skip
def test_no_proxy_excepts_hosts(no: str, url: str, *, straight: bool) -> None:
    """Names with all below them, ports, addresses, networks, and everything."""
    assert (Proxies({"http": PROXY, "https": PROXY, "no": no}).proxy_for(url) is None) is straight


def test_each_scheme_has_its_proxy_and_all_stands_in() -> None:
    """ALL_PROXY serves what has none of its own; no port and no scheme are needed."""
    proxies = Proxies({"http": "near.test:8080", "all": "https://far.test"})

    assert proxies.proxy_for("http://a.test/") == "http://near.test:8080"
    assert proxies.proxy_for("https://a.test/") == "https://far.test"
    assert Proxies({"http": PROXY}).proxy_for("https://a.test/") is None
    assert not Proxies({"no": "*", "ftp": PROXY})


@pytest.mark.parametrize(
    "value",
    [
        "socks5://me:secret@proxy.test",
        "http://",
        "http://me:secret@:80",
        "http://p:x/",
        "http://p:0",
        "http://me:%E6%BC%A2secret@p",
    ],
)
def test_a_proxy_that_cannot_be_used_stops_the_run(value: str) -> None:
    """Going straight past it would be worse; the message shows no password."""
    with pytest.raises(ConfigError, match="HTTPS_PROXY or ALL_PROXY") as raised:
        Proxies({"all": value, "http": PROXY})

    assert "secret" not in str(raised.value)


# ---- through one ----


async def test_both_schemes_go_through() -> None:
    """HTTP by its absolute URL, HTTPS through a tunnel whose far end shows its own certificate."""
    routes = {"a.test/": redirect("https://a.test/in"), "a.test/in": page("In")}
    async with LoopbackWeb(routes, bad_tls={"b.test": BadTLS.WRONG_HOST}) as web, proxied(web) as (proxy, ask):
        assert await ask.status("http://a.test/") == 200
        assert await ask.failure("https://b.test/") is FailureKind.TLS_WRONG_HOST

    assert proxy.lines == [
        "GET http://a.test/ HTTP/1.1",
        "CONNECT a.test:443 HTTP/1.1",
        "CONNECT b.test:443 HTTP/1.1",
    ]


@pytest.mark.parametrize("url", ["http://a.test/", "https://a.test/"])
async def test_a_login_is_sent_and_never_shown(url: str) -> None:
    """User and password of the proxy's URL go to the proxy; a wrong one is our side's failure."""
    async with LoopbackWeb({"*": page("In")}) as web:
        async with proxied(web, "me:s3cr3t @", userinfo="me:s3cr3t%20%40") as (_, ask):
            assert await ask.status(url) == 200
        async with proxied(web, "me:s3cr3t", userinfo="me:0th3r") as (_, ask):
            failure = failed(await ask.get(url))
        assert all(hit.header("proxy-authorization") is None for hit in web.hits if hit.tls)

    assert failure.kind is FailureKind.PROXY
    assert "407" in failure.detail or "Proxy Authentication" in failure.detail
    assert "0th3r" not in failure.detail


async def test_an_origins_407_is_the_origins() -> None:
    """Without a proxy nobody of ours has said it."""
    async with LoopbackWeb({"*": Reply(status=407)}) as web, asking(web) as ask:
        assert await ask.status("http://a.test/") == 407


async def test_no_proxy_and_connect_to_go_straight() -> None:
    """Neither is asked of the proxy, and both have their own guard."""
    async with LoopbackWeb({"*": page("In")}) as web:
        rows = {"a.test:80": f"127.0.0.1:{web.http_port}"}
        names = Names({"near.test": ["10.0.0.1"], "b.test": ["93.184.216.35"]})
        async with proxied(web, resolver=names, proxies={"no": "near.test"}, connect_to=rows) as (proxy, ask):
            assert await ask.status("http://a.test/") == 200
            assert await ask.failure("http://near.test/") is FailureKind.UNSAFE_ADDRESS
            assert await ask.status("http://b.test/") == 200

    assert proxy.lines == ["GET http://b.test/ HTTP/1.1"]


# ---- the guard ----


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "169.254.169.254", "in.test", "mixed.test", "localhost"])
async def test_nothing_inside_is_asked_of_a_proxy(scheme: str, host: str) -> None:
    """Neither literals nor names that lead inside, by even one of their addresses: the proxy picks which."""
    names = Names({"in.test": ["10.0.0.1"], "mixed.test": ["93.184.216.34", "fd00::1"], "localhost": ["127.0.0.1"]})
    async with LoopbackWeb({"*": page("In")}) as web, proxied(web, resolver=names) as (proxy, ask):
        assert await ask.failure(f"{scheme}://{host}/") is FailureKind.UNSAFE_ADDRESS

    assert proxy.lines == []


async def test_no_hop_leads_a_proxy_inside() -> None:
    """Each hop is screened as the first request was."""
    routes = {"a.test/": redirect("http://in.test/"), "b.test/": redirect("http://169.254.169.254/")}
    names = Names({"a.test": ["93.184.216.34"], "b.test": ["93.184.216.34"], "in.test": ["127.0.0.1"]})
    async with LoopbackWeb(routes) as web, proxied(web, resolver=names) as (proxy, ask):
        assert await ask.failure("http://a.test/") is FailureKind.UNSAFE_ADDRESS
        assert await ask.failure("http://b.test/") is FailureKind.UNSAFE_ADDRESS

    assert len(proxy.lines) == 2


async def test_what_is_allowed_inside_is_allowed_through_a_proxy() -> None:
    """`allow_private` means the same on every way."""
    options: dict[str, Any] = {"resolver": Names({"in.test": ["10.0.0.1"]}), "allow_private": ("10.0.0.0/8",)}
    async with LoopbackWeb({"*": page("In")}) as web, proxied(web, **options) as (_, ask):
        assert await ask.status("http://in.test/") == 200
        assert await ask.status("http://10.0.0.1/") == 200


@pytest.mark.parametrize("said", [socket.EAI_NONAME, socket.EAI_AGAIN])
async def test_names_that_only_the_proxy_knows_are_left_to_it(said: int) -> None:
    """Behind a proxy there is often no resolver for the world outside; only what is known to lead inside is refused."""
    names = Names({"a.test": socket.gaierror(said, "no")})
    async with LoopbackWeb({"*": page("In")}) as web, proxied(web, resolver=names) as (_, ask):
        assert await ask.status("http://a.test/1") == 200
        assert await ask.status("http://a.test/2") == 200

    assert names.asked == ["a.test"]


# ---- failures ----


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_is_not_there_is_no_dead_link(scheme: str) -> None:
    """Refused, or without an address."""
    for proxy in ("http://me:secret@127.0.0.1:1", "http://me:secret@nowhere.test:3128"):
        async with asking(proxies={"all": proxy}, resolver=PUBLIC) as ask:
            failure = failed(await ask.get(f"{scheme}://a.test/"))

        assert failure.kind is FailureKind.PROXY
        assert "secret" not in failure.detail


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
        b"Hello\r\n\r\n",
        b"",
    ],
)
async def test_a_tunnel_that_is_refused_is_no_dead_link(answer: bytes) -> None:
    """Whatever the proxy says instead, and if it hangs up; and it is asked once."""
    asked: list[int] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(1)
        await saying(answer)(reader, writer)

    async with server(talk) as port, asking(proxies={"https": f"http://127.0.0.1:{port}"}, resolver=PUBLIC) as ask:
        assert await ask.failure("https://a.test/") is FailureKind.PROXY

    assert len(asked) == 1


async def test_a_proxy_that_drops_a_kept_tunnel_and_makes_no_other_is_at_fault() -> None:
    """Though a request had left on the old one: that says nothing of the host."""
    tunnels: list[asyncio.StreamWriter] = []
    async with LoopbackWeb({"*": Reply(body=b"x")}) as web:

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            if tunnels:
                return
            tunnels.append(writer)
            inner, outer = await asyncio.open_connection("127.0.0.1", web.https_port)
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            await asyncio.gather(_pass_on(reader, outer), _pass_on(inner, writer))

        async with (
            server(talk) as port,
            asking(proxies={"https": f"http://127.0.0.1:{port}"}, resolver=PUBLIC, ca_file=str(web.ca_file)) as ask,
        ):
            assert await ask.status("https://a.test/") == 200
            web.routes = {"*": Reply(hang="head")}
            second = asyncio.create_task(ask.failure("https://a.test/2"))
            while len(web.hits) < 2:  # noqa: ASYNC110 - the web's list
                await asyncio.sleep(0.01)
            tunnels[0].transport.abort()

            assert await second is FailureKind.PROXY


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
    writer.close()
