"""What can be wrong with an answer: each fault does what it says, as a plain client sees it."""

from __future__ import annotations

import gzip
import http.client
import io
import socket
import sys
import time
import zlib
from collections.abc import Iterator

import brotli
import pytest
from PIL import Image

from crawler.demo.reply import ENCODERS, Reply, image, page, redirect, retry_after
from crawler.demo.web import LoopbackWeb, serving
from tests.demo.client import ask, get

if sys.version_info >= (3, 14):
    from compression.zstd import decompress as unzstd
else:
    from backports.zstd import decompress as unzstd

MONDAY, TUESDAY = "Mon, 02 Nov 2026 08:00:00 GMT", "Tue, 03 Nov 2026 08:00:00 GMT"
BODY = b"0123456789" * 100
ROUTES = {
    "f.example/plain": Reply(body=BODY),
    "f.example/raw": Reply(raw=b"SSH-2.0-OpenSSH_9.2\r\n"),
    "f.example/delay": Reply(body=BODY, delay=0.1),
    "f.example/drip": Reply(body=b"abcd", chunk=1, pause=0.05),
    "f.example/hang": Reply(hang="head"),
    "f.example/hang-body": Reply(body=BODY, hang="body"),
    "f.example/reset": Reply(reset="head"),
    "f.example/reset-body": Reply(body=BODY, reset="body"),
    "f.example/missing": Reply(body=BODY, missing=10),
    "f.example/missing-chunked": Reply(body=BODY, missing=10, chunked=True),
    "f.example/chunked": Reply(body=BODY, chunked=True, chunk=300),
    "f.example/endless": Reply(body=b"more", endless=True),
    "f.example/close": Reply(body=BODY, close=True),
    "f.example/none": Reply(status=204),
    "f.example/odd": Reply(status=999, body=BODY),
    "f.example/etag": Reply(body=BODY, etag='"v1"', last_modified=MONDAY, conditional=True),
    "f.example/dated": Reply(body=BODY, last_modified=MONDAY, conditional=True),
    "f.example/ignores": Reply(body=BODY, etag='"v1"', last_modified=MONDAY),
    **{f"f.example/{name}": Reply(body=BODY, encoding=name) for name in ("gzip", "deflate", "br", "zstd")},
}


@pytest.fixture(scope="module")
def web() -> Iterator[LoopbackWeb]:
    with serving(ROUTES) as web:
        yield web


def drain(connection: socket.socket) -> tuple[bytes, OSError | None]:
    """What comes, and how it ends: None if the other side closes in order."""
    received = b""
    try:
        while piece := connection.recv(4096):
            received += piece
    except OSError as error:
        return received, error
    return received, None


def test_raw(web: LoopbackWeb) -> None:
    """Raw bytes replace the whole answer, and the connection closes after them."""
    with ask(web, "f.example/raw") as connection, connection.makefile("rb") as file:
        assert file.read() == b"SSH-2.0-OpenSSH_9.2\r\n"


@pytest.mark.parametrize(("key", "seconds"), [("f.example/delay", 0.1), ("f.example/drip", 0.15)])
def test_slow(web: LoopbackWeb, key: str, seconds: float) -> None:
    """An answer can start late or drip, and is whole in the end."""
    start = time.monotonic()
    received = get(web, key)

    assert time.monotonic() - start >= seconds
    assert len(received.body) == int(received.headers["content-length"])


@pytest.mark.parametrize(("key", "beginning"), [("f.example/hang", b""), ("f.example/hang-body", b"HTTP/1.1 200 OK")])
def test_hang(web: LoopbackWeb, key: str, beginning: bytes) -> None:
    """Nothing more comes: before the head, or within the body."""
    with ask(web, key) as connection:
        connection.settimeout(0.3)
        received, error = drain(connection)

    assert isinstance(error, TimeoutError)
    assert received.startswith(beginning)
    assert received.endswith(BODY[:500] if beginning else b"")


@pytest.mark.parametrize(("key", "beginning"), [("f.example/reset", b""), ("f.example/reset-body", b"HTTP/1.1 200 OK")])
def test_reset(web: LoopbackWeb, key: str, beginning: bytes) -> None:
    """The connection is reset, not closed: before the head, or after half the body."""
    with ask(web, key) as connection:
        received, error = drain(connection)

    assert isinstance(error, ConnectionResetError)
    assert received.startswith(beginning)
    assert len(received) > 500 or not beginning


@pytest.mark.parametrize("key", ["f.example/missing", "f.example/missing-chunked"])
def test_missing(web: LoopbackWeb, key: str) -> None:
    """The end of a body can be missing, though it was announced."""
    with pytest.raises(http.client.IncompleteRead) as caught:
        get(web, key)

    assert caught.value.partial == BODY[:-10]


def test_chunked(web: LoopbackWeb) -> None:
    """A chunked body is whole and has no length."""
    received = get(web, "f.example/chunked")

    assert (received.body, received.headers["content-length"]) == (BODY, None)


def test_endless(web: LoopbackWeb) -> None:
    """An endless body goes on until the client leaves."""
    with ask(web, "f.example/endless") as connection, connection.makefile("rb") as file:
        assert len(file.read(1_000_000)) == 1_000_000


def test_close(web: LoopbackWeb) -> None:
    """A server can close after its answer, and says so."""
    with ask(web, "f.example/close") as connection, connection.makefile("rb") as file:
        received = file.read()

    assert b"\r\nConnection: close\r\n" in received
    assert received.endswith(BODY)


def test_head(web: LoopbackWeb) -> None:
    """HEAD brings the head of GET's answer and no body."""
    received = get(web, "f.example/plain", method="HEAD")

    assert (received.status, received.headers["content-length"], received.body) == (200, "1000", b"")


@pytest.mark.parametrize(("key", "status"), [("f.example/none", 204), ("f.example/odd", 999)])
def test_odd_status(web: LoopbackWeb, key: str, status: int) -> None:
    """Any status can be sent, with a body only where HTTP allows one."""
    received = get(web, key)

    assert received.status == status
    assert len(received.body) == (0 if status == 204 else 1000)


@pytest.mark.parametrize(
    ("key", "headers", "status"),
    [
        ("f.example/etag", {}, 200),
        ("f.example/etag", {"If_None_Match": '"v1"'}, 304),
        ("f.example/etag", {"If_None_Match": 'W/"v0", W/"v1"'}, 304),
        ("f.example/etag", {"If_None_Match": '"v2"', "If_Modified_Since": MONDAY}, 200),
        ("f.example/dated", {"If_Modified_Since": MONDAY}, 304),
        ("f.example/dated", {"If_Modified_Since": TUESDAY}, 304),
        ("f.example/dated", {"If_None_Match": '"v1"'}, 200),
        ("f.example/ignores", {"If_None_Match": '"v1"', "If_Modified_Since": MONDAY}, 200),
    ],
)
def test_validators(web: LoopbackWeb, key: str, headers: dict[str, str], status: int) -> None:
    """A validator that holds is answered 304 without a body, by servers that honour validators."""
    received = get(web, key, **headers)

    assert received.status == status
    assert received.headers["etag"] == ROUTES[key].etag
    assert received.body == (b"" if status == 304 else BODY)


def test_every_encoding(web: LoopbackWeb) -> None:
    """Each encoding names itself, and its body is BODY again when decoded."""
    decoders = {"gzip": gzip.decompress, "deflate": zlib.decompress, "br": brotli.decompress, "zstd": unzstd}
    received = {name: get(web, f"f.example/{name}") for name in ENCODERS}

    assert {name: decoders[name](answer.body) for name, answer in received.items()} == dict.fromkeys(ENCODERS, BODY)
    assert all(answer.headers["content-encoding"] == name for name, answer in received.items())


def test_page() -> None:
    """A page carries its properties escaped, structured ones with a colon, and reads like an article by default."""
    text = page('Say "yes" & go', image="/a.png", image_width=640, site_name="Gazette").body.decode()

    assert "<title>Say &quot;yes&quot; &amp; go</title>" in text
    assert '<meta property="og:image:width" content="640">' in text
    assert '<meta property="og:site_name" content="Gazette">' in text
    assert text.count("<p>") == 4


@pytest.mark.parametrize("kind", ["jpeg", "png", "gif", "webp", "avif"])
def test_image(kind: str) -> None:
    """A picture is a real one of the size that was asked for."""
    reply = image(kind, 64, 48)
    picture = Image.open(io.BytesIO(reply.body))
    picture.load()

    assert ((picture.format or "").lower(), picture.size) == (kind, (64, 48))
    assert reply.headers == (("Content-Type", f"image/{kind}"),)


def test_short_ways() -> None:
    """Redirects carry their Location, waits their Retry-After."""
    assert redirect("/x", 302) == Reply(status=302, headers=(("Location", "/x"),))
    assert retry_after(30, 503).headers[0] == ("Retry-After", "30")
