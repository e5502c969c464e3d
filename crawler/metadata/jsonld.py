"""The text of JSON-LD blocks in, their nodes out: flat, with references resolved, whatever shape the publisher chose.

One block in eleven is not JSON (measured on 165): it is wrapped in comments, escaped as HTML, ends in a comma or a
semicolon, or holds raw line breaks. REPAIRS lists what is mended; what stays broken is left out and harms no other.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

import msgspec

Node = dict[str, Any]

MAX_BLOCK = 1_000_000
"""Characters; a longer block is not read."""
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


def _escape_inner_quotes(text: str) -> str:
    """A quote inside a string, where nothing follows that can follow a string, gets its backslash."""
    parts: list[str] = []
    inside = False
    at = 0
    for match in _QUOTE.finditer(text):
        parts.append(text[at : match.start()])
        at = match.end()
        if match[0][0] == "\\":
            parts.append(match[0])
        elif not inside or _AFTER_STRING.match(text, at):
            inside = not inside
            parts.append('"')
        else:
            parts.append('\\"')
    return "".join(parts) + text[at:]


_QUOTE = re.compile(r'\\.|"', re.DOTALL)
_AFTER_STRING = re.compile(r"\s*(?:[:}\]]|,\s*[\"{\[\d\-tfn]|\Z)")
_STRING = r'"(?:[^"\\]|\\.)*+"'

# Cumulative, in this order: each is tried on what the ones before it left.
REPAIRS = (
    Repair(
        "wrapping",
        lambda text: re.sub(r"\A(?:\s|//|/\*|\*/|<!\[CDATA\[|<!--)+|(?:\s|//|/\*|\*/|\]\]>|-->|;)+\Z", "", text),
    ),
    Repair(
        "comments",
        lambda text: re.sub(rf"({_STRING})|/\*.*?\*/|(?m:^\s*//.*$)|<!--.*?-->", r"\1", text, flags=re.DOTALL),
    ),
    Repair("commas", lambda text: re.sub(rf"({_STRING})|,(?=\s*[}}\],])", r"\1", text, flags=re.DOTALL)),
    Repair("escapes", lambda text: re.sub(r"\\(?:x([0-9a-fA-F]{2})|([^\"\\/bfnrtu]))", _escape, text)),
    Repair("entities", lambda text: html.unescape(text) if re.match(r"[\s{\[]*&quot;", text) else text),
    Repair("quotes", _escape_inner_quotes),
)


def _escape(match: re.Match[str]) -> str:
    return f"\\u00{match[1]}" if match[1] else match[2]


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
        text = repair.mend(text)
        try:
            return list(_values(text))
        except ValueError:
            continue
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
        for block in blocks:
            for value in read_block(block):
                self._collect(value)

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
            if any(kind.endswith(endings) for kind in _strings(node.get("@type"))):
                yield node

    @cached_property
    def main(self) -> tuple[Node, ...]:
        """Nodes that may describe the page, articles first; never organisations, persons or breadcrumbs."""
        return tuple(node for kinds in (ARTICLES, WORKS, PAGES) for node in self.typed(kinds))

    def texts(self, value: Any, key: str = "name") -> list[str]:
        """The text of a property however it is given: string, node, reference, or a list of these."""
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
