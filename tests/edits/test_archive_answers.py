"""What the archive's APIs say, in all the ways they say it, and what is believed of it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.edits import wayback
from crawler.edits.wayback import Capture
from crawler.model import Answered, Failure, FailureKind, Hop, Observation, Purpose
from crawler.urls import split
from tests.edits.cases import NOW

URL = "https://a.example/2020/fog?x=1&y=2"
DAY = date(2020, 5, 17)
WEB = "https://web.archive.org/web/"


def said(body: object, *, url: str = wayback.INDEX, status: int = 200, complete: bool = True) -> Observation:
    """An answer with this body: text as it is, all else as JSON."""
    return Observation(
        url=url,
        purpose=Purpose.ARCHIVE,
        asked_at=NOW,
        outcome=Answered(url=url, status=status),
        sample=body if isinstance(body, str) else json.dumps(body),
        complete=complete,
    )


def shown(final: str, *hops: tuple[str, int], status: int = 200) -> Observation:
    """A replay that ended at `final`."""
    passed = tuple(Hop(url=url, status=code) for url, code in hops)
    return Observation(
        url=hops[0][0] if hops else final,
        purpose=Purpose.ARCHIVE,
        asked_at=NOW,
        outcome=Answered(url=final, status=status),
        hops=passed,
    )


def test_the_index_is_asked_for_sound_captures_nearest_to_the_day() -> None:
    """The address goes as one value, whatever it holds."""
    asked = split(wayback.index_request(URL, DAY).url)

    assert f"{asked.scheme}://{asked.netloc}{asked.path}" == wayback.INDEX
    assert parse_qs(asked.query) == {
        "url": [URL],
        "output": ["json"],
        "fl": ["timestamp,statuscode,digest"],
        "filter": ["statuscode:200"],
        "closest": ["20200517"],
        "sort": ["closest"],
        "limit": ["10"],
    }


def test_without_a_day_the_newest_are_asked_for() -> None:
    """In either API."""
    index = parse_qs(split(wayback.index_request(URL, None).url).query)
    available = parse_qs(split(wayback.availability_request(URL, None).url).query)

    assert (index["limit"], "closest" in index) == (["-10"], False)
    assert available == {"url": [URL]}


def test_rows_are_read_by_the_names_in_the_first() -> None:
    """In whatever order they stand, and whatever else there is."""
    rows = [["statuscode", "original", "timestamp", "digest"], ["200", URL, "20200601120000", "AB"]]

    assert wayback.listed(said(rows)) == (Capture(timestamp="20200601120000", digest="AB"),)


@pytest.mark.parametrize("body", [[], [["timestamp", "statuscode", "digest"]]])
def test_an_empty_list_is_an_answer(body: object) -> None:
    """There is nothing."""
    assert wayback.listed(said(body)) == ()


def test_a_site_that_is_excluded_has_no_captures() -> None:
    """That is an answer too, though it comes as a 403."""
    text = "org.archive.util.io.RuntimeIOException: …AdministrativeAccessControlException: Blocked Site Error"

    assert wayback.listed(said(text, status=403)) == ()
    assert wayback.listed(said("<h1>Forbidden</h1>", status=403)) is None


@pytest.mark.parametrize(
    "answer",
    [
        said("<html><title>504 Gateway Time-out</title></html>"),
        said("[[", complete=True),
        said("[]", complete=False),
        said("[]", status=503),
        said({"error": "x"}),
        said(["timestamp"]),
        said("9" * 10_000),
        said("[" * 16_000),
        said(""),
        Observation(
            url=wayback.INDEX,
            purpose=Purpose.ARCHIVE,
            asked_at=NOW,
            outcome=Failure(kind=FailureKind.TIMEOUT, detail="", url=wayback.INDEX),
        ),
    ],
)
def test_what_is_no_answer_says_nothing(answer: Observation) -> None:
    """HTML under a JSON type, half an answer, an error, or none."""
    assert wayback.listed(answer) is None
    assert wayback.offered(answer) is None


@pytest.mark.parametrize(
    "timestamp",
    ["2020060112", "20201301000000", "20200231000000", "99990101000000", "2020060112000x", "２0200601120000", "",
     20200601120000, "20200601120000/../evil", None],
)  # fmt: skip
def test_a_timestamp_is_fourteen_digits_that_are_a_time(timestamp: object) -> None:
    """Anything else is not read, and so gets no further."""
    closest = {"status": "200", "available": True, "timestamp": timestamp, "url": "javascript:alert(1)"}

    assert wayback.listed(said([["timestamp"], [timestamp]])) == ()
    assert wayback.offered(said({"archived_snapshots": {"closest": closest}})) == ()


def test_rows_of_another_status_are_left_out() -> None:
    """Whatever was asked for."""
    rows = [["timestamp", "statuscode"], ["20200601120000", "301"], ["20200602120000", "-"], ["20200603120000", "200"]]

    assert [one.timestamp for one in wayback.listed(said(rows)) or ()] == ["20200603120000"]


def test_the_other_api_names_one_capture() -> None:
    """Its status is text; its address is not read."""
    closest = {"status": "200", "available": True, "timestamp": "20200601120000", "url": "http://evil.example/"}

    assert wayback.offered(said({"url": URL, "archived_snapshots": {"closest": closest}})) == (
        Capture(timestamp="20200601120000"),
    )


@pytest.mark.parametrize(
    "snapshots", [{}, {"closest": {}}, {"closest": {"status": "404", "available": True, "timestamp": "20200601120000"}}]
)
def test_no_snapshot_is_an_answer(snapshots: object) -> None:
    """So is one of an error."""
    assert wayback.offered(said({"archived_snapshots": snapshots})) == ()


def test_a_replay_is_the_page_at_its_own_address() -> None:
    """With the redirects that were captured; those from one capture to the next are the archive's own."""
    found = wayback.replayed(
        shown(
            f"{WEB}20200603000000id_/https://a.example/new",
            (f"{WEB}20200601000000id_/http://a.example:80/old", 302),
            (f"{WEB}20200602000000id_/http://a.example/old", 301),
        )
    )

    assert found is not None
    capture, page = found
    assert capture.timestamp == "20200603000000"
    assert (page.url, page.outcome.url, page.purpose) == ("http://a.example/old", "https://a.example/new", Purpose.LINK)
    assert page.hops == (Hop(url="http://a.example/old", status=301),)


@pytest.mark.parametrize(
    "final",
    [
        "https://archive.org/account/login",
        "https://web.archive.org/save/https://a.example/",
        "https://web.archive.org.evil.example/web/20200601000000id_/https://a.example/",
        f"{WEB}2020id_/https://a.example/",
        f"{WEB}20200601000000id_/javascript:alert(1)",
        f"{WEB}20200601000000id_/",
    ],
)
def test_what_is_no_replay_shows_nothing(final: str) -> None:
    """A login, a form, another host, half a timestamp, no address of the web."""
    assert wayback.replayed(shown(final)) is None


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://a.example:80/fog", f"{WEB}20200601120000/http://a.example/fog"),
        ("https://a.example:80/fog", f"{WEB}20200601120000/https://a.example:80/fog"),
        ("https://a.example/?u=http://b.example:80/", f"{WEB}20200601120000/https://a.example/?u=http://b.example:80/"),
    ],
)
def test_port_80_is_left_out_of_a_copys_address(url: str, address: str) -> None:
    """Where it is the scheme's own."""
    assert wayback.address_of(url, "20200601120000") == address


@pytest.mark.parametrize("url", ["https://web.archive.org/web/2019/https://a.example/", "https://me:pw@a.example/"])
def test_some_addresses_are_none_of_the_archives_business(url: str) -> None:
    """Its own pages, and passwords."""
    assert not wayback.can_be_looked_up(url)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just("20200601120000"),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["archived_snapshots", "closest", "status", "available", "timestamp", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON, st.sampled_from([200, 403, 429, 503]))
def test_no_answer_does_harm(body: object, status: int) -> None:
    """Whatever JSON comes: captures with a sound timestamp, or nothing."""
    for read in (wayback.listed, wayback.offered):
        for capture in read(said(body, status=status)) or ():
            assert datetime(1000, 1, 1, tzinfo=UTC) <= capture.at
            assert len(capture.timestamp) == 14
