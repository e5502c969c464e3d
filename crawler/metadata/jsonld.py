"""The text of JSON-LD blocks in, their nodes out: flat, with references resolved, whatever shape the publisher chose.

One block in eleven is not JSON (measured on 165): it is wrapped in comments, escaped as HTML, ends in a comma or a
semicolon, or holds raw line breaks. REPAIRS lists what is mended; what stays broken is left out and harms no other.
"""

from __future__ import annotations

import html
import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

Node = dict[str, Any]

MAX_BLOCK = 500_000
"""Characters; a longer block is not read."""
MAX_BLOCKS = 50
MAX_DEPTH = 12
"""Levels looked into; real graphs use four."""
MAX_NODES = 2_000

ARTICLES = ("Article", "BlogPosting", "NewsArticle", "Report", "SocialMediaPosting")
WORKS = ("VideoObject", "Recipe", "Product", "Event", "HowTo", "PodcastEpisode", "Episode", "Movie", "Book", "Review")
PAGES = ("WebPage", "ItemPage", "AboutPage", "CollectionPage", "FAQPage", "QAPage", "ProfilePage")


class Repair(NamedTuple):
    """One way of mending a block."""

    name: str
    mend: Callable[[str], str]
    keeps: bool = True
    """Whether the next repairs go on from here if this one was not enough."""


def _unwrapped(text: str) -> str:
    """Without the comment signs, CDATA marks and semicolons around the value."""
    for _ in range(_WRAPPINGS):
        text = text.strip(_BLANKS)
        for sign in _SIGNS:
            text = text.removeprefix(sign).removesuffix(sign)
    return text


_WRAPPINGS = 5  # `/* <![CDATA[ */` and the like are three
_BLANKS = " \t\r\n;\ufeff"
_SIGNS = ("//", "/*", "*/", "<![CDATA[", "]]>", "<!--", "-->")
_STRING = r'"(?:[^"\\]|\\.)*+"'
# What comes before a quote that no other closes. Behind it there are only escaped quotes, which begin no string either:
# to try each of 20,000 takes 20 s, and four times as long for twice as many.
_CLOSED = re.compile(rf'(?:[^"]++|{_STRING})*+', re.DOTALL)
_STRING_OR_COMMENT = re.compile(rf'{_STRING}|/\*|//|<!--|"', re.DOTALL)
_COMMENT = re.compile(r"/\*|//|<!--")
_GAP = r":(?=\s*[,}\]])"
_LOOSE_COMMA = r",(?=\s*[}\],])"
_ODD_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|([^\"\\/bfnrtu]))|(\\.)", re.DOTALL)
_QUOTE = re.compile(r'\\.|"', re.DOTALL)
_AFTER_STRING = re.compile(r"\s*(?:[:}\]]|,\s*[\"{\[\d\-tfn]|\Z)")
_ENDS = {"/*": "*/", "//": "\n", "<!--": "-->"}


def _without_comments(text: str) -> str:
    parts: list[str] = []
    at, sought = 0, _STRING_OR_COMMENT
    while match := sought.search(text, at):
        if match[0] not in _ENDS:
            if match[0] == '"':
                sought = _COMMENT
            parts.append(text[at : match.end()])
            at = match.end()
            continue
        parts.append(text[at : match.start()])
        end = text.find(_ENDS[match[0]], match.end())
        if end < 0:
            return "".join(parts)
        at = end + len(_ENDS[match[0]])
    return "".join(parts) + text[at:]


def _replaced(pattern: str, by: str, text: str) -> str:
    """`text` with `by` in place of what `pattern` finds outside of strings."""
    closed = _CLOSED.match(text)
    end = closed.end() if closed else 0
    head = re.sub(f"({_STRING})|{pattern}", lambda match: match[1] or by, text[:end], flags=re.DOTALL)
    return head + re.sub(pattern, by, text[end:])


def _without_loose_commas(text: str) -> str:
    return _replaced(_LOOSE_COMMA, "", text)


def _without_gaps(text: str) -> str:
    return _replaced(_GAP, ":null", text)


def _with_json_escapes(text: str) -> str:
    return _ODD_ESCAPE.sub(lambda match: f"\\u00{match[1]}" if match[1] else match[2] or match[3], text)


def _decoded(text: str) -> str:
    """Entities decoded in a block that was escaped as a whole: its first string shows it."""
    return html.unescape(text) if re.match(r"[\s{\[]*&(?:quot|#34|#x22);", text) else text


def _with_escaped_quotes(text: str) -> str:
    """A quote inside a string, where nothing follows that can follow a string, gets its backslash."""
    parts: list[str] = []
    inside = False
    at = 0
    for match in _QUOTE.finditer(text):
        parts.append(text[at : match.start()])
        at = match.end()
        if match[0] != '"':
            parts.append(match[0])
        elif not inside or _AFTER_STRING.match(text, at):
            inside = not inside
            parts.append('"')
        else:
            parts.append('\\"')
    return "".join(parts) + text[at:]


# Each is tried on what those before it left, where they keep their work: which comments to take out and which quotes to
# escape are guesses that exclude each other. Raw control characters need no repair: the second parser allows them.
REPAIRS = (
    Repair("wrapping", _unwrapped),
    Repair("entities", _decoded),
    Repair("commas", _without_loose_commas),
    Repair("gaps", _without_gaps),
    Repair("escapes", _with_json_escapes),
    Repair("comments", lambda text: _without_loose_commas(_without_comments(text)), keeps=False),
    Repair("quotes", _with_escaped_quotes),
)


def read_block(text: str) -> list[Any]:
    """The values of one block; several where objects stand one after the other, none if it cannot be mended."""
    if len(text) > MAX_BLOCK:
        return []
    try:
        return [msgspec.json.decode(text)]
    except (msgspec.DecodeError, UnicodeEncodeError):
        pass
    except RecursionError:
        return []
    for repair in REPAIRS:
        mended = repair.mend(text)
        try:
            return list(_values(mended))
        except ValueError:
            text = mended if repair.keeps else text
        except RecursionError:
            return []
    return []


_DECODER = json.JSONDecoder(strict=False)


def _values(text: str) -> Iterator[Any]:
    """Every value of `text`; raw control characters within strings are allowed."""
    at, end = 0, len(text)
    while at < end:
        value, at = _DECODER.raw_decode(text, at)
        yield value
        while at < end and text[at] in " \t\r\n,;\ufeff":
            at += 1


class Graph:
    """The nodes of a page's blocks, in order, articles found by type and references by `@id`."""

    def __init__(self, blocks: Iterable[str]) -> None:
        self.nodes: list[Node] = []
        self._by_id: dict[str, Node] = {}
        for block in itertools.islice(blocks, MAX_BLOCKS):
            for value in read_block(block):
                self._collect(value)
        self.main = tuple(node for kinds in (ARTICLES, WORKS, PAGES) for node in self.typed(kinds))
        """Nodes that may describe the page, articles first; never organisations, persons or breadcrumbs."""

    def _collect(self, value: Any) -> None:
        stack = [(value, 0)]
        while stack and len(self.nodes) < MAX_NODES:
            item, depth = stack.pop()
            if isinstance(item, list):
                stack.extend((child, depth + 1) for child in reversed(item) if depth < MAX_DEPTH)
            elif isinstance(item, dict):
                self.nodes.append(item)
                name = item.get("@id")
                if isinstance(name, str) and len(item) > 1:
                    self._by_id.setdefault(name, item)
                if depth < MAX_DEPTH:
                    inner = (item.get(key) for key in ("mainEntity", "mainEntityOfPage", "@graph"))
                    stack.extend((child, depth + 1) for child in inner if isinstance(child, (list, dict)))

    def typed(self, kinds: Iterable[str]) -> Iterator[Node]:
        """Nodes of any of `kinds` (subtypes by their ending: NewsArticle is an Article), in order."""
        endings = tuple(kinds)
        for node in self.nodes:
            for kind in _strings(node.get("@type")):
                if kind.endswith(endings):
                    yield node
                    break

    def texts(self, value: Any, key: str = "name") -> list[str]:
        """The text of a property however it is given: string, node, reference, or a list of these."""
        if value is None or isinstance(value, str):  # as most are
            return [] if value is None else [value]
        found: list[str] = []
        stack, looked = [(value, 0)], 0
        while stack and looked < MAX_NODES:
            item, depth = stack.pop()
            looked += 1
            if isinstance(item, str):
                found.append(item)
            elif depth < MAX_DEPTH and isinstance(item, list):
                stack.extend((child, depth + 1) for child in reversed(item))
            elif depth < MAX_DEPTH and isinstance(item, dict):
                target = item if key in item or "@value" in item else self._by_id.get(str(item.get("@id")), {})
                stack.append((target.get(key, target.get("@value")), depth + 1))
        return found


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
