"""HTTPS on loopback: any name gets a sound certificate, and each kind of bad TLS fails for its own reason."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator

import pytest
from cryptography import x509

from crawler.demo.reply import Reply
from crawler.demo.tls import ISSUER_URL, BadTLS
from crawler.demo.web import Hit, LoopbackWeb, serving
from tests.demo.client import certificate_of, get, shake_hands


def host(kind: BadTLS) -> str:
    return kind.value.replace(" ", "-") + ".example"


@pytest.fixture(scope="module")
def web() -> Iterator[LoopbackWeb]:
    with serving({"*": Reply(body=b"any")}, bad_tls={host(kind): kind for kind in BadTLS}) as web:
        yield web


@pytest.mark.parametrize("name", ["www.example", "a.very.deep.name.example", None])
def test_sound(web: LoopbackWeb, name: str | None) -> None:
    """Any host name, and the bare address, has a certificate that holds."""
    assert shake_hands(web, name) in ("TLSv1.2", "TLSv1.3")


async def test_a_client_that_leaves_before_its_answer_is_no_failure_of_the_web() -> None:
    """Its connection has ended by the time that the web closes it."""
    left = asyncio.Event()

    async def late(_: Hit) -> Reply:
        await left.wait()
        return Reply(body=b"any", close=True)

    async with LoopbackWeb({"*": late}) as web:
        context = ssl.create_default_context(cafile=web.ca_file)
        _, writer = await asyncio.open_connection("127.0.0.1", web.https_port, ssl=context, server_hostname="a.example")
        writer.write(b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")
        while not web.hits:  # noqa: ASYNC110 - the web keeps a record, not events
            await asyncio.sleep(0.01)
        writer.transport.abort()
        await asyncio.sleep(0.1)  # the web notices
        left.set()
        while not web.hits[0].finished:  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    assert len(web.hits) == 1


CODES = {  # of OpenSSL's x509_vfy.h
    BadTLS.EXPIRED: 10,
    BadTLS.WRONG_HOST: 62,
    BadTLS.SELF_SIGNED: 18,
    BadTLS.UNTRUSTED_ROOT: 19,
    BadTLS.UNKNOWN_ISSUER: 20,
    BadTLS.INCOMPLETE_CHAIN: 20,
    BadTLS.ABORT: None,
}


@pytest.mark.parametrize("kind", BadTLS)
def test_bad(web: LoopbackWeb, kind: BadTLS) -> None:
    """Each kind fails the handshake with the error that OpenSSL has for it."""
    with pytest.raises((ssl.SSLError, ConnectionError)) as caught:
        shake_hands(web, host(kind))

    assert getattr(caught.value, "verify_code", None) == CODES[kind]


def test_incomplete_chain_says_where_the_rest_is(web: LoopbackWeb) -> None:
    """The leaf names an address at which the web serves the missing certificate, and with it the chain holds."""
    name = host(BadTLS.INCOMPLETE_CHAIN)
    sent = x509.load_der_x509_certificate(certificate_of(web, name))
    access = sent.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    missing = get(web, ISSUER_URL.removeprefix("http://")).body

    assert [each.access_location.value for each in access] == [ISSUER_URL]
    assert shake_hands(web, name, cadata=missing)
