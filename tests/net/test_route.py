"""`connect_to` and proxies: where a URL is reached, and what stays as it was."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest
import trustme

from crawler.demo.reply import Reply, page, redirect
from crawler.demo.tls import BadTLS
from crawler.demo.web import LoopbackWeb
from crawler.errors import ConfigError
from crawler.model import FailureKind
from crawler.net.guard import Guard
from crawler.net.proxies import Proxies
from crawler.net.route import Routes, Way
from tests.net.asking import Names, asking, saying, server

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def routes(connect_to: dict[str, str], proxies: dict[str, str] | None = None) -> Routes:
    return Routes(connect_to, Guard(), Proxies(proxies or {}))


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("a.test", "127.0.0.1:80"), ("a.test:80", "127.0.0.1"), ("a.test:0", "127.0.0.1:80"), ("*:80", "*:80"),
        ("a.test:80", "127.0.0.1:99999"), ("a.test:x", "127.0.0.1:80"), (":80", "127.0.0.1:80"),
        ("a.test:80", "http://127.0.0.1:80"), ("[::1:80", "127.0.0.1:80"), ("a b:80", "127.0.0.1:80"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(source: str, target: str) -> None:
    """A row that is no "host:port" = "addr:port" stops the run and shows one that is."""
    with pytest.raises(ConfigError, match=r'connect_to: .*expected "host:port" = "addr:port"'):
        routes({source: target})


def test_the_exact_row_beats_the_wildcard() -> None:
    """ "*" is for hosts that have no row of their own; ports must agree."""
    table = routes({"*:443": "127.0.0.1:1", "A.test:443": "127.0.0.1:2", "[::1]:443": "[::1]:3"})

    assert table.target("a.test", 443) == ("127.0.0.1", 2)
    assert table.target("b.test", 443) == ("127.0.0.1", 1)
    assert table.route("https://a.test:8443/").way is Way.DIRECT
    assert table.route("https://[::1]/").way is Way.CONNECT_TO


async def test_host_and_name_stay_those_of_the_url() -> None:
    """Host header, SNI and certificate check are the URL's; only the address is another's."""
    async with LoopbackWeb({"a.test/": page("A")}, bad_tls={"b.test": BadTLS.WRONG_HOST}) as web, asking(web) as ask:
        assert await ask.status("https://a.test/") == 200
        assert await ask.failure("https://b.test/") is FailureKind.TLS_WRONG_HOST
        assert (web.hits[0].host, web.hits[0].header("host")) == ("a.test", "a.test")


async def test_hosts_never_share_a_connection() -> None:
    """Two names that are led to one address have a connection each, with TLS and without."""
    async with LoopbackWeb({"*": page("Any")}) as web, asking(web) as ask:
        for url in ("https://a.test/", "https://b.test/", "http://a.test/", "http://b.test/", "http://93.184.216.34/"):
            await ask.get(url)
            await ask.get(url)

        assert web.connections == 5


async def test_names_that_do_not_resolve_are_led_away_too() -> None:
    """`connect_to` asks no resolver for the URL's host."""
    async with LoopbackWeb({"nowhere.invalid/": page("Here")}) as web, asking(web, resolver=Names({})) as ask:
        assert await ask.status("http://nowhere.invalid/") == 200


@pytest.mark.parametrize("literal", ["93.184.216.34", "[2606:4700::1111]"])
async def test_a_public_literal_is_led_away_under_the_wildcard(literal: str, tmp_path: Path) -> None:
    """An IP literal is asked where "*" says; Host and certificate check stay the literal's."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(literal.strip("[]")).configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    heads: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(OK)
        await writer.drain()

    async with server(talk) as plain, server(talk, tls=context) as secure:
        rows = {"*:80": f"127.0.0.1:{plain}", "*:443": f"127.0.0.1:{secure}"}
        async with asking(connect_to=rows, ca_file=str(tmp_path / "ca.pem")) as ask:
            assert await ask.status(f"http://{literal}/") == 200
            assert await ask.status(f"https://{literal}/") == 200
            assert await ask.failure("https://93.184.216.35/") is FailureKind.TLS_WRONG_HOST

    assert [f"\r\nHost: {literal}\r\n".encode() in head for head in heads] == [True, True]


@pytest.mark.parametrize("literal", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]"])
async def test_a_private_literal_is_refused_even_under_the_wildcard(literal: str) -> None:
    """A literal inside stays unsafe, though "*" would lead it elsewhere: in the next run nothing may."""
    async with LoopbackWeb({"*": page("Any")}) as web, asking(web) as ask:
        assert await ask.failure(f"http://{literal}/") is FailureKind.UNSAFE_ADDRESS
        assert web.hits == []


async def test_an_exact_row_or_allow_private_opens_a_literal() -> None:
    """Who names a private literal means it."""
    async with server(saying(OK)) as port:
        async with asking(connect_to={"127.0.0.1:80": f"127.0.0.1:{port}", "*:81": f"127.0.0.1:{port}"}) as ask:
            assert await ask.status("http://127.0.0.1/") == 200
            assert await ask.failure("http://127.0.0.1:81/") is FailureKind.UNSAFE_ADDRESS
        async with asking(connect_to={"*:81": f"127.0.0.1:{port}"}, allow_private=("10.0.0.0/8",)) as ask:
            assert await ask.status("http://10.0.0.1:81/") == 200
        async with asking(allow_private=("127.0.0.0/8",)) as ask:
            assert await ask.status(f"http://127.0.0.1:{port}/") == 200


async def test_a_target_is_allowed_only_through_its_row() -> None:
    """The address behind `connect_to` is no hole in the guard for whoever names it directly."""
    async with server(saying(OK)) as port:
        names = Names({"evil.test": ["127.0.0.1"]})
        async with asking(connect_to={"a.test:80": f"127.0.0.1:{port}"}, resolver=names) as ask:
            assert await ask.status("http://a.test/") == 200
            assert await ask.failure(f"http://127.0.0.1:{port}/") is FailureKind.UNSAFE_ADDRESS
            assert await ask.failure(f"http://evil.test:{port}/") is FailureKind.UNSAFE_ADDRESS


async def test_a_target_may_be_a_name() -> None:
    """A target that is a name is resolved; the user named it, so its address is allowed."""
    async with server(saying(OK)) as port:
        names = Names({"staging.test": ["127.0.0.1"]})
        async with asking(connect_to={"a.test:80": f"staging.test:{port}"}, resolver=names) as ask:
            assert await ask.status("http://a.test/") == 200


async def test_connect_to_beats_a_proxy() -> None:
    """What has a row does not go through the proxy; the rest does."""
    seen: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append((await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0])
        writer.write(OK)
        await writer.drain()

    async with server(proxy) as port, LoopbackWeb({"*": page("Any")}) as web:
        proxies = {"http": f"http://127.0.0.1:{port}", "no": "near.test"}
        names = Names({"near.test": ["10.0.0.1"]})
        async with asking(
            web, proxies=proxies, resolver=names, connect_to={"a.test:80": f"127.0.0.1:{web.http_port}"}
        ) as ask:
            assert await ask.status("http://a.test/direct") == 200
            assert await ask.status("http://b.test/proxied") == 200
            assert await ask.failure("http://near.test/") is FailureKind.UNSAFE_ADDRESS
            assert await ask.failure("http://127.0.0.1/") is FailureKind.UNSAFE_ADDRESS
            assert await ask.failure("http://[::1]/") is FailureKind.UNSAFE_ADDRESS

    assert (seen, len(web.hits)) == ([b"GET http://b.test/proxied HTTP/1.1"], 1)


async def test_urls_go_out_as_they_are_spelt() -> None:
    """Escapes, order and case of path and query are the server's business, not ours."""
    paths = [
        "/a%2Fb/%7Euser/",
        "/q?b=2&a=1&a=%20+&c",
        "/p;x=1/",
        "/%C3%A9?q=%zz",
        "/'quote'?q='",
        "/a//b/",
        "/?a[]=1|2",
    ]
    async with LoopbackWeb({"*": Reply()}) as web, asking(web) as ask:
        for path in paths:
            await ask.get(f"http://a.test{path}")

        assert [hit.target for hit in web.hits] == paths


async def test_redirects_pass_through_the_same_rows() -> None:
    """A hop to another host is led away as the first request was."""
    async with LoopbackWeb({"a.test/": redirect("https://b.test/x"), "b.test/x": page("B")}) as web, asking(web) as ask:
        assert await ask.status("http://a.test/") == 200
