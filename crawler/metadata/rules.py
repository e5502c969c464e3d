"""Ordered tables of named rules in, the first answer and the name of its rule out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from crawler.metadata.cleaning import clean
from crawler.metadata.document import Document

Find = Callable[[Document], str | None]


class Rule(NamedTuple):
    """One place where a field may stand."""

    name: str
    find: Find


def decide(rules: Iterable[Rule], document: Document) -> tuple[str, str] | None:
    """(value, name of the rule that found it), or None if no rule answers."""
    for rule in rules:
        value = rule.find(document)
        if value:
            return value, rule.name
    return None


def meta(*keys: str, read: Callable[[str | None], str | None] = clean) -> Find:
    """Finds the first content of the first of the meta keys that `read` makes something of."""

    def find(document: Document) -> str | None:
        for key in keys:
            for content in document.metas.get(key, ()):
                value = read(content)
                if value:
                    return value
        return None

    return find


def linked_data(key: str, name: str = "name", read: Callable[[str | None], str | None] = clean) -> Find:
    """Finds a property of the JSON-LD nodes that describe the page."""

    def find(document: Document) -> str | None:
        for node in document.graph.main():
            for text in document.graph.texts(node.get(key), name):
                value = read(text)
                if value:
                    return value
        return None

    return find
