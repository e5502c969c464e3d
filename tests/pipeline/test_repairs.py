"""Repairs over whole runs: what is asked for them, what is proposed, and when it may be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crawler.history.writing import HistoryWriter
from crawler.model import (
    Answered,
    Claims,
    FailureKind,
    Features,
    Hop,
    Image,
    Kind,
    Link,
    Observation,
    Page,
    Place,
    Purpose,
    Request,
    RunReport,
    Want,
)
from crawler.settings import FixSettings
from tests.pipeline.fakes import FAST, MONDAY, Answer, FakeEngine, Site, findings

PAGE = "https://site.example/news/harbour-opens"
PICTURE = "https://img.example/harbour.png"
SHARED = "https://img.example/share.png"
NAME = "Harbour opens"
QUIET = FixSettings(title="keep", excerpt="keep", published="keep", provider="keep")


@pytest.fixture
def history(tmp_path: Path) -> Iterator[HistoryWriter]:
    """An empty one."""
    with HistoryWriter(tmp_path / "history.sqlite") as opened:
        yield opened


def page_link(url: str = PAGE, path: str = "_news/a.md", **claims: Any) -> Link:
    """A card's main link."""
    known = Claims(title="Harbour opens", main=True, **claims)
    place = Place(path=path, line=3, column=9, field="webUrl", written=url, kind=Kind.PAGE, claims=known)
    return Link(url=url, kind=Kind.PAGE, places=(place,))


def picture_link(url: str = PICTURE, page: str = PAGE, path: str = "_news/a.md") -> Link:
    """A card's own picture."""
    claims = Claims(page_url=page, width=100, height=50, lines=(("images[0].width", 9), ("images[0].height", 10)))
    place = Place(path=path, line=8, column=9, field="images[0].url", written=url, kind=Kind.IMAGE, claims=claims)
    return Link(url=url, kind=Kind.IMAGE, places=(place,))


def shown(
    url: str = PAGE, *, share: str = SHARED, final: str | None = None, title: str = "Harbour opens"
) -> Observation:
    """A page with a share image; `final`: where it has moved for good."""
    return Observation(
        url=url,
        purpose=Purpose.LINK,
        asked_at=MONDAY,
        outcome=Answered(url=final or url, status=200),
        hops=(Hop(url=url, status=301),) if final else (),
        page=Page(title=title, images=(share,), image=share),
    )


def picture(url: str, digest: str = "1") -> Observation:
    """A sound picture."""
    return Observation(
        url=url,
        purpose=Purpose.LINK,
        asked_at=MONDAY,
        outcome=Answered(url=url, status=200),
        image=Image(format="png", width=1200, height=630),
        digest=digest,
    )


def site(history: HistoryWriter, answers: dict[str, Sequence[Answer]], fix: FixSettings = QUIET) -> Site:
    """A folder of cards whose web answers so."""
    settings = msgspec.structs.replace(FAST, root=str(history.path.parent), fix=fix)
    return Site(history, FakeEngine(answers), settings)


def changes(report: RunReport) -> dict[str, tuple[str | None, bool]]:
    """Field -> (new value, whether it waits), of all cards."""
    return {
        f"{one.path} {one.field}": (one.new, one.waits_until is not None)
        for finding in findings(report).values()
        for one in finding.proposals
    }


async def test_a_dead_picture_is_replaced_once_its_death_is_confirmed(history: HistoryWriter) -> None:
    """The page's share image is asked in the same run; the proposal waits a week, and then is settled."""
    kept = site(history, {PAGE: [shown()], PICTURE: [404], SHARED: [picture(SHARED)], "https://img.example/": [200]})
    first = (await kept.audit(page_link(), picture_link())).report
    kept.later()
    second = (await kept.audit(page_link(), picture_link())).report
    expected = {"images[0].url": SHARED, "images[0].width": "1200", "images[0].height": "630"}

    assert Request(url=SHARED, want=Want.IMAGE, purpose=Purpose.CANDIDATE) in kept.engine.questions
    assert changes(first) == {f"_news/a.md {field}": (new, True) for field, new in expected.items()}
    assert changes(second) == {f"_news/a.md {field}": (new, False) for field, new in expected.items()}


async def test_a_picture_that_another_card_shows_is_not_asked_again(history: HistoryWriter) -> None:
    """What the run knows already is a candidate without a request."""
    kept = site(history, {PAGE: [shown()], PICTURE: [404], SHARED: [picture(SHARED)]})
    other = picture_link(SHARED, page="https://site.example/other", path="_news/b.md")
    report = (await kept.audit(page_link(), picture_link(), other)).report

    assert [one.url for one in kept.engine.questions if one.purpose is Purpose.CANDIDATE] == []
    assert changes(report)["_news/a.md images[0].url"] == (SHARED, True)


async def test_a_picture_that_stands_beside_the_dead_one_takes_no_second_place(history: HistoryWriter) -> None:
    """Another card may show it."""
    kept = site(history, {PAGE: [shown()], PICTURE: [404], SHARED: [picture(SHARED)]})
    (place,) = picture_link(SHARED).places
    beside = Link(
        url=SHARED, kind=Kind.IMAGE, places=(msgspec.structs.replace(place, field="images[1].url", claims=Claims()),)
    )

    assert changes((await kept.audit(page_link(), picture_link(), beside)).report) == {}


async def test_the_picture_of_a_page_that_has_drifted_replaces_nothing(history: HistoryWriter) -> None:
    """It is of what stands there by now."""
    other = shown(title="Casino bonus of the day")
    assert other.page is not None
    told = msgspec.structs.replace(other.page, description="Slots, dice and roulette without a deposit.")
    other = msgspec.structs.replace(other, page=told, features=Features(visible=2_000))
    kept = site(history, {PAGE: [other], PICTURE: [404], SHARED: [picture(SHARED)]})
    link = page_link(excerpt="Ships may enter the old basin again after a winter of repairs.")

    assert changes((await kept.audit(link, picture_link())).report) == {}


async def test_a_site_s_share_image_by_default_replaces_nothing(history: HistoryWriter) -> None:
    """The same bytes for two articles show neither."""
    second, dead = "https://site.example/news/market", "https://img.example/market.png"
    other = "https://img.example/share2.png"
    kept = site(
        history,
        {
            PAGE: [shown()],
            second: [shown(second, share=other)],
            PICTURE: [404],
            dead: [404],
            SHARED: [picture(SHARED)],
            other: [picture(other)],
        },
    )
    links = (page_link(), picture_link(), page_link(second, "_news/b.md"), picture_link(dead, second, "_news/b.md"))

    assert changes((await kept.audit(*links)).report) == {}


async def test_two_cards_of_one_page_get_its_picture_and_one_card_does_not_get_it_twice(history: HistoryWriter) -> None:
    """What several cards of a page show may be the same; side by side it would be a mistake."""
    dead = "https://img.example/large.png"
    kept = site(history, {PAGE: [shown()], PICTURE: [404], dead: [404], SHARED: [picture(SHARED)]})
    (place,) = picture_link(dead).places
    beside = Link(url=dead, kind=Kind.IMAGE, places=(msgspec.structs.replace(place, field="images[1].url"),))
    other = picture_link(dead, path="_news/b.md")

    assert changes((await kept.audit(page_link(), picture_link(), beside)).report) == {}
    kept.later()
    assert {
        name: new
        for name, (new, _) in changes((await kept.audit(page_link(), picture_link(), other)).report).items()
        if name.endswith("url")
    } == {"_news/a.md images[0].url": SHARED, "_news/b.md images[0].url": SHARED}


async def test_a_move_is_adopted_after_two_runs(history: HistoryWriter) -> None:
    """Seen once it waits; with another end the next time it goes on waiting."""
    new = "https://site.example/2026/harbour-opens"
    kept = site(history, {PAGE: [shown(final=new)]})
    first = (await kept.audit(page_link())).report
    kept.later()
    second = (await kept.audit(page_link())).report
    kept.later(**{PAGE: [shown(final=new + "-again")]})
    third = (await kept.audit(page_link())).report

    assert changes(first) == {"_news/a.md webUrl": (new, True)}
    assert changes(second) == {"_news/a.md webUrl": (new, False)}
    assert changes(third) == {"_news/a.md webUrl": (new + "-again", True)}


async def test_a_move_waits_for_a_run_and_a_death_for_days(history: HistoryWriter) -> None:
    """A second run right after the first settles what has moved; what is dead stays so for six days at the least."""
    new = "https://site.example/2026/harbour-opens"
    kept = site(history, {PAGE: [shown(final=new)], PICTURE: [404], SHARED: [picture(SHARED)]})
    await kept.audit(page_link(), picture_link())
    again = (await kept.audit(page_link(), picture_link())).report
    waits = {one.field: one.waits_until for each in findings(again).values() for one in each.proposals}

    assert waits["webUrl"] is None
    assert waits["images[0].url"] == MONDAY + timedelta(days=6)


async def test_one_run_suffices_where_the_settings_say_so(history: HistoryWriter) -> None:
    """`[fix] confirmed_only = false`."""
    new = "https://site.example/2026/harbour-opens"
    kept = site(history, {PAGE: [shown(final=new)]}, msgspec.structs.replace(QUIET, confirmed_only=False))

    assert changes((await kept.audit(page_link())).report) == {"_news/a.md webUrl": (new, False)}


async def test_https_is_asked_for_and_proposed(history: HistoryWriter) -> None:
    """A plain link whose https twin shows the same page."""
    plain = PAGE.replace("https", "http")
    kept = site(history, {plain: [shown(plain)], PAGE: [shown()]})
    report = (await kept.audit(page_link(plain))).report

    assert changes(report) == {"_news/a.md webUrl": (PAGE, False)}
    assert [(one.url, one.purpose) for one in kept.engine.questions] == [(PAGE, Purpose.HTTPS)]


async def test_https_is_not_tried_every_week_where_there_is_none(history: HistoryWriter) -> None:
    """One address of a host is tried, and after that none for a month."""
    plain, other = PAGE.replace("https", "http"), "http://site.example/other"
    refused = FailureKind.CONNECT_REFUSED
    answers: dict[str, Sequence[Answer]] = {plain: [shown(plain)], other: [shown(other)], PAGE: [refused]}
    kept = site(history, answers)
    asked = []
    for _ in range(6):
        await kept.audit(page_link(plain), page_link(other, "_news/b.md"))
        asked.append([one.url for one in kept.engine.questions if one.purpose is Purpose.HTTPS])
        kept.engine.questions.clear()
        kept.later()

    assert asked == [[PAGE], [], [], [], [], [PAGE]]


async def test_an_unpublished_or_excluded_place_is_left_alone(history: HistoryWriter) -> None:
    """Nothing is asked or proposed for it."""
    plain = PAGE.replace("https", "http")
    link = page_link(plain)
    place = msgspec.structs.replace(link.places[0], excluded="removed: true")
    link = msgspec.structs.replace(link, places=(place,), excluded="removed: true")
    kept = site(history, {plain: [shown(plain)]})

    assert changes((await kept.audit(link)).report) == {}
    assert kept.engine.questions == []


async def test_every_place_of_a_link_has_its_own_proposals(history: HistoryWriter) -> None:
    """One link on two cards is repaired on both, and `originalUrl` on neither."""
    new = "https://site.example/2026/harbour-opens"
    link = page_link()
    (place,) = link.places
    places = (
        place,
        msgspec.structs.replace(place, path="_news/b.md", field="related[0].webUrl"),
        msgspec.structs.replace(place, path="_news/c.md", field="originalUrl"),
    )
    kept = site(history, {PAGE: [shown(final=new)]})
    report = (await kept.audit(msgspec.structs.replace(link, places=places))).report

    assert set(changes(report)) == {"_news/a.md webUrl", "_news/b.md related[0].webUrl"}


@pytest.mark.parametrize("title", ["Harbour opens", "Another thing"])
async def test_what_is_empty_is_filled_from_the_page(history: HistoryWriter, title: str) -> None:
    """By default, for review."""
    kept = site(history, {PAGE: [shown(title=title)]}, FixSettings())
    link = page_link(excerpt="Ships may enter.", published="2026-01-01", provider="Quay")
    place = msgspec.structs.replace(
        link.places[0], claims=msgspec.structs.replace(link.places[0].claims, title=None, lines=(("title", 2),))
    )
    report = (await kept.audit(msgspec.structs.replace(link, places=(place,)))).report

    assert changes(report) == {"_news/a.md title": (title, False)}
