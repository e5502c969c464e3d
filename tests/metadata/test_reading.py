"""How much of a body is read."""

from __future__ import annotations

from crawler.metadata.reading import PageReader

HEAD = b'<html><head><title>A title</title><meta property="og:title" content="A title"></head><body>'
TEXT = b"<h1>A title</h1>" + 10 * (b"<p>" + 10 * b"Ten words. " + b"</p>")


def read(body: bytes, size: int) -> int:
    """How many bytes are taken in chunks of `size`."""
    reader = PageReader()
    for start in range(0, len(body), size):
        if not reader.feed(body[start : start + size]):
            return min(start + size, len(body))
    return len(body)


def test_reads_until_the_evidence_is_in() -> None:
    """A page whose head, heading and running text have been seen is not read further."""
    assert read(HEAD + TEXT + b"<p>more</p>" * 10_000, 1_000) == 1_000


def test_an_image_stops_early() -> None:
    """Of a body that is no page only a few kB are read."""
    assert read(b"\x89PNG\r\n\x1a\n" + bytes(100_000), 1_024) == 4_096
