"""Addresses that have a better one."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from crawler.edits.addresses import picks_language, without_tracking
from crawler.edits.questions import questions
from crawler.model import Code, Disposition, Hop, Kind, Page, Purpose, Repair
from tests.edits.cases import OLD, PICTURE, case, moved, news, picture, proposed, seen, subject, terms

NEW = "https://site.example/2026/harbour-opens"
PAGE = Page(title="Harbour opens")


def test_a_permanent_move_within_a_site_is_safe() -> None:
    """A 301 to the same page of the same site, seen twice, is adopted as it stands."""
    found = proposed(case(moved(NEW)))

    assert {name: one.new for name, one in found.items()} == {"webUrl": NEW}
    assert found["webUrl"].kind is Repair.REDIRECT
    assert found["webUrl"].disposition is Disposition.SAFE
    assert found["webUrl"].waits_until is None
    assert found["webUrl"].old == OLD


def test_a_move_waits_until_two_runs_saw_it_end_alike() -> None:
    """Seen once, or with another end the last time, it waits; unless the settings say that one run is enough."""
    about = moved(NEW)
    first = subject(about.observation, Code.MOVED, heir=about.heir)
    other = subject(about.observation, Code.MOVED, heir=about.heir, before=seen(OLD, final=NEW + "/", hops=(301,)))

    for one in (first, other):
        assert proposed(case(one))["webUrl"].waits_until is not None
        assert proposed(case(one), confirmed_only=False)["webUrl"].waits_until is None


def test_a_move_to_another_site_needs_name_and_title_and_a_reader() -> None:
    """Both kept: for review. One of them lost: nothing is proposed."""
    away = "https://other.example/harbour-opens"

    assert proposed(case(moved(away, same_site=False)))["webUrl"].disposition is Disposition.REVIEW
    assert news(case(moved(away, same_site=False, slug_kept=False))) == {}
    assert news(case(moved(away, same_site=False, title_likeness=0.2))) == {}


@pytest.mark.parametrize(
    ("to", "changes"),
    [
        (NEW, {"status": 302}),
        (NEW, {"code": Code.REDIRECTED}),
        (NEW, {"code": Code.REDIRECT_GENERIC}),
        (NEW, {"code": Code.AUTH_REQUIRED}),
        (NEW, {"slug_kept": False, "title_likeness": 0.3}),
        ("https://site.example/en-us/news/harbour-opens", {}),
        ("https://site.example/de/news/harbour-opens", {}),
        (NEW + "?PHPSESSID=1a2b", {}),
        (NEW + ";jsessionid=1a2b", {}),
        ("https://site.example/(S(55mfgh55vgblurtywsityvjq))/news/harbour-opens", {}),
        (NEW + "?lang=de", {}),
        (NEW + "?X-Amz-Expires=900&X-Amz-Signature=1a2b", {}),
        ("https://reader:secret@site.example/2026/harbour-opens", {}),
        (NEW + "?" + "a" * 2_000, {}),
        ("https://site.example/", {}),
        ("https://site.example/en/", {}),
        ("http://site.example/2026/harbour-opens", {}),
        (NEW + "?utm_source=feed", {}),
    ],
)
def test_no_move_is_adopted_that_may_be_another_page_or_another_visitor_s(to: str, changes: dict[str, Any]) -> None:
    """Temporary, generic, a language picked for the asker, a session, tracking, or back to plain http."""
    assert news(case(moved(to, **changes))) == {}


@pytest.mark.parametrize(
    ("to", "because"),
    [
        (NEW + "?from=301", "but the new address has parameters that the old one did not have"),
        ("https://site.example/search?q=harbour-opens", "the new address has parameters"),
        ("https://m.site.example/news/harbour-opens", "m.site.example may be for some visitors only"),
        ("https://de.site.example/2026/harbour-opens", "de.site.example may be for some visitors only"),
        ("https://site.example/en-us/2026/harbour-opens", "the new address names a language or a country"),
    ],
)
def test_a_move_that_may_be_the_asker_s_alone_is_for_review(to: str, because: str) -> None:
    """What an address names anew may be the visitor, a device or a language: the reason says so."""
    found = proposed(case(moved(to)))["webUrl"]

    assert (found.new, found.disposition, found.rule) == (to, Disposition.REVIEW, "moved_within_site_for_some")
    assert because in found.because


def test_parameters_that_were_asked_for_are_nobody_s() -> None:
    """They may stay, or go."""
    asked = OLD + "?id=4&page=2"

    assert proposed(case(moved(NEW + "?id=4", url=asked)))["webUrl"].disposition is Disposition.SAFE
    assert (
        proposed(case(moved("https://www.site.example/news/harbour-opens")))["webUrl"].disposition is Disposition.SAFE
    )


def test_the_fragment_that_was_written_is_kept() -> None:
    """Redirects hand it on."""
    assert news(case(moved(NEW), written=OLD + "#pier")) == {"webUrl": NEW + "#pier"}


def test_the_fragment_that_the_redirect_names_goes_before_and_needs_a_look() -> None:
    """As browsers have it (RFC 9110, 10.2.2): without it the reader would land at the top of a longer page."""
    about = moved(NEW)
    assert about.observation is not None
    hops = (Hop(url=OLD, status=301, fragment="2026"), Hop(url=OLD, status=301))
    observation = msgspec.structs.replace(about.observation, hops=hops)
    about = subject(observation, Code.MOVED, before=observation, heir=about.heir)
    for written in (OLD, f"{OLD}#here"):
        (one,) = proposed(case(about, written=written)).values()

        assert (one.new, one.disposition) == (f"{NEW}#2026", Disposition.REVIEW)
    (same,) = proposed(case(about, written=f"{OLD}#2026")).values()
    assert (same.new, same.disposition) == (f"{NEW}#2026", Disposition.SAFE)


@pytest.mark.parametrize(
    "fragments",
    [("utm_source=rss&utm_medium=feed",) * 2, ("xtor=RSS-1",) * 2, ("_=_",) * 2, ("sid=1a", "sid=2b")],
    ids=["campaign", "feed", "login", "session"],
)
def test_a_fragment_that_tells_of_the_asker_names_no_part(fragments: tuple[str, str]) -> None:
    """It counts visitors, or is another one each time; the page's address does without."""
    about = moved(NEW)
    assert about.observation is not None
    before, now = (
        msgspec.structs.replace(about.observation, hops=(Hop(url=OLD, status=301, fragment=one),)) for one in fragments
    )
    (one,) = proposed(case(subject(now, Code.MOVED, before=before, heir=about.heir), written=f"{OLD}#here")).values()

    assert (one.new, one.disposition, one.waits_until) == (f"{NEW}#here", Disposition.SAFE, None)


def test_a_part_of_a_page_has_to_be_named_twice() -> None:
    """As an address has to be."""
    about = moved(NEW)
    assert about.observation is not None
    before, now = (
        msgspec.structs.replace(about.observation, hops=(Hop(url=OLD, status=301, fragment=one),)) for one in "ab"
    )
    (one,) = proposed(case(subject(now, Code.MOVED, before=before, heir=about.heir))).values()

    assert (one.new, one.waits_until) == (f"{NEW}#b", now.asked_at)


def test_another_spelling_of_the_same_address_is_the_author_s_choice() -> None:
    """Percent-encoding alone is no reason for a change."""
    url = "https://site.example/caf%c3%a9"

    assert news(case(moved("https://site.example/caf%C3%A9", url=url))) == {}


def test_what_drifted_is_not_followed() -> None:
    """A page that is another by now is no heir."""
    assert news(case(moved(NEW), verdict=Code.DRIFTED)) == {}


def test_where_a_card_came_from_is_never_rewritten() -> None:
    """`originalUrl` stays, also within related[]; the settings may keep other fields, too."""
    assert news(case(moved(NEW), field="originalUrl")) == {}
    assert news(case(moved(NEW), field="related[3].originalUrl")) == {}
    assert news(case(moved(NEW), field="webUrl"), keep=("webUrl",)) == {}
    assert news(case(moved(NEW), field="originalUrl"), keep=()) == {"originalUrl": NEW}


def test_tracking_that_a_redirect_added_is_dropped_where_the_clean_address_answers_alike() -> None:
    """It is asked first."""
    about = moved(NEW + "?utm_source=feed&id=4")
    (question,) = questions(case(about), terms())
    answer = seen(NEW + "?id=4", page=PAGE, purpose=Purpose.CLEAN)
    answered = subject(about.observation, Code.MOVED, heir=about.heir, before=about.observation, answers=(answer,))

    assert (question.request.url, question.request.purpose) == (NEW + "?id=4", Purpose.CLEAN)
    assert news(case(answered)) == {"webUrl": NEW + "?id=4"}
    assert list(questions(case(answered), terms())) == []


def test_https_is_proposed_where_the_site_sends_everybody_there() -> None:
    """A redirect that changes the scheme alone is of the kind `https`."""
    found = proposed(case(moved(OLD, url=OLD.replace("https", "http"))))

    assert (found["webUrl"].new, found["webUrl"].kind) == (OLD, Repair.HTTPS)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (seen(OLD, page=PAGE, purpose=Purpose.HTTPS), {"webUrl": OLD}),
        (seen(OLD, page=Page(title="Welcome"), purpose=Purpose.HTTPS), {}),
        (seen(OLD, status=404, purpose=Purpose.HTTPS), {}),
        (seen(OLD, final="http://site.example/news/harbour-opens", page=PAGE, purpose=Purpose.HTTPS), {}),
    ],
)
def test_https_is_proposed_where_it_works_as_well(answer: object, expected: dict[str, str]) -> None:
    """The twin is asked once, and must show the same page at the same address."""
    plain = OLD.replace("https", "http")
    about = subject(seen(plain, page=PAGE))
    asked = subject(seen(plain, page=PAGE), answers=(answer,))

    assert [one.request.url for one in questions(case(about), terms())] == [OLD]
    assert news(case(about)) == {}
    assert news(case(asked)) == expected


def test_https_of_a_picture_must_show_the_same_picture() -> None:
    """Format and size are compared."""
    plain = PICTURE.replace("https", "http")
    for width, expected in ((1200, {"images[0].url": PICTURE}), (600, {})):
        answer = seen(PICTURE, image=picture(width), purpose=Purpose.HTTPS)
        about = subject(seen(plain, image=picture()), kind=Kind.IMAGE, answers=(answer,))

        assert news(case(about, field="images[0].url", kind=Kind.IMAGE)) == expected


def test_tracking_in_a_card_is_dropped_for_review() -> None:
    """Where the clean address shows the same page."""
    tracked = OLD + "?utm_medium=mail&page=2#pier"
    answer = seen(OLD + "?page=2", page=PAGE, purpose=Purpose.CLEAN)
    about = subject(seen(tracked.split("#")[0], page=PAGE), answers=(answer,))
    found = proposed(case(about, written=tracked))

    assert found["webUrl"].new == OLD + "?page=2#pier"
    assert found["webUrl"].disposition is Disposition.REVIEW


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://a.example/x?utm_source=a&b=1&fbclid=z", "https://a.example/x?b=1"),
        ("https://a.example/x?utm_source=a", "https://a.example/x"),
        *(
            (f"https://a.example/x?{name}=z", "https://a.example/x")
            for name in ("gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ttclid", "twclid")
        ),
        ("https://a.example/x?msclid=4", "https://a.example/x?msclid=4"),
        ("https://a.example/x?cid=4", "https://a.example/x?cid=4"),
        ("https://learn.microsoft.com/x?WT.mc_id=4&view=1", "https://learn.microsoft.com/x?view=1"),
        ("https://notmicrosoft.com/x?ocid=4", "https://notmicrosoft.com/x?ocid=4"),
        ("https://a.example/x?A=%7e&&b#utm_source=1", "https://a.example/x?A=%7e&&b#utm_source=1"),
    ],
)
def test_only_tracking_parameters_go(url: str, clean: str) -> None:
    """All else keeps its bytes and its order."""
    assert without_tracking(url) == clean


def test_a_language_in_the_path_is_told_from_a_folder() -> None:
    """Only a language put in, taken out or swapped counts."""
    assert picks_language("https://a.example/x/y", "https://a.example/en-us/x/y")
    assert picks_language("https://a.example/en/x", "https://a.example/de/x")
    assert not picks_language("https://a.example/x/y", "https://a.example/it/x/z")
    assert not picks_language("https://a.example/x", "https://a.example/x")


def test_amp_pages_move_to_amp_pages_only() -> None:
    """From AMP to the page itself is the publisher's choice for each visitor."""
    for is_amp, expected in ((True, {"ampWebUrl": NEW}), (False, {})):
        about = moved(NEW)
        observation = seen(OLD, final=NEW, hops=(301,), page=Page(title="Harbour opens", is_amp=is_amp))
        about = subject(observation, Code.MOVED, heir=about.heir, before=observation, kind=Kind.AMP)

        assert news(case(about, field="ampWebUrl", kind=Kind.AMP)) == expected


@pytest.mark.parametrize(
    ("canonical", "disposition"), [(OLD, Disposition.REVIEW), (None, Disposition.REVIEW), (NEW, Disposition.SAFE)]
)
def test_a_page_moves_to_an_amp_edition_only_after_a_look(canonical: str | None, disposition: Disposition) -> None:
    """Phones are sent there, readers at a desk are not; where the AMP page is its own canonical, there is no other."""
    observation = seen(OLD, final=NEW, hops=(301,), page=Page(title="Harbour opens", is_amp=True, canonical=canonical))
    about = subject(observation, Code.MOVED, heir=moved(NEW).heir, before=observation)
    (one,) = proposed(case(about)).values()

    assert (one.new, one.disposition) == (NEW, disposition)


def test_a_port_that_is_written_has_no_https_beside_it() -> None:
    """Which port that would be is anybody's guess."""
    about = subject(seen("http://site.example:8080/a", page=PAGE))

    assert list(questions(case(about), terms())) == []
