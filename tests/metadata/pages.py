"""Pages for the tests, and short ways to read them."""

from __future__ import annotations

from crawler.metadata.page import read_page
from crawler.model import Features, Page

URL = "https://www.example.org/news/2021/article.html"


def html(head: str = "", body: str = "", root: str = "<html>") -> str:
    """A page of these parts."""
    return f"<!doctype html>{root}<head>{head}</head><body>{body}</body></html>"


def page(head: str = "", body: str = "", *, url: str = URL, root: str = "<html>", title_mode: str = "headline") -> Page:
    """What is read of such a page."""
    return both(html(head, body, root).encode(), url=url, title_mode=title_mode)[0]


def features(head: str = "", body: str = "", *, url: str = URL) -> Features:
    """The features of such a page."""
    return both(html(head, body).encode(), url=url)[1]


def both(body: bytes, *, url: str = URL, title_mode: str = "headline") -> tuple[Page, Features]:
    """What is read of these bytes, which must be a page."""
    read = read_page(body, content_type="text/html", url=url, complete=True, title_mode=title_mode)
    assert read is not None
    return read


def meta(**contents: str) -> str:
    """Tags with `property`; two underscores stand for a colon."""
    return "".join(f'<meta property="{name.replace("__", ":")}" content="{value}">' for name, value in contents.items())


def rule(read: Page, field: str) -> str | None:
    """The name of the rule that found a field."""
    return dict(read.rules).get(field)
