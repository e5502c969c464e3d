"""What a folder is found to hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.cards.survey import Collection, OtherField, collection_of, site_url_of, survey
from crawler.model import Kind


def card(root: Path, path: str, *lines: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(("---", *lines, "---", "")), encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "collection"),
    [
        ("_news/a.md", ("_news", ".md")),
        ("_news/2026/a.html", ("_news", ".html")),
        ("docs/_news/a.md", ("docs/_news", ".md")),
        ("content/en/posts/a.markdown", ("content", ".markdown")),
        ("index.md", ("", ".md")),
    ],
)
def test_a_card_belongs_to_the_first_folder_with_an_underscore_or_the_topmost(
    path: str, collection: tuple[str, str]
) -> None:
    """As Jekyll's collections, and other generators' content folders, lie."""
    assert collection_of(path) == collection


def test_only_collections_with_links_count(tmp_path: Path) -> None:
    """Layouts, read-me files, other people's modules and ignored files are no cards."""
    card(tmp_path, "_news/a.md", "webUrl: https://a.example/1")
    card(tmp_path, "_news/b.md", "title: without", "published: false")
    card(tmp_path, "_layouts/page.html", "title: layout", "published: false")
    card(tmp_path, "node_modules/x/readme.md", "webUrl: https://b.example/")
    card(tmp_path, "build/c.md", "webUrl: https://c.example/")
    (tmp_path / ".gitignore").write_text("build/\n")
    (tmp_path / "README.md").write_text("# Read me\n")
    found = survey(tmp_path)

    assert found.collections == (Collection(folder="_news", suffix=".md", cards=2),)
    assert (found.cards, found.links, found.unpublished) == (2, 1, 1)
    assert found.hosts == (("a.example", 1),)


def test_fields_of_no_row_that_hold_addresses_are_found(tmp_path: Path) -> None:
    """Pictures are told by value or name; what is in a row, or is no address, is not listed."""
    for name in ("a", "b"):
        card(
            tmp_path,
            f"_news/{name}.md",
            "webUrl: https://a.example/1",
            "docs: [{url: https://d.example/1}]",
            "header: {teaser: /assets/x.png}",
            "logo: https://l.example/logo",
            "excerpt: see https://e.example/ for more",
            "related: [{source: https://s.example/}]",
        )
    card(tmp_path, "_news/c.md", "docs: [{url: https://d.example/1}]")

    assert survey(tmp_path).others == (
        OtherField(pattern="docs[].url", kind=Kind.PAGE, cards=3),
        OtherField(pattern="header.teaser", kind=Kind.IMAGE, cards=2),
        OtherField(pattern="logo", kind=Kind.IMAGE, cards=2),
        OtherField(pattern="source", kind=Kind.PAGE, cards=2),
    )


@pytest.mark.parametrize(
    ("text", "url", "because"),
    [
        ("url: https://a.example\nbaseurl: /site", "https://a.example/site", ""),
        ("url: 'https://a.example/'\nbaseurl: ''", "https://a.example", ""),
        ("url: https://a.example\nbaseurl: site/", "https://a.example/site", ""),
        ("title: x", "", "it has no url"),
        ("url: http://localhost:4000", "", "not the site's public address"),
        ("url: http://127.0.0.1", "", "not the site's public address"),
        ("url: https://me:secret@a.example", "", "not the site's public address"),
        ("url: nonsense", "", "no web address"),
        ("url: [", "", "it cannot be read"),
        ("a: &a [x]\nb: *a\nurl: https://a.example", "https://a.example", ""),
    ],
)
def test_jekylls_configuration_says_where_the_site_is(tmp_path: Path, text: str, url: str, because: str) -> None:
    """url and baseurl together; or why they do not."""
    (tmp_path / "_config.yml").write_text(text, encoding="utf-8")
    found = site_url_of(tmp_path)

    assert found[0] == url
    assert because in found[1]
    assert bool(found[0]) != bool(found[1])


def test_files_of_the_site_are_sought_where_generators_keep_them(tmp_path: Path) -> None:
    """Hugo serves static/ at the root."""
    card(tmp_path, "content/a.md", "images: [{url: /img/a.png}, {url: /img/b.png}]")
    (tmp_path / "static" / "img").mkdir(parents=True)
    (tmp_path / "static" / "img" / "a.png").touch()

    assert survey(tmp_path).site_root == "static"


def test_an_unreadable_card_and_patterns_to_ignore_are_counted(tmp_path: Path) -> None:
    """Links that .lycheeignore leaves out are not among those to be asked."""
    card(tmp_path, "_news/a.md", "webUrl: https://a.example/1")
    card(tmp_path, "_news/b.md", "webUrl: https://b.example/1")
    card(tmp_path, "_news/c.md", "webUrl: x", "webUrl: y")
    card(tmp_path, "notes/c.md", "title: x", "title: y")
    (tmp_path / ".lycheeignore").write_text("# mine\nb\\.example\n\n")
    found = survey(tmp_path)

    assert (found.unreadable, found.ignored, found.links) == (1, 1, 1)
