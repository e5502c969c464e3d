"""The bytes of a body in, as they arrive, and whether to read on out: until what a page is judged by has been seen.

Half of all pages have shown it after 20 kB, but YouTube's tags begin near 700 kB, so it is the evidence that ends the
reading, not a size; the network layer puts a bound on the whole.
"""

from __future__ import annotations

import re

from crawler.metadata.magic import SIGNATURE_BYTES, looks_binary

RUNNING_TEXT = 1_200
"""Characters in long stretches of text: twice what no error page, wall or parking lot has, as some may be comments."""
LONG = 80
"""A stretch of more characters than this is running text, not a button or a caption."""
BODY_FOR_TAGS = 64 * 1024
"""Bytes of body, scripts left out, within which misplaced Open Graph tags are hoped for."""
BODY_FOR_HEADING = 256 * 1024
"""Bytes of body, scripts left out, within which a heading and running text are hoped for."""
OTHER_BYTES = 4 * 1024
"""Bytes read of a body that is no page; its kind shows in the first of them."""

_CARRY = 64 * 1024  # bytes that wait for the end of a tag; a longer one is given up
_CUT = 12  # bytes that wait where the end of a script may be cut in two
# The look at two letters ahead spares a third of the time, as most tags begin with others.
_OPAQUE = re.compile(rb"<(?=[sntSNT!][ceiotCEIOT-])(?i:(script|style|noscript|textarea|title)(?=[\s/>])|!--)")
_ENDS = {
    name: re.compile(rb"</" + name + rb"(?=[\s/>])", re.IGNORECASE)
    for name in (b"script", b"style", b"noscript", b"textarea", b"title")
}
_COMMENT_END = re.compile(rb"--!?>")
_HEAD_END = re.compile(rb"</head\b|<body\b", re.IGNORECASE)
_SHORTEST = 4  # bytes that can show something
_OPEN_GRAPH = re.compile(rb"=\s*[\"']?og:", re.IGNORECASE)
_HEADING = re.compile(rb"</h1\b", re.IGNORECASE)
_STRETCH = re.compile(rb">([^<]{%d,}+)" % (LONG + 1))  # "<" alone is excluded, which is four times as fast as "<>"
_ENTITY = re.compile(rb"&#?\w{1,10};")
_CONTINUATION = bytes(range(0x80, 0xC0))  # of a character in UTF-8


class PageReader:
    """Watches one body go by; each byte is looked at once, a tag that is cut in two excepted."""

    def __init__(self) -> None:
        self._start = self._carry = b""
        self._until: re.Pattern[bytes] | None = None
        """What ends the script or comment that is being read."""
        self._read = self._body = self._text = 0
        self._binary = self._head_closed = self._open_graph = self._heading = False

    def feed(self, data: bytes) -> bool:
        """Whether to read on after `data`, the next bytes of the body, decompressed."""
        self._read += len(data)
        if len(self._start) < SIGNATURE_BYTES:
            self._start += data[:SIGNATURE_BYTES]
            self._binary = looks_binary(self._start)
        if self._binary:
            return self._read < OTHER_BYTES
        self._carry = self._scan(self._carry + data)[-_CARRY:]
        return not self._enough()

    def _enough(self) -> bool:
        if not self._head_closed:
            return False
        if self._body >= BODY_FOR_HEADING:
            return True
        tags = self._open_graph or self._body >= BODY_FOR_TAGS
        return tags and self._heading and self._text >= RUNNING_TEXT

    def _scan(self, buffer: bytes) -> bytes:
        """Looks at all whole tags and texts of `buffer`; returns what has to wait for its end."""
        at = 0
        while True:
            if self._until is not None:
                end = self._until.search(buffer, at)
                if not end:
                    return buffer[max(at, len(buffer) - _CUT) :]
                at, self._until = end.end(), None
            opening = _OPAQUE.search(buffer, at)
            if opening is None:
                last = max(buffer.rfind(b"<"), at)
                self._look(buffer, at, last)
                return buffer[last:]
            self._look(buffer, at, opening.start())
            if self._head_closed and self._enough():
                return b""
            at = opening.end()
            self._until = _ENDS[opening[1].lower()] if opening[1] else _COMMENT_END

    def _look(self, buffer: bytes, start: int, end: int) -> None:
        """Notes what stands between `start` and `end`, outside scripts and comments."""
        if end - start < _SHORTEST:  # as between two scripts
            self._body += end - start if self._head_closed else 0
            return
        if not self._open_graph:
            self._open_graph = _OPEN_GRAPH.search(buffer, start, end) is not None
        if not self._head_closed:
            match = _HEAD_END.search(buffer, start, end)
            if not match:
                return
            self._head_closed, start = True, match.start()
        self._body += end - start
        if not self._heading:
            self._heading = _HEADING.search(buffer, start, end) is not None
        if self._text < RUNNING_TEXT and end - start > LONG:
            for match in _STRETCH.finditer(buffer, start, end):
                for text in match[1].split(b">"):
                    self._text += _characters(text.lstrip()) if len(text) > LONG else 0
                if self._text >= RUNNING_TEXT:
                    return


def _characters(text: bytes) -> int:
    """Characters of a stretch of text, if they are enough to be running text."""
    if b"&" in text:
        text = _ENTITY.sub(b"_", text)
    length = len(text) if text.isascii() else len(text.translate(None, _CONTINUATION))
    return length if length > LONG else 0
