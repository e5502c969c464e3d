"""Raw header lines in, the evidence in them out; and the headers that each request carries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from crawler.model import Want
from crawler.net.decode import ACCEPT_ENCODING
from crawler.text import printable

Headers = tuple[tuple[str, str], ...]

EVIDENCE: tuple[str, ...] = (
    # what the body is
    "content-type", "content-length", "content-encoding", "content-disposition", "content-language", "content-range",
    # where it moved, whether it changed, when to come back
    "location", "refresh", "link", "etag", "last-modified", "date", "age", "retry-after", "cache-control", "expires",
    "x-robots-tag", "www-authenticate", "strict-transport-security",
    # who answered, and whether a wall stood before the page
    "server", "via", "x-powered-by", "x-cache", "x-served-by", "cf-mitigated", "cf-ray", "cf-cache-status",
    "x-amzn-waf-action", "x-amzn-errortype", "x-amz-cf-id", "x-datadome", "x-dd-b", "x-vercel-mitigated",
    "x-vercel-error", "x-vercel-id", "akamai-cache-status", "akamai-grn", "x-akamai-transformed", "x-sucuri-id",
    "x-sucuri-block", "x-kpsdk-ct", "x-iinfo", "x-cdn", "x-px-block", "x-distil-cs", "x-github-request-id",
    "ratelimit-remaining", "ratelimit-reset", "x-ratelimit-remaining", "x-ratelimit-reset",
    "set-cookie",  # names only
)  # fmt: skip
"""The answer's headers that are kept, lower-case."""

LONGEST = 1_000
"""Characters of a value that are kept."""

_IMAGES = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
ACCEPT: Mapping[Want, str] = {
    Want.PAGE: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    Want.IMAGE: _IMAGES,
    Want.IMAGE_HEAD: _IMAGES,
    Want.STATUS: "*/*",
    Want.DATA: "application/json,*/*;q=0.8",
    Want.ROBOTS: "text/plain,*/*;q=0.8",
}
"""What browsers accept for the same thing; rarer values draw bot walls."""

_EVIDENCE = {name.encode(): name for name in EVIDENCE}


def evidence(raw: Iterable[tuple[bytes, bytes]]) -> Headers:
    """The headers worth keeping, in the order of the answer, values whole and as they came: for the redirect rules."""
    return tuple((name, decoded(value)) for key, value in raw if (name := _EVIDENCE.get(key.lower())))


def decoded(value: bytes) -> str:
    """A header's value: UTF-8 where it is that (what servers send today), else Latin-1 (RFC 9110, 5.5)."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def shown(headers: Headers) -> Headers:
    """What may be stored and reported: printable, cut to LONGEST, of cookies the names alone."""
    return tuple(
        (name, printable(_cookie_name(value) if name == "set-cookie" else value, LONGEST)) for name, value in headers
    )


def _cookie_name(line: str) -> str:
    """Empty for a cookie without a name, which is all value (RFC 6265bis, 5.6)."""
    name, equals, _ = line.partition(";")[0].partition("=")
    return name.strip() if equals else ""


def ordinary(want: Want, user_agent: str) -> dict[str, str]:
    """The headers of every request for `want`."""
    return {
        "User-Agent": user_agent,
        "Accept": ACCEPT[want],
        "Accept-Language": "en-US,en;q=0.9",
        "Accept-Encoding": ACCEPT_ENCODING,
    }


def default_user_agent(version: str, site_url: str) -> str:
    """Who asks, and where to complain; `site_url` may be empty.

    Without the words crawler, bot, spider and link: rules of mod_security (OWASP CRS, scanners-user-agents.data and
    crawlers-user-agents.data) answer 403 to names that hold them.
    """
    contact = f" (+{printable(site_url)})" if site_url else ""
    return f"CardCheck/{version}{contact}"
