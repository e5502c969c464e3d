"""A written address in, what a browser would ask for out; and the parts of a URL that decisions rest on.

Parsing follows the WHATWG URL Standard (https://url.spec.whatwg.org/) through ada-url, as browsers do: blanks
around are dropped, backslashes are slashes, hosts become lower-case ASCII, what must be percent-encoded is, and
nothing else is touched: queries keep their order, escapes their spelling.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

import ada_url

WEB_SCHEMES = ("http", "https")
OTHER_SCHEMES = frozenset(
    {
        "mailto",
        "tel",
        "sms",
        "xmpp",
        "irc",
        "ircs",
        "geo",
        "magnet",
        "ftp",
        "ftps",
        "sftp",
        "ssh",
        "git",
        "webcal",
        "whatsapp",
        "skype",
        "facetime",
        "msteams",
    }
)
"""Schemes that a reader can follow, though not over HTTP: sound links that nobody here can ask."""
# Origin and host of nearly every URL, for a quarter of what `urlsplit` takes; logins and IPv6 are left to that.
_PLAIN = re.compile(r"(https?://([A-Za-z0-9._-]+)(?::\d+)?)(?=[/?#]|\Z)")
# What a browser's parser leaves as it is, so that it need not be asked, which takes ten times as long: a short name in
# lower case that is neither encoded (xn--) nor a number, or an IPv4 address as all write it; a port that no scheme
# implies; no segment of dots, and nothing to escape.
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_SETTLED = re.compile(
    r"https?://(?=[a-z0-9.-]{1,63}[:/])"
    rf"(?:(?:[a-z0-9]++(?:-[a-z0-9]++)*+\.)*+[a-z][a-z0-9]*+(?:-[a-z0-9]++)*+|{_OCTET}(?:\.{_OCTET}){{3}})"
    r"(?::(?:[1-9][0-9]{3}|[1-5][0-9]{4}))?"
    r"/(?!\.)(?:[A-Za-z0-9_~!$&()*+,;=:@.-]++|/(?!\.)|%(?!2[eE]))*+(?:\?[A-Za-z0-9_~!$&()*+,;=:@/?.%-]*+)?"
)
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):")
_CONTROLS = "".join(map(chr, range(0x21)))
"""C0 controls and the blank, which browsers drop at both ends."""
_STRAY = "\"'<>`“”‘’«»"


class NotForTheWebError(ValueError):
    """A sound link that is not followed over HTTP, such as `mailto:`."""


def canonical(written: str, base: str | None = None) -> str:
    """The absolute http(s) URL that a browser would ask for, without its fragment.

    Raises ValueError with a reason for people if there is none: NotForTheWebError for the schemes that only a reader
    can follow.
    """
    if _SETTLED.fullmatch(written):
        return written
    if base is not None and written.startswith("/") and not written.startswith("//"):
        known = _PLAIN.match(base)
        if known and _SETTLED.fullmatch(known[1] + written):
            return known[1] + written
    text = written.strip().strip(_CONTROLS)
    if not text:
        raise ValueError("the address is empty")
    if text[0] in _STRAY or text[-1] in _STRAY:
        raise ValueError(f"a stray {text[0] if text[0] in _STRAY else text[-1]} stands around the address")
    scheme = _SCHEME.match(text)
    if base is None and not scheme:
        raise ValueError("a relative address where an absolute one is needed (https://…)")
    if scheme and scheme[1].lower() in OTHER_SCHEMES:
        raise NotForTheWebError(f"{scheme[1].lower()}: is not asked over HTTP")
    if scheme and scheme[1].lower() not in WEB_SCHEMES:
        raise ValueError(f"the scheme {scheme[1].lower()}: cannot be checked; only http and https can")
    try:
        href = ada_url.join_url(base, text) if base is not None else ada_url.normalize_url(text)
    except ValueError:
        raise ValueError(_reason(text)) from None
    if not href.startswith(("http://", "https://")):
        raise ValueError(f"the scheme {href.split(':', 1)[0]}: cannot be checked; only http and https can")
    without = href.split("#", 1)[0]
    if without.endswith(("'", "`")):  # before a fragment: in a path, or in a query; the others are escaped by now
        raise ValueError(f"a stray {without[-1]} stands around the address")
    host = host_of(without)
    if ".." in host or host.startswith("."):
        raise ValueError(f"the host {host} has an empty label")
    if len(host) > 253 or any(len(label) > 63 for label in host.split(".")):
        raise ValueError("the host name is longer than DNS allows (RFC 1035, 2.3.4)")
    return without


def _reason(text: str) -> str:
    """What a browser's parser stumbled over, for people."""
    rest = re.sub(r"^[A-Za-z][A-Za-z0-9+.-]*:[/\\]*", "", text)
    authority = re.split(r"[/\\?#]", rest, maxsplit=1)[0].rsplit("@", 1)[-1]
    if not authority:
        return "the address names no host"
    if re.search(r"\s", authority):
        return "a blank stands in the host name"
    port = re.search(r":(\d+)$", authority)
    if port and int(port[1]) > 65535:
        return f"the port {port[1]} does not exist"
    return f"{authority[:80]!r} is not a host name that a browser accepts"


@lru_cache(maxsize=512)  # of one link it is asked some twenty times, by rules, tallies and budgets
def host_of(url: str) -> str:
    """The host, lower-case, without port; IPv6 addresses without brackets."""
    plain = _PLAIN.match(url)
    return plain[2].lower() if plain else (split(url).hostname or "").lower()


def split(url: str) -> SplitResult:
    """`urlsplit` of a URL that `canonical` made."""
    return urlsplit(url)


def origin_of(url: str) -> str:
    """Scheme, host and port, as `https://example.org` (RFC 6454)."""
    plain = _PLAIN.match(url)
    if plain:
        return plain[1]
    parts = split(url)
    return f"{parts.scheme}://{parts.netloc.rsplit('@', 1)[-1]}"


def has_port(url: str) -> bool:
    """Whether the port is written."""
    plain = _PLAIN.match(url)
    return plain.end(1) > plain.end(2) if plain else split(url).port is not None


def path_and_query(url: str) -> tuple[str, str]:
    """What follows the host, without the fragment."""
    plain = _PLAIN.match(url)
    if plain:
        path, _, query = url[plain.end() :].partition("#")[0].partition("?")
        return path, query
    parts = split(url)
    return parts.path, parts.query


def port_of(url: str) -> int:
    """The port, written or implied."""
    parts = split(url)
    return parts.port or (443 if parts.scheme == "https" else 80)


def address_of(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address if `host` is an IP literal."""
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def is_root(url: str) -> bool:
    """Whether the URL is a site's front page: no path and no query."""
    plain = _PLAIN.match(url)
    if plain:
        return url[plain.end() :].split("#", 1)[0] in ("", "/", "?", "/?")
    parts = split(url)
    return parts.path in ("", "/") and not parts.query
