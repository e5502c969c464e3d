"""Pages of videos: removed ones answer 200 as well."""

from __future__ import annotations

import pytest

from crawler.health.questions import questions
from crawler.health.video import PROVIDERS, oembed_of
from crawler.model import Observation, Purpose, Want
from tests.health.pages import evidence, html, seen, verdict

WATCH = "https://www.youtube.com/watch?v=abcdefghijk"
SHELL = html(title=" - YouTube")
VIDEO = html(title="Fog signals - YouTube", head='<meta property="og:title" content="Fog signals">')


def told(status: int, url: str = WATCH) -> Observation:
    """What the provider says."""
    return seen("", url=oembed_of(url) or "", status=status, purpose=Purpose.OEMBED)


def test_a_page_that_names_its_video_is_believed() -> None:
    """Nothing more is asked."""
    assert verdict(seen(VIDEO, url=WATCH)).code == "ok"
    assert questions(evidence(seen(VIDEO, url=WATCH)), seed="1") == ()


def test_a_page_that_names_none_is_asked_about_once() -> None:
    """At the provider, and of the answer no more than its status is read."""
    (question,) = questions(evidence(seen(SHELL, url=WATCH)), seed="1")

    assert question.about == WATCH
    request = question.request
    assert (request.want, request.purpose) == (Want.STATUS, Purpose.OEMBED)
    assert request.url == (
        "https://www.youtube.com/oembed?format=json&url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3Dabcdefghijk"
    )
    assert questions(evidence(seen(SHELL, url=WATCH), told(500)), seed="1") == ()


@pytest.mark.parametrize(
    ("status", "code", "rule"),
    [
        (404, "soft_404", "video_removed"),
        (401, "auth_required", "video_private"),
        (403, "auth_required", "video_private"),
        (429, "blocked", "video_without_name"),
        (400, "blocked", "video_without_name"),
        (500, "blocked", "video_without_name"),
        (200, "ok", "answered"),
    ],
)
def test_the_provider_tells(status: int, code: str, rule: str) -> None:
    """What it does not tell is not known; a player that names nothing is fine if the video is there."""
    found = verdict(seen(SHELL, url=WATCH), told(status))

    assert (found.code, found.rule) == (code, rule)


def test_nothing_is_known_before_the_provider_is_asked() -> None:
    """A shell is what everybody gets who looks like a program."""
    assert verdict(seen(SHELL, url=WATCH)).code == "blocked"


@pytest.mark.parametrize(
    "url",
    [
        "https://youtu.be/abcdefghijk",
        "https://m.youtube.com/watch?app=desktop&v=abcdefghijk&t=3s",
        "https://www.youtube.com/shorts/abcdefghijk",
        "https://www.youtube.com/embed/abcdefghijk?rel=0",
        "https://vimeo.com/123456789",
        "https://player.vimeo.com/video/123456789",
    ],
)
def test_pages_of_videos_are_known(url: str) -> None:
    """By the rows of the table."""
    assert oembed_of(url) is not None


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/",
        "https://www.youtube.com/channel/UCabcdefghijk",
        "https://www.youtube.com/playlist?list=PLabcdefghijk",
        "https://vimeo.com/about",
        "https://notyoutube.com/watch?v=abcdefghijk",
        "https://www.youtube.com.evil.example/watch?v=abcdefghijk",
        "https://a.example/?u=https://www.youtube.com/watch?v=abcdefghijk",
    ],
)
def test_other_pages_are_none(url: str) -> None:
    """Nobody is asked about them."""
    assert oembed_of(url) is None


def test_a_wall_before_the_page_is_a_wall() -> None:
    """Whatever the provider says: it was never reached."""
    walled = seen(SHELL, url=WATCH, headers={"cf-mitigated": "challenge"})

    assert verdict(walled, told(404)).rule == "block_header"
    assert questions(evidence(walled), seed="1") == ()


def test_every_provider_says_where_it_is_written_down() -> None:
    """With the month."""
    assert all(one.source.startswith("https://") and one.date for one in PROVIDERS)
