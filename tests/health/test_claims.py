"""Where card and web disagree."""

from __future__ import annotations

import pytest

from crawler.health.claims import judge_places
from crawler.health.evidence import Tally
from crawler.model import Claims, Code, Features, Image, Kind, Link, Observation, Page, Place, Verdict
from tests.health.evidence import URL, answer

OK = Verdict(code=Code.OK, rule="answered", because="")


class Exact:
    """Texts are alike when they are the same, or one begins the other."""

    def title(self, card: str, page: str | None, site: str | None) -> float:
        del site
        return float(card == page)

    def excerpt(self, card: str, description: str | None, lead: str | None) -> float:
        return float(any(text is not None and text.startswith(card) for text in (description, lead)))


def place(kind: Kind, field: str, claims: Claims, path: str = "a.md", excluded: str | None = None) -> Place:
    return Place(path=path, line=1, column=1, field=field, written=URL, kind=kind, claims=claims, excluded=excluded)


def judged(
    *places: Place,
    seen: Observation,
    before: Observation | None = None,
    repeated: frozenset[str] = frozenset(),
    verdict: Verdict = OK,
) -> list[str | None]:
    """The rules that hold, place by place."""
    link = Link(url=seen.url, kind=places[0].kind, places=places)
    found = judge_places(link, seen, verdict, before=before, tally=Tally(repeated_images=repeated), compare=Exact())
    return [one.rule if one else None for one in found]


def picture(width: int, height: int, **more: object) -> Observation:
    return answer(200, image=Image(format="jpeg", width=width, height=height, **more))  # type: ignore[arg-type]  # fields of Image


def page(title: str, description: str | None = None, lead: str = "", visible: int = 900) -> Observation:
    return answer(200, page=Page(title=title, description=description), features=Features(lead=lead, visible=visible))


@pytest.mark.parametrize(
    ("width", "height", "rule"),
    [
        (1200, 630, None),
        (1201, 629, None),
        (None, None, None),
        (1200, None, None),
        (1280, 720, "declared_size_differs"),
        (1200, 640, "declared_size_differs"),
    ],
)
def test_a_declared_size_may_be_a_pixel_off(width: int | None, height: int | None, rule: str | None) -> None:
    """More is a mismatch, told with the real size; what is not declared is no claim."""
    claims = Claims(width=width, height=height, page_url="https://a.example/page")

    assert judged(place(Kind.IMAGE, "images[0].url", claims), seen=picture(1200, 630)) == [rule]


def test_a_drawing_has_any_size() -> None:
    """What an SVG says of itself, often its viewBox of 24 by 24, is not the size that it is shown in."""
    claims = Claims(width=400, height=400, page_url="https://a.example/page")
    drawing = answer(200, image=Image(format="svg", width=24, height=24))

    assert judged(place(Kind.IMAGE, "images[0].url", claims), seen=drawing) == [None]


def test_only_a_cards_own_picture_can_be_too_small() -> None:
    """A publisher's logo is 50 by 50, and should be."""
    claims = Claims(page_url="https://a.example/page")
    own, logo = place(Kind.IMAGE, "images[0].url", claims), place(Kind.IMAGE, "provider.images[0].url", claims)
    nested = place(Kind.IMAGE, "related[1].images[0].url", claims)

    assert judged(own, logo, nested, seen=picture(50, 50)) == ["picture_too_small", None, "picture_too_small"]
    assert judged(own, logo, nested, seen=picture(640, 480)) == [None, None, None]


def test_a_picture_that_many_pages_show_is_a_stand_in() -> None:
    """The same address on the cards of three pages, or the same bytes behind several addresses."""
    cards = [
        place(Kind.IMAGE, "images[0].url", Claims(page_url=f"https://a.example/{number}"), path=f"{number}.md")
        for number in range(3)
    ]
    seen = picture(1200, 630)
    same_bytes = Observation(
        url=seen.url, purpose=seen.purpose, asked_at=seen.asked_at, outcome=seen.outcome, image=seen.image, digest="d"
    )

    assert judged(*cards, seen=seen) == ["stand_in_picture"] * 3
    assert judged(*cards[:2], seen=seen) == [None, None]
    assert judged(cards[0], seen=same_bytes, repeated=frozenset({"d"})) == ["stand_in_picture"]
    beside = place(Kind.PAGE, "website", Claims(), path="page.md")
    assert judged(beside, cards[0], seen=same_bytes, repeated=frozenset({"d"})) == [None, "stand_in_picture"]


def test_youtubes_grey_picture_is_no_thumbnail() -> None:
    """It answers 120×90 for a size that it does not have; `default.jpg` really is so small."""
    grey = answer(200, image=Image(format="jpeg", width=120, height=90))
    own = place(Kind.IMAGE, "images[0].url", Claims())

    def at(url: str) -> Observation:
        return Observation(
            url=url, purpose=grey.purpose, asked_at=grey.asked_at, outcome=grey.outcome, image=grey.image
        )

    assert judged(own, seen=at("https://i.ytimg.com/vi/x/maxresdefault.jpg")) == ["youtube_grey"]
    assert judged(own, seen=at("https://i.ytimg.com/vi/x/default.jpg")) == [None]
    assert judged(own, seen=at("https://a.example/x.jpg")) == [None]


def test_a_page_has_drifted_when_title_and_text_both_differ() -> None:
    """A title alone is edited too often."""
    both = place(Kind.PAGE, "webUrl", Claims(title="Old", excerpt="As it began"))

    assert judged(both, seen=page("New", "As it began, and went on")) == [None]
    assert judged(both, seen=page("Old", "Another text")) == [None]
    assert judged(both, seen=page("New", "Another text")) == ["title_and_text_differ"]
    assert judged(both, seen=page("New", None)) == [None]
    assert judged(both, seen=page("New", "Another text", visible=10)) == [None]
    assert judged(both, seen=page("New", "Another text", lead="As it began, and went on")) == [None]


def test_without_an_excerpt_the_title_must_differ_twice() -> None:
    """One look may have met a page that is only for today."""
    title = place(Kind.PAGE, "webUrl", Claims(title="Old"))

    assert judged(title, seen=page("New")) == [None]
    assert judged(title, seen=page("New"), before=page("Old")) == [None]
    assert judged(title, seen=page("New"), before=page("New")) == ["title_differs_twice"]


def test_what_is_not_healthy_or_excluded_is_not_compared() -> None:
    """On a challenge page we know nothing of the page."""
    both = place(Kind.PAGE, "webUrl", Claims(title="Old", excerpt="As it began"))
    blocked = Verdict(code=Code.BLOCKED, rule="refused", because="")
    removed = place(Kind.PAGE, "webUrl", Claims(title="Old", excerpt="As it began"), excluded="removed: true")

    assert judged(both, seen=page("New", "Another text"), verdict=blocked) == [None]
    assert judged(removed, seen=page("New", "Another text")) == [None]


@pytest.mark.parametrize(("is_amp", "rule"), [(False, "amp_is_the_page"), (True, None)])
def test_an_amp_address_that_is_the_page_itself_must_be_amp(is_amp: bool, rule: str | None) -> None:
    """Some cards name the page twice; it is AMP only where it says so."""
    seen = answer(200, page=Page(title="T", is_amp=is_amp))

    assert judged(place(Kind.PAGE, "webUrl", Claims()), place(Kind.AMP, "ampWebUrl", Claims()), seen=seen) == [
        None,
        rule,
    ]
