"""A request in, the end of its redirect chain out: each hop asked anew, with only the headers that its host may see."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import quote, unquote

import aiohttp
import msgspec
import yarl

from crawler import urls
from crawler.model import Answered, Failure, FailureKind, Fetched, Hop, Request
from crawler.net.attempt import REDIRECTS
from crawler.net.headers import Headers, shown
from crawler.net.seam import Fetch
from crawler.settings import HostTable
from crawler.text import printable

VISITS = 2
"""How often one URL is asked within a chain: sites set a cookie and send back to where one came from, once."""

_NAMED = re.compile(r"[\w!#$%&'*+.^`|~-]+=", re.ASCII)
"""A cookie with a name that is a token (RFC 6265, 4.1.1)."""
_LONGEST = 200
"""Characters of a fragment that is the name of a part; what is longer is left out, lest it be adopted cut short."""
_QUOTES = "\"'<>`“”‘’«»"


class Redirecting:
    """Follows redirects. `headers` (the user's) go to the origin of the request's own URL and to no other.

    Those that `hosts` has for a host go to that host alone; where a redirect from elsewhere leads there, over https
    only, so that no other site can have them sent in the clear.
    """

    def __init__(self, inner: Fetch, max_redirects: int, headers: Mapping[str, str], hosts: HostTable) -> None:
        self._inner, self._max_redirects = inner, max_redirects
        self._headers, self._hosts = tuple(headers.items()), hosts

    async def fetch(self, request: Request) -> Fetched:
        """The last answer with all hops that led there, or why the chain leads nowhere."""
        chain = _Chain(request, self._headers, self._hosts)
        while True:
            fetched = await self._inner.fetch(chain.request())
            outcome = fetched.outcome
            if isinstance(outcome, Answered) and outcome.status in REDIRECTS:
                failure = chain.follow(fetched, outcome, self._max_redirects)
                if failure is None:
                    continue
                outcome = failure
            elif isinstance(outcome, Answered):
                outcome = msgspec.structs.replace(outcome, headers=shown(outcome.headers))
            return chain.end(fetched, outcome)


class _Chain:
    """One walk from a request to its last answer."""

    __slots__ = ("_credentials", "_first", "_headers", "_hops", "_hosts", "_jar", "_origin", "_passed", "_seen", "_url")

    def __init__(self, request: Request, headers: Headers, hosts: HostTable) -> None:
        self._first, self._headers, self._hosts = request, headers, hosts
        self._credentials: dict[str, str] = {}  # by origin
        self._url = self._without_userinfo(request.url)
        self._origin = urls.origin_of(self._url)
        self._hops: list[Hop] = []
        self._passed: list[Fetched] = []
        self._seen: list[tuple[str, str]] = []
        self._jar: aiohttp.CookieJar | None = None  # most chains see no cookie

    def request(self) -> Request:
        """The next hop's."""
        origin = urls.origin_of(self._url)
        headers = list(self._headers) if origin == self._origin else []
        headers += self._of_host(trusted=origin == self._origin or origin.startswith("https:"))
        if origin in self._credentials:
            headers.append(("Authorization", self._credentials[origin]))
        if cookies := self._cookies():
            headers.append(("Cookie", cookies))
        if not self._hops:
            headers += self._first.headers
        self._seen.append((self._url, cookies))
        latest = {name.lower(): (name, value) for name, value in headers}
        return msgspec.structs.replace(self._first, url=self._url, headers=tuple(latest.values()))

    def _of_host(self, *, trusted: bool) -> list[tuple[str, str]]:
        """What the settings have for the next URL's host."""
        if not self._hosts.rows:
            return []
        host = self._hosts.of(urls.host_of(self._url))
        agent = [("User-Agent", host.user_agent)] if host.user_agent else []
        return [*agent, *(host.headers.items() if trusted else ())]

    def follow(self, fetched: Fetched, answer: Answered, max_redirects: int) -> Failure | None:
        """Moves on to where `answer` points; a failure if that is nowhere."""
        location = (answer.header("location") or "").strip()
        part = location.partition("#")[2]
        part = printable(part) if len(part) <= _LONGEST else ""
        self._hops.append(Hop(url=answer.url, status=answer.status, fragment=part))
        if not location:
            return Failure(kind=FailureKind.BAD_REDIRECT, detail=f"{answer.status} without a Location", url=answer.url)
        try:
            target = self._without_userinfo(urls.canonical(_as_browsers_read(location), answer.url))
        except ValueError as error:
            detail = printable(f"Location {location[:200]!r}: {error}")
            return Failure(kind=FailureKind.BAD_REDIRECT, detail=detail, url=answer.url)
        if len(self._hops) > max_redirects:
            detail = f"more than {max_redirects} redirects"
            return Failure(kind=FailureKind.TOO_MANY_REDIRECTS, detail=detail, url=answer.url)
        self._keep_cookies(answer)
        self._url = target
        if (target, self._cookies()) in self._seen or sum(url == target for url, _ in self._seen) >= VISITS:
            return Failure(kind=FailureKind.REDIRECT_LOOP, detail=f"{printable(target)} comes again", url=answer.url)
        self._passed.append(fetched)
        return None

    def end(self, fetched: Fetched, outcome: Answered | Failure) -> Fetched:
        """The record of the whole chain, whose last answer is `fetched`."""
        passed = self._passed
        return msgspec.structs.replace(
            fetched,
            outcome=outcome,
            hops=tuple(self._hops),
            received=fetched.received + sum(hop.received for hop in passed),
            requests=fetched.requests + sum(hop.requests for hop in passed),
            attempts=max(hop.attempts for hop in (fetched, *passed)),
            elapsed=fetched.elapsed + sum(hop.elapsed for hop in passed),
        )

    def _without_userinfo(self, url: str) -> str:
        """`url` as it is sent; its user and password become credentials for its origin (RFC 7617, 2)."""
        if "@" not in url.split("/", 3)[2]:
            return url
        parts = urls.split(url)
        userinfo, _, place = parts.netloc.rpartition("@")
        user, _, password = userinfo.partition(":")
        pair = f"{unquote(user)}:{unquote(password)}".encode()
        self._credentials[urls.origin_of(url)] = f"Basic {b64encode(pair).decode()}"
        return url.replace(f"//{userinfo}@{place}", f"//{place}", 1)

    def _cookies(self) -> str:
        """The Cookie header for the next URL."""
        if self._jar is None:
            return ""
        morsels = self._jar.filter_cookies(yarl.URL(self._url, encoded=True))
        return "; ".join(f"{name}={morsel.coded_value}" for name, morsel in sorted(morsels.items()))

    def _keep_cookies(self, answer: Answered) -> None:
        # aiohttp drops a cookie with any other name too, but writes it to the log, and so to the terminal.
        lines = [value for name, value in answer.headers if name == "set-cookie" and _NAMED.match(value)]
        if lines:
            if self._jar is None:
                self._jar = aiohttp.CookieJar(quote_cookie=False)
            self._jar.update_cookies_from_headers(lines, yarl.URL(answer.url, encoded=True))


def _as_browsers_read(location: str) -> str:
    """A quotation mark at the rim of a card's address is a slip of the pen; in a Location it belongs to the URL."""
    location = location.partition("#")[0] or location
    if location[-1] in _QUOTES:
        location = location[:-1] + quote(location[-1])
    if location[0] in _QUOTES:
        location = quote(location[0]) + location[1:]
    return location
