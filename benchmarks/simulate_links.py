"""A seed in, the hosts and links of a web out, each with its fate in the year of the simulation.

The numbers are a model of the web for a curated list of links: how many pages are dead at which age and in what way,
how often hosts move, retire, fall silent or shut robots out, how often a check fails in passing. Each share stands
beside its source, or is marked [a] where it is an assumption.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import simulate_pages as pages
from simulate_walls import WALL_SHARES

from crawler.model import FailureKind

Rows = tuple[tuple[object, float], ...]
"""(value, how often)."""
NEVER = 10_000
"""A week that does not come."""
FIRST_YEAR, LATER_YEARS = 0.06, 0.042
"""A page of t years is dead with 1 - exp(-(.06 + .042 t)): 8 % after half a year, 38 % after ten (Pew, 2024)."""
OLDEST = 10.0
"""Links are up to so many years old when the first audit runs [a]."""
MODES = (("page", 75), ("dns", 12), ("connection", 8), ("parked", 5))
"""Of the dead: pages gone on living sites (404 50, generic redirect 15, soft 404 10), names, servers, parked names [a]
between Bar-Yossef 2004 (29 % soft), Pew 2024 and Ahrefs 2022."""
FOLDERS = (("404", 66), ("410", 3), ("home", 9), ("error", 3), ("hub", 6),
           ("phrase", 7), ("text", 2.6), ("joke", 1.6), ("home_title", 1.2), ("shell", 0.6))  # fmt: skip
"""What a folder of a living site answers for pages that are gone."""
RECOVERY = 1 - (1 - 0.04) ** (1 / 26)
"""Share of the dead that come back in a week: 4 % in six months (700,000 links of Wikipedia)."""
TRANSIENT, STAYS = 0.02, 0.3
"""Checks that fail in passing [a], and the share of them that the second pass finds failing still [a]."""
FLAKY, FAILS, FAILS_AGAIN = 0.01, 0.3, 0.7
"""Links that fail at random, how often, and how often the second pass finds that still [a]."""
MIGRATES, RETIRES, BLOCKS, OUTAGES = 0.03, 0.02, 0.04, 2.0
"""Events in a host-year [a]."""
OUTAGE_HOURS, OUTAGE_SPREAD = 3.0, 1.5
"""Median length of an outage, and the sigma of its logarithm [a]."""
LONGEST_OUTAGE = 2.0
"""Weeks; a host that is down for longer is rightly called dead [a]."""
BLOCKED_NOW, LIMITED = 0.09, 0.01
"""Hosts that shut out robots when the first audit runs (a news list shows 18 %, a curated one less [a]), and hosts that
answer a few requests and then 429."""
MOVED, MOVED_AFTER = 0.30, 3.0
"""Live links older than so many years that redirect to the page [a]."""
VALIDATORS, HONOURED, CHANGING, STALE_304 = 0.35, 0.6, 0.15, 0.02
"""Pages with ETag or Last-Modified, those that honour them, tags that change with each answer [a], and hosts that
answer 304 for what is dead."""
RETITLED, REPLACED = 0.05, 0.01
"""Pages whose title is edited, or that become another page, in a year (Jones 2016 is the upper bound)."""
PASSING: Rows = (
    (FailureKind.TIMEOUT, 34), (FailureKind.CONNECT_TIMEOUT, 10), (FailureKind.RESET, 12),
    (FailureKind.CONNECT_REFUSED, 5), (FailureKind.DNS_TEMPORARY, 7), (FailureKind.DNS_NOT_FOUND, 2),
    (FailureKind.TLS_FAILED, 2), (502, 7), (503, 9), (500, 6), (429, 5), (404, 1),
)  # fmt: skip
"""As what a check fails in passing [a]."""
DOWN: Rows = (
    (503, 22), ("503 with Retry-After", 10), (502, 15), (500, 8), (FailureKind.TIMEOUT, 10),
    (FailureKind.CONNECT_TIMEOUT, 10), (FailureKind.CONNECT_REFUSED, 8), (FailureKind.TLS_EXPIRED, 4),
    (FailureKind.DNS_TEMPORARY, 4), (FailureKind.DNS_NOT_FOUND, 3), (404, 3), ("maintenance page", 3),
)  # fmt: skip
"""As what a host is down [a]."""
CONNECTION: Rows = (
    (FailureKind.CONNECT_REFUSED, 25), (FailureKind.CONNECT_TIMEOUT, 25), (FailureKind.TLS_EXPIRED, 15),
    (FailureKind.TLS_WRONG_HOST, 12), (522, 10), (500, 8), (FailureKind.RESET, 5),
)  # fmt: skip
"""How a server is dead."""
FLAKY_AS: Rows = ((503, 35), (FailureKind.TIMEOUT, 30), (FailureKind.RESET, 15), (500, 10), (404, 10))
"""As what flaky links fail [a]."""
PARKED = (("lander", 20), ("sedo", 20), ("key", 15), ("sale", 15), ("market", 15), ("gambling", 15))


class Condition(StrEnum):
    """What is true of a link in one week."""

    LIVE = "live"
    DEAD = "dead"
    HIDDEN = "hidden"  # blocked, limited, behind a login or consent: nobody without a browser can tell


@dataclass
class Host:
    """One host and its year."""

    name: str
    site: str
    lang: str
    wall: str | None = None
    wall_from: int = NEVER
    limit: int = 0
    outages: dict[int, object] = field(default_factory=dict)
    """Week -> as what it is down."""
    retired: int = NEVER
    back: int = NEVER
    retired_as: tuple[str, object] = ("dns", FailureKind.DNS_NOT_FOUND)
    migrates: int = NEVER
    folders: dict[str, str] = field(default_factory=dict)
    stale_304: bool = False

    @property
    def moved_to(self) -> str:
        """Its name after the migration."""
        return "www.new-" + self.name.removeprefix("www.")


@dataclass
class Page:
    """One link and its year."""

    url: str
    host: Host
    folder: str
    slug: str
    title: str
    excerpt: str
    kind: str
    redirect: str | None = None
    hop_status: int = 301
    hops: int = 1
    died: int = NEVER
    back: int = NEVER
    retitled: int = NEVER
    replaced: int = NEVER
    flaky: object | None = None
    lost_in_migration: bool = False
    tag: str | None = None
    honoured: bool = False


class Builder:
    """Draws hosts and links."""

    def __init__(self, seed: int, links: int, weeks: int) -> None:
        self._weeks = weeks
        self._random = random.Random(seed)  # noqa: S311 - a simulation
        self.pages: dict[str, Page] = {}
        self.hosts: dict[str, Host] = {}
        """By name, and by the name that a migration gives them."""
        self._build(links)

    def _build(self, links: int) -> None:
        lost: dict[str, list[float]] = {"dns": [], "connection": [], "parked": []}
        living: list[tuple[float, int, int]] = []
        for _ in range(links):
            age = self._random.uniform(0, OLDEST)
            died, mode = self._fate(age)
            if died < NEVER and mode != "page":
                lost[mode].append(died)
            else:
                living.append((age, died, self._back(died)))
        self._lapsed(lost)
        # Zipf's law: the first hosts hold most links, most hosts hold one.
        sizes = _zipf(len(living))
        self._random.shuffle(living)
        rows = iter(living)
        for size in sizes:
            host = self._host()
            self._year(host)
            self._folders(host, size)
            for age, died, back in (next(rows) for _ in range(size)):
                self._page(host, age, died, back)

    def _fate(self, age: float) -> tuple[int, str]:
        """The first week in which a link is dead, and in what way."""
        mode = self._pick(MODES)
        if self._random.random() < 1 - math.exp(-(FIRST_YEAR + LATER_YEARS * age)):
            return 0, mode
        weekly = LATER_YEARS / 52
        week = 1 + int(self._random.expovariate(weekly))
        return (week if week < self._weeks else NEVER), mode

    def _back(self, died: int) -> int:
        """Nothing that comes back was dead for less than a week."""
        if died >= NEVER:
            return NEVER
        return died + 1 + int(self._random.expovariate(RECOVERY))

    def _lapsed(self, lost: dict[str, list[float]]) -> None:
        """Hosts of one to three links that are dead as a whole."""
        for mode, deaths in lost.items():
            while deaths:
                size = min(len(deaths), self._random.choice((1, 1, 1, 2, 3)))
                died = int(deaths.pop())
                del deaths[: size - 1]
                host = self._host()
                host.retired, host.back = died, self._back(died)
                host.retired_as = (mode, self._as(mode))
                host.folders[self._random.choice(pages.WORDS)] = "404"
                for _ in range(size):
                    self._page(host, self._random.uniform(1, OLDEST), NEVER, NEVER)

    def _as(self, mode: str) -> object:
        if mode == "dns":
            return "vacant" if self._random.random() < 0.1 else FailureKind.DNS_NOT_FOUND
        return self._pick(CONNECTION if mode == "connection" else PARKED)

    def _host(self) -> Host:
        words = self._random.sample(pages.WORDS, 2)
        name = f"{'www.' if self._random.random() < 0.6 else ''}{''.join(words)}{len(self.hosts)}.example"
        host = Host(name=name, site=" ".join(words).title(), lang=self._random.choice(pages.LANGUAGES))
        self.hosts[name] = self.hosts[host.moved_to] = host
        return host

    def _year(self, host: Host) -> None:
        weeks, chance = self._weeks, self._random.random
        year = weeks / 52
        if chance() < BLOCKED_NOW:
            host.wall, host.wall_from = self._pick(WALL_SHARES), 0
        elif chance() < BLOCKS * year:
            host.wall, host.wall_from = self._pick(WALL_SHARES), self._random.randrange(1, weeks + 1)
        elif chance() < LIMITED:
            host.limit = self._random.choice((1, 3, 5))
        if chance() < MIGRATES * year:
            host.migrates = self._random.randrange(1, weeks + 1)
        elif chance() < RETIRES * year:
            host.retired = self._random.randrange(1, weeks + 1)
            host.back = self._back(host.retired)
            mode = self._pick((("dns", 48), ("connection", 32), ("parked", 20)))
            host.retired_as = (mode, self._as(mode))
        host.stale_304 = chance() < STALE_304
        for _ in range(_poisson(self._random, OUTAGES * year)):
            start = self._random.uniform(0, weeks)
            length = self._random.lognormvariate(math.log(OUTAGE_HOURS), OUTAGE_SPREAD) / 168
            length = min(length, LONGEST_OUTAGE)
            down = self._pick(DOWN)
            for week in range(math.ceil(start), math.floor(start + length) + 1):
                host.outages[week] = down

    def _folders(self, host: Host, size: int) -> None:
        for word in self._random.sample(pages.WORDS, 1 + size // 25):
            host.folders[word] = self._pick(FOLDERS)

    def _page(self, host: Host, age: float, died: int, back: int) -> None:
        noise, chance = self._random, self._random.random
        folder = noise.choice(list(host.folders))
        title = pages.title_of(noise)
        slug = "-".join(title.lower().split()) + (f"-{noise.randrange(10_000)}" if chance() < 0.4 else "")
        kind = "shell" if host.folders[folder] == "shell" else self._pick(
            (("article", 79), ("short", 6), ("listing", 5), ("video", 2), ("member", 3), ("bare", 2), ("paid", 3))
        )  # fmt: skip
        redirect = None
        if age >= MOVED_AFTER and chance() < MOVED:
            redirect = str(self._pick((("same", 66), ("kept", 24), ("renamed", 3), ("locale", 7))))
        root = died == NEVER and kind != "shell" and chance() < 0.02
        path = "/" if root else f"/{folder}/{slug}"
        scheme = "http" if redirect == "same" else "https"
        page = Page(
            url=f"{scheme}://{host.name}{path}", host=host, folder=folder, slug=slug,
            title=host.site if root else title,
            excerpt=" ".join(noise.sample(pages.WORDS, 12)) if chance() < 0.7 else "",
            kind="front" if root else str(kind), redirect=redirect, hop_status=301 if chance() < 0.8 else 302,
            hops=noise.choices((1, 2, 3), (75, 20, 5))[0], died=died, back=back,
            lost_in_migration=chance() < 0.15 and not root,
        )  # fmt: skip
        if page.url in self.pages:
            return self._page(host, age, died, back)
        page.retitled = 1 + int(noise.expovariate(RETITLED / 52))
        page.replaced = 1 + int(noise.expovariate(REPLACED / 52))
        if chance() < FLAKY:
            page.flaky = self._pick(
                ((503, 35), (FailureKind.TIMEOUT, 30), (FailureKind.RESET, 15), (500, 10), (404, 10))
            )
        if chance() < VALIDATORS:
            page.tag = "changing" if chance() < CHANGING else "steady"
            page.honoured = chance() < HONOURED
        self.pages[page.url] = page
        return None

    def _pick(self, rows: Rows) -> Any:
        return weighted(rows, self._random.random())


def weighted(rows: tuple[tuple[object, float], ...], chance: float) -> object:
    left = chance * sum(weight for _, weight in rows)
    for value, weight in rows:
        left -= weight
        if left < 0:
            return value
    return rows[-1][0]


def _zipf(links: int) -> list[int]:
    """Sizes of hosts that hold `links` links together: the second half of the first, the third a third."""
    hosts = max(1, links // 5)
    harmonic = sum(1 / rank for rank in range(1, hosts + 1))
    sizes = [max(1, int(links / harmonic / rank)) for rank in range(1, hosts + 1)]
    while sum(sizes) > links:
        sizes.pop()
    sizes[0] += links - sum(sizes)
    return sizes


def _poisson(noise: random.Random, mean: float) -> int:
    limit, count, product = math.exp(-mean), 0, noise.random()
    while product > limit:
        count, product = count + 1, product * noise.random()
    return count
