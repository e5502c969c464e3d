"""Two addresses in, what sets them apart out; and an address without the parameters that only count its visitors."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote

from crawler.urls import has_port, host_of, split

TRACKING: tuple[tuple[str, str], ...] = (
    (r"utm_\w+", ""),  # Google Analytics, "Collect campaign data with custom URLs"
    (r"(?:fb|g|d|y|tt|tw)clid|msclkid|[gw]braid|gclsrc", ""),  # click numbers of advertisers
    (r"mc_[ce]id", ""),  # Mailchimp
    (r"_hs(?:enc|mi)|__hs(?:tc|sc|fp)", ""),  # HubSpot
    (r"mkt_tok", ""),  # Marketo
    (r"igshid|igsh", ""),  # Instagram
    (r"wt\.mc_id|cid|ocid|icid", "microsoft.com"),  # Microsoft's campaigns
    (r"at_(?:campaign|medium|custom\d|link_\w+|bbc_team|format|ptr_name)", "bbc.com"),
)
"""(names of parameters, the domain on which they mean this; empty for any), 2026-11."""

ADDRESS = re.compile(r"https?://[^\s\"<>\\^`{|}\x00-\x1f\x7f-\x9f]+", re.IGNORECASE)
"""What may stand in a field that holds an address: http(s), and nothing that RFC 3986 wants escaped but letters."""
LONGEST = 2_000
"""Characters of an address; browsers and servers take more, cards and their readers do not."""

_SESSION = re.compile(
    r"(?:^|[&;])(?:jsessionid|phpsessid|aspsessionid\w*|session_?id|sid|cfid|cftoken|oscsid|zenid)="
    r"|;jsessionid=|/\(S\(\w+\)\)/",  # the last is ASP.NET's, for visitors without cookies
    re.IGNORECASE,
)
_ASKERS = re.compile(r"xtor|(?:access|id|refresh)_token|state", re.IGNORECASE)
"""Names in fragments: AT Internet's count of visitors, and what OAuth hands over (RFC 6749, 4.2.2)."""
_AFTER_LOGIN = "_=_"
"""The fragment that Facebook adds to where a login leads back to."""
_PASSING: tuple[frozenset[str], ...] = (
    frozenset({"x-amz-expires"}),  # Amazon S3, "Authenticating requests: query parameters"
    frozenset({"x-goog-expires"}),  # Google Cloud Storage, "Signed URLs"
    frozenset({"expires", "signature"}),  # both of them before, and CloudFront
    frozenset({"policy", "signature"}),  # CloudFront, custom policy
    frozenset({"se", "sig"}),  # Azure Storage, shared access signatures
    frozenset({"hdnts"}),  # Akamai, token authentication
    frozenset({"hdnea"}),
    frozenset({"oh", "oe"}),  # pictures of Facebook and Instagram
    frozenset({"e", "v", "t"}),  # pictures of LinkedIn
)
"""Parameters of addresses that are signed for a time and answer no more afterwards, 2026-11."""
_SPOKEN = re.compile(r"(?:set_?)?lang(?:uage)?|locale|hl", re.IGNORECASE)
"""Parameters that name a language."""
_FOR_SOME = re.compile(r"[a-z]{2}(?:-[a-z]{2})?|m|mobile|amp|wap|touch", re.IGNORECASE)
"""The first label of hosts for one language, one country or small screens."""
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


def lasts(url: str) -> bool:
    """Whether an address may stand in a card: well written, of bearable length, and the same for all and for ever."""
    if not ADDRESS.fullmatch(url) or len(url) > LONGEST:
        return False
    parts = split(url)
    if "@" in parts.netloc or _SESSION.search(parts.query) or _SESSION.search(parts.path):
        return False
    names = {name.lower() for name, _ in _parameters(url)}
    return not any(signed <= names for signed in _PASSING)


def picks_language(old: str, new: str) -> bool:
    """Whether the only change of the path, or what the query adds, is a language: the asker's, not the author's."""
    spoken = {one for one in _parameters(new) if _SPOKEN.fullmatch(one[0])}
    before, after = _steps(old), _steps(new)
    swapped = before != after and _without_locale(before) == _without_locale(after)
    return swapped or not spoken.issubset(_parameters(old))


def is_front(url: str) -> bool:
    """Whether an address is that of a site's front page, perhaps in one language."""
    return not _without_locale(_steps(url)) and not split(url).query


def made_for_some(old: str, new: str) -> str | None:
    """Why a new address may be the asker's alone, as a clause; None where it holds nothing but what the old one did."""
    if any(one not in _parameters(old) for one in _parameters(new)):
        return "the new address has parameters that the old one did not have"
    host = host_of(new)
    first, _, rest = host.partition(".")
    if _FOR_SOME.fullmatch(first) and host_of(old) in (rest, f"www.{rest}"):
        return f"{host} may be for some visitors only"
    if not _locales(new) <= _locales(old):
        return "the new address names a language or a country, as the old one did not"
    return None


def _locales(url: str) -> set[str]:
    return {step for step in _steps(url)[:2] if _LOCALE.fullmatch(step)}


def _parameters(url: str) -> list[tuple[str, str]]:
    return parse_qsl(split(url).query, keep_blank_values=True)


def _steps(url: str) -> list[str]:
    return [unquote(step).lower() for step in split(url).path.split("/") if step]


def _without_locale(steps: list[str]) -> list[str]:
    return [step for number, step in enumerate(steps) if number > 1 or not _LOCALE.fullmatch(step)]


def same_spelled_otherwise(old: str, new: str) -> bool:
    """Whether two addresses differ in their percent-encoding only, which is the author's choice."""
    return unquote(old) == unquote(new)


def secured(url: str) -> str | None:
    """The https address beside an http one; None where the port is written, which serves one of them."""
    try:
        return f"https://{url[7:]}" if url[:7].lower() == "http://" and not has_port(url) else None
    except ValueError:  # no address
        return None


def names_a_part(fragment: str, url: str) -> bool:
    """Whether a fragment of `url` tells where on the page, and not who asks or what sent him."""
    names = (one.partition("=")[0] for one in fragment.split("&") if "=" in one)
    askers = fragment == _AFTER_LOGIN or _SESSION.search(fragment) is not None
    return (
        bool(fragment) and not askers and not any(_ASKERS.fullmatch(one) or _tracks(one, host_of(url)) for one in names)
    )


def with_fragment(url: str, written: str) -> str:
    """`url` with the fragment of what was written, as redirects hand it on (RFC 9110, 10.2.2)."""
    _, hash_, fragment = written.partition("#")
    return url if "#" in url or not hash_ else f"{url}#{fragment}"
