"""Ordered tables of named rules in, the first answer and the name of its rule out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from crawler.metadata.cleaning import clean
from crawler.metadata.document import Document, item_value
from crawler.metadata.titles import plain

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


def decide_by_majority(rules: Iterable[Rule], document: Document) -> tuple[str, str] | None:
    """(value, name of its rule) of the text that most rules agree on, one being cut short notwithstanding.

    Of texts that agree the one that most rules give word for word stands, then the earlier rule's; a text of more than
    LONGEST characters, or one without a letter or digit such as "-", wins only if there is no other.
    """
    found = [(value, rule.name) for rule in rules if (value := rule.find(document))]
    found = [entry for entry in found if len(entry[0]) <= LONGEST] or found
    found = [entry for entry in found if plain(entry[0][:COMPARED])] or found
    if len({value for value, _ in found}) < 2 or len(found) < 3:
        return found[0] if found else None
    values = [value for value, _ in found]
    texts = [plain(value[:COMPARED].rstrip(".… ")) for value in values]
    votes = [
        (sum(text.startswith(other) or other.startswith(text) for other in texts), values.count(value))
        for text, value in zip(texts, values, strict=True)
    ]
    return found[votes.index(max(votes))]


COMPARED = 200
"""Characters of a text by which it is told from others."""
LONGEST = 1_000
"""Characters from which on a description is the whole article, put into the wrong field."""


def meta(*keys: str, read: Callable[[str | None], str | None] = clean) -> Find:
    """Finds the first content of the first of the meta keys that `read` makes something of."""

    def find(document: Document) -> str | None:
        metas = document.metas
        for key in keys:
            if key in metas:
                for content in metas[key]:
                    value = read(content)
                    if value:
                        return value
        return None

    return find


def linked_data(key: str, name: str = "name", read: Callable[[str | None], str | None] = clean) -> Find:
    """Finds a property of the JSON-LD nodes that describe the page."""

    def find(document: Document) -> str | None:
        for node in document.graph.main:
            for text in document.graph.texts(node.get(key), name):
                value = read(text)
                if value:
                    return value
        return None

    return find


def item(name: str, read: Callable[[str | None], str | None] = clean) -> Find:
    """Finds a microdata property."""

    def find(document: Document) -> str | None:
        if name in document.items:
            for node in document.items[name][:MAX_ITEMS]:
                value = read(item_value(node))
                if value:
                    return value
        return None

    return find


MAX_ITEMS = 3
"""Elements of one microdata property that are looked at; the page's own come first."""
