"""Pages of videos, which answer 200 for removed ones too: the provider's oEmbed tells whether there is a video.

A page that names its video (og:title) is believed. One that does not is a shell, an error page or a wall, and what
it says differs from day to day; so the provider is asked once, by the interface that it made for programs
(https://oembed.com, 2.3.4: 404 for what is not there, 401 for what is private).
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from urllib.parse import quote

from crawler.health.evidence import Evidence, Fact, Rule, once
from crawler.health.words import RECENT
from crawler.model import Answered, Code, Kind, Record
from crawler.urls import host_of


class Provider(Record, frozen=True, dict=True, gc=True):
    """One provider of videos with an oEmbed interface that needs no key."""

    name: str
    pattern: str
    """A regular expression for the whole address of a page that shows one video."""
    endpoint: str
    """The interface's address, to which the page's is added."""
    source: str
    date: str
    """When the source was read: year and month."""

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The pattern, compiled when it is first used."""
        return re.compile(self.pattern, re.IGNORECASE)


PROVIDERS: tuple[Provider, ...] = (
    Provider(
        name="YouTube",
        pattern=r"https?://(?:(?:www\.|m\.|music\.)?youtube(?:-nocookie)?\.com/"
        r"(?:watch\?(?:\S*&)?v=|shorts/|embed/|live/|v/)|youtu\.be/)[\w-]{6,}\S*",
        endpoint="https://www.youtube.com/oembed?format=json&url=",
        source="https://oembed.com/providers.json",
        date="2026-11",
    ),
    Provider(
        name="Vimeo",
        pattern=r"https?://(?:(?:www\.)?vimeo\.com/(?:channels/[\w-]+/|groups/[\w-]+/videos/)?|player\.vimeo\.com/video/)"
        r"\d+\S*",
        endpoint="https://vimeo.com/api/oembed.json?url=",
        source="https://developer.vimeo.com/api/oembed/videos",
        date="2026-11",
    ),
)
"""Whom to ask about a video."""

_NAMING = re.compile(r"og:title|twitter:title|JSON-LD")
"""Rules that find the title where a page names what it shows; a `<title>` alone may be the site's."""
_LOOSE = "h1 like og:title or <title>"
PRIVATE = (401, 403)
MISSING = 404


@lru_cache(maxsize=RECENT)
def oembed_of(url: str) -> str | None:
    """Where to ask about the video at `url`, or None if it is no page of a video."""
    for provider in PROVIDERS:
        if provider.regex.fullmatch(url):
            return provider.endpoint + quote(url, safe="")
    return None


@once
def _silent(evidence: Evidence) -> str | None:
    """The host of a video's page that answers and does not name the video."""
    answered, observation = evidence.answered, evidence.observation
    if answered is None or observation is None or evidence.link.kind is not Kind.PAGE:
        return None
    if not 200 <= answered.status <= 299 or oembed_of(answered.url) is None:
        return None
    named = observation.page is not None and any(
        field == "title" and rule != _LOOSE and _NAMING.search(rule) for field, rule in observation.page.rules
    )
    return None if named else host_of(answered.url)


def _told(evidence: Evidence) -> tuple[str, int] | None:
    """(host of the page, status with which the provider answered about it)."""
    host, told = _silent(evidence), evidence.oembed
    if host is None or told is None or not isinstance(told.outcome, Answered):
        return None
    return host, told.outcome.status


def _removed(evidence: Evidence) -> str | None:
    told = _told(evidence)
    if told is None or told[1] != MISSING:
        return None
    return f"the page answers, but {told[0]} says that there is no such video (oEmbed answers 404)"


def _private(evidence: Evidence) -> str | None:
    told = _told(evidence)
    if told is None or told[1] not in PRIVATE:
        return None
    return f"{told[0]} shows the video to some only (oEmbed answers {told[1]})"


def _there(evidence: Evidence) -> bool:
    """Players for embedding name nothing, and are fine all the same."""
    told = _told(evidence)
    return told is not None and 200 <= told[1] <= 299


def _unknown(evidence: Evidence) -> str | None:
    host, told = _silent(evidence), evidence.oembed
    if host is None or _there(evidence):
        return None
    if told is None:
        return f"{host} answers with a page that names no video, so nothing is known of it"
    answer = told.outcome.status if isinstance(told.outcome, Answered) else told.outcome.kind
    return f"{host} answers with a page that names no video, and its oEmbed does not tell ({answer})"


SILENT = "video_without_name"
"""The rule that holds until the provider has been asked."""
RULES: tuple[Rule, ...] = (
    Rule(name="video_removed", code=Code.SOFT_404, confidence=0.95, test=_removed, needs=Fact.ANSWERED),
    Rule(name="video_private", code=Code.AUTH_REQUIRED, confidence=0.0, test=_private, needs=Fact.ANSWERED),
    Rule(name=SILENT, code=Code.BLOCKED, confidence=0.0, test=_unknown, needs=Fact.ANSWERED),
)
