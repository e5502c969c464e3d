"""The addresses that a page declares: its own, its icon, its share images."""

from __future__ import annotations

import pytest

from tests.metadata.pages import URL, meta, page, rule

SITE = "https://www.example.org"


def link(relation: str, href: str, more: str = "") -> str:
    return f'<link rel="{relation}" href="{href}" {more}>'


@pytest.mark.parametrize(
    ("head", "expected", "by"),
    [
        (link("canonical", "/a"), f"{SITE}/a", "link canonical"),
        (link("canonical", "") + link("canonical", "/b"), f"{SITE}/b", "link canonical"),
        (link("canonical", "/a") + meta(og__url=f"{SITE}/b"), f"{SITE}/a", "link canonical"),
        (meta(og__url=f"{SITE}/b#part"), f"{SITE}/b", "og:url"),
        (link("canonical", "https://m.example.org/a"), "https://m.example.org/a", "link canonical"),
        (link("canonical", SITE), URL, "final URL"),
        (link("canonical", "https://agency.net/a"), URL, "final URL"),
        (link("canonical", "https://agency.net/a") + meta(og__url=f"{SITE}/b"), f"{SITE}/b", "og:url"),
        (
            link("canonical", "https://moved.net/a") + meta(og__url="https://moved.net/a?x"),
            "https://moved.net/a",
            "link canonical and og:url",
        ),
        (link("canonical", "javascript:alert(1)"), URL, "final URL"),
        (link("canonical", "http://[broken"), URL, "final URL"),
    ],
)
def test_the_pages_own_address(head: str, expected: str, by: str) -> None:
    """A declared address counts on the page's own site, not for its front page, or if two tags agree on a new site."""
    read = page(head)

    assert (read.url, rule(read, "url")) == (expected, by)


def test_the_canonical_as_declared() -> None:
    """`canonical` is kept as declared, made absolute, even where it is not believed."""
    assert page(link("canonical", SITE)).canonical == f"{SITE}/"


def test_relative_addresses_follow_the_base() -> None:
    """`<base href>` is what relative addresses are relative to."""
    read = page('<base href="https://cdn.example.org/x/">' + meta(og__image="a.png"))

    assert read.image == "https://cdn.example.org/x/a.png"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("//cdn.example.org/a.png", "https://cdn.example.org/a.png"),
        ("a b.png", f"{SITE}/news/2021/a%20b.png"),
        ("https://cdn.example.org/a.png?x=1&amp;amp;y=2", "https://cdn.example.org/a.png?x=1&y=2"),
        ("javascript:alert(1)", None),
        ("data:image/png;base64,AAAA", None),
        ("file:///etc/passwd", None),
        (" ", None),
    ],
)
def test_only_web_addresses_survive(written: str, expected: str | None) -> None:
    """Other schemes and empty addresses are dropped; the rest is made absolute."""
    assert page(meta(og__image=written)).image == expected


def test_an_image_that_leads_nowhere_gives_way() -> None:
    """An og:image that is no web address gives way to the next one, and to other tags."""
    assert page(meta(og__image="data:x") + '<meta name="twitter:image" content="/t.png">').image == f"{SITE}/t.png"
    assert page(meta(og__image="data:x") + meta(og__image="/b.png")).image == f"{SITE}/b.png"


def test_properties_belong_to_the_image_before_them() -> None:
    """Width, height and alt go with the nearest og:image before them, so an image without them shifts nothing."""
    width = '<meta property="og:image:width" content="{}">'
    read = page(width.format(1) + meta(og__image="/a.png") + meta(og__image="/b.png") + width.format(640))

    assert read.images == (f"{SITE}/a.png", f"{SITE}/b.png")
    assert (read.image, read.image_width) == (f"{SITE}/a.png", None)


def test_a_tag_that_is_microdata_too_counts_once() -> None:
    """Its picture keeps the size that follows, which belongs to the last one named."""
    tags = '<meta itemprop="image" property="og:image" content="/a.png">'
    tags += '<meta itemprop="x" property="og:image:width" content="640"><meta property="og:image:height" content="480">'
    read = page(tags)

    assert (read.image_width, read.image_height) == (640, 480)
    assert len(read.images) == 1


@pytest.mark.parametrize(
    ("written", "expected"), [("640", 640), ("640px", 640), (" 640.0 ", 640), ("0", None), ("wide", None)]
)
def test_sizes_are_numbers_of_pixels(written: str, expected: int | None) -> None:
    """A declared width is a whole number above nothing, or unknown."""
    assert (
        page(meta(og__image="/a.png") + f'<meta property="og:image:width" content="{written}">').image_width == expected
    )


def test_one_image_under_several_names() -> None:
    """og:image:url and og:image:secure_url are names of the og:image before them; pages under https take the latter."""
    head = '<meta property="{}" content="{}">'
    tags = (
        head.format("og:image", "http://a.example.org/a.png")
        + head.format("og:image:url", "http://a.example.org/a.png")
        + head.format("og:image:secure_url", "https://s.example.org/a.png")
        + head.format("og:image:height", "9")
    )
    read = page(tags)

    assert (read.images, read.image_height) == (("https://s.example.org/a.png",), 9)
    assert page(tags, url="http://www.example.org/").images == ("http://a.example.org/a.png",)


@pytest.mark.parametrize(
    "path",
    [
        "/i/blank.jpg",
        "/img/default-user-image.png",
        "/img/no_image-300x200.gif",
        "/img/example_social_media_image.png",
        "/avatar/0123456789abcdef?s=100",
        "/categories/weather.png",
    ],
)
def test_stand_ins_are_no_image_of_the_page(path: str) -> None:
    """A blank, a default and an avatar give way to the next tag's image, and are not taken if there is none."""
    assert page(meta(og__image=path)).image is None
    assert page(meta(og__image=path) + meta(og__image="/b.png")).images == (f"{SITE}/b.png",)
    assert page(meta(og__image=path) + '<meta name="twitter:image" content="/t.png">').image == f"{SITE}/t.png"


@pytest.mark.parametrize(
    "path", ["/point-blank.jpg", "/sites/default/files/storm.jpg", "/category/storms/one.jpg", "/kit-transparent.png"]
)
def test_names_that_only_look_like_stand_ins(path: str) -> None:
    """A word in a file's name or far up in its folders is no reason to drop it."""
    assert page(meta(og__image=path)).image == f"{SITE}{path}"


@pytest.mark.parametrize(
    ("head", "by"),
    [
        ('<meta name="twitter:image" content="/a.png">', "twitter:image"),
        ('<meta name="twitter:image:src" content="/a.png">', "twitter:image"),
        (link("image_src", "/a.png"), "link image_src"),
        ('<div itemscope><img itemprop="image" src="/a.png"></div>', "microdata image"),
        ('<script type="application/ld+json">{"@type":"Article","image":{"url":"/a.png"}}</script>', "JSON-LD image"),
        ('<script type="application/ld+json">{"@type":"Article","image":["/a.png"]}</script>', "JSON-LD image"),
    ],
)
def test_other_sources_of_an_image(head: str, by: str) -> None:
    """Without Open Graph other tags name the image; a picture in the text never does."""
    read = page(head, '<img src="/first.png">')

    assert (read.image, rule(read, "image")) == (f"{SITE}/a.png", by)
    assert page("", '<img src="/first.png">').image is None


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (link("shortcut icon", "/a.ico"), "/a.ico"),
        (link("icon", "/16.png", 'sizes="16x16"') + link("icon", "/192.png", 'sizes="192×192"'), "/192.png"),
        (link("apple-touch-icon", "/touch.png") + link("icon", "/a.ico"), "/a.ico"),
        (link("apple-touch-icon", "/touch.png"), "/touch.png"),
        (link("icon", "data:x") + link("icon", "/a.ico"), "/a.ico"),
    ],
)
def test_the_icon(head: str, expected: str) -> None:
    """The largest icon wins, then the first; those for home screens come after."""
    assert page(head).favicon == SITE + expected


@pytest.mark.parametrize("relation", ["amphtml", "AMPHTML", "alternate amphtml"])
def test_the_amp_page(relation: str) -> None:
    """The AMP address is copied from the link that declares it, on any host."""
    assert page(link(relation, "https://amp.example.net/a")).amphtml == "https://amp.example.net/a"
    assert page().amphtml is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("/a?x=1&amp;copy=2&amp;reg=3", "https://www.example.org/a?x=1&copy=2&reg=3"),
        ("/a?x=1&amp;amp;y=2", "https://www.example.org/a?x=1&y=2"),
        ("/a?x=1&amp;#038;y=2", "https://www.example.org/a?x=1&y=2"),
        (" /a\u200b\n", "https://www.example.org/a"),
    ],
)
def test_parameters_are_no_entities(written: str, meant: str) -> None:
    """What was escaped twice is mended, but a parameter called `copy` stays one."""
    assert page(meta(og__image=written)).image == meant
