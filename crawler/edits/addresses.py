"""Two addresses in, what sets them apart out; and an address without the parameters that only count its visitors."""

from __future__ import annotations

import re
from urllib.parse import unquote

from crawler.urls import host_of, split

TRACKING: tuple[tuple[str, str], ...] = (
    (r"utm_\w+", ""),  # Google Analytics, "Collect campaign data with custom URLs"
    (r"(?:fb|g|dc|ms|y|tt|tw|wbra|gbra)clid|gclsrc", ""),  # click numbers of advertisers
    (r"mc_[ce]id", ""),  # Mailchimp
    (r"_hs(?:enc|mi)|__hs(?:tc|sc|fp)", ""),  # HubSpot
    (r"mkt_tok", ""),  # Marketo
    (r"igshid|igsh", ""),  # Instagram
    (r"wt\.mc_id|cid|ocid|icid", "microsoft.com"),  # Microsoft's campaigns
    (r"at_(?:campaign|medium|custom\d|link_\w+|bbc_team|format|ptr_name)", "bbc.com"),
)
"""(names of parameters, the domain on which they mean this; empty for any), 2026-11."""

_SESSION = re.compile(
    r"(?:^|[&;])(?:jsessionid|phpsessid|aspsessionid\w*|sessionid|session_id|sid)=|;jsessionid=", re.IGNORECASE
)
_LOCALE = re.compile(r"[a-z]{2}(?:[-_](?:[a-z]{2}|[a-z]{4}|\d{3}))?", re.IGNORECASE)
"""A path's step that names a language, and perhaps a country (BCP 47)."""


def without_tracking(url: str) -> str:
    """`url` without tracking parameters; all else keeps its bytes."""
    head, hash_, fragment = url.partition("#")
    path, mark, query = head.partition("?")
    if not mark:
        return url
    host = host_of(url)
    kept = [part for part in query.split("&") if not _tracks(part.partition("=")[0], host)]
    return path + ("?" + "&".join(kept) if kept else "") + hash_ + fragment


def _tracks(name: str, host: str) -> bool:
    return any(
        re.fullmatch(names, name, re.IGNORECASE) and (not domain or host == domain or host.endswith("." + domain))
        for names, domain in TRACKING
    )


def holds_session(url: str) -> bool:
    """Whether an address carries the number of one visit."""
    parts = split(url)
    return bool(_SESSION.search(parts.query) or _SESSION.search(parts.path))


def picks_language(old: str, new: str) -> bool:
    """Whether the only change of the path is a language that was put in, or swapped: the asker's, not the author's."""
    before, after = _steps(old), _steps(new)
    return before != after and _without_locale(before) == _without_locale(after)


def _steps(url: str) -> list[str]:
    return [unquote(step).lower() for step in split(url).path.split("/") if step]


def _without_locale(steps: list[str]) -> list[str]:
    return [step for number, step in enumerate(steps) if number > 1 or not _LOCALE.fullmatch(step)]


def same_spelled_otherwise(old: str, new: str) -> bool:
    """Whether two addresses differ in their percent-encoding only, which is the author's choice."""
    return unquote(old) == unquote(new)


def secured(url: str) -> str | None:
    """The https address beside an http one; None where the port is written, which serves either."""
    if url[:7].lower() != "http://" or split(url).port is not None:
        return None
    return f"https://{url[7:]}"


def with_fragment(url: str, written: str) -> str:
    """`url` with the fragment of what was written, as redirects hand it on (RFC 9110, 10.2.2)."""
    _, hash_, fragment = written.partition("#")
    return url if "#" in url or not hash_ else f"{url}#{fragment}"
