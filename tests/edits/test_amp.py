"""AMP that was dropped or changed."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.edits.case import Case, Subject
from crawler.edits.questions import questions
from crawler.metadata.amp import cache_url
from crawler.model import Code, Disposition, Kind, Page, Purpose, Repair
from tests.edits.cases import OLD, case, news, proposed, seen, subject, terms

AMP = "https://site.example/amp/harbour-opens"
CACHED = cache_url(AMP)


def amp(code: Code, rule: str, *answers: Any) -> Subject:
    """The card's AMP page, judged alike twice."""
    return subject(seen(AMP), code, rule=rule, kind=Kind.AMP, code_before=code, answers=answers)


def copy(code: Code) -> Subject:
    """Its copy in the cache."""
    return subject(seen(CACHED), code, kind=Kind.AMP_CACHE, code_before=code)


def page(amphtml: str | None = None) -> Subject:
    """The card's page."""
    return subject(seen(OLD, page=Page(title="T", amphtml=amphtml)))


def fields(about: Subject, beside: Subject) -> tuple[Case, Case]:
    """Both AMP fields of a card."""
    return (
        case(about, field="ampWebUrl", kind=Kind.AMP, page=beside),
        case(copy(about.code), field="cdnAmpWebUrl", kind=Kind.AMP_CACHE, page=beside, amp=about),
    )


@pytest.mark.parametrize(
    ("rule", "disposition"),
    [
        ("amp_gone", Disposition.SAFE),
        ("amp_leads_to_page", Disposition.SAFE),
        ("amp_not_declared", Disposition.REVIEW),
        ("amp_not_marked", Disposition.REVIEW),
    ],
)
def test_dropped_amp_is_removed_from_both_fields(rule: str, disposition: Disposition) -> None:
    """Safe where nothing but the page is left; for review where an AMP page may still stand."""
    for one in fields(amp(Code.AMP_DROPPED, rule), page()):
        (found,) = proposed(one).values()

        assert (found.new, found.kind, found.disposition) == (None, Repair.AMP, disposition)
        assert found.waits_until is None


def test_an_amp_address_that_is_the_page_itself_is_removed() -> None:
    """The page is no AMP page, so neither is the copy of it."""
    about = subject(seen(OLD, page=Page(title="T")), code_before=Code.AMP_DROPPED)
    one = case(about, field="ampWebUrl", kind=Kind.AMP, verdict=Code.AMP_DROPPED, page=about)
    two = case(copy(Code.AMP_DROPPED), field="cdnAmpWebUrl", kind=Kind.AMP_CACHE, page=about, amp=about)

    assert {**news(one), **news(two)} == {"ampWebUrl": None, "cdnAmpWebUrl": None}
    assert proposed(one)["ampWebUrl"].disposition is Disposition.SAFE


def test_dropped_amp_waits_for_a_second_run() -> None:
    """What is seen for the first time may be a mistake of the publisher's."""
    about = subject(seen(AMP), Code.AMP_DROPPED, rule="amp_gone", kind=Kind.AMP, code_before=Code.OK)
    one = case(about, field="ampWebUrl", kind=Kind.AMP, page=page())

    assert proposed(one)["ampWebUrl"].waits_until is not None


def test_another_amp_page_is_taken_over_once_it_is_known_to_be_one() -> None:
    """The new one is asked first; the cache's address follows; both for review."""
    new = "https://site.example/harbour-opens/amp"
    answer = seen(new, page=Page(is_amp=True), purpose=Purpose.CANDIDATE)
    asked, _ = fields(amp(Code.AMP_MISMATCH, "amp_declared_elsewhere"), page(new))
    one, two = fields(amp(Code.AMP_MISMATCH, "amp_declared_elsewhere", answer), page(new))

    assert [question.request.url for question in questions(asked, terms())] == [new]
    assert news(asked) == {}
    assert news(one) == {"ampWebUrl": new}
    assert news(two) == {"cdnAmpWebUrl": cache_url(new)}
    assert proposed(two)["cdnAmpWebUrl"].disposition is Disposition.REVIEW


@pytest.mark.parametrize("rule", ["amp_gone", "amp_leads_to_page"])
def test_an_amp_page_that_has_moved_is_not_taken_for_dropped(rule: str) -> None:
    """Where the page declares another one, that is asked first; it is taken over, or both fields go, after review."""
    new = "https://site.example/harbour-opens/amp"
    sound = seen(new, page=Page(is_amp=True), purpose=Purpose.CANDIDATE)
    none = seen(new, status=404, purpose=Purpose.CANDIDATE)
    asked, copied = fields(amp(Code.AMP_DROPPED, rule), page(new))
    taken = fields(amp(Code.AMP_DROPPED, rule, sound), page(new))
    gone = fields(amp(Code.AMP_DROPPED, rule, none), page(new))

    assert [question.request.url for question in questions(asked, terms())] == [new]
    assert {**news(asked), **news(copied)} == {}
    assert {**news(taken[0]), **news(taken[1])} == {"ampWebUrl": new, "cdnAmpWebUrl": cache_url(new)}
    assert {**news(gone[0]), **news(gone[1])} == {"ampWebUrl": None, "cdnAmpWebUrl": None}
    assert {found.disposition for one in (*taken, *gone) for found in proposed(one).values()} == {Disposition.REVIEW}


def test_a_copy_s_address_follows_from_the_amp_page() -> None:
    """A cdnAmpWebUrl that belongs to another page is set right."""
    about = subject(seen("https://cdn.example/x"), Code.AMP_MISMATCH, kind=Kind.AMP_CACHE)
    one = case(about, field="cdnAmpWebUrl", kind=Kind.AMP_CACHE, page=page(AMP), amp=subject(seen(AMP), kind=Kind.AMP))

    assert news(one) == {"cdnAmpWebUrl": CACHED}
