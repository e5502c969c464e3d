"""Hostile pages do no harm: each is read in time and memory in step with its size, and nothing raises."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.metadata.limits import ATTRIBUTES, bounded
from crawler.metadata.page import read_page
from tests.metadata.pages import URL, both, html, meta, page

MEBIBYTE = 1 << 20


def filled(piece: str, size: int = MEBIBYTE) -> str:
    return piece * (size // len(piece))


def numbered(piece: str, size: int = MEBIBYTE) -> str:
    """`piece` repeated with a number in it, so that no two are alike."""
    return "".join(piece.format(number) for number in range(size // (len(piece) + 4)))


HOSTILE = {
    "100,000 tags of metadata": "".join(meta(og__title=f"t{number}") for number in range(100_000)),
    "an image in each of 20,000 tags": "".join(meta(og__image=f"/{number}.png") for number in range(20_000)),
    "nested boxes": filled("<div>"),
    "nested boxes and lists": filled("<div><ul><li>"),
    "definitions": filled("<dl><dd>"),
    "nested tables": filled("<table><tr><td>"),
    "formatting that is never closed": numbered("<font color={}><p>"),
    "formatting that is never closed, shouted": numbered("<FONT COLOR={}>\n<P>"),
    "formatting that is closed elsewhere": numbered("<b id={}><object></b></object><p>"),
    "end tags without a beginning": filled("<span>", MEBIBYTE // 2) + filled("</p>", MEBIBYTE // 2),
    "one tag with all attributes": "<a " + numbered("a{} ") + ">",
    "one tag with all attributes, quoted": "<a " + numbered("a{}='x' ") + ">",
    "one tag with all attributes, brackets quoted": "<a " + numbered("a{}='>' ") + ">",
    "boxes that are closed elsewhere": filled("<div><object></div></object>"),
    "lists that are closed elsewhere": filled("<ul><li><object></ul></object>"),
    "definitions with other end tags": filled("<dl><dd></x></y>"),
    "one huge attribute": f'<meta property="og:title" content="{"x" * MEBIBYTE}">',
    "one huge title": f"<title>{'x' * MEBIBYTE}",
    "paragraphs within objects": filled("<p><object>", 60_000) + "x " * 400_000,
    "headings within headings": filled("<h1><object>", 60_000) + "x " * 400_000,
    "bylines within bylines": filled('<div class="author">', 60_000) + "By x " * 100_000,
    "icons": filled('<link rel="icon" sizes="16x16 32x32" href="data:x">'),
    "bases": filled("<base href='http://['>"),
    "drawings": filled("<svg><title>x</title></svg>"),
    "comments that are never closed": filled("<!-- "),
    "null bytes": filled("<p>\0\0\0\0</p>\0"),
    "entities": filled("<p>&amp;&#0;&#x110000;&nbsp</p>"),
    "blanks": "<title>" + " " * MEBIBYTE + "</title>",
    "separators": f"<title>{filled(' | ', 100_000)}</title>" + meta(og__title=filled("- ", 9_000)),
    "JSON-LD as deep as it gets": f'<script type="application/ld+json">{"[" * 10_000}{"]" * 10_000}</script>',
    "JSON-LD that goes down in graphs": '<script type="application/ld+json">'
    + '{"@graph":[' * 10_000 + "]}" * 10_000 + "</script>",
    "JSON-LD of comments": f'<script type="application/ld+json">{{{filled("/*", 400_000)}</script>',
    "JSON-LD of quotes": f'<script type="application/ld+json">{{{filled(chr(34) + " ", 400_000)}</script>',
    "JSON-LD in a string that never ends": '<script type="application/ld+json">{"'
    + filled(r"\"", 400_000) + "</script>",
    "JSON-LD in a string that never ends, with comments": '<script type="application/ld+json">{"'
    + filled(r"\"\"/**/", 400_000) + "</script>",
    "JSON-LD of blanks": f'<script type="application/ld+json">{{{" " * 400_000}x</script>',
    "JSON-LD of commas": f'<script type="application/ld+json">{{{filled(", ", 400_000)}</script>',
    "JSON-LD of nodes": f'<script type="application/ld+json">{json.dumps([{"@type": "Article"}] * 20_000)}</script>',
    "JSON-LD of authors": '<script type="application/ld+json">'
    + json.dumps({"@type": "Article", "author": [{"name": f"A{number}"} for number in range(20_000)]})
    + "</script>",
    "labels": meta(og__type="article") + filled("<p>Date: <p>Date:" + " " * 50),
    "times in footers": meta(og__type="article") + filled("<footer><time>1 May 2021"),
    "dates in data": meta(og__type="article")
    + '<script type="application/json">' + filled('"pubDate" : "x2021-06-21" ') + "</script>",
    "one long name of an image": meta(og__image="/a/" + filled("no-image-", 8_000) + ".png"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_are_read(name: str) -> None:
    """Each hostile page is read like any other."""
    read, features = both(html(HOSTILE[name], "<h1>Still here</h1>").encode())

    assert read.url == URL
    assert len(read.title or "") <= 10_000
    assert len(read.images) <= 20
    assert len(features.lead) <= 200


def test_fifty_megabytes_of_nested_tags() -> None:
    """What the network would never hand over does no harm either."""
    assert both(b"<title>Deep</title>" + b"<div>" * 10_000_000)[0].title == "Deep"


def test_titles_cannot_turn_a_line_around() -> None:
    """Control characters, escapes of terminals and bidirectional overrides never reach a report."""
    title = "a\u202e\u2066b\x1b[31m\x07c\x00d\u200fe\ud800f".encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    read = page(f"<title>{title}</title>" + meta(og__site_name=title, author=title, og__description=title))

    for value in (read.title, read.site_name, read.author, read.description):
        assert value
        assert value.replace("\ufffd", "").isprintable()


def test_surrogates_in_json_stay_there() -> None:
    """Half a surrogate pair, which JSON can hold and UTF-8 cannot, is dropped."""
    read = page('<script type="application/ld+json">{"@type": "Article", "headline": "Storm\\ud800 ahead"}</script>')

    assert read.title == "Storm ahead"


@pytest.mark.parametrize(
    "harmless",
    [
        html("<title>x</title>", "<p>text</p>" * 100).encode(),
        b"<style>" + b"a{color:red} " * 20_000 + b"</style><p class=x>text",
        b"<script>" + b"var a = 1; " * 20_000 + b"</script>" + b"<i class=icon></i>" * 50,
        b'<div data-state="' + b"x=1 " * 40_000 + b'">text</div>',
        b"<ul>" + b"<li>one<p>two" * 20_000,
        b"<table>" + b"<tr><td>one<td>two" * 20_000,
        b"<main>" + b"<div><span>text</span></div>" * 10_000 + b"</main>",
    ],
)
def test_honest_pages_are_left_alone(harmless: bytes) -> None:
    """Large pages, long scripts and styles, big attributes and unclosed list items lose nothing."""
    assert bounded(harmless) == harmless


def test_what_is_costly_is_taken_out() -> None:
    """Unclosed formatting becomes plain, nesting is cut off, and so is a tag of too many attributes."""
    assert b"<font" not in bounded(b"".join(b"<font color=%d><p>" % number for number in range(2_000)))
    assert len(bounded(b"<div>" * 100_000)) < 50_000
    assert bounded(b"<p>text<a " + b" ".join(b"a%d" % number for number in range(20 * ATTRIBUTES)) + b">") == b"<p>text"


PIECES = st.sampled_from(
    [
        *(b"<html>", b"<head>", b"</head>", b"<body>", b"<title>", b"</title>", b"<h1>", b"</h1>", b"<p>", b"<svg>"),
        *(
            b'<meta property="og:title" content="',
            b'<meta property="og:image" content="',
            b'">',
            b"<base href='",
            b"'>",
        ),
        *(b'<meta property="article:published_time" content="', b'<meta name="author" content="', b"2021-06-", b"21T"),
        *(
            b'<link rel="canonical" href="',
            b"http://",
            b"//[",
            b"javascript:",
            b"&amp;",
            b"&#x202e;",
            b"\xff\xfe",
            b"\0",
        ),
        *(b'<script type="application/ld+json">', b'{"@type":"Article","author":', b"[{", b"}]", b"</script>", b"<!--"),
        *(
            b'<meta property="og:type" content="article">',
            b"<p>Date:",
            b"<footer>",
            b'<p id="date">',
            b"2021-06-21",
            b"|",
        ),
        *(b'<script type="application/json">', b'"pubDate":"', b'<meta property="og:image" content="/avatar/'),
        *(b'<div class="author date byline">', b"</div>", b"<time datetime='", b'<meta http-equiv=refresh content="0;'),
        *(b"<meta charset=", b"shift_jis", b"utf-16", b">", b" | ", b" - ", "日本".encode(), "é".encode("latin-1")),
    ]
)
URLS = st.sampled_from([URL, "http://[::1]/", "https://example.org", "http://localhost:8080/a?b", "https://1.2.3.4/"])


@settings(max_examples=300)
@given(st.lists(PIECES | st.binary(max_size=8), max_size=40), URLS, st.booleans(), st.sampled_from(["headline", "og"]))
def test_no_bytes_break_the_reading(pieces: list[bytes], url: str, complete: bool, mode: str) -> None:
    """Whatever a page holds, it is read without an error, and what is read can be stored."""
    read = read_page(b"".join(pieces), content_type="text/html", url=url, complete=complete, title_mode=mode)

    if read:
        for value in (read[0].title, read[0].description, read[0].author, read[0].image, read[1].heading, read[1].lead):
            assert not value or value.encode("utf-8")


@given(st.binary(max_size=200), st.none() | st.text(max_size=30))
def test_no_body_breaks_the_reading(body: bytes, content_type: str | None) -> None:
    """Nor does any body under any content type."""
    read_page(body, content_type=content_type, url=URL, complete=True)
