"""Pictures that are broken, poor or of another size."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from crawler.edits.case import Case, Heir, Subject
from crawler.edits.propose import propose
from crawler.edits.questions import questions
from crawler.model import Code, Disposition, Image, Kind, Page, Purpose, State
from tests.edits.cases import NOW, OLD, PICTURE, case, news, picture, proposed, seen, subject, terms

BETTER = "https://site.example/og.png"
OTHER = "https://site.example/other.png"
FIELD = "images[0].url"


def page(*images: str, code: Code = Code.OK) -> Subject:
    """The card's page, with its share images."""
    return subject(seen(OLD, page=Page(title="T", images=images, image=images[0] if images else None)), code)


def dead(*answers: Any, state: State = State.CONFIRMED, **more: Any) -> Subject:
    """A picture that is gone."""
    return subject(seen(PICTURE, status=404), Code.NOT_FOUND, kind=Kind.IMAGE, state=state, answers=answers, **more)


def candidate(url: str = BETTER, image: Image | None = None, **more: Any) -> Any:
    """What answered when a candidate was asked."""
    return seen(url, image=image or picture(), purpose=Purpose.CANDIDATE, **more)


def shown(about: Subject, beside: Subject | None, **claims: Any) -> Case:
    """The picture as a card's own."""
    lines = ((f"{FIELD[:-4]}.width", 8), (f"{FIELD[:-4]}.height", 9)) if "width" in claims else ()
    return case(about, field=FIELD, kind=Kind.IMAGE, page=beside, lines=lines, page_url=OLD, **claims)


def test_a_dead_picture_is_replaced_by_its_page_s_with_the_real_size() -> None:
    """The page's share image, measured, takes its place, and width and height follow."""
    found = proposed(shown(dead(candidate()), page(BETTER), width=300, height=200))

    assert {name: one.new for name, one in found.items()} == {
        "images[0].url": BETTER,
        "images[0].width": "1200",
        "images[0].height": "630",
    }
    assert {one.disposition for one in found.values()} == {Disposition.SAFE}
    assert {one.waits_until for one in found.values()} == {None}
    assert (found["images[0].width"].line, found["images[0].width"].old) == (8, "300")


def test_a_size_that_was_missing_comes_with_the_new_picture() -> None:
    """A card that names none gets both."""
    found = proposed(shown(dead(candidate()), page(BETTER)))

    assert (found["images[0].width"].old, found["images[0].width"].new) == ("", "1200")


def test_a_dead_picture_waits_until_its_death_is_confirmed() -> None:
    """Until then the proposal says from when on a run may confirm it."""
    waiting = dead(candidate(), state=State.NEW, settles=NOW)

    assert proposed(shown(waiting, page(BETTER)))[FIELD].waits_until == NOW
    assert proposed(shown(waiting, page(BETTER)), confirmed_only=False)[FIELD].waits_until is None


@pytest.mark.parametrize(
    "image",
    [
        picture(broken="truncated"),
        picture(suspicious="a single pixel"),
        picture(150, 150),
        picture(1200, 60),
        Image(format="svg", width=1200, height=630),
        Image(media="html"),
    ],
)
def test_no_poor_picture_takes_a_place(image: Image) -> None:
    """Broken, tiny, drawn, or no picture at all."""
    assert news(shown(dead(candidate(image=image)), page(BETTER))) == {}


def test_a_site_s_default_picture_takes_no_place() -> None:
    """What would replace the pictures of several pages shows none of them."""
    one = shown(dead(candidate(digest="d")), page(BETTER))

    assert propose(one, msgspec.structs.replace(terms(), placeholders=frozenset({"d"}))) == ()


def test_candidates_are_asked_one_after_the_other() -> None:
    """The second only if the first does not fit; none again."""
    poor = candidate(image=picture(1, 1))
    first = questions(shown(dead(), page(BETTER, OTHER)), terms())
    second = questions(shown(dead(poor), page(BETTER, OTHER)), terms())
    after = questions(shown(dead(candidate()), page(BETTER, OTHER)), terms())

    assert [one.request.url for one in first] == [BETTER]
    assert [one.request.url for one in second] == [OTHER]
    assert list(after) == []
    assert news(shown(dead(poor, candidate(OTHER)), page(BETTER, OTHER)))[FIELD] == OTHER


def test_a_page_that_is_dead_itself_offers_nothing() -> None:
    """Nor does one whose picture is the dead one."""
    assert list(questions(shown(dead(), page(BETTER, code=Code.SOFT_404)), terms())) == []
    assert list(questions(shown(dead(), page(PICTURE)), terms())) == []


def test_a_page_that_has_drifted_offers_nothing() -> None:
    """Its pictures are of what stands there by now; other cards may still tell of the page as it is."""
    drifted = msgspec.structs.replace(page(BETTER), drifted=frozenset({"_news/a.md"}))
    elsewhere = msgspec.structs.replace(page(BETTER), drifted=frozenset({"_news/b.md"}))

    assert news(shown(dead(candidate()), drifted)) == {}
    assert news(shown(dead(candidate()), elsewhere))[FIELD] == BETTER


@pytest.mark.parametrize(
    "url",
    [
        "https://reader:secret@site.example/og.png",
        "https://site.example/og.png?Expires=1800000000&Signature=1a2b",
        "https://site.example/og.png?a={{x}}",
        "https://site.example/og.png?" + "a" * 2_000,
    ],
)
def test_a_picture_whose_address_does_not_last_is_passed_over(url: str) -> None:
    """Logins, addresses signed for a time, what is ill written or absurdly long; the next one is asked."""
    assert [one.request.url for one in questions(shown(dead(), page(url, OTHER)), terms())] == [OTHER]
    assert news(shown(dead(candidate(url), candidate(OTHER)), page(url, OTHER)))[FIELD] == OTHER


def test_a_picture_is_wanted_over_https_beside_what_is_safe() -> None:
    """Unless page and picture were both served without."""
    plain = BETTER.replace("https", "http")
    bare = msgspec.structs.replace(page(plain), observation=seen("http://site.example/", page=page(plain).page))
    old = subject(seen(PICTURE.replace("https", "http"), status=404), Code.NOT_FOUND, kind=Kind.IMAGE)

    assert [one.request.url for one in questions(shown(dead(), page(plain)), terms())] == [BETTER]
    assert [one.request.url for one in questions(shown(dead(), bare), terms())] == [BETTER]
    assert [one.request.url for one in questions(shown(old, page(plain)), terms())] == [BETTER]
    assert [one.request.url for one in questions(shown(old, bare), terms())] == [plain]


def test_a_picture_that_the_card_shows_already_is_passed_over() -> None:
    """Nobody wants it twice side by side."""
    one = msgspec.structs.replace(shown(dead(), page(BETTER, OTHER)), shown=frozenset({BETTER}))

    assert [asked.request.url for asked in questions(one, terms())] == [OTHER]


def test_a_publisher_s_logo_is_not_replaced() -> None:
    """The page's picture is not the site's."""
    one = case(dead(candidate()), field="provider.images[0].url", kind=Kind.IMAGE)

    assert list(questions(one, terms())) == []
    assert news(one) == {}


def test_a_cached_picture_is_for_review() -> None:
    """The site shows its own copy, which goes stale: the reason says so."""
    (found, *_) = proposed(shown(dead(candidate()), page(BETTER), cached=True)).values()

    assert found.disposition is Disposition.REVIEW
    assert "isCached" in found.because


def test_a_poor_picture_may_be_replaced_after_review() -> None:
    """A stand-in, seen twice."""
    about = subject(
        seen(PICTURE, image=picture()),
        kind=Kind.IMAGE,
        code_before=Code.OK,
        answers=(candidate(),),
    )
    one = shown(about, page(BETTER))
    one = msgspec.structs.replace(one, verdict=case(about, verdict=Code.IMAGE_SUSPICIOUS).verdict)

    assert proposed(one)[FIELD].disposition is Disposition.REVIEW
    assert proposed(one)[FIELD].waits_until is not None
    again = msgspec.structs.replace(one, subject=msgspec.structs.replace(about, code_before=Code.IMAGE_SUSPICIOUS))
    assert proposed(again)[FIELD].waits_until is None


def test_a_card_without_a_picture_gets_its_page_s() -> None:
    """With its size, for review, and only where the settings ask for it."""
    about = subject(seen(OLD, page=Page(images=(BETTER,))), answers=(candidate(),))
    one = case(about, field="related[0].webUrl", main=True, bare=True)
    (question,) = questions(case(page(BETTER), main=True, bare=True), terms(picture="fill"))

    assert question.request.url == BETTER
    assert news(one, picture="fill") == {
        "related[0].images[0].url": BETTER,
        "related[0].images[0].width": "1200",
        "related[0].images[0].height": "630",
    }
    assert {proposal.disposition for proposal in proposed(one, picture="fill").values()} == {Disposition.REVIEW}
    assert news(one) == {}
    assert news(one, picture="fill", keep=("images[].url",)) == {}
    assert news(case(about, main=True), picture="fill") == {}


def test_youtube_thumbnails_step_down() -> None:
    """From the largest to the next that is there, for review; the grey stand-in is none."""
    folder = "https://i.ytimg.com/vi/WJk-Y8LQlfE/"
    grey = candidate(folder + "sddefault.jpg", picture(120, 90))
    about = subject(
        seen(folder + "maxresdefault.jpg", status=404), Code.NOT_FOUND, kind=Kind.IMAGE, state=State.CONFIRMED
    )
    stepped = subject(about.observation, about.code, kind=Kind.IMAGE, state=about.state, answers=(grey,))
    high = candidate(folder + "hqdefault.jpg", picture(480, 360))
    found = subject(about.observation, about.code, kind=Kind.IMAGE, state=about.state, answers=(grey, high))

    assert [one.request.url for one in questions(shown(about, None), terms())] == [folder + "sddefault.jpg"]
    assert [one.request.url for one in questions(shown(stepped, None), terms())] == [folder + "hqdefault.jpg"]
    assert news(shown(found, None))[FIELD] == folder + "hqdefault.jpg"
    assert proposed(shown(found, None))[FIELD].disposition is Disposition.REVIEW


def test_a_wrong_size_is_set_right() -> None:
    """Where width or height is off by more than a pixel, with what was measured; nothing else changes."""
    about = subject(seen(PICTURE, image=picture(640, 481)), kind=Kind.IMAGE)
    one = case(
        about,
        field="related[1].images[2].url",
        kind=Kind.IMAGE,
        verdict=Code.IMAGE_SIZE_MISMATCH,
        width=600,
        height=480,
    )
    found = proposed(one)

    assert {name: proposal.new for name, proposal in found.items()} == {"related[1].images[2].width": "640"}
    assert found["related[1].images[2].width"].disposition is Disposition.SAFE


def test_the_size_of_a_cached_picture_is_for_review() -> None:
    """The site's own copy may still be of the old size."""
    about = subject(seen(PICTURE, image=picture(640, 480)), kind=Kind.IMAGE)
    one = case(
        about,
        field=FIELD,
        kind=Kind.IMAGE,
        verdict=Code.IMAGE_SIZE_MISMATCH,
        width=600,
        height=480,
        cached=True,
    )

    assert proposed(one)["images[0].width"].disposition is Disposition.REVIEW


def test_the_size_of_what_a_picture_redirects_to_is_for_review() -> None:
    """Unless it kept its name, it may be a stand-in for what the site has lost."""
    observation = seen(PICTURE, final="https://site.example/none.png", image=picture(640, 480), hops=(301,))
    for slug_kept, expected in ((False, Disposition.REVIEW), (True, Disposition.SAFE)):
        heir = Heir(url="https://site.example/none.png", same_site=True, slug_kept=slug_kept, title_likeness=0.0)
        about = subject(observation, kind=Kind.IMAGE, heir=heir)
        one = case(about, field=FIELD, kind=Kind.IMAGE, verdict=Code.IMAGE_SIZE_MISMATCH, width=600, height=480)

        assert proposed(one)["images[0].width"].disposition is expected
