"""UTF-8 HTML in, a `Document` out: what the rules look at, gathered in one pass over the tree."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from crawler.metadata.cleaning import clean
from crawler.metadata.jsonld import Graph
from crawler.urls import canonical

# One query, since each walks the whole tree: 0.1 ms for a page of 90 kB, where parsing takes 0.3 ms.
_QUERY = "base,title,meta,link,h1,p,input,main,article,script,style,noscript"
_BREAKS = frozenset(
    ["br", "p", "div", "li", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "section", "ul", "ol", "table"]
)
MAX_METAS = 2_000
"""More than a page has reason for; the rest is not looked at."""

Attributes = dict[str, str | None]


class Document:
    """A parsed page. Values stand as written; rules clean what they choose."""

    def __init__(self, html: bytes, url: str) -> None:
        # With scripting, as in a browser that runs scripts, a <noscript> is text: a tracking pixel inside one does not
        # end the head early, and a refresh inside one is none.
        self._tree = LexborHTMLParser(html, options=LexborDocumentOptions.WO_EVENTS, scripting=True)
        self.url = url
        self.elements: dict[str, list[LexborNode]] = {name: [] for name in _QUERY.split(",")}
        for node in self._tree.css(_QUERY):
            self.elements[node.tag or ""].append(node)
        self.base = self._base()
        self.metas: dict[str, list[str]] = {}
        """Lower-case key of `property`, `name`, `http-equiv` -> contents in order, none of them empty."""
        self.shares: list[tuple[str, str]] = []
        """(key, content) of og:image and its properties, in order: they belong to the image before them."""
        self._read_metas()

    def _base(self) -> str:
        for node in self.elements["base"]:
            href = node.attributes.get("href")
            if href:
                return absolute(href, self.url) or self.url
        return self.url

    def _read_metas(self) -> None:
        metas = self.metas
        for node in self.elements["meta"][:MAX_METAS]:
            attributes = node.attributes
            content = attributes.get("content") or attributes.get("value")
            if not content or content.isspace():
                continue
            # `property` may hold several names (RDFa), and either attribute is used for any vocabulary.
            written = attributes.get("property"), attributes.get("name"), attributes.get("http-equiv")
            for key in {key for keys in written if keys for key in keys.lower().split()}:
                metas.setdefault(key, []).append(content)
                if key.startswith("og:image"):
                    self.shares.append((key, content))

    @cached_property
    def html(self) -> Attributes:
        """Attributes of the root element."""
        root = self._tree.root
        return root.attributes if root else {}

    @cached_property
    def body(self) -> LexborNode | None:
        """The body element."""
        return self._tree.body

    @cached_property
    def title(self) -> str:
        """The head's `<title>`, clean; an SVG drawing has titles too."""
        titles = self.elements["title"]
        chosen = next((node for node in titles if _parent(node) == "head"), None)
        chosen = chosen or next((node for node in titles if not _within(node, "svg")), None)
        return (clean(chosen.text()) if chosen else None) or ""

    @cached_property
    def h1(self) -> tuple[str, ...]:
        """The first-level headings that hold text, clean, at most ten."""
        texts = (clean(text_of(node)) for node in self.elements["h1"][:10])
        return tuple(text for text in texts if text)

    @cached_property
    def links(self) -> list[tuple[frozenset[str], str, Attributes]]:
        """(relations, href as written, attributes) of each `<link>` that has both."""
        found = []
        for node in self.elements["link"][:MAX_METAS]:
            attributes = node.attributes
            rel, href = attributes.get("rel"), attributes.get("href")
            if rel and href:
                found.append((frozenset(rel.lower().split()), href, attributes))
        return found

    @cached_property
    def graph(self) -> Graph:
        """The JSON-LD nodes."""
        blocks = []
        for node in self.elements["script"]:
            kind = node.attributes.get("type")
            if kind and "ld+json" in kind.lower():
                blocks.append(node.text())
        return Graph(blocks)

    @cached_property
    def items(self) -> dict[str, list[LexborNode]]:
        """Microdata: property -> the elements that carry it, in order."""
        found: dict[str, list[LexborNode]] = {}
        for node in self._tree.css("[itemprop]")[:MAX_METAS]:
            for name in (node.attributes.get("itemprop") or "").split():
                found.setdefault(name.lower(), []).append(node)
        return found

    def select(self, query: str) -> list[LexborNode]:
        """Elements that match a CSS query; it walks the tree, so it is for what nothing cheaper has found."""
        return self._tree.css(query)

    def first(self, *keys: str) -> str | None:
        """The first content of the first of the meta keys that has one."""
        for key in keys:
            if key in self.metas:
                return self.metas[key][0]
        return None

    def absolute(self, written: str | None) -> str | None:
        """The http(s) URL that an address in this page means, or None."""
        return absolute(written, self.base)


def absolute(written: str | None, base: str) -> str | None:
    """`written` resolved against `base`; None for what is empty or leads elsewhere than the web."""
    cleaned = clean(written, 8_192)
    if not cleaned:
        return None
    try:
        return canonical(cleaned, base)
    except ValueError:
        return None


def text_of(node: LexborNode, apart: bool = False) -> str:
    """The text of an element, with blanks where lines break; with `apart` between all of its elements."""
    parts: list[str] = []
    for part in node.traverse(include_text=True):
        tag = part.tag
        if tag == "-text":
            if _parent(part) not in ("script", "style", "noscript"):
                parts.append(part.text())
        elif apart or tag in _BREAKS:
            parts.append(" ")
    return "".join(parts)


def item_value(node: LexborNode) -> str | None:
    """What a microdata property holds (HTML Standard, 5.2.4)."""
    attributes = node.attributes
    for name in ("content", "datetime", "href", "src", "data"):
        if attributes.get(name):
            return attributes[name]
    return text_of(node)


def _parent(node: LexborNode) -> str | None:
    return node.parent.tag if node.parent else None


def _within(node: LexborNode, tag: str) -> bool:
    above, steps = node.parent, 0
    while above is not None and steps < 50:
        if above.tag == tag:
            return True
        above, steps = above.parent, steps + 1
    return False


def first_of(values: Iterable[str | None]) -> str | None:
    """The first value that is not empty."""
    return next((value for value in values if value), None)
