from __future__ import annotations

import sys
import time
from pathlib import Path

import msgspec
import pytest

from crawler.cards.filters import Filters
from crawler.cards.links import Collector, places_of
from crawler.cards.read import read_card
from crawler.errors import ConfigError
from crawler.fields import FIELDS, NESTED, look_up, table
from crawler.model import Card, Claims, Kind, Link, Place
from crawler.settings import AuditSettings, CardSettings

CARD = """\
title: A title
excerpt: An excerpt
publishedDateTime: 2021-06-22T02:10:00Z
webUrl: https://news.example/a#part
originalUrl: https://origin.example/a
ampWebUrl: https://news.example/a/amp
cdnAmpWebUrl: https://news-example.cdn.ampproject.org/c/s/news.example/a/amp
provider:
  images:
    - url: /assets/logo.png
      width: 50
      height: 50
images:
  - url: https://img.example/a.jpg
    width: 1280
    height: 640
    isCached: true
  - url: https://img.example/b.jpg
related:
  - title: Another title
    originalUrl: https://other.example/b
    images:
      - url: https://img.example/c.jpg
        width: wide
"""


def card(tmp_path: Path, front: str, name: str = "card.md") -> Card:
    path = tmp_path / name
    path.write_text(f"---\n{front}\n---\n", encoding="utf-8")
    found = read_card(path, root=tmp_path)
    assert found is not None
    return found


def places(tmp_path: Path, front: str, settings: CardSettings | None = None) -> dict[str, Place]:
    settings = settings or CardSettings()
    kind_of = look_up(table(settings.fields))
    return {place.field: place for place in places_of(card(tmp_path, front), kind_of=kind_of, settings=settings)}


def links(
    tmp_path: Path, *fronts: str, settings: CardSettings | None = None, audit: AuditSettings | None = None
) -> dict[str, Link]:
    collector = Collector(settings or CardSettings(), Filters(audit or AuditSettings(), tmp_path))
    for number, front in enumerate(fronts):
        collector.add(card(tmp_path, front, f"{number}.md"))
    return {link.url: link for link in collector.links()}


def test_every_row_of_the_field_table_holds_links(tmp_path: Path) -> None:
    """Each built-in field is found, in a card and in a related card, with its kind."""
    for pattern, kind in FIELDS.items():
        for route in (pattern, NESTED + pattern):
            front = "https://a.example"
            for key in reversed(route.replace("[]", ".[]").split(".")):
                front = f"[{front}]" if key == "[]" else f"{{{key}: {front}}}"

            found = places(tmp_path, front)
            assert [(place.kind, place.written) for place in found.values()] == [(kind, "https://a.example")]


def test_other_fields_hold_no_links(tmp_path: Path) -> None:
    """A URL in a field without a row is text."""
    front = "title: https://a.example\nurl: https://a.example\nmyWebUrl: https://a.example\nitems: [https://a.example]"

    assert places(tmp_path, front) == {}


def test_fields_can_be_added_and_switched_off(tmp_path: Path) -> None:
    """[cards.fields] adds rows, also below related[], and false removes a built-in one."""
    settings = CardSettings(fields={"docs[].url": "page", "webUrl": False})
    found = places(
        tmp_path, "webUrl: https://a.example\ndocs: [url: https://b.example]\nrelated: [docs: [url: /c]]", settings
    )

    assert list(found) == ["docs[0].url", "related[0].docs[0].url"]


@pytest.mark.parametrize("value", ["", "''", '"  "', "null", "~", "Null"])
def test_empty_values_are_no_links(tmp_path: Path, value: str) -> None:
    """A field that says nothing holds no link."""
    assert places(tmp_path, f"webUrl: {value}") == {}


def test_a_place_says_where_and_what(tmp_path: Path) -> None:
    """A place has path, line, column, field, and the text as written, fragment included."""
    place = places(tmp_path, CARD)["webUrl"]

    assert (place.path, place.line, place.column) == ("card.md", 5, 9)
    assert place.written == "https://news.example/a#part"


def test_claims_of_each_field(tmp_path: Path) -> None:
    """Each link carries what its own level of the card says of the thing behind it, and no more."""
    found = {field: msgspec.structs.replace(place.claims, lines=()) for field, place in places(tmp_path, CARD).items()}

    page = Claims(
        title="A title",
        excerpt="An excerpt",
        published="2021-06-22T02:10:00Z",
        amp_url="https://news.example/a/amp",
    )
    written = "https://news.example/a#part"
    assert found == {
        "webUrl": msgspec.structs.replace(page, main=True),
        "originalUrl": page,
        "ampWebUrl": Claims(title="A title", page_url=written),
        "cdnAmpWebUrl": Claims(amp_url="https://news.example/a/amp", page_url=written),
        "provider.images[0].url": Claims(width=50, height=50),
        "images[0].url": Claims(width=1280, height=640, cached=True, page_url=written),
        "images[1].url": Claims(page_url=written),
        "related[0].originalUrl": Claims(title="Another title", main=True),
        "related[0].images[0].url": Claims(page_url="https://other.example/b"),
    }


def test_claims_say_where_repairs_would_be(tmp_path: Path) -> None:
    """The lines of what stands beside the link, and what the card says of its being on the site."""
    front = (
        "webUrl: https://a.example/a\npublished: true\ntitle:\nprovider:\n  name: A\n"
        "images:\n  - url: https://a.example/a.png\n    width: 10\n"
    )
    found = {field: place.claims for field, place in places(tmp_path, front).items()}

    assert found["webUrl"].lines == (("title", 4), ("provider.name", 6), ("published", 3))
    assert found["webUrl"].flags == (("published", "true"),)
    assert found["webUrl"].provider == "A"
    assert found["images[0].url"].lines == (("images[0].width", 9),)


def test_a_card_of_thousands_of_cards_is_read_in_time_that_grows_with_its_length(tmp_path: Path) -> None:
    """Which of them have a picture of their own is found in one look; a look for each of these took ten seconds."""
    entries = "".join(f"- webUrl: https://a.example/{number}\n" for number in range(9_000))
    started = time.process_time()
    found = places(
        tmp_path, f"related:\n{entries}- webUrl: https://a.example/\n  images: [{{url: https://b.example/}}]"
    )

    assert time.process_time() - started < 4
    assert found["related[8999].webUrl"].claims.bare
    assert not found["related[9000].webUrl"].claims.bare


def test_claims_of_people_and_actions_are_empty(tmp_path: Path) -> None:
    """The card's title is not the title of a profile or a download."""
    found = places(tmp_path, "name: N\nwebsite: https://a.example\nactions:\n  - {title: T, url: https://b.example}\n")

    assert {place.claims for place in found.values()} == {Claims()}


def test_a_name_stands_in_for_a_title(tmp_path: Path) -> None:
    """Cards of communities have a name instead of a title."""
    assert places(tmp_path, "name: N\nwebUrl: https://a.example")["webUrl"].claims.title == "N"


@pytest.mark.parametrize("size", ["0", "-1", "12.5", "1_000", "10000000", "²"])
def test_sizes_that_are_none_are_not_claimed(tmp_path: Path, size: str) -> None:
    """Only a positive whole number of pixels is a claim."""
    assert places(tmp_path, f"images: [{{url: /a.jpg, width: {size}}}]")["images[0].url"].claims.width is None


def test_sizes_belong_to_the_url_beside_them(tmp_path: Path) -> None:
    """An added picture field that is not called `url` has no size; the size beside is another's."""
    settings = CardSettings(fields={"images[].thumbnail": "image", "cover": "image", "hero.url": "image"})
    front = (
        "width: 9\ncover: /c.jpg\nhero: {url: /h.jpg, width: 7}\nimages: [{url: /a.jpg, thumbnail: /t.jpg, width: 5}]"
    )
    found = places(tmp_path, front, settings)

    assert {field: place.claims.width for field, place in found.items()} == {
        "cover": None,
        "hero.url": 7,
        "images[0].url": 5,
        "images[0].thumbnail": None,
    }


def test_removed_and_unpublished_places_do_not_count(tmp_path: Path) -> None:
    """`removed: true` excludes always, `published: false` where settings say so; related cards by their own."""
    front = (
        "{flag}\nwebUrl: https://a.example\n"
        "related:\n  - {{webUrl: https://b.example, {flag}}}\n  - {{webUrl: https://c.example}}"
    )
    own = "webUrl: https://a.example\nrelated:\n  - {webUrl: https://b.example, removed: true}"
    strict = CardSettings(unpublished=False)

    def reasons(text: str, settings: CardSettings | None = None) -> list[str | None]:
        return [place.excluded for place in places(tmp_path, text, settings).values()]

    assert reasons(front.format(flag="removed: true")) == ["removed: true"] * 3
    assert reasons(front.format(flag="published: false")) == [None] * 3
    assert reasons(front.format(flag="published: false"), strict) == ["published: false"] * 3
    assert reasons(front.format(flag="published: true"), strict) == [None] * 3
    assert reasons(own) == [None, "removed: true"]


def test_one_link_for_one_url(tmp_path: Path) -> None:
    """Spellings of one URL are one link with all its places, sorted; links are sorted by URL."""
    found = links(
        tmp_path,
        "webUrl: HTTPS://A.example/x#1\noriginalUrl: https://a.example/x",
        "webUrl: https://a.example/x#2\nimages: [url: /b.jpg]",
    )

    assert list(found) == ["/b.jpg", "https://a.example/x"]
    assert [(place.path, place.field) for place in found["https://a.example/x"].places] == [
        ("0.md", "webUrl"),
        ("0.md", "originalUrl"),
        ("1.md", "webUrl"),
    ]


def test_the_order_of_cards_does_not_matter(tmp_path: Path) -> None:
    """Links are the same whatever order the cards came in."""
    cards = [
        card(tmp_path, f"images: [url: 'https://h.example/site/{n % 2}']\nwebUrl: https://h.example/site/1", f"{n}.md")
        for n in range(4)
    ]
    gathered = []
    for order in (cards, cards[::-1]):
        collector = Collector(CardSettings(site_url="https://h.example/site"), Filters(AuditSettings(), tmp_path))
        for one in order:
            collector.add(one)
        gathered.append(tuple(collector.links()))

    assert gathered[0] == gathered[1]


def test_the_kind_is_the_first_of_its_places(tmp_path: Path) -> None:
    """A URL that stands as a picture and as a page is a page, unless the page does not count."""
    front = "images: [url: https://a.example/x]\nrelated: [{{webUrl: https://a.example/x{flag}}}]"

    assert links(tmp_path, front.format(flag=""))["https://a.example/x"].kind is Kind.PAGE
    assert links(tmp_path, front.format(flag=", removed: true"))["https://a.example/x"].kind is Kind.IMAGE


def test_a_link_is_excluded_when_all_its_places_are(tmp_path: Path) -> None:
    """One place that counts is enough to ask."""
    gone = "removed: true\nwebUrl: https://a.example/x"

    assert links(tmp_path, gone)["https://a.example/x"].excluded == "removed: true"
    assert links(tmp_path, gone, "webUrl: https://a.example/x")["https://a.example/x"].excluded is None


def test_filters_exclude_links(tmp_path: Path) -> None:
    """A link that a pattern matches is excluded with the pattern as reason; its places are not."""
    link = links(tmp_path, "webUrl: https://a.example/x", audit=AuditSettings(exclude=("a\\.example",)))[
        "https://a.example/x"
    ]

    assert link.excluded == "matches exclude 'a\\.example'"
    assert link.places[0].excluded is None


def test_assets_and_invalid_addresses_are_marked(tmp_path: Path) -> None:
    """Links say which file of the site they are, or why they cannot be asked."""
    settings = CardSettings(site_url="https://h.example/site")
    found = links(
        tmp_path,
        "webUrl: ' htp://a.example '\nimages: [url: https://h.example/site/a.jpg, url2: x]\noriginalUrl: /files/b.pdf",
        settings=settings,
    )

    assert found["https://h.example/site/a.jpg"].asset == "a.jpg"
    assert found["/files/b.pdf"].asset == "files/b.pdf"
    assert "htp" in (found["htp://a.example"].invalid or "")


def test_a_file_that_is_also_a_page_is_asked_on_the_web(tmp_path: Path) -> None:
    """What stands as a generated page somewhere cannot be looked up on disk."""
    settings = CardSettings(site_url="https://h.example/")
    front = "images: [url: https://h.example/x]\nwebUrl: https://h.example/x"

    assert links(tmp_path, front, settings=settings)["https://h.example/x"].asset is None


def test_a_bad_site_url_is_a_configuration_error(tmp_path: Path) -> None:
    """It is found before any card is read."""
    with pytest.raises(ConfigError, match="site_url"):
        Collector(CardSettings(site_url="h.example"), Filters(AuditSettings(), tmp_path))


def test_cards_are_not_kept(tmp_path: Path) -> None:
    """The collector lets go of a card once its places are taken; a million links fit, their cards would not."""

    collector = Collector(CardSettings(), Filters(AuditSettings(), tmp_path))
    raw = b"the bytes of " + b"a card"
    before = sys.getrefcount(raw)

    collector.add(Card(path="c.md", raw=raw, digest="", slots=card(tmp_path, CARD).slots, body_start=0))

    assert sys.getrefcount(raw) == before
    assert len(collector.links()) == 9


@pytest.mark.parametrize(
    ("ignore", "left_out"),
    [
        ("true", {"webUrl", "images[0].url", "images[1].url", "related[0].webUrl", "related[0].images[0].url"}),
        ("webUrl", {"webUrl"}),
        ("[webUrl, 'images[1].url']", {"webUrl", "images[1].url"}),
        ("['images[].url']", {"images[0].url", "images[1].url"}),
        ("['related[].webUrl']", {"related[0].webUrl"}),
        ("false", set()),
    ],
)
def test_a_card_opts_fields_out(tmp_path: Path, ignore: str, left_out: set[str]) -> None:
    """Its own, and those of the cards within it; the reason names the entry."""
    front = f"""\
crawlerIgnore: {ignore}
webUrl: https://a.example/1
images: [{{url: https://a.example/2.png}}, {{url: https://a.example/3.png}}]
related:
  - webUrl: https://a.example/4
    images: [{{url: https://a.example/5.png}}]
"""
    found = places(tmp_path, front)

    assert {field for field, place in found.items() if place.excluded} == left_out
    assert all((place.excluded or "crawlerIgnore: ").startswith("crawlerIgnore: ") for place in found.values())
    assert not any(place.excluded for place in places(tmp_path, front, CardSettings(ignore_key="")).values())


def test_a_card_within_a_card_opts_out_itself(tmp_path: Path) -> None:
    """And nothing of the card around it."""
    front = "webUrl: https://a.example/1\nrelated: [{webUrl: https://b.example/, crawlerIgnore: true}]"
    found = places(tmp_path, front)

    assert {field: place.excluded for field, place in found.items()} == {
        "webUrl": None,
        "related[0].webUrl": "crawlerIgnore: true",
    }


def test_links_give_their_memory_back(tmp_path: Path) -> None:
    """Once they are cleared there are none, however often they were gone through before."""
    collector = Collector(CardSettings(), Filters(AuditSettings(), tmp_path))
    collector.add(card(tmp_path, "webUrl: https://a.example/\nwebsite: https://b.example/"))
    found = collector.links()
    before = [[link.url for link in found], [link.url for link in found]]
    found.clear()

    assert before == 2 * [["https://a.example/", "https://b.example/"]]
    assert (len(found), list(found)) == (0, [])
