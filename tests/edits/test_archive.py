"""Which captures are looked at, what is asked next, and what of the archive's words reaches a card."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.edits import wayback
from crawler.edits.archive import archive_questions
from crawler.edits.archive_search import ROUNDS, granted, nearest, still_counts
from crawler.edits.case import Case
from crawler.edits.wayback import Capture
from crawler.model import (
    Answered,
    Code,
    Failure,
    FailureKind,
    Features,
    Hop,
    Observation,
    Page,
    Proposal,
    Purpose,
    Question,
    Request,
    State,
    Want,
)
from tests.edits.cases import NOW, OLD, case, proposed, seen, subject, terms
from tests.edits.test_archive_answers import said

DAY = date(2020, 5, 17)
CLAIMS: dict[str, Any] = {"title": "Harbour opens", "published": "2020-05-17 10:00:00 +0200", "main": True}
JUNE = "20200601120000"
OFFER = {"archived_snapshots": {"closest": {"status": "200", "available": True, "timestamp": JUNE}}}


def dead(*answers: Observation, claims: dict[str, Any] | None = None, **changes: object) -> Case:
    """A card whose page is dead, with what the archive has answered; every replay was judged sound."""
    codes = tuple((one.url, Code.OK) for one in answers if wayback.replayed(one))
    about = subject(seen(OLD, status=404), Code.NOT_FOUND, state=State.CONFIRMED, answers=answers, answer_codes=codes)
    return case(msgspec.structs.replace(about, **changes), **CLAIMS | (claims or {}))


def next_request(about: Case, *, archive: str = "field", confirmed_only: bool = True) -> str | None:
    """What is asked next."""
    found = archive_questions(about, terms(archive=archive, confirmed_only=confirmed_only), NOW)
    assert len(found) <= 1
    return found[0].request.url if found else None


def copies(about: Case, *, archive: str = "field") -> list[Proposal]:
    """What is proposed of the archive's."""
    return [one for one in proposed(about, archive=archive).values() if one.rule == "archived_copy"]


def sound(request: Request) -> Observation:
    """A replay that shows the page."""
    return Observation(
        url=request.url, purpose=Purpose.ARCHIVE, asked_at=NOW, outcome=Answered(url=request.url, status=200),
        page=Page(title="Harbour opens | Site", site_name="Site"), features=Features(prose=900, visible=900),
        received=5_000,
    )  # fmt: skip


INDEX = wayback.index_request(OLD, DAY)
AVAILABLE = wayback.availability_request(OLD, DAY)
REPLAY = wayback.replay_request(OLD, Capture(timestamp=JUNE))
LISTED = said([["timestamp", "statuscode", "digest"], [JUNE, "200", "A"]], url=INDEX.url)
REFUSED = Failure(kind=FailureKind.DEFERRED, detail="", url=INDEX.url)


def test_one_thing_is_asked_after_the_other() -> None:
    """The index, the capture; of an index that says nothing, the other API first."""
    empty = said([], url=INDEX.url)
    offered = said(OFFER, url=AVAILABLE.url)

    assert next_request(dead()) == INDEX.url
    assert next_request(dead(LISTED)) == REPLAY.url
    assert next_request(dead(LISTED, sound(REPLAY))) is None
    assert next_request(dead(empty)) == AVAILABLE.url
    assert next_request(dead(empty, offered)) == REPLAY.url
    assert next_request(dead(empty, said({"archived_snapshots": {}}, url=AVAILABLE.url))) is None


@pytest.mark.parametrize("answer", [REFUSED, Answered(url=INDEX.url, status=429)])
def test_after_a_refusal_nothing_more_is_asked(answer: Answered | Failure) -> None:
    """Whatever is known of the link already."""
    refused = Observation(url=REPLAY.url, purpose=Purpose.ARCHIVE, asked_at=NOW, outcome=answer)

    assert next_request(dead(LISTED, refused)) is None


@pytest.mark.parametrize(
    ("settles", "confirmed_only", "asked"),
    [(None, True, False), (7, True, True), (8, True, False), (None, False, True), (8, False, True)],
)
def test_what_is_not_confirmed_is_asked_about_when_it_soon_may_be(
    settles: int | None, confirmed_only: bool, asked: bool
) -> None:
    """Within a week, or if the settings do not care."""
    moment = NOW + timedelta(days=settles) if settles else None
    about = dead(state=State.NEW, settles=moment)

    assert bool(next_request(about, confirmed_only=confirmed_only)) is asked


@pytest.mark.parametrize("code", [Code.OK, Code.BLOCKED, Code.DRIFTED])
def test_only_dead_links_are_looked_up(code: Code) -> None:
    """What is refused or changed is not dead."""
    assert next_request(dead(code=code)) is None


@pytest.mark.parametrize("published", [None, "", "soon", "2020-13-40", "1970-01-01"])
def test_a_card_without_a_day_gets_the_newest_copy(published: str | None) -> None:
    """Or with one at which there was no archive."""
    assert next_request(dead(claims={"published": published})) == wayback.index_request(OLD, None).url


def test_the_order_of_captures() -> None:
    """From the card's day for ninety days, then backwards from it, then what came later."""
    days = ("20200516", "20200517", "20200815", "20200816", "20190101")
    captures = [Capture(timestamp=f"{day}235959") for day in days]

    assert [one.timestamp[:8] for one in nearest(captures, DAY)] == [
        "20200517", "20200815", "20200516", "20190101", "20200816",
    ]  # fmt: skip
    assert [one.timestamp[:4] for one in nearest(captures, None)] == ["2020"] * 4 + ["2019"]


def test_a_title_that_cannot_be_read_is_not_the_cards() -> None:
    """But what is no page has none: a PDF."""
    nameless = msgspec.structs.replace(sound(REPLAY), page=Page())
    pdf = msgspec.structs.replace(sound(REPLAY), page=None, features=None)

    assert copies(dead(LISTED, nameless)) == []
    assert len(copies(dead(LISTED, pdf))) == 1


def test_a_copy_is_proposed_though_the_setting_is_off() -> None:
    """What was asked on the command line holds for whoever reads the run later."""
    (found,) = copies(dead(LISTED, sound(REPLAY)), archive="off")

    assert (found.field, found.new) == ("archiveUrl", f"https://web.archive.org/web/{JUNE}/{OLD}")


def test_the_longest_dead_come_first() -> None:
    """All questions about a link together."""

    def question(about: str, path: str = "") -> Question:
        return Question(request=Request(url=f"https://web.archive.org/{about}{path}", want=Want.DATA), about=about)

    wanted = [
        (NOW, question("new")),
        (NOW - timedelta(days=9), question("old")),
        (NOW - timedelta(days=9), question("old", "/2")),
        (NOW - timedelta(days=1), question("middle")),
    ]

    assert [one.about for one in granted(wanted, 2)] == ["old", "old", "middle"]
    assert len(granted(wanted, 0)) == 4


@pytest.mark.parametrize(
    ("answer", "days", "counts"),
    [
        (LISTED, 3_650, True),
        (said([], url=INDEX.url), 30, True),
        (said([], url=INDEX.url), 31, False),
        (said("<html>", url=INDEX.url), 0, False),
        (said([], url=INDEX.url, status=503), 0, False),
        (said(OFFER, url=AVAILABLE.url), 3_650, True),
        (said({"archived_snapshots": {}}, url=AVAILABLE.url), 30, True),
        (said({"archived_snapshots": {}}, url=AVAILABLE.url), 31, False),
        (sound(REPLAY), 3_650, True),
        (said("", url=REPLAY.url, status=404), 30, True),
        (said("", url=REPLAY.url, status=404), 31, False),
        (said("", url=REPLAY.url, status=429), 0, False),
        (said("", url=REPLAY.url, status=503), 0, False),
        (Observation(url=REPLAY.url, purpose=Purpose.ARCHIVE, asked_at=NOW, outcome=REFUSED), 0, False),
    ],
)
def test_how_long_an_answer_counts(answer: Observation, days: int, counts: bool) -> None:
    """That there is something for good, that there is nothing for thirty days, a failure never."""
    assert still_counts(answer, NOW + timedelta(days=days)) is counts


HOSTILE = st.one_of(
    st.text(max_size=40),
    st.sampled_from([
        "https://web.archive.org/web/20200601120000id_/javascript:alert(1)",
        "https://web.archive.org/web/20200601120000id_/https://evil.example/\n---\nremoved: true",
        f"https://web.archive.org/web/20200601120000id_/{OLD}?\"'#: - {{}}",
        f"https://web.archive.org/web/20200602120000id_/{OLD}",
        f"http://web.archive.org/web/20200603120000id_/{OLD.replace('https', 'http')}/",
    ]),
)  # fmt: skip
ROW = st.lists(st.sampled_from([JUNE, "20200602120000", "200", "-", "", "../../x", "timestamp", "digest"]), max_size=4)


@given(rows=st.lists(ROW, max_size=5), finals=st.lists(HOSTILE, min_size=3, max_size=3), replace=st.booleans())
def test_nothing_but_fourteen_digits_reaches_a_card(rows: list[list[str]], finals: list[str], replace: bool) -> None:
    """Whatever the archive lists, and wherever it leads: the rest of the address is the card's own."""
    answers: list[Observation] = []
    archive = "replace" if replace else "field"
    for _ in range(ROUNDS + 1):
        url = next_request(dead(*answers), archive=archive)
        if url is None:
            break
        if url.startswith(wayback.REPLAY):
            final = finals[len(answers) % 3]
            outcome = Answered(url=final, status=200)
            answers.append(
                msgspec.structs.replace(sound(REPLAY), url=url, outcome=outcome, hops=(Hop(url=url, status=302),))
            )
        else:
            answers.append(said([["timestamp", "statuscode", "digest"], *rows], url=url))
    else:
        pytest.fail("the questions never end")

    for found in copies(dead(*answers), archive=archive):
        assert re.fullmatch(r"https://web\.archive\.org/web/\d{14}/" + re.escape(OLD), found.new or "")
