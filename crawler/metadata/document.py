"""UTF-8 HTML in, a `Document` out: what the rules look at, gathered in one pass over the tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from crawler.metadata.cleaning import clean, clean_address
from crawler.metadata.jsonld import Graph
from crawler.urls import canonical

# One query, since each walks the whole tree, and each selector takes 13 ns for each element; so what most elements are
# is set aside first, and a `<link>` is asked for its relations only then. Together that spares a fifth of the time.
_TAGS = ("base", "title", "meta", "link", "h1", "p", "main", "article", "script", "input", "time")
_QUERY = (
    ":not(a,div,span,li):is("
    'p,meta,link:is([rel~="canonical" i],[rel~="amphtml" i],[rel*="icon" i],[rel~="image_src" i]),'
    'script[type*="json" i],h1,title,article,time,main,base,input[type="password" i]'
    '),[itemprop]:not(p,meta,h1,time),a[rel~="author"]'  # an element comes once for each selector that it matches
)
_NAMES = ("property", "name", "http-equiv")
_UNMARKED = frozenset({"base", "title", "input", "main", "article", "script"})
_BREAKS = frozenset("br p div li tr td th h1 h2 h3 h4 h5 h6 section ul ol table".split())  # noqa: SIM905 - reads best
MAX_OF_KIND = 5_000
"""Elements of one name that are looked at; no page has reason for more."""
MAX_OF_NAME = 100
"""Values of one property that are kept."""

Attributes = dict[str, str | None]
T = TypeVar("T")


class Link(NamedTuple):
    """A `<link>`."""

    relations: frozenset[str]
    href: str
    """As written."""
    attributes: Attributes


class Document:
    """A parsed page. Values stand as written; rules clean what they choose."""

    def __init__(self, html: bytes, url: str) -> None:
        # With scripting, as in a browser that runs scripts, a <noscript> is text: a tracking pixel inside one does not
        # end the head early, and a refresh inside one is none.
        self.source = html
        """UTF-8, as parsed: for a look whether something occurs at all, which takes a tenth of a walk."""
        self._tree = LexborHTMLParser(html, options=LexborDocumentOptions.WO_EVENTS, scripting=True)
        self.url = url
        self._done: dict[Any, Any] = {}
        self._absolute: dict[str, str | None] = {}
        self.elements: dict[str, list[LexborNode]] = {name: [] for name in _TAGS}
        self.metas: dict[str, list[str]] = {}
        """Lower-case key of `property`, `name`, `http-equiv` -> contents in order, none of them empty."""
        self.shares: list[tuple[str, str]] = []
        """(key, content) of og:image and its properties, in order: they belong to the image before them."""
        self.links: list[Link] = []
        """Each `<link>` that names an address of the page, an icon or an image."""
        self.items: dict[str, list[LexborNode]] = {}
        """Microdata: lower-case property -> the elements that carry it, in order."""
        self.authors: list[LexborNode] = []
        """Links marked rel=author."""
        root = self._tree.root
        self.html: Attributes = root.attributes if root else {}
        """Attributes of the root element."""
        self.body: LexborNode | None = self._tree.body
        """The body element."""
        self._gather()
        self.base = self._base()
        self.title = self._title()
        """The head's `<title>`, clean; an SVG drawing has titles too."""
        self.h1 = self._h1()
        """The first-level headings that hold text, clean, at most ten."""
        self.graph = self._graph()
        """The JSON-LD nodes."""

    def _gather(self) -> None:
        elements = self.elements
        for node in self._tree.css(_QUERY):
            tag = node.tag or ""
            if tag in elements:
                of_kind = elements[tag]
                if len(of_kind) >= MAX_OF_KIND:
                    continue
                of_kind.append(node)
                if tag in _UNMARKED:
                    continue
            attributes = node.attributes
            if tag == "meta":
                self._take_meta(attributes)
            elif tag == "link":
                rel, href = attributes.get("rel"), attributes.get("href")
                if rel and href:
                    self.links.append(Link(frozenset(rel.lower().split()), href, attributes))
            elif tag == "a" and "author" in (attributes.get("rel") or "").split():
                self.authors.append(node)
            if "itemprop" in attributes and (properties := attributes["itemprop"]):
                for name in properties.lower().split():
                    found = self.items.setdefault(name, [])
                    if len(found) < MAX_OF_NAME:
                        found.append(node)

    def _take_meta(self, attributes: Attributes) -> None:
        content = attributes.get("content") or attributes.get("value")
        if not content or content.isspace():
            return
        metas = self.metas
        # `property` may hold several names (RDFa), and either attribute is used for any vocabulary.
        for name in _NAMES:
            written = attributes.get(name)
            for key in written.lower().split() if written else ():
                if key not in metas:
                    metas[key] = [content]
                elif len(metas[key]) < MAX_OF_NAME:
                    metas[key].append(content)
                if key.startswith("og:image") and len(self.shares) < MAX_OF_NAME:
                    self.shares.append((key, content))

    def _base(self) -> str:
        for node in self.elements["base"]:
            href = node.attributes.get("href")
            if href:
                return absolute(href, self.url) or self.url
        return self.url

    def _title(self) -> str:
        titles = self.elements["title"][:20]
        chosen = next((node for node in titles if _parent(node) == "head"), None)
        chosen = chosen or next((node for node in titles if not _within(node, "svg")), None)
        return (clean(chosen.text()) if chosen else None) or ""

    def _h1(self) -> tuple[str, ...]:
        return tuple(text for node in self.elements["h1"][:10] if (text := clean(text_of(node))))

    def _graph(self) -> Graph:
        return Graph(
            node.text() for node in self.elements["script"] if "ld+json" in (node.attributes.get("type") or "").lower()
        )

    @property
    def path(self) -> str:
        """Of the page's address."""
        return "/" + self.url.partition("?")[0].partition("://")[2].partition("/")[2]

    def once(self, work: Callable[[Document], T]) -> T:
        """`work(self)`, done the first time only: for what many rules ask."""
        try:
            done: T = self._done[work]
        except KeyError:
            done = self._done[work] = work(self)
        return done

    def select(self, query: str) -> list[LexborNode]:
        """Elements that match a CSS query; it walks the tree, so it is for what nothing cheaper has found."""
        return self._tree.css(query)

    def strip(self, *tags: str) -> None:
        """Removes all elements of these names."""
        for node in self._tree.css(",".join(tags)):
            node.decompose(recursive=False)

    def first(self, *keys: str) -> str | None:
        """The first content of the first of the meta keys that has one."""
        for key in keys:
            if key in self.metas:
                return self.metas[key][0]
        return None

    def absolute(self, written: str | None) -> str | None:
        """The http(s) URL that an address in this page means, or None."""
        if not written:
            return None
        if written not in self._absolute:
            self._absolute[written] = absolute(written, self.base)
        return self._absolute[written]


def absolute(written: str | None, base: str) -> str | None:
    """`written` resolved against `base`; None for what is empty or leads elsewhere than the web."""
    cleaned = clean_address(written)
    if not cleaned:
        return None
    try:
        return canonical(cleaned, base)
    except ValueError:
        return None


def text_of(node: LexborNode, apart: bool = False) -> str:
    """The text of an element, with blanks where lines break; with `apart` between all of its elements."""
    only = node.first_child
    if only is None or (only.next is None and only.tag == "-text"):
        return node.text()
    parts: list[str] = []
    for part in node.traverse(include_text=True):
        tag = part.tag
        if tag == "-text":
            if _parent(part) not in ("script", "style", "noscript"):
                parts.append(part.text())
        elif apart or tag in _BREAKS:
            parts.append(" ")
    return "".join(parts)


def short_text_of(node: LexborNode, limit: int) -> str | None:
    """The text of an element on one line, None if it has more than `limit` characters."""
    if len(node.text()) > 4 * limit:  # the margin is for indentation
        return None
    text = " ".join(text_of(node, apart=True).split())
    return text if len(text) <= limit else None


def following_texts(node: LexborNode, most: int) -> Iterator[str]:
    """The first `most` texts after an element, each on one line, without what is not read."""
    return _texts(node, most, descend=False)


def texts_from(node: LexborNode, most: int) -> Iterator[str]:
    """As `following_texts`, the element's own texts first."""
    return _texts(node, most, descend=True)


def _texts(node: LexborNode, most: int, *, descend: bool) -> Iterator[str]:
    at: LexborNode | None = node
    while at is not None and most > 0:
        following = at.first_child if descend and at.tag not in _UNREAD else None
        while following is None and at is not None:
            following = at.next
            at = at.parent
        at, descend = following, True
        if at is not None and at.tag == "-text":
            text = " ".join(at.text().split())
            if text:
                most -= 1
                yield text


_UNREAD = frozenset({"script", "style", "noscript", "template", "select", "svg"})


def in_comments(node: LexborNode) -> bool:
    """Whether an element stands among what readers said about the page."""
    return any(
        "comment" in f"{above.attributes.get('class')} {above.attributes.get('id')}".lower() for above in _above(node)
    )


def in_margin(node: LexborNode) -> bool:
    """Whether an element stands in a footer, beside the text or among the links to other pages."""
    return any(above.tag in _MARGINS for above in _above(node))


def _above(node: LexborNode) -> Iterator[LexborNode]:
    above, steps = node.parent, 0
    while above is not None and steps < _NEAR:
        yield above
        above, steps = above.parent, steps + 1


_MARGINS = frozenset({"footer", "aside", "nav"})
_NEAR = 6  # elements up which a frame is looked for


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
