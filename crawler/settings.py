"""The settings: one frozen record for each section of `config.toml`, documented where it is declared.

`crawler.config` fills them. Each room gets only its own section.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from crawler.model import Code, Record

_SECONDS = "a number of seconds {}, such as 3"
Seconds = Annotated[float, msgspec.Meta(ge=0, le=86_400, description=_SECONDS.format("from 0 to 86400"))]
SomeSeconds = Annotated[float, msgspec.Meta(gt=0, le=86_400, description=_SECONDS.format("above 0 and up to 86400"))]
Duration = Annotated[
    str, msgspec.Meta(pattern=r"^\d{1,5}[smhdw]$", description="a number and s, m, h, d or w, such as 30m")
]
Count = Annotated[int, msgspec.Meta(ge=0)]
AtLeastOne = Annotated[int, msgspec.Meta(ge=1)]
Refresh = Literal["keep", "fill", "replace"]

CONFIG_NAME = "config.toml"


class CardSettings(Record, frozen=True, forbid_unknown_fields=True):
    """Which cards are read, and what their fields mean."""

    paths: tuple[str, ...] = ("_*/**/*.md", "_*/**/*.markdown", "_*/**/*.html")
    """Files, folders or globs, relative to this file."""
    unpublished: bool = True
    """false: links of cards with "published: false" are excluded ("removed: true" always is)."""
    site_root: str = "."
    """Root-relative URLs ("/assets/…") are checked as files here."""
    site_url: str = ""
    """Where the site is served, e.g. "https://everyday-cc.github.io/powerapps": files under it are checked on disk."""
    ignore_key: str = "crawlerIgnore"
    """Key by which a card opts out: true, or a list of fields such as "webUrl" or "images[].url"; "": no such key."""
    fields: Mapping[str, Literal["page", "amp", "amp_cache", "image"] | bool] = {}
    """Rows added to the built-in fields (pattern = kind); false switches a row off."""


class NetworkSettings(Record, frozen=True, forbid_unknown_fields=True):
    """How hosts are asked."""

    timeout: SomeSeconds = 20.0
    """Seconds for one attempt, connect to last byte; waiting for a slot never counts."""
    max_concurrency: AtLeastOne = 64
    """Requests under way at once, over all hosts."""
    host_concurrency: AtLeastOne = 2
    """Requests under way at once on one host."""
    host_request_interval: Seconds = 0.5
    """Seconds between starts on one host; 0.0 is allowed."""
    max_retries: Count = 2
    """Further attempts after a transient failure; 0 is allowed, and switches the second pass off too."""
    retry_pause: Seconds = 60.0
    """Seconds before what failed transiently is asked once more at the end of the run."""
    max_redirects: Count = 10
    """Hops followed before a chain is given up."""
    host_budget: Count = 0
    """Links asked on one host in one run, 0 for all; the rest is left for the next run, and comes first there."""
    max_wait: Seconds = 120.0
    """The longest Retry-After, in seconds, that a run waits for; a host that asks for more is left for the next run."""
    user_agent: str = ""
    """Sent with every request; empty: the program's name, its version and site_url as contact."""
    headers: Mapping[str, str] = {}
    """Further headers, sent to the origins that the cards name, never on to where they redirect."""
    nameservers: tuple[str, ...] = ()
    """DNS servers to ask instead of the system's, as address or address:port; no hosts file is read then."""
    robots: bool = False
    """true: honours robots.txt. Asking for one named URL per link is not crawling, so the default is false."""
    ca_file: str = ""
    """Extra trusted certificates (PEM file)."""
    allow_private: tuple[str, ...] = ()
    """CIDRs that may be contacted though they are not public."""
    connect_to: Mapping[str, str] = {}
    """"host:port" = "addr:port", like curl --connect-to; the host "*" matches any. Beats any proxy."""


class AuditSettings(Record, frozen=True, forbid_unknown_fields=True):
    """What an audit asks, and when it fails."""

    fail_on: tuple[str, ...] = ("broken", "unsafe", "confirmed")
    """Health, verdict or state names that make the exit code 2; "unreadable": cards that could not be read."""
    exclude: tuple[str, ...] = ()
    """Regular expressions; matching URLs are not asked."""
    include: tuple[str, ...] = ()
    """Regular expressions; matching URLs are asked although excluded."""
    accept: tuple[str, ...] = ("200..=299",)
    """Status codes that count as an answer, "200..=204", "500.." or "4xx"; and what others mean, as "404:skip"."""
    baseline: str = "baseline.toml"
    """Known problems; they are reported and do not count for fail_on. A file, relative to this one."""
    max_duration: Duration = "0s"
    """Time after which no more is asked, 0s for none: a number and s, m, h, d or w. The rest comes first next time."""
    offline: bool = False
    """true: nothing is asked; only what needs no network is checked."""


class MetadataSettings(Record, frozen=True, forbid_unknown_fields=True):
    """What is read from pages."""

    title: Literal["headline", "og", "keep"] = "headline"
    """"headline": without the site's name; "og": og:title as it is; "keep": titles are not compared."""


class HistorySettings(Record, frozen=True, forbid_unknown_fields=True):
    """What is remembered."""

    path: str = ".crawler/history.sqlite"
    """The database, relative to this file."""
    max_age: Duration = "0d"
    """Links found healthy more recently than this are not asked again: a number and s, m, h, d or w."""
    keep_runs: AtLeastOne = 60
    """Runs that are kept; older ones are forgotten."""


class ReportSettings(Record, frozen=True, forbid_unknown_fields=True):
    """What is written."""

    directory: str = "reports"
    """Folder of the reports, relative to this file."""
    formats: tuple[str, ...] = ("html", "json", "markdown")
    """One file for each; docs/formats.md lists them."""


class FixSettings(Record, frozen=True, forbid_unknown_fields=True):
    """What may be repaired."""

    confirmed_only: bool = True
    """Repairs wait for time: of broken links until confirmed, of redirects until seen alike in 2 runs."""
    ask: bool = True
    """Whether audits ask for what repairs need, such as other pictures and https addresses; a request for each."""
    keep: tuple[str, ...] = ("originalUrl",)
    """Fields that are never rewritten, such as "originalUrl" or "images[].url"; within related[] too."""
    title: Refresh = "fill"
    """The title: "keep"; "fill" where the card has none; or "replace" where the page's own differs."""
    excerpt: Refresh = "fill"
    """The excerpt, likewise; a curated text is never shortened."""
    published: Refresh = "fill"
    """publishedDateTime, likewise."""
    updated: Refresh = "keep"
    """updatedDateTime, likewise; "fill" gives one to every card whose page tells it."""
    provider: Refresh = "fill"
    """provider.name, likewise."""
    picture: Literal["keep", "fill"] = "keep"
    """The picture of a card that has none: "fill" takes its page's, which audits ask for each time."""
    min_width: Count = 200
    """Pixels that a new picture has at least."""
    min_height: Count = 100
    """The same, of its height."""
    archive: Literal["off", "field", "replace"] = "off"
    """What a dead page's archived copy becomes: "field" adds it under archive_field, "replace" takes it as the link."""
    archive_field: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^[A-Za-z_][A-Za-z0-9_-]*$", description="a name of letters, digits, _ and - for a field"
        ),
    ] = "archiveUrl"
    """Where "field" puts it."""
    archive_links: Count = 50
    """Dead links looked up in one run, 0 for all; those dead for longest come first. Each takes some 10 seconds."""
    mark_dead: Mapping[Literal["removed", "published"], bool] = {}
    """What is set in the card of a dead page, such as { removed = true, published = false }; empty: nothing."""


class EngineSettings(Record, frozen=True, forbid_unknown_fields=True):
    """Where the asking is done."""

    name: str = "local"
    """"local": this process; "processes": several on this machine; "dask": a cluster (extra cardcrawler[cluster])."""
    workers: Count = 0
    """Workers of "processes" and "dask"; 0 for one a core, or for all that the cluster has."""
    scheduler: str = ""
    """For "dask": the scheduler, such as "tcp://10.0.0.5:8786"; empty: a cluster is started on this machine."""


class HostSettings(Record, frozen=True, forbid_unknown_fields=True):
    """What differs on one host ("example.org"), or on all below one ("*.example.org"); the nearest section counts."""

    host_request_interval: Seconds | None = None
    """Seconds between starts on this host."""
    host_concurrency: AtLeastOne | None = None
    """Requests under way at once on this host."""
    accept: tuple[str, ...] | None = None
    """In place of [audit] accept."""
    headers: Mapping[str, str] = {}
    """Further headers for this host alone; after a redirect from elsewhere they are sent over https only."""
    user_agent: str = ""
    """In place of [network] user_agent."""
    exclude: bool = False
    """true: its links are not asked, unless [audit] include says so."""
    verdict: Mapping[Code, Code] = {}
    """Verdicts that mean another here, as not_found = "blocked"; what could not be told never becomes healthy."""


class HostTable(Record, frozen=True):
    """The sections of hosts, for looking one up."""

    rows: Mapping[str, HostSettings] = {}

    def name(self, host: str) -> str | None:
        """What the section of `host` is called: by its own name, else by that of the nearest domain above it."""
        if not self.rows or host in self.rows:
            return host if self.rows else None
        labels = host.split(".")
        above = (f"*.{'.'.join(labels[at:])}" for at in range(1, len(labels)))
        return next((name for name in above if name in self.rows), None)

    def of(self, host: str) -> HostSettings:
        """The section of `host`; an empty one if there is none."""
        name = self.name(host)
        return NO_HOST if name is None else self.rows[name]


NO_HOST = HostSettings()


class Settings(Record, frozen=True, forbid_unknown_fields=True):
    """All of it."""

    root: str = "."
    """Folder of the config file, absolute: what paths are relative to."""
    source: str | None = None
    """The config file, or None if there is none."""
    cards: CardSettings = CardSettings()
    network: NetworkSettings = NetworkSettings()
    audit: AuditSettings = AuditSettings()
    metadata: MetadataSettings = MetadataSettings()
    history: HistorySettings = HistorySettings()
    reports: ReportSettings = ReportSettings()
    fix: FixSettings = FixSettings()
    engine: EngineSettings = EngineSettings()
    hosts: HostTable = HostTable()


SECTIONS: dict[str, type[Record]] = {
    "cards": CardSettings,
    "network": NetworkSettings,
    "audit": AuditSettings,
    "metadata": MetadataSettings,
    "history": HistorySettings,
    "reports": ReportSettings,
    "fix": FixSettings,
    "engine": EngineSettings,
}
