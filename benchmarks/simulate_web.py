"""A web and a week in, what each request is answered out."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import simulate_pages as pages
from simulate_links import (
    FAILS,
    FAILS_AGAIN,
    NEVER,
    PASSING,
    STAYS,
    TRANSIENT,
    Builder,
    Condition,
    Host,
    Page,
    weighted,
)
from simulate_walls import WALLS

from crawler.model import Answered, Failure, FailureKind, Fetched, Hop


class Web:
    """All hosts, as they stand in each week."""

    def __init__(self, seed: int, links: int, weeks: int) -> None:
        self._seed = seed
        built = Builder(seed, links, weeks)
        self.pages, self._hosts = built.pages, built.hosts
        self.asked: Counter[str] = Counter()
        """Requests by host in the run that goes on."""
        self.refused: set[str] = set()
        """URLs that a wall or a limit answered in this run."""
        self._bodies: dict[tuple[str, str], bytes] = {}
        """Pages by URL and title."""
        self._dark = weeks // 2 + int(weeks // 2 * self._chance("week")) if weeks > 10 else NEVER
        """The week in which our own network is down: each name is unknown, or cannot be looked up."""
        self.week = 0
        self.second_pass = False

    def condition(self, page: Page, week: int) -> tuple[Condition, str]:
        """What is true of a link, and in what way it is dead or hidden."""
        host = page.host
        if host.retired <= week < host.back:
            return Condition.DEAD, host.retired_as[0]
        if host.wall and week >= host.wall_from:
            return Condition.HIDDEN, host.wall
        if host.limit:
            return Condition.HIDDEN, "limited"
        if week >= host.migrates and page.lost_in_migration:
            return Condition.DEAD, "redirect_generic"
        if page.died <= week < page.back:
            return Condition.DEAD, _MODE_OF[host.folders[page.folder]]
        return Condition.LIVE, page.redirect or page.kind

    def begin(self, week: int) -> None:
        """A week comes."""
        self.week = week
        self.asked.clear()
        self.refused.clear()

    def time(self, planned: datetime) -> datetime:
        """When the audit that was planned for then starts: not always on the minute."""
        return planned + timedelta(hours=3 * self._chance("start", self.week))

    def answer(self, url: str, tags: frozenset[str], *, question: bool) -> Fetched:
        """What a request for `url` is answered in this week; `tags` are the validators that it carries."""
        parts = urlsplit(url)
        host = self._hosts.get(parts.hostname or "")
        if host is None:  # where a parked name or a login leads
            return _html(url, pages.front("Elsewhere", "en"))
        self.asked[host.name] += 1
        page = self.pages.get(url)
        if self.week == self._dark:
            unknown = self._chance("dark") < 0.5
            return self._failed(url, FailureKind.DNS_NOT_FOUND if unknown else FailureKind.DNS_TEMPORARY, host)
        passing = self._in_passing(url, page)
        if self.week in host.outages:
            return self._failed(url, host.outages[self.week], host)
        if passing is not None:
            return self._failed(url, passing, host)
        if host.retired <= self.week < host.back:
            return self._retired(url, host)
        self.refused.add(url)
        if host.wall and self.week >= host.wall_from:
            return self._walled(url, host)
        if host.limit and self.asked[host.name] > host.limit:
            return self._limited(url)
        self.refused.discard(url)
        if page is not None and not question:
            return self._linked(page, tags)
        if parts.path in ("", "/"):
            return _html(url, pages.front(host.site, host.lang))
        return self._missing(url, host, parts.path.split("/")[1])

    def _in_passing(self, url: str, page: Page | None) -> object | None:
        """As what this check fails though nothing is wrong."""
        flaky = page is not None and page.flaky is not None and self._chance(url, "flaky", self.week) < FAILS
        # The second pass finds most of them failing still.
        if page is not None and flaky and (not self.second_pass or self._chance(url, "again", self.week) < FAILS_AGAIN):
            return page.flaky
        if self._chance(url, "passing", self.week) >= TRANSIENT:
            return None
        if self.second_pass and self._chance(url, "stays", self.week) >= STAYS:
            return None
        return weighted(PASSING, self._chance(url, "kind", self.week))

    def _failed(self, url: str, how: object, host: Host) -> Fetched:
        if isinstance(how, FailureKind):
            return Fetched(outcome=Failure(kind=how, detail="", url=url), requests=_TRIES.get(how, 3), attempts=3)
        if how == "503 with Retry-After":
            return _html(url, b"<h1>Service Unavailable</h1>", 503, (("retry-after", "120"),))
        if how == "maintenance page":
            body = pages.html(
                title=f"{host.site}: maintenance", site=host.site, lang="en", main="<h1>We will be back soon</h1>"
            )
            return _html(url, body)
        assert isinstance(how, int)
        return _html(url, _FAULT % (how, how), how, tries=3 if how >= 500 else 1)

    def _retired(self, url: str, host: Host) -> Fetched:
        mode, how = host.retired_as
        if how == "vacant":
            return _html(
                url,
                _VACANT,
                404,
            )
        if mode != "parked":
            return self._failed(url, how, host)
        if how == "market":
            end = f"https://www.hugedomains.com/domain_profile.cfm?d={host.name}"
            return _html(end, pages.parked(host.name, "sale"), hops=(Hop(url=url, status=302),))
        return _html(url, pages.parked(host.name, str(how)))

    def _walled(self, url: str, host: Host) -> Fetched:
        status, headers, body = WALLS[host.wall or ""]
        hops: tuple[Hop, ...] = ()
        if host.wall == "login":
            hops, url = (
                (Hop(url=url, status=302),),
                "https://login.microsoftonline.com/common/oauth2/authorize?client_id=1",
            )
        elif host.wall == "consent":
            hops, url = (Hop(url=url, status=302),), f"https://consent.google.com/m?continue={url}"
        elif host.wall == "cloak" and urlsplit(url).path in ("", "/"):
            status = 403
        return Fetched(
            outcome=Answered(url=url, status=status, headers=headers), hops=hops, body=body, received=len(body),
            requests=1 + len(hops),
        )  # fmt: skip

    def _limited(self, url: str) -> Fetched:
        if self._chance(url, "limit", self.week) < 0.5:
            return Fetched(outcome=Failure(kind=FailureKind.DEFERRED, detail="", url=url, wait=3_600.0), requests=0)
        return _html(url, b"<h1>Too Many Requests</h1>", 429, (("retry-after", "3600"),))

    def _linked(self, page: Page, tags: frozenset[str]) -> Fetched:
        condition, _ = self.condition(page, self.week)
        host = page.host
        if condition is Condition.DEAD:
            if tags and host.stale_304 and page.tag == "steady":
                return _html(page.url, b"", 304)
            if self.week >= host.migrates:
                return self._migrated(page, gone=True)
            return self._missing(page.url, host, page.folder)
        if self.week >= host.migrates:
            return self._migrated(page, gone=False)
        body = self._body(page)
        tag = self._tag(page, body)
        if tag in tags and page.honoured and page.tag == "steady":
            return _html(page.url, b"", 304, (("etag", tag),))
        headers = (("etag", tag),) if page.tag else ()
        hops, end = self._hops(page)
        return _html(end, body, headers=headers, hops=hops)

    def _migrated(self, page: Page, *, gone: bool) -> Fetched:
        host = page.host
        hops = (Hop(url=page.url, status=301),)
        if page.died <= self.week < page.back:
            inner = self._missing(f"https://{host.moved_to}/{page.folder}/{page.slug}", host, page.folder)
            return Fetched(
                outcome=inner.outcome, hops=(*hops, *inner.hops), body=inner.body, received=inner.received,
                requests=inner.requests + 1,
            )  # fmt: skip
        if gone or page.kind == "front":
            return _html(f"https://{host.moved_to}/", pages.front(host.site, host.lang), hops=hops)
        return _html(f"https://{host.moved_to}/{page.folder}/{page.slug}", self._body(page), hops=hops)

    def _missing(self, url: str, host: Host, folder: str) -> Fetched:
        """What the host answers under an address of this folder where no page is."""
        style = host.folders.get(folder, "404")
        path = urlsplit(url).path
        origin = f"https://{urlsplit(url).hostname}"
        match style:
            case "404" | "410":
                gone = 410 if style == "410" and url in self.pages else 404
                body = (
                    pages.missing(host.site, host.lang, "phrase", path)
                    if self._chance(host.name, "body") < 0.9
                    else b""
                )
                return _html(url, body, gone)
            case "home":
                hop = Hop(url=url, status=301 if self._chance(host.name, folder) < 0.6 else 302)
                end = "/en/" if self._chance(host.name, "end") < 0.2 else "/"
                return _html(origin + end, pages.front(host.site, host.lang), hops=(hop,))
            case "error":
                end = ("/404", "/error.aspx?code=404", "/not-found", "/oops")[int(4 * self._chance(host.name, "error"))]
                body = pages.missing(
                    host.site, host.lang, "phrase" if self._chance(host.name, "said") < 0.6 else "joke"
                )
                return _html(origin + end, body, hops=(Hop(url=url, status=302),))
            case "hub" if url in self.pages:
                # By hand: each old page to the folder's index or to a subject's, while what never was is not found.
                hub = (
                    folder
                    if self._chance(url, "hub") < 0.7
                    else f"{folder}/{pages.WORDS[int(200 * self._chance(url, 'which')) % len(pages.WORDS)]}"
                )
                return _html(f"{origin}/{hub}/", pages.hub(host.site, host.lang, hub), hops=(Hop(url=url, status=301),))
            case "hub":
                return _html(url, pages.missing(host.site, host.lang, "phrase"), 404)
            case "shell":
                return _html(url, pages.shell(host.site))
            case _:
                return _html(url, pages.missing(host.site, host.lang, style.removesuffix("_title"), path))

    def _body(self, page: Page) -> bytes:
        host = page.host
        if page.kind == "front":
            return pages.front(host.site, host.lang)
        if page.kind == "shell":
            return pages.shell(host.site)
        title, excerpt = page.title, page.excerpt or "A page"
        if self.week >= page.replaced:
            title, excerpt = "Something else entirely about " + page.slug[::-1], "Quite another text"
        elif self.week >= page.retitled:
            title = f"How to {title} today"
        key = (page.url, title)
        if key not in self._bodies:
            self._bodies[key] = pages.article(title, excerpt, host.site, host.lang, page.kind)
        return self._bodies[key]

    def _tag(self, page: Page, body: bytes) -> str:
        return f'"{self.week}"' if page.tag == "changing" else f'"{hashlib.blake2b(body, digest_size=6).hexdigest()}"'

    def _hops(self, page: Page) -> tuple[tuple[Hop, ...], str]:
        """The redirects before a live page, and where they end."""
        name, path = page.host.name, urlsplit(page.url).path
        match page.redirect:
            case None:
                return (), page.url
            case "same":
                end = f"https://{name}{path}"
            case "kept":
                end = f"https://{name}/{page.folder}/2026/{page.slug}/"
            case "renamed":
                end = f"https://{name}/posts/{int(90_000 * self._chance(page.url, 'number')) + 10_000}"
            case _:
                end = f"https://{name}/en-us{path}"
        if page.kind == "front" and page.redirect != "locale":
            return (
                Hop(url=page.url, status=page.hop_status),
            ), f"https://{name}/home" if page.redirect != "same" else end
        status = 302 if page.redirect == "locale" else page.hop_status
        between = tuple(Hop(url=f"https://{name}/r/{number}{path}", status=status) for number in range(1, page.hops))
        return (Hop(url=page.url, status=status), *between), end

    def _chance(self, *what: object) -> float:
        """Between 0 and 1, the same for the same words."""
        text = f"{self._seed}|{what}".encode()
        return int.from_bytes(hashlib.blake2b(text, digest_size=6).digest()) / 2**48


_MODE_OF = {
    "404": "not_found", "410": "not_found", "home": "redirect_generic", "error": "redirect_generic",
    "hub": "redirect_generic", "phrase": "soft_404", "text": "soft_404", "joke": "soft_404", "home_title": "soft_404",
    "shell": "soft_404",
}  # fmt: skip
_TRIES = {FailureKind.DNS_NOT_FOUND: 0, FailureKind.DNS_TEMPORARY: 0, FailureKind.CONNECT_REFUSED: 0,
          FailureKind.CONNECT_TIMEOUT: 0, FailureKind.TLS_EXPIRED: 0, FailureKind.TLS_WRONG_HOST: 0}  # fmt: skip
"""Requests that were sent for a failure: none where no connection came about."""
_VACANT = (
    b"<html><head><title>Site not found</title></head>"
    b"<body><h1>404</h1><p>There isn't a GitHub Pages site here.</p></body></html>"
)
_FAULT = b"<html><head><title>%d</title></head><body><h1>%d</h1></body></html>"


def _html(
    url: str,
    body: bytes,
    status: int = 200,
    headers: pages.Headers = (),
    *,
    hops: tuple[Hop, ...] = (),
    tries: int = 1,
) -> Fetched:
    return Fetched(
        outcome=Answered(url=url, status=status, headers=(pages.HTML, *headers)),
        hops=hops,
        body=body,
        received=len(body),
        requests=tries + len(hops),
        attempts=tries,
    )
