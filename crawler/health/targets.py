"""Where a redirect ended in, what it kept of the page that was asked for out; and rules for ends that are no heir."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from urllib.parse import parse_qsl

from publicsuffixlist import PublicSuffixList

from crawler.health.evidence import Evidence, Fact, Rule, once
from crawler.health.phrases import says_not_found
from crawler.health.sight import Sight, quoted, sight_of
from crawler.health.words import RECENT, fold, likeness
from crawler.model import Code, Record
from crawler.urls import address_of, canonical, host_of, path_and_query, split

LONG_WORD = 4
"""Letters from which on a word of an address says what the page is about."""
SAME_TITLE = 0.6
"""Likeness of titles from which on a page is the same."""
SAME_FRONT_TITLE = 0.9
"""The same for front pages, whose titles are the site's name and share words with much."""

SHORTENERS = frozenset({
    "aka.ms", "amzn.to", "bit.ly", "buff.ly", "cutt.ly", "dlvr.it", "fb.me", "feeds.feedburner.com", "go.microsoft.com",
    "goo.gl", "hubs.la", "hubs.li", "hubs.ly", "ift.tt", "is.gd", "j.mp", "link.medium.com", "lnkd.in", "msft.it",
    "ow.ly", "rb.gy", "rebrand.ly", "s.id", "shorturl.at", "spr.ly", "t.co", "t.ly", "tiny.cc", "tinyurl.com",
    "trib.al", "v.gd", "wp.me", "youtu.be",
})  # fmt: skip
"""Hosts that only ever redirect, each address to a place of its own; the services' own names, 2026-11."""

_FRONT = re.compile(
    r"^/?(?:[a-z]{2}(?:[-_][a-z]{2,4})?/?)?"
    r"(?:(?:index|home|default|main|start|welcome)(?:\.(?:html?|php|aspx?|jsp|cfm))?/?)?$"
)
"""A site's front page, alone or in one language."""
_ERROR = re.compile(
    r"/(?:(?:error|err|http)?[-_]?404(?:[-_](?:error|not-?found|page))?"
    r"|(?:page|file|error|object|resource)?[-_]?not[-_]?found(?:[-_]?page)?"
    r"|errors?|oops|err(?:or)?[-_]?page|page[-_]?(?:missing|removed|gone|unavailable)"
    r"|paginaindisponivel|pagina-no-encontrada)"
    r"(?:\.(?:html?|php|aspx?|jsp|cfm))?/?$"
)
"""Paths of error pages (the first four are DeadlinkChecker's)."""
_GENERIC_STEP = re.compile(r"(?:amp|index|default|print|feed|home)(?:\.[a-z]{2,5})?$")
_NAMES_A_PAGE = re.compile(r"(?:^|&)(?:p|id|page_id|post|article|v|q|s)=")
_WAY_BACK = re.compile(
    r"(?:return|redirect|callback|origin(?:al)?|back|forward|next|r|ru|dest(?:ination)?)[-_]?(?:url|uri|to|path|page)?"
    r"|continue|goto|target|service|relaystate|wreply|came_from|done|after|url|uri"
)
"""Parameters in which a login, a consent wall or an age gate is told where to go on to."""
_WORD = re.compile(r"[^\W\d_]+|\d+")


class Landing(Record, frozen=True):
    """The end of a redirect."""

    url: str
    same_site: bool
    """It ended under the registrable domain that was asked."""
    slug_kept: bool
    """Half of the telling words of the old address stand in the new one or in the new page's title."""
    title_likeness: float
    """How alike its title is to what the cards call the page, 0 to 1."""


@once
def landing(evidence: Evidence) -> Landing | None:
    """Where a redirected link ended; None if it was not redirected, or not to an answer."""
    sight = evidence.sight
    if sight is None or not sight.redirected:
        return None
    return Landing(
        url=sight.end,
        same_site=registrable(evidence.link.url) == registrable(sight.end),
        slug_kept=keeps_slug(evidence.link.url, sight),
        title_likeness=title_likeness(evidence),
    )


def registrable(url: str) -> str:
    """What somebody registered: `bbc.co.uk` for `https://www.bbc.co.uk/news`; the host itself where nobody can tell."""
    return site_of(host_of(url))


@lru_cache(maxsize=4_096)
def site_of(host: str) -> str:
    """What somebody registered, of a host: `bbc.co.uk` for `www.bbc.co.uk`."""
    return host if address_of(host) else str(_suffixes().privatesuffix(host) or host)


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@once
def title_likeness(evidence: Evidence) -> float:
    """How alike the title of the page that answered is to what the cards call it, 0 to 1."""
    observation = evidence.observation
    if observation is None or observation.features is None:
        return 0.0
    own = (observation.page.title if observation.page else None, observation.features.heading, *observation.features.h1)
    return max((likeness(one, title) for one in own if one for title in evidence.titles), default=0.0)


@lru_cache(maxsize=RECENT)
def slug(url: str) -> frozenset[str]:
    """The telling words and numbers of an address's last step: `/2021/05/how-teams-build` -> how teams build.

    Words of the host tell nothing: whatever the site shows has them.
    """
    parts = split(url)
    steps = [step for step in parts.path.split("/") if step and not _GENERIC_STEP.match(step.lower())]
    last = re.sub(r"\.[a-z]{2,5}$", "", steps[-1].lower()) if steps else ""
    found = frozenset(_WORD.findall(fold(f"{last} {parts.query}"))) - frozenset(_WORD.findall(fold(parts.netloc)))
    return frozenset(word for word in found if len(word) >= LONG_WORD or word.isdigit()) or found


def keeps_slug(url: str, sight: Sight) -> bool:
    """Whether the final address and the final page's title have half of the telling words of the address asked.

    One word in common proves nothing: the section, or the name of a product, stays where the page does not. An address
    that says less than the one asked and nothing else is such a section, whatever share of the words that is, unless
    all that it lacks are parameters that name no page. A query may just repeat what was asked, so it does not count.
    """
    told = slug(url)
    parts = split(sight.end)
    kept = told.intersection(_WORD.findall(fold(f"{parts.netloc} {parts.path} {sight.features.heading}")))
    if kept == told:
        return bool(told)
    steps = set(_WORD.findall(fold(parts.path)))
    is_section = bool(steps) and steps <= set(_WORD.findall(fold(split(url).path)))
    if is_section and slug(url.partition("?")[0]) <= kept:  # what is lost are words of the query
        is_section = _NAMES_A_PAGE.search(split(url).query.lower()) is not None or any(map(str.isdigit, told - kept))
    return bool(kept) and 2 * len(kept) >= len(told) and (not is_section or any(map(str.isdigit, kept)))


@once
def sends_back(evidence: Evidence) -> bool:
    """Whether the address at which a redirect ended names the one that was asked as where to go on to."""
    sight = evidence.sight
    if sight is None or not sight.redirected or "=" not in sight.address[2]:
        return False
    asked = {split(url).path.rstrip("/") for url in (evidence.link.url, *(hop.url for hop in sight.observation.hops))}
    asked -= {"", split(sight.end).path.rstrip("/")}
    return any(
        _WAY_BACK.fullmatch(name.lower()) and _path(value, sight.end) in asked
        for name, value in parse_qsl(split(sight.end).query)
    )


def _path(written: str, base: str) -> str:
    """The path of what a parameter names, without its closing slash; empty for what is no address."""
    try:
        return split(canonical(written, base)).path.rstrip("/")
    except ValueError:
        return ""


def shortened(url: str) -> bool:
    """Whether an address is a shortener's, whose redirects lead to front pages as well as to any other."""
    return host_of(url) in SHORTENERS


def ended_at(url: str) -> str:
    """A final address as fan-in is counted: without its query and closing slash."""
    return url.split("?", 1)[0].rstrip("/")


@lru_cache(maxsize=RECENT)
def is_front(url: str) -> bool:
    """Whether an address is a site's front page, perhaps in one language."""
    path, query = path_and_query(url)
    return not _NAMES_A_PAGE.search(query.lower()) and _FRONT.match(path.lower()) is not None


def _error_path(evidence: Evidence) -> str | None:
    where = landing(evidence)
    if where is None or not _ERROR.search(split(where.url).path.lower()):
        return None
    if _ERROR.search(split(evidence.link.url).path.lower()):
        return None
    return f"redirects to an error page, {quoted(where.url, 100)}"


def _asks_first(evidence: Evidence) -> str | None:
    where, sight = landing(evidence), evidence.sight
    if where is None or sight is None or not sight.small or is_front(where.url) or not sends_back(evidence):
        return None
    if any(says_not_found(text) for text in (sight.title, *sight.segments, *sight.h1)):
        return None
    asked = host_of(evidence.link.url)
    return f"{asked} asks its visitors something first and sends them on afterwards, at {quoted(where.url, 100)}"


def _front(evidence: Evidence) -> str | None:
    where = landing(evidence)
    if where is None or not is_front(where.url) or is_front(evidence.link.url):
        return None
    if where.title_likeness >= SAME_FRONT_TITLE or shortened(evidence.link.url):
        return None
    if not where.same_site and where.slug_kept:  # a product that has moved to a domain of its own name
        return None
    return f"redirects from a page of its own to a front page, {quoted(where.url, 100)}"


def _fan_in(evidence: Evidence) -> str | None:
    where, host = landing(evidence), host_of(evidence.link.url)
    if where is None or where.slug_kept or (host, ended_at(where.url)) not in evidence.tally.fan_in:
        return None
    if where.title_likeness >= SAME_TITLE:
        return None
    return f"redirects to {quoted(where.url, 100)}, as other pages of {host} do"


def _as_made_up(evidence: Evidence) -> str | None:
    where, sibling = landing(evidence), sight_of(evidence.sibling)
    if where is None or sibling is None or not sibling.redirected or ended_at(sibling.end) != ended_at(where.url):
        return None
    if where.title_likeness >= SAME_TITLE or shortened(evidence.link.url):
        return None
    made_up = quoted(sibling.observation.url, 100)
    return f"redirects to {quoted(where.url, 100)}, as an address does that was made up ({made_up})"


def _folder_above(evidence: Evidence) -> str | None:
    """Without titles on the cards nobody can tell such an end from a guide whose pages were put together."""
    where = landing(evidence)
    if where is None or not where.same_site or where.slug_kept or not evidence.titles:
        return None
    if where.title_likeness >= SAME_TITLE or not _above(split(where.url).path, split(evidence.link.url).path):
        return None
    return f"redirects to {quoted(where.url, 100)}, the folder in which it stood, whose title is another"


def _above(folder: str, path: str) -> bool:
    steps = [step for step in folder.lower().split("/") if step]
    return bool(steps) and steps == [step for step in path.lower().split("/") if step][:-1][: len(steps)]


RULES: tuple[Rule, ...] = (
    Rule(name="error_path", code=Code.REDIRECT_GENERIC, confidence=0.8, test=_error_path, needs=Fact.REDIRECTED),
    Rule(name="asks_first", code=Code.CONSENT_WALL, confidence=0.0, test=_asks_first, needs=Fact.REDIRECTED),
    Rule(name="front_page", code=Code.REDIRECT_GENERIC, confidence=0.8, test=_front, needs=Fact.REDIRECTED),
    Rule(name="fan_in", code=Code.REDIRECT_GENERIC, confidence=0.8, test=_fan_in, needs=Fact.REDIRECTED),
    Rule(
        name="sibling_redirects_alike",
        code=Code.REDIRECT_GENERIC,
        confidence=0.9,
        test=_as_made_up,
        needs=Fact.REDIRECTED,
    ),
    Rule(name="folder_above", code=Code.REDIRECT_GENERIC, confidence=0.7, test=_folder_above, needs=Fact.REDIRECTED),
)
