"""`config.toml`, the environment and flags in, one frozen `Settings` out; what is unknown or wrong is refused.

A flag beats the environment (`CRAWLER_<SECTION>_<KEY>`), which beats the file, which beats the default. Each room
gets only its own section.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import msgspec

from crawler.errors import ConfigError
from crawler.model import Code, Health, Record, State

Seconds = Annotated[float, msgspec.Meta(ge=0)]
Count = Annotated[int, msgspec.Meta(ge=0)]
AtLeastOne = Annotated[int, msgspec.Meta(ge=1)]

ENVIRONMENT_PREFIX = "CRAWLER_"
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
    fields: Mapping[str, Literal["page", "amp", "amp_cache", "image"] | bool] = {}
    """Rows added to the built-in fields (pattern = kind); false switches a row off."""


class NetworkSettings(Record, frozen=True, forbid_unknown_fields=True):
    """How hosts are asked."""

    timeout: Annotated[float, msgspec.Meta(gt=0)] = 20.0
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
    """Health, verdict or state names that make the exit code 2."""
    exclude: tuple[str, ...] = ()
    """Regular expressions; matching URLs are not asked."""
    include: tuple[str, ...] = ()
    """Regular expressions; matching URLs are asked although excluded."""
    accept: tuple[str, ...] = ("200..=299",)
    """Status codes and ranges that count as an answer: "200", "200..=204", "..300", "500..". Replaces the default."""
    max_duration: Annotated[str, msgspec.Meta(pattern=r"^\d+[smhdw]$")] = "0s"
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
    max_age: Annotated[str, msgspec.Meta(pattern=r"^\d+[smhdw]$")] = "0d"
    """Links found healthy more recently than this are not asked again: a number and s, m, h, d or w."""
    keep_runs: AtLeastOne = 60
    """Runs that are kept; older ones are forgotten."""


class ReportSettings(Record, frozen=True, forbid_unknown_fields=True):
    """What is written."""

    directory: str = "reports"
    """Folder of the reports, relative to this file."""
    formats: tuple[str, ...] = ("json", "markdown")
    """One file for each."""


class FixSettings(Record, frozen=True, forbid_unknown_fields=True):
    """What may be repaired."""

    confirmed_only: bool = True
    """Repairs wait for time: of broken links until confirmed, of redirects until seen alike in 2 runs."""


class EngineSettings(Record, frozen=True, forbid_unknown_fields=True):
    """Where the asking is done."""

    name: str = "local"
    """The engine: "local" is this process."""


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

Layer = dict[str, dict[str, Any]]
"""Section -> key -> value, not yet checked."""


def load(
    config: Path | None,
    *,
    folder: Path,
    environment: Mapping[str, str],
    flags: Layer,
    allowed: Mapping[str, tuple[str, ...]],
) -> Settings:
    """The settings in force for a run started in `folder`.

    `config` is the file given by `--config`, or None to look for `config.toml` in `folder`. `flags` are values from
    the command line. `allowed` names what a key may hold beyond its type, such as the report formats there are.

    Raises ConfigError.
    """
    path = config or (folder / CONFIG_NAME if (folder / CONFIG_NAME).is_file() else None)
    text, layer = _read(path) if path else ("", {})
    where = _Where(str(path) if path else "", text)
    values: dict[str, Record] = {}
    for unknown in layer.keys() - SECTIONS.keys():
        raise ConfigError(where.section(unknown) + f"unknown section [{unknown}]{_nearest(unknown, SECTIONS)}")
    for name, record in SECTIONS.items():
        values[name] = _section(record, name, layer.get(name, {}), where)
    for source, overlay in (("environment", _from_environment(environment)), ("command line", flags)):
        for name, keys in overlay.items():
            merged = {**msgspec.to_builtins(values[name]), **keys}
            values[name] = _section(SECTIONS[name], name, merged, _Where(source, ""))
    settings = Settings(
        root=str((path.parent if path else folder).resolve()), source=str(path) if path else None, **cast("Any", values)
    )
    _check(settings, allowed, where)
    return settings


def _read(path: Path) -> tuple[str, Layer]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        layer = tomllib.loads(text)
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such file; name one with --config, or leave the flag out") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 (byte {error.start}); save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        number = int(line[1]) if line else max(1, text.count("\n") + (not text.endswith("\n")))
        raise ConfigError(f"{path}:{number}: not TOML: {error}") from error
    for name, section in layer.items():
        if not isinstance(section, dict):
            raise ConfigError(
                _Where(str(path), text).key("", name) + f"{name!r} stands outside a section{_home_of(name)}"
            )
    return text, layer


class _Where:
    """Finds the line of a key, for messages."""

    def __init__(self, source: str, text: str) -> None:
        self._source, self._lines = source, text.splitlines()

    def section(self, name: str) -> str:
        return self._at(self._line(rf"\[\s*{re.escape(name)}\b", ""))

    def key(self, section: str, name: str) -> str:
        return self._at(self._line(rf"[\"']?{re.escape(name)}[\"']?\s*[=.]", section))

    def _line(self, pattern: str, section: str) -> int | None:
        inside = section == ""
        for number, line in enumerate(self._lines, 1):
            if section and (header := re.match(r"\s*\[\s*([^\]]*?)\s*\]", line)):
                inside = header[1] == section or header[1].startswith(section + ".")
            if inside and re.match(r"\s*" + pattern, line):
                return number
        return None

    def _at(self, line: int | None) -> str:
        return f"{self._source}:{line}: " if line else f"{self._source}: " if self._source else ""


def _section(record: type[Record], name: str, values: Mapping[str, Any], where: _Where) -> Record:
    known = record.__struct_fields__
    for key in values:
        if key not in known:
            raise ConfigError(f"{where.key(name, key)}unknown key {key!r} in [{name}]{_nearest(key, known, name)}")
    try:
        return msgspec.convert(values, record, strict=True)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$.")
        key = re.split(r"[.\[`]", path, maxsplit=1)[0] or "?"
        hint = message[0].lower() + message[1:]
        raise ConfigError(f"{where.key(name, key)}[{name}] {key}: {hint}, got {values.get(key)!r}") from None


def _nearest(name: str, known: Any, section: str = "") -> str:
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    if close:
        return f"; did you mean {close[0]!r}?"
    return _home_of(name) if section and _home_of(name) else "; known are " + ", ".join(sorted(known))


def _home_of(key: str) -> str:
    for section, record in SECTIONS.items():
        if key in record.__struct_fields__:
            return f"; it belongs under [{section}]"
    return ""


def _from_environment(environment: Mapping[str, str]) -> Layer:
    """`CRAWLER_NETWORK_TIMEOUT=5` -> {"network": {"timeout": 5}}; values are TOML, or else text."""
    layer: Layer = {}
    for variable, raw in sorted(environment.items()):
        section, _, key = variable.removeprefix(ENVIRONMENT_PREFIX).lower().partition("_")
        if not variable.startswith(ENVIRONMENT_PREFIX) or section not in SECTIONS:
            continue
        try:
            value = tomllib.loads(f"value = {raw}")["value"]
        except tomllib.TOMLDecodeError:
            value = raw
        layer.setdefault(section, {})[key] = value
    return layer


def _check(settings: Settings, allowed: Mapping[str, tuple[str, ...]], where: _Where) -> None:
    """What types alone do not say."""
    for dotted, names in allowed.items():
        section, key = dotted.split(".")
        value = getattr(getattr(settings, section), key)
        for item in value if isinstance(value, tuple) else (value,):
            if item not in names:
                raise ConfigError(
                    f"{where.key(section, key)}[{section}] {key}: no such thing as {item!r}{_nearest(item, names)}"
                )
    outcomes = [str(name) for name in (*Health, *Code, *State)]
    for item in settings.audit.fail_on:
        if item not in outcomes:
            raise ConfigError(
                f"{where.key('audit', 'fail_on')}[audit] fail_on: {item!r} names no health, verdict or state"
                f"{_nearest(item, outcomes)}"
            )
    for key in ("exclude", "include"):
        for pattern in getattr(settings.audit, key):
            try:
                re.compile(pattern)
            except re.error as error:
                raise ConfigError(
                    f"{where.key('audit', key)}[audit] {key}: {pattern!r} is no regular expression: {error}"
                ) from error
