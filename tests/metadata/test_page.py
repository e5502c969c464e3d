"""What a page says of itself, field by field."""

from __future__ import annotations

import pytest

from crawler.metadata.page import read_page
from tests.metadata.pages import URL, html, meta, page, rule


def test_every_field_of_a_well_made_page() -> None:
    """A page with the usual tags fills every field, and each names its rule."""
    read = page(
        '<title>New features in May | The Example</title><link rel="canonical" href="/news/2021/article">'
        '<link rel="amphtml" href="/news/2021/article/amp"><link rel="icon" href="/icon.png">'
        '<meta name="author" content="Ada Lovelace">'
        + meta(
            og__title="New features in May - The Example",
            og__description="What is new.",
            og__image="/share.png",
            og__image__width="1200",
            og__image__height="630",
            og__image__alt="A screen",
            og__url="https://www.example.org/news/2021/article",
            og__site_name="The Example",
            article__published_time="2021-05-04T10:00:00+02:00",
            article__modified_time="2021-05-05T10:00:00Z",
        ),
        "<h1>New features in May</h1>",
        root='<html lang="en-GB">',
    )

    assert read.title == "New features in May"
    assert read.description == "What is new."
    assert (read.image, read.image_width, read.image_height) == ("https://www.example.org/share.png", 1200, 630)
    assert read.image_alt == "A screen"
    assert read.url == read.canonical == "https://www.example.org/news/2021/article"
    assert read.site_name == "The Example"
    assert (read.published, read.modified) == ("2021-05-04T10:00:00+02:00", "2021-05-05T10:00:00Z")
    assert read.author == "Ada Lovelace"
    assert read.lang == "en-GB"
    assert read.amphtml == "https://www.example.org/news/2021/article/amp"
    assert read.favicon == "https://www.example.org/icon.png"
    assert not read.is_amp
    assert {field for field, _ in read.rules} == {
        *("title", "description", "image", "url", "site_name", "published", "modified", "author", "lang", "amphtml"),
        *("favicon", "canonical"),
    }


def test_a_bare_page_says_nothing() -> None:
    """What a page does not say is None, and its address is the one that it was fetched from."""
    read = page()

    assert read.url == URL
    assert [read.title, read.description, read.image, read.site_name, read.author, read.modified] == [None] * 6


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"title": "x"}', "application/json"),
        (b"%PDF-1.7 <html>", "text/html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b"just words", None),
        (b"just words", "text/plain; charset=utf-8"),
    ],
)
def test_what_is_no_page_is_none(body: bytes, content_type: str | None) -> None:
    """Other types, binary bodies and text without markup are no pages."""
    assert read_page(body, content_type=content_type, url=URL, complete=True) is None


@pytest.mark.parametrize(
    "content_type", [None, "", "text/plain", "application/octet-stream", "TEXT/HTML;charset=utf-8"]
)
def test_markup_under_a_vague_type_is_a_page(content_type: str | None) -> None:
    """Where the type says nothing, the first bytes decide."""
    assert read_page(html("<title>A</title>").encode(), content_type=content_type, url=URL, complete=True)


def test_what_was_cut_in_two_is_left_out() -> None:
    """Of a body that goes on, half a title is not taken for a title."""
    read = read_page(b"<html><head><title>Half a ti", content_type="text/html", url=URL, complete=False)

    assert read
    assert read[0].title is None


# ---- titles ----


@pytest.mark.parametrize(
    ("og", "title", "h1", "expected"),
    [
        ("Storm ahead | The Example", "Storm ahead", "Storm ahead", "Storm ahead"),
        ("Storm ahead | The Example", "", "", "Storm ahead"),
        ("The Example: Storm ahead", "", "", "Storm ahead"),
        ("", "Storm ahead of the weekend - Weather - The Example", "", "Storm ahead of the weekend"),
        ("", "Storm ahead » The Example", "The Example", "Storm ahead"),
        ("Must-have tools for 24/7 work", "", "", "Must-have tools for 24/7 work"),
        ("Why the storm is late this year", "", "Why the storm is much too late this year", None),
        ("", "Blog » Blog Archive » Storm ahead", "Blog", "Storm ahead"),
        ("", "", "Storm ahead", "Storm ahead"),
        ("", "嵐が来る-例の新聞", "", "嵐が来る"),
    ],
)
def test_the_headline_stands_without_the_site(og: str, title: str, h1: str, expected: str | None) -> None:
    """The headline is what the page shows, without the site's name, dashes within words kept."""
    head = (meta(og__title=og) if og else "") + f"<title>{title}</title>" + meta(og__site_name="The Example")

    assert page(head, f"<h1>{h1}</h1>").title == (expected or h1)


@pytest.mark.parametrize(
    ("headline", "expected"), [("Storm ahead of us", "Storm ahead of us"), ("a bad wind", "Storm")]
)
def test_a_headline_in_json_ld(headline: str, expected: str) -> None:
    """A headline in JSON-LD wins where the title agrees with it; else it may be a line of explanation."""
    data = f'<script type="application/ld+json">{{"@type": "Article", "headline": "{headline}"}}</script>'
    title = "Storm ahead of us all" if expected == headline else expected

    assert page(f"{data}<title>{title}</title>", f"<h1>{title}</h1>").title == expected


def test_the_shared_title_as_it_is() -> None:
    """With the mode `og`, og:title is not touched."""
    head = meta(og__title="Storm ahead | The Example", og__site_name="The Example")

    assert page(head, "<h1>Storm ahead</h1>", title_mode="og").title == "Storm ahead | The Example"


def test_the_title_of_a_drawing_is_not_the_pages() -> None:
    """An SVG's `<title>` is passed over, before and after the page's own."""
    assert page("", "<svg><title>Logo</title></svg><p>x</p>").title is None
    assert page("<title>Storm ahead</title>", "<svg><title>Logo</title></svg>").title == "Storm ahead"


# ---- Open Graph as it is found ----


@pytest.mark.parametrize(
    "tag",
    [
        '<meta property="og:description" content="Text">',
        '<meta name="og:description" content="Text">',
        '<META PROPERTY="OG:Description" CONTENT="Text">',
        '<meta property="og:description dc:description" content="Text">',
        '<meta name="description" content="Text">',
        '<meta name="twitter:description" value="Text">',
        '<meta property="og:description" content=""><meta property="og:description" content=" Text ">',
        '<script type="application/ld+json">{"@type": "Article", "description": "Text"}</script>',
        '<div itemscope><span itemprop="description">Text</span></div>',
    ],
)
def test_a_description_is_found_however_it_is_given(tag: str) -> None:
    """Attribute, case, lists of names and vocabulary make no difference, nor does a tag in the body."""
    assert page(tag).description == "Text"
    assert page("", f"<div>{tag}</div>").description == "Text"


@pytest.mark.parametrize("empty", ["-", ".", "…", "★ ★"])
def test_a_description_without_a_word_is_none_where_there_is_another(empty: str) -> None:
    """What a system fills in for want of a text agrees with no text."""
    texts = meta(og__description="A storm is coming.") + '<meta name="description" content="Of gales and rain.">'

    assert page(texts + meta(twitter__description=empty)).description == "A storm is coming."
    assert page(meta(og__description=empty) + '<meta name="description" content="Gales.">').description == "Gales."
    assert page(meta(og__description=empty)).description == empty


def test_most_vocabularies_decide_on_the_description() -> None:
    """A teaser for sharing gives way to what two other vocabularies say; alone or in a tie it stays."""
    teaser = meta(og__description="You will not believe it!")
    plain = '<meta name="description" content="A storm is coming.">'
    data = '<script type="application/ld+json">{"@type": "NewsArticle", "description": "A storm is coming."}</script>'

    assert page(teaser + plain).description == "You will not believe it!"
    assert page(teaser + plain + data).description == "A storm is coming."


def test_of_agreeing_descriptions_the_one_given_twice_stands() -> None:
    """Where one text goes on where the others end, the one that two vocabularies give word for word is taken."""
    longer = meta(og__description="A storm is coming: the harbour closes, and there is more to read here, and here")
    twice = "".join(
        f'<meta name="{name}" content="A storm is coming:">' for name in ("twitter:description", "description")
    )

    assert page(longer + twice).description == "A storm is coming:"


def test_a_whole_article_is_no_description() -> None:
    """A text of thousands of characters gives way to one of usual length."""
    long, short = "word " * 1_000, "A storm is coming."

    assert page(meta(og__description=long) + f'<meta name="description" content="{short}">').description == short


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Fish &amp;amp; chips", "Fish & chips"),
        ("1 &amp;lt; 2", "1 &lt; 2"),
        ("two\n\t lines", "two lines"),
        ("a\u202eb\u0007c\u00add\u200be", "abcde"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("x" * 20_000, "x" * 10_000),
    ],
)
def test_values_are_cleaned(written: str, expected: str) -> None:
    """Twice escaped entities are decoded unless markup appears; what is not seen goes, joiners in words stay."""
    assert page(meta(og__title=written), title_mode="og").title == expected


# ---- sites, language, AMP ----


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (meta(og__site_name="The Example"), "The Example"),
        ('<meta name="twitter:site" content="@ExAmple">', "ExAmple"),
        ('<meta name="twitter:site" content="@harbour_news">', None),
        (
            '<script type="application/ld+json">{"@type":"Article","publisher":[{"name":"The Example"}]}</script>',
            "The Example",
        ),
        ('<meta name="application-name" content="The Example">', "The Example"),
        ('<meta name="publisher" content="https://facebook.com/example">', None),
        ("<title>Storm ahead | Example</title>", "Example"),
        ("<title>Storm ahead | Weather</title>", None),
    ],
)
def test_the_sites_name(head: str, expected: str | None) -> None:
    """The site is named by its tags, or by the part of the title that its domain is made of; never by an address."""
    assert page(head).site_name == expected


def test_a_name_is_better_than_a_domain() -> None:
    """Where og:site_name is only the domain, the publisher's name in JSON-LD wins."""
    data = '<script type="application/ld+json">{"@type": "Article", "publisher": {"name": "The Example"}}</script>'

    assert page(meta(og__site_name="Example.org") + data).site_name == "The Example"
    assert page(meta(og__site_name="Example.org")).site_name == "Example.org"


@pytest.mark.parametrize(
    ("root", "head", "expected"),
    [
        ('<html lang="de">', meta(og__locale="en_US"), "de"),
        ("<html>", meta(og__locale="en_US"), "en-US"),
        ('<html xml:lang="fr-CA">', "", "fr-CA"),
        ('<html lang="{{ lang }}">', "", None),
        ("<html>", '<meta http-equiv="content-language" content="nl, fr">', "nl"),
    ],
)
def test_the_language(root: str, head: str, expected: str | None) -> None:
    """The root element's language comes first; what is no language tag is passed over."""
    assert page(head, root=root).lang == expected


@pytest.mark.parametrize(("root", "expected"), [("<html amp>", True), ("<html ⚡>", True), ("<html>", False)])
def test_amp_roots(root: str, expected: bool) -> None:
    """A page is AMP if its root element says so, in either spelling."""
    assert page(root=root).is_amp is expected


def test_rules_are_named() -> None:
    """The report can say which rule found a value."""
    read = page(meta(og__title="Storm ahead"), "<h1>Storm ahead</h1>")

    assert rule(read, "title") == "h1 in og:title"
    assert rule(read, "url") == "final URL"
