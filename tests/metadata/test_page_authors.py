"""Who wrote a page."""

from __future__ import annotations

import pytest

from tests.metadata.pages import meta, page


def data(author: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "Article", "author": {author}}}</script>'


@pytest.mark.parametrize(
    "author",
    [
        '"Ada Lovelace"',
        '{"name": "Ada Lovelace"}',
        '[{"name": ["Ada Lovelace"]}]',
        '{"@value": "Ada Lovelace"}',
        '"By Ada Lovelace"',
        '["https://example.org/ada", "Ada Lovelace"]',
    ],
)
def test_shapes_of_json_ld_authors(author: str) -> None:
    """An author is a name, a node, a list or a list of lists."""
    assert page(data(author)).author == "Ada Lovelace"


def test_authors_are_found_by_reference() -> None:
    """An author that is given by `@id` stands elsewhere in the graph."""
    graph = (
        '{"@graph": [{"@type": "Article", "author": {"@id": "#1"}}, {"@type": "Person", "@id": "#1", "name": "Ada"}]}'
    )

    assert page(f'<script type="application/ld+json">{graph}</script>').author == "Ada"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("Ada Lovelace and Alan Turing", "Ada Lovelace, Alan Turing"),
        ("Ada Lovelace, Alan Turing & Ada Lovelace", "Ada Lovelace, Alan Turing"),
        ("By Ada Lovelace", "Ada Lovelace"),
        ("von Ada Lovelace", "Ada Lovelace"),
        ("Ada Lovelace | May 4, 2021", "Ada Lovelace"),
        ("Ada Lovelace (@ada)", "Ada Lovelace"),
        ("Ada Lovelace - The Example", "Ada Lovelace"),
        ("Andy Byron", "Andy Byron"),
        ("Ursula Le Guin", "Ursula Le Guin"),
        ("Ada Lovelace on 4 May 2021", "Ada Lovelace"),
        ("By Ada Lovelace Tuesday", "Ada Lovelace"),
        ("Text: by Ada Lovelace", "Ada Lovelace"),
        ("Ada Lovelace, published yesterday", "Ada Lovelace"),
        ("May Smith", "May Smith"),
        ("The Example", None),
        ("https://facebook.com/ada", None),
        ("ada@example.org", None),
        ("2021-05-04", None),
        ("Example GmbH", None),
        ("a sentence that goes on for far longer than any name that a person may bear", None),
    ],
)
def test_authors_are_people(written: str, expected: str | None) -> None:
    """Addresses, dates, companies and the site itself are no authors; several people are joined by commas."""
    head = meta(og__site_name="The Example") + f'<meta name="author" content="{written}">'

    assert page(head).author == expected


def test_several_tags_are_several_authors() -> None:
    """Repeated tags name one author each."""
    assert page('<meta name="author" content="Ada"><meta name="author" content="Alan">').author == "Ada, Alan"


@pytest.mark.parametrize(
    "body",
    [
        '<a rel="author" href="/ada">Ada Lovelace</a>',
        '<span itemprop="author" itemscope><b itemprop="name">Ada Lovelace</b></span>',
        '<div class="post-byline">By <a href="/ada">Ada Lovelace</a> on May 4, 2021</div>',
        '<p class="ArticleAuthor">By Ada Lovelace</p>',
        '<span class="vcard"><span class="fn">Ada Lovelace</span></span>',
        '<div id="comments"><span class="comment-author">Troll</span></div><a href="/author/ada">Ada Lovelace</a>',
    ],
)
def test_bylines(body: str) -> None:
    """Without tags the byline names the author, never a comment."""
    assert page("", body).author == "Ada Lovelace"


def test_a_twitter_handle_is_no_author() -> None:
    """twitter:creator names an account, mostly the site's."""
    assert page('<meta name="twitter:creator" content="@example">').author is None
