"""A run's findings in, one by one; out, at most three hints: what to change in the settings so that more can be told.

A hint is a row of ROWS: a condition on the counts of the run, and what to do about it. The rows stand in the order in
which they matter, so that a fault of the settings comes before the habits of single hosts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from ipaddress import ip_network

from crawler.model import Code, Finding, Health, Hint, Record
from crawler.settings import Settings
from crawler.text import printable, toml
from crawler.urls import address_of, host_of

MOST = 3
"""Hints of one run: who reads a fourth has no time for the first."""


class HintTally:
    """Counts findings while they pass by; memory grows with the hosts."""

    def __init__(self) -> None:
        self.codes: Counter[Code] = Counter()
        """Links on the web, by verdict."""
        self.rules: Counter[str] = Counter()
        """Links, by the rule that decided."""
        self.assets: Counter[Code] = Counter()
        """The site's own files, by verdict."""
        self._hosts: defaultdict[Code, Counter[str]] = defaultdict(Counter)
        self._links: Counter[str] = Counter()

    def add(self, finding: Finding) -> None:
        """Counts one finding; what somebody knows of already does not count."""
        code, link = finding.verdict.code, finding.link
        if finding.baseline is not None and not finding.baseline.expired:
            return
        self.rules[finding.verdict.rule] += 1
        if link.asset is not None:
            self.assets[code] += 1
        elif link.invalid is None and link.excluded is None:
            host = host_of(link.url)
            self.codes[code] += 1
            self._hosts[code][host] += 1
            self._links[host] += 1

    @property
    def asked(self) -> int:
        """Links on the web about which something was learnt."""
        return sum(links for code, links in self.codes.items() if code.health is not Health.SKIPPED)

    def worst(self, code: Code) -> tuple[str, int, int, int]:
        """(host, its links with this verdict, all its links, other hosts with it), by most links with it."""
        hosts = self._hosts[code]
        host = min(hosts, key=lambda name: (-hosts[name], name), default="")
        return host, hosts[host], self._links[host], max(0, len(hosts) - 1)

    def hosts(self, code: Code) -> int:
        """Hosts with a link of this verdict."""
        return len(self._hosts[code])


class Row(Record, frozen=True):
    """One hint that there may be."""

    name: str
    hint: Callable[[HintTally, Settings], tuple[str, str, tuple[str, ...]] | None]
    """What was seen, what to do, and the lines of config.toml that do it; or None."""


def hints(tally: HintTally, settings: Settings) -> tuple[Hint, ...]:
    """The first MOST rows that hold, their texts printable."""
    found: list[Hint] = []
    for row in ROWS:
        said = row.hint(tally, settings)
        if said is not None and len(found) < MOST:
            because, do, config = said
            found.append(Hint(rule=row.name, because=printable(because, 500), do=printable(do, 500), config=config))
    return tuple(found)


_Said = tuple[str, str, tuple[str, ...]] | None

_MANY_FILES, _MOSTLY = 5, 0.8


def _site_root(tally: HintTally, settings: Settings) -> _Said:
    missing, files = tally.assets[Code.ASSET_MISSING], tally.assets.total()
    if missing < _MANY_FILES or missing < _MOSTLY * files:
        return None
    return (
        f"{missing} of the site's {files} own files are missing under {settings.cards.site_root!r}",
        "Name the folder that holds them as the site serves them",
        ("[cards]", 'site_root = "static"'),
    )


_HOSTS_ALIKE, _SHARE_ALIKE = 3, 0.3


def _authority(tally: HintTally, settings: Settings) -> _Said:
    """Many hosts at once do not sign their certificates themselves: something between us and them does."""
    links = tally.rules["tls_self_signed"]
    if settings.network.ca_file or tally.hosts(Code.TLS_INVALID) < _HOSTS_ALIKE or links < _SHARE_ALIKE * tally.asked:
        return None
    return (
        f"{links} links show certificates of an authority that is not known here",
        "If a proxy of yours opens TLS, name its certificate",
        ("[network]", 'ca_file = "/path/to/authority.pem"'),
    )


SLOW, SLOWEST = 2.0, 30.0
"""Seconds between starts that a host with a rate limit is asked with, at least; and beyond which it is left alone."""


def _slower(tally: HintTally, settings: Settings) -> _Said:
    host, limited, _, others = tally.worst(Code.RATE_LIMITED)
    now = settings.hosts.of(host).host_request_interval
    interval = settings.network.host_request_interval if now is None else now
    if not limited or interval > SLOWEST / 2:
        return None
    return (
        f"{host} limits the rate, so {_links(limited)} could not be told{_and(others)}",
        "Ask it more slowly",
        (f"[hosts.{toml(host)}]", f"host_request_interval = {max(SLOW, 2 * interval)}"),
    )


_MANY_LINKS, _SHARE_REFUSED = 5, 0.4


def _refuses(tally: HintTally, settings: Settings) -> _Said:
    host, blocked, links, others = tally.worst(Code.BLOCKED)
    if blocked < _MANY_LINKS or blocked < _SHARE_REFUSED * links:
        return None
    seen = f"{blocked / links:.0%} of the {_links(links)} of {host} cannot be told, since it refuses programs"
    if not settings.cards.site_url and not settings.network.user_agent:
        return (
            seen + _and(others),
            "Say who asks: some let through what names its site",
            ("[cards]", 'site_url = "https://…"'),
        )
    return (
        seen + _and(others),
        "Look at these by hand now and then, and leave them out here",
        (f"[hosts.{toml(host)}]", "exclude = true"),
    )


_SHARE_SLOW = 0.2


def _patience(tally: HintTally, settings: Settings) -> _Said:
    late = tally.codes[Code.TIMEOUT]
    if late < 2 * _MANY_LINKS or late < _SHARE_SLOW * tally.asked:
        return None
    return (
        f"{late} of {_links(tally.asked)} gave no answer within {settings.network.timeout:g} s",
        "If this network is slow, ask fewer at once and wait longer",
        (
            "[network]",
            f"max_concurrency = {max(1, settings.network.max_concurrency // 4)}",
            f"timeout = {min(600.0, 2 * settings.network.timeout)}",
        ),
    )


_MANY_LOGINS = 3


def _login(tally: HintTally, settings: Settings) -> _Said:
    host, closed, links, others = tally.worst(Code.AUTH_REQUIRED)
    if closed < _MANY_LOGINS or "authorization" in (name.lower() for name in settings.hosts.of(host).headers):
        return None
    return (
        f"{host} wants a login for {closed} of its {_links(links)}{_and(others)}",
        "If you have a token for it, send it to that host alone; else leave the host out",
        (f"[hosts.{toml(host)}]", 'headers = { Authorization = "Bearer …" }'),
    )


def _private(tally: HintTally, settings: Settings) -> _Said:
    links = tally.codes[Code.UNSAFE_ADDRESS]
    if not links:
        return None
    host, *_ = tally.worst(Code.UNSAFE_ADDRESS)
    address = address_of(host)
    return (
        f"{_links(links)} not asked, for want of a public address, such as {host}",
        "If readers can reach them, allow their network; if not, mend the cards",
        ("[network]", f"allow_private = [{toml(str(ip_network(address)) if address else '10.0.0.0/8')}]"),
    )


def _more_time(tally: HintTally, settings: Settings) -> _Said:
    late = tally.rules["out_of_time"]
    if not late:
        return None
    return (
        f"{_links(late)} were left for the next run, where they come first",
        "Allow more time, or ask less often what was well last time",
        ("[audit]", f'max_duration = "{_longer(settings.audit.max_duration)}"', "[history]", 'max_age = "6d"'),
    )


_MANY_TITLES, _SHARE_TITLES = 20, 0.2


def _titles(tally: HintTally, settings: Settings) -> _Said:
    drifted = tally.codes[Code.DRIFTED]
    if drifted < _MANY_TITLES or drifted < _SHARE_TITLES * tally.asked:
        return None
    return (
        f"{drifted} of {_links(tally.asked)} have another title than their cards",
        "If cards here have titles of their own on purpose, do not compare them",
        ("[metadata]", 'title = "keep"'),
    )


ROWS: tuple[Row, ...] = (
    Row(name="site_root", hint=_site_root),
    Row(name="unknown_authority", hint=_authority),
    Row(name="slow_down", hint=_slower),
    Row(name="more_time", hint=_more_time),
    Row(name="slow_network", hint=_patience),
    Row(name="refused", hint=_refuses),
    Row(name="private_addresses", hint=_private),
    Row(name="login", hint=_login),
    Row(name="titles", hint=_titles),
)


def _links(number: int) -> str:
    return f"{number:,} link{'' if number == 1 else 's'}"


def _and(others: int) -> str:
    return f"; so do {others:,} other hosts" if others > 1 else "; so does one other host" if others else ""


def _longer(duration: str) -> str:
    return f"{2 * int(duration[:-1])}{duration[-1]}"
