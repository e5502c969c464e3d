"""An AMP page's URL in, its address in the Google AMP cache out; and back again.

The algorithm is published at https://amp.dev/documentation/guides-and-tutorials/learn/amp-caches-and-cors/amp-cache-urls
and kept by amp-toolbox (packages/cache-url). Unlike amp-toolbox 2.10, which drops the slash before a query, the path
and the query stay as they were written.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from urllib.parse import parse_qsl

from crawler.urls import canonical, host_of, split

CACHE = "cdn.ampproject.org"
CACHES = (CACHE, "bing-amp.com")
"""The registered caches (amphtml, build-system/global-configs/caches.json)."""

_LONGEST = 63  # of a DNS label (RFC 1035, 2.3.4)
_WRITTEN = re.compile(r"([A-Za-z]+):[/\\]*[^/\\?#]*([^#]*)")
_SERVED = re.compile(r"/(?:amp|c|v|wp|i|ii/[a-z]\w*|r)/(s/)?([^/?#]+)(.*)", re.DOTALL)
_TYPES = (
    ("i", re.compile(r"\.(?:png|jpe?g|gif|webp|avif|svg|bmp|ico)\Z", re.IGNORECASE)),
    ("r", re.compile(r"\.(?:woff2?|ttf|otf|eot)\Z", re.IGNORECASE)),
)
_VIEWER_KEYS = frozenset({"amp_js_v", "amp_gsa", "amp_r", "aoh", "usqp"})
# what the viewer adds to the page's own query


def cache_url(amp_url: str) -> str:
    """Where the Google AMP cache serves `amp_url`, which is absolute; ValueError if it is no web address."""
    href = canonical(amp_url)
    host = host_of(href)
    written = _WRITTEN.match(amp_url.strip())
    rest = written[2] if written else ""
    kind = next((kind for kind, ending in _TYPES if ending.search(split(href).path)), "c")
    secure = "s/" if href.startswith("https:") else ""
    return f"https://{prefix_of(host)}.{CACHE}/{kind}/{secure}{host}{rest}"


def prefix_of(host: str) -> str:
    """The label that stands for `host` (ASCII, lower-case) before the cache's own name."""
    labels = _to_unicode(host)
    readable = len(host) <= _LONGEST and "." in host[1:] and not _has_odd_hyphens(host) and not _is_mixed(labels)
    if readable:
        label = labels.replace("-", "--").replace(".", "-")
        if _has_odd_hyphens(label):
            label = f"0-{label}-0"
        label = _to_ascii(label)
        if len(label) <= _LONGEST:
            return label
    digest = hashlib.sha256(host.encode()).digest()
    return base64.b32encode(digest).decode().rstrip("=").lower()


def host_of_prefix(prefix: str) -> str | None:
    """The host, in ASCII, that `prefix` stands for; None if it is a hash, which says nothing."""
    label = _to_unicode(prefix.lower())
    if "-" not in label:
        return None
    if label.startswith("0-") and label.endswith("-0"):
        label = label[2:-2]
    host = label.replace("--", "\0").replace("-", ".").replace("\0", "-")
    return ".".join(_to_ascii(part) for part in host.split("."))


def origin_url(cached: str) -> str | None:
    """The page behind a cache's URL (or behind Google's AMP viewer), or None if `cached` leads to none."""
    try:
        parts = split(canonical(cached))
    except ValueError:
        return None
    host = parts.hostname or ""
    viewer = re.fullmatch(r"(?:www\.)?google(?:\.[a-z]{2,3}){1,2}", host)
    if not viewer and not any(host == cache or host.endswith("." + cache) for cache in CACHES):
        return None
    served = _SERVED.fullmatch(parts.path)
    if not served or (viewer and not parts.path.startswith("/amp/")):
        return None
    query = "&".join(pair for pair in parts.query.split("&") if pair.split("=", 1)[0] not in _VIEWER_KEYS)
    try:
        origin = canonical(
            f"{'https' if served[1] else 'http'}://{served[2]}{served[3]}" + (f"?{query}" if query else "")
        )
    except ValueError:
        return None
    # Each origin has a subdomain of its own in the cache; a page under another's is served to nobody.
    stated = None if viewer else host_of_prefix(host.partition(".")[0])
    return origin if stated in (None, host_of(origin)) else None


def same_cache_url(first: str, second: str) -> bool:
    """Whether two cache URLs lead to the same page: cache, kind and scheme do not matter, nor a slash at the end."""
    origins = [origin_url(url) for url in (first, second)]
    keys = [_key(origin or url) for origin, url in zip(origins, (first, second), strict=True)]
    return (origins[0] is None) == (origins[1] is None) and keys[0] == keys[1]


def _key(url: str) -> tuple[object, ...]:
    try:
        parts = split(canonical(url))
    except ValueError:
        return (url.strip(),)
    return parts.hostname, parts.path.rstrip("/"), tuple(parse_qsl(parts.query, keep_blank_values=True))


def _has_odd_hyphens(name: str) -> bool:
    """Hyphens in third and fourth place are reserved (RFC 5891, 4.2.3.1)."""
    return name[2:4] == "--" and not name.startswith("xn")


def _is_mixed(labels: str) -> bool:
    """Whether a name has letters of both writing directions."""
    directions = {unicodedata.bidirectional(letter) for letter in labels}
    return "L" in directions and not directions.isdisjoint({"R", "AL"})


def _to_unicode(host: str) -> str:
    """Each label decoded (RFC 3492); what does not decode stays."""
    return ".".join(_decoded(label) for label in host.split("."))


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _to_ascii(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")
