"""Each kind of failure, from a real cause on a real socket."""

from __future__ import annotations

import asyncio
import socket
import time
from pathlib import Path

import pytest

from crawler.demo.reply import Reply, page
from crawler.demo.tls import BadTLS
from crawler.demo.web import Door, LoopbackWeb
from crawler.errors import CrawlerError
from crawler.model import FailureKind
from crawler.net.failures import FAILURES
from tests.net.asking import Names, answered, asking, failed, saying, server

LOCAL = ("127.0.0.0/8", "::1/128")

TLS = {
    BadTLS.EXPIRED: FailureKind.TLS_EXPIRED,
    BadTLS.WRONG_HOST: FailureKind.TLS_WRONG_HOST,
    BadTLS.SELF_SIGNED: FailureKind.TLS_SELF_SIGNED,
    BadTLS.UNTRUSTED_ROOT: FailureKind.TLS_SELF_SIGNED,
    BadTLS.UNKNOWN_ISSUER: FailureKind.TLS_SELF_SIGNED,
    BadTLS.INCOMPLETE_CHAIN: FailureKind.TLS_INCOMPLETE_CHAIN,
    BadTLS.ABORT: FailureKind.TLS_FAILED,
}


@pytest.mark.parametrize("bad", BadTLS)
async def test_tls_failures_are_told_apart(bad: BadTLS) -> None:
    """Each thing that can be wrong with a certificate has its own kind."""
    async with LoopbackWeb({}, bad_tls={"bad.test": bad}) as web, asking(web) as ask:
        assert await ask.failure("https://bad.test/") is TLS[bad]


async def test_a_machine_without_certificates_is_no_dead_web(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where nothing is trusted, the run stops and says what to install, as every https link would fail."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    async with LoopbackWeb({"good.test/": page("Good")}) as web:
        async with asking(connect_to=web.connect_to) as ask:
            with pytest.raises(CrawlerError, match="ca-certificates"):
                await ask.get("https://good.test/")
        async with asking(web) as ask:
            assert await ask.status("https://good.test/") == 200


async def test_a_trusted_certificate_passes() -> None:
    """A page behind TLS under the certificate authority of `ca_file` is an answer."""
    async with LoopbackWeb({"good.test/": page("Good")}) as web, asking(web) as ask:
        assert await ask.status("https://good.test/") == 200


@pytest.mark.parametrize(
    ("scheme", "door", "kind"),
    [
        ("http", Door.REFUSED, FailureKind.CONNECT_REFUSED),
        ("https", Door.REFUSED, FailureKind.CONNECT_REFUSED),
        ("http", Door.RESET, FailureKind.RESET),
        ("https", Door.RESET, FailureKind.TLS_FAILED),  # the handshake is what breaks off
        ("http", Door.DEAF, FailureKind.CONNECT_TIMEOUT),
        ("https", Door.DEAF, FailureKind.CONNECT_TIMEOUT),
    ],
)
async def test_doors_that_stay_shut(scheme: str, door: Door, kind: FailureKind) -> None:
    """Refused, reset and unanswered connections are three things, with TLS and without."""
    limit = 0.4 if door is Door.DEAF else 5.0
    async with LoopbackWeb({}, doors={"shut.test": door}) as web, asking(web, timeout=limit) as ask:
        assert await ask.failure(f"{scheme}://shut.test/") is kind


BODY = b"0123456789" * 100

REPLIES = {
    "reset before the head": (Reply(reset="head"), FailureKind.RESET),
    "reset within the body": (Reply(body=BODY, reset="body"), FailureKind.TRUNCATED),
    "fewer bytes than announced": (Reply(body=BODY, missing=3), FailureKind.TRUNCATED),
    "chunks without an end": (Reply(body=BODY, chunked=True, missing=3), FailureKind.TRUNCATED),
    "no head": (Reply(hang="head"), FailureKind.TIMEOUT),
    "half a body": (Reply(body=BODY, hang="body"), FailureKind.TIMEOUT),
    "a drip": (Reply(body=BODY, chunk=1, pause=0.05), FailureKind.TIMEOUT),
    "closed before the head": (Reply(raw=b""), FailureKind.RESET),
    "half a head": (Reply(raw=b"HTTP/1.1 200 OK\r\nContent-"), FailureKind.RESET),
    "no HTTP": (Reply(raw=b"220 mail.example ESMTP ready\r\n"), FailureKind.PROTOCOL),
    "TLS spoken to plain HTTP": (Reply(raw=b"\x15\x03\x01\x00\x02\x02\x46"), FailureKind.PROTOCOL),
    "one header too long": (Reply(headers=(("X-Long", "x" * 40_000),)), FailureKind.PROTOCOL),
    "too many headers": (Reply(headers=tuple((f"X-{n}", "x") for n in range(2_000))), FailureKind.PROTOCOL),
    "two lengths": (
        Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
        FailureKind.PROTOCOL,
    ),
    "gzip that is none after its magic": (
        Reply(headers=(("Content-Encoding", "gzip"),), body=b"\x1f\x8b" + b"nonsense" * 20),
        FailureKind.BAD_ENCODING,
    ),
    "br that is none": (Reply(headers=(("Content-Encoding", "br"),), body=b"\xff" * 200), FailureKind.BAD_ENCODING),
}


@pytest.mark.parametrize(("reply", "kind"), REPLIES.values(), ids=REPLIES.keys())
async def test_answers_that_are_none(reply: Reply, kind: FailureKind) -> None:
    """What breaks off, hangs, drips or is no HTTP has its own kind; only what is no HTTP is looked at twice."""
    limit = 0.5 if kind is FailureKind.TIMEOUT else 5.0
    async with LoopbackWeb({"a.test/": reply}) as web, asking(web, timeout=limit) as ask:
        fetched = await ask.get("http://a.test/")

        looks = 2 if kind is FailureKind.PROTOCOL else 1
        assert (failed(fetched).kind, fetched.requests, len(web.hits)) == (kind, looks, looks)


NAMES = {
    "no such name": (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), FailureKind.DNS_NOT_FOUND),
    "a resolver that cannot tell": (socket.gaierror(socket.EAI_AGAIN, "Try again"), FailureKind.DNS_TEMPORARY),
    "a resolver that failed": (socket.gaierror(socket.EAI_FAIL, "Failure"), FailureKind.DNS_TEMPORARY),
}


@pytest.mark.parametrize(("error", "kind"), NAMES.values(), ids=NAMES.keys())
async def test_names_that_do_not_resolve(error: Exception, kind: FailureKind) -> None:
    """A name that does not exist is not a resolver that could not tell; neither counts as a request."""
    async with asking(resolver=Names({"a.test": error})) as ask:
        fetched = await ask.get("http://a.test/")

        assert (failed(fetched).kind, fetched.requests) == (kind, 0)


async def test_the_operating_system_says_no_such_name() -> None:
    """The default resolver's answer for a name that can never exist (RFC 6761, 6.4) is one of the two DNS kinds."""
    async with asking() as ask:
        assert await ask.failure("http://nowhere.invalid/") in (FailureKind.DNS_NOT_FOUND, FailureKind.DNS_TEMPORARY)


async def test_a_silent_resolver_is_not_a_silent_host() -> None:
    """A name server that never answers is DNS_TEMPORARY, within the time of the attempt."""

    class Silent(Names):
        async def resolve(self, *_: object) -> list[object]:  # type: ignore[override]
            return await asyncio.Event().wait()  # type: ignore[return-value]

    async with asking(resolver=Silent({}), timeout=0.3) as ask:
        assert await ask.failure("http://a.test/") is FailureKind.DNS_TEMPORARY


async def test_a_machine_that_stood_still_does_not_blame_the_host() -> None:
    """Where every limit is reached at once while a name is looked up, the name server is what was silent."""

    class Still(Names):
        async def resolve(self, *_: object) -> list[object]:  # type: ignore[override]
            time.sleep(0.4)  # noqa: ASYNC251 - as a frozen or suspended machine does
            return await asyncio.Event().wait()  # type: ignore[return-value]

    async with asking(resolver=Still({}), timeout=0.3) as ask:
        assert await ask.failure("http://a.test/") is FailureKind.DNS_TEMPORARY


async def test_an_unreachable_network_is_no_refusal() -> None:
    """An address without a route is CONNECT_FAILED."""
    # 240.0.0.0/4 is reserved; Linux has no route to it and says so at once.
    async with asking(resolver=Names({"a.test": ["255.255.255.255"]}), allow_private=("240.0.0.0/4",)) as ask:
        assert await ask.failure("http://a.test/") is FailureKind.CONNECT_FAILED


async def test_an_error_status_outweighs_its_broken_body() -> None:
    """A 404 whose body breaks off is a 404: the status is all that it had to say."""
    routes = {
        "a.test/cut": Reply(status=404, body=BODY, missing=3),
        "a.test/hung": Reply(status=500, hang="body", body=BODY),
    }
    async with LoopbackWeb(routes) as web, asking(web, timeout=0.3) as ask:
        cut, hung = await ask.get("http://a.test/cut"), await ask.get("http://a.test/hung")

        assert (answered(cut).status, cut.complete, answered(hung).status, hung.complete) == (404, False, 500, False)


async def test_details_are_printable() -> None:
    """What a server says never reaches a terminal or a report unescaped."""
    bad = saying(b"HTTP/9 bad \x1b[31m\x07\r\n\r\n")
    async with server(bad) as port, asking(resolver=Names({"a.test": ["127.0.0.1"]}), allow_private=LOCAL) as ask:
        detail = failed(await ask.get(f"http://a.test:{port}/")).detail

    assert detail.isprintable()


def test_the_table_puts_the_special_before_the_general() -> None:
    """No row is hidden behind an earlier one that has no condition and a broader class."""
    for index, row in enumerate(FAILURES):
        hidden_by = [
            before.kind
            for before in FAILURES[:index]
            if issubclass(row.exception, before.exception) and before.when is None
        ]

        assert hidden_by == []
