"""What a loopback page is in, the bytes of its answer out: replies, their faults, and short ways to write them."""

from __future__ import annotations

import gzip
import html
import io
import sys
import zlib
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Literal

import brotli
from PIL import Image

from crawler.model import Record

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Headers = tuple[tuple[str, str], ...]

HTML = ("Content-Type", "text/html; charset=utf-8")
TEXT = ("Content-Type", "text/plain; charset=utf-8")


class Reply(Record, frozen=True):
    """One answer, and what goes wrong with it."""

    status: int = 200
    headers: Headers = ()
    """Sent as they are; Content-Length and Date are added unless they stand here."""
    body: bytes = b""
    encoding: Literal["gzip", "deflate", "br", "zstd"] | None = None
    """The body is compressed so on its way, whatever the client accepts."""
    etag: str | None = None
    """With its quotes."""
    last_modified: str | None = None
    """An HTTP date."""
    conditional: bool = False
    """Whether a request that holds our validator is answered 304."""
    chunked: bool = False
    """Transfer-Encoding: chunked instead of a Content-Length."""
    chunk: int = 65_536
    """Body bytes per write."""
    delay: float = 0.0
    """Seconds before the head."""
    pause: float = 0.0
    """Seconds between writes of the body."""
    hang: Literal["head", "body"] | None = None
    """Nothing more comes: instead of the head, or after half the body."""
    reset: Literal["head", "body"] | None = None
    """The connection is reset (RST): instead of the head, or after half the body."""
    missing: int = 0
    """The last bytes of the body never come, though Content-Length counts them; the connection closes instead."""
    endless: bool = False
    """The body is repeated until the client leaves."""
    close: bool = False
    """The connection closes after the answer."""
    raw: bytes | None = None
    """Sent instead of everything above, then the connection closes."""


def page(
    title: str, body: str = "", /, *, head: str = "", status: int = 200, headers: Headers = (), **og: object
) -> Reply:
    """A page of HTML; `og` makes `<meta property="og:…">`, with `image_width` for `og:image:width` and so on.

    `body` and `head` are HTML; without a `body` the page is a plausible article.
    """
    text = html.escape(title)
    content = body or f"<article><h1>{text}</h1>\n{PROSE}</article>"
    document = (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n<title>{text}</title>\n'
        f"{properties(og)}{head}</head>\n<body>{content}</body></html>\n"
    )
    return Reply(
        status=status, headers=(("Content-Type", "text/html; charset=utf-8"), *headers), body=document.encode()
    )


def properties(og: Mapping[str, object]) -> str:
    """The `<meta property="og:…">` elements of a head."""
    names = {key: key.replace("_", ":") if key.startswith(("image_", "video_")) else key for key in og}
    return "".join(f'<meta property="og:{names[key]}" content="{html.escape(str(og[key]))}">\n' for key in og)


def redirect(to: str, status: int = 301) -> Reply:
    """A redirect; `to` stands in Location as it is."""
    return Reply(status=status, headers=(("Location", to),))


def retry_after(value: str | int, status: int = 429) -> Reply:
    """A host that asks us to wait: seconds or an HTTP date."""
    return Reply(
        status=status, headers=(("Retry-After", str(value)), ("Content-Type", "text/plain")), body=b"Slow down"
    )


def image(format: str = "jpeg", width: int = 1200, height: int = 630, *, colour: str = "teal") -> Reply:  # noqa: A002 - as Pillow calls it
    """A real picture; `format` is one that Pillow writes (`jpeg`, `png`, `gif`, `webp`, …)."""
    return Reply(headers=(("Content-Type", f"image/{format}"),), body=picture(format, width, height, colour=colour))


def picture(format: str, width: int, height: int, *, colour: str = "teal") -> bytes:  # noqa: A002 - as Pillow calls it
    """The bytes of a picture with some content: one flat colour would compress to next to nothing."""
    canvas = Image.linear_gradient("L").resize((width, height))
    tinted = Image.composite(
        Image.new("RGB", (width, height), colour), Image.new("RGB", (width, height), "white"), canvas
    )
    file = io.BytesIO()
    tinted.save(file, format)
    return file.getvalue()


NOT_FOUND = page("404 Not Found", "<h1>Not Found</h1><p>There is nothing at this address.</p>", status=404)
"""The answer to what no route names."""

PROSE = """\
<p>The harbour opened its gates at six this morning, two hours before the first ferry was due, and by seven the quay
was lined with crates of instruments, tents and folded chairs.</p>
<p>Nobody in the town remembers a summer in which the tide tables were read so often: every rehearsal, every delivery
and every parade this week has been planned around them.</p>
<p>The organisers expect four thousand visitors over three days. Trains run every half hour until midnight, and the
night bus waits for the last song, whatever the timetable says.</p>
<p>What is left over, from lemonade to lamp oil, goes to the rowing club, which has kept the boathouse lit for sixty
years and means to do so for another sixty.</p>
"""
"""What a page is about when nobody says: enough running text to be an article."""

PHRASES = {status.value: status.phrase for status in HTTPStatus}

ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


def encoded(reply: Reply) -> bytes:
    """The body as it goes over the wire."""
    return ENCODERS[reply.encoding](reply.body) if reply.encoding else reply.body


def unchanged(reply: Reply, if_none_match: str | None, if_modified_since: str | None) -> bool:
    """Whether the client's validators still hold (RFC 9110, 13.2.2: If-None-Match makes the date irrelevant)."""
    if not reply.conditional:
        return False
    if if_none_match is not None:
        given = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
        return reply.etag is not None and reply.etag.removeprefix("W/") in given
    if if_modified_since is None or reply.last_modified is None:
        return False
    return parsedate_to_datetime(reply.last_modified) <= parsedate_to_datetime(if_modified_since)


def head_of(reply: Reply, length: int | None, *, date: str) -> bytes:
    """Status line and headers; `length` is the Content-Length to announce, None for none."""
    names = {name.lower() for name, _ in reply.headers}
    added = (
        ("Date", date),
        ("ETag", reply.etag),
        ("Last-Modified", reply.last_modified),
        ("Content-Encoding", reply.encoding),
        ("Transfer-Encoding", "chunked" if reply.chunked or reply.endless else None),
        ("Content-Length", None if length is None else str(length)),
        ("Connection", "close" if reply.close or reply.missing else None),
    )
    lines = [f"{name}: {value}" for name, value in reply.headers]
    lines += [f"{name}: {value}" for name, value in added if value is not None and name.lower() not in names]
    phrase = PHRASES.get(reply.status, "Unnamed")
    return "\r\n".join((f"HTTP/1.1 {reply.status} {phrase}", *lines, "", "")).encode("utf-8")
