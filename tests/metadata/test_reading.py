"""How much of a body is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.metadata.reading import BODY_FOR_HEADING, OTHER_BYTES, RUNNING_TEXT, PageReader

HEAD = b'<html><head><title>A title</title><meta property="og:title" content="A title"></head><body>'
HEADING = b"<h1>A title</h1>"
PARAGRAPH = b"<p>" + 10 * b"Ten words. " + b"</p>"
TEXT = PARAGRAPH * (RUNNING_TEXT // 100 + 1)
MORE = b"<p>more</p>" * 100_000
STEP = 1_000


def read(body: bytes, step: int = STEP) -> int:
    """How many bytes of `body` are taken when they come `step` at a time."""
    reader = PageReader()
    for start in range(0, len(body), step):
        if not reader.feed(body[start : start + step]):
            return min(start + step, len(body))
    return len(body)


def test_reads_until_the_evidence_is_in() -> None:
    """Once head, heading and running text have been seen, no more is read."""
    evidence = len(HEAD + HEADING + TEXT)

    assert evidence <= read(HEAD + HEADING + TEXT + MORE) <= evidence + STEP


@pytest.mark.parametrize(
    "missing",
    [
        HEAD + HEADING + MORE[:100_000],
        HEAD + TEXT + MORE[:100_000],
        HEAD + HEADING + b"<script>" + TEXT + b"</script>" + MORE[:100_000],
        HEAD + HEADING + b"<!--" + TEXT + b"-->" + MORE[:100_000],
        HEAD + b"<!--" + HEADING + b"-->" + TEXT + MORE[:100_000],
        HEAD.replace(b"og:", b"x:") + HEADING + TEXT + MORE[:50_000],
        HEAD.replace(b"</head><body>", b"") + HEADING + TEXT + MORE,
    ],
)
def test_reads_on_while_evidence_is_missing(missing: bytes) -> None:
    """Without heading, running text, tags or the end of the head it reads on; scripts and comments show nothing."""
    assert read(missing) == len(missing)


def test_tags_behind_long_scripts_are_waited_for() -> None:
    """Tags that begin near 700 kB, behind scripts, are still read."""
    script = b"<script>" + b"x=1;" * 150_000 + b"</script>"
    late = script + b'<meta property="og:title" content="A title">'

    assert read(b"<html><head></head><body>" + HEADING + TEXT + late, 16_384) >= len(script)


def test_a_page_without_a_heading_ends_somewhere() -> None:
    """A body that never shows a heading is given up."""
    assert BODY_FOR_HEADING <= read(HEAD + MORE) <= BODY_FOR_HEADING + 2 * STEP


def test_escaped_text_counts_by_its_characters() -> None:
    """Text that is written in entities or in many bytes a character is as long as it reads."""
    escaped = b"<p>" + b"&#x65E5;" * 90 + b"</p>"
    encoded = b"<p>" + "日".encode() * 90 + b"</p>"

    for paragraph in (escaped, encoded):
        body = HEAD + HEADING + paragraph * 100
        needed = len(HEAD + HEADING) + RUNNING_TEXT // 90 * len(paragraph)
        assert read(body) >= needed


@pytest.mark.parametrize(
    "start",
    [b"\x89PNG\r\n\x1a\n", b"%PDF-1.7", b"PK\x03\x04", b"\xff\xd8\xff\xe0", b"RIFF", b"\x00\x00\x00\x20ftypheic"],
)
@pytest.mark.parametrize("step", [1, 100, 1_024])
def test_other_bodies_end_early(start: bytes, step: int) -> None:
    """Of an image, a document or an archive only a few kB are read, however they arrive."""
    assert OTHER_BYTES <= read(start + b"</head><h1></h1>" + bytes(20_000), step) < OTHER_BYTES + step


PIECES = st.sampled_from(
    [
        *(HEAD, HEADING, PARAGRAPH, b"</head>", b"<body>", b"<script>", b"</script>", b"<!--", b"-->", b"<title>"),
        *(
            b"</title>",
            b"<",
            b">",
            b"</scr",
            b"ipt >",
            b"<p>",
            b'<meta property="og:',
            b"<STYLE >",
            b"</Style\n>",
            b"a\n",
        ),
    ]
)


@given(st.lists(PIECES | st.binary(max_size=5), max_size=40), st.integers(1, 200))
def test_how_a_body_is_cut_makes_no_difference(pieces: list[bytes], step: int) -> None:
    """Bytes that come one by one or all at once show the same in the end."""
    body = b"".join(pieces)
    whole, cut = PageReader(), PageReader()
    wanted = whole.feed(body)
    for start in range(0, len(body), step):
        reads = cut.feed(body[start : start + step])

    assert not body or reads == wanted
