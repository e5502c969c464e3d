"""`config.toml`, the environment and flags in, one frozen `Settings` out; what is unknown or wrong is refused.

A flag beats the environment (`CRAWLER_<SECTION>_<KEY>`), which beats the file, which beats the default.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import msgspec

from crawler.errors import ConfigError
from crawler.fields import NESTED, names_one, pattern_of, repairable
from crawler.model import UNREADABLE, Code, Health, Record, State
from crawler.settings import CONFIG_NAME, SECTIONS, HostSettings, HostTable, Settings
from crawler.urls import canonical, host_of

ENVIRONMENT_PREFIX = "CRAWLER_"
HOSTS = "hosts"
"""The section whose keys are the names of hosts, each a section of its own."""

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
    for unknown in layer.keys() - SECTIONS.keys() - {HOSTS}:
        raise ConfigError(where.section(unknown) + f"unknown section [{unknown}]{_nearest(unknown, SECTIONS)}")
    for name, record in SECTIONS.items():
        values[name] = _section(record, name, layer.get(name, {}), where)
    for source, overlay in (("environment", _from_environment(environment)), ("command line", flags)):
        for name, keys in overlay.items():
            merged = {**msgspec.to_builtins(values[name]), **keys}
            values[name] = _section(SECTIONS[name], name, merged, _Where(source, ""))
            where.overlaid.update({(name, key): source for key in keys})
    _check_names(environment)
    hosts = HostTable(rows=dict(_host(name, section, where) for name, section in layer.get(HOSTS, {}).items()))
    settings = Settings(
        hosts=hosts,
        root=str((path.parent if path else folder).resolve()),
        source=str(path) if path else None,
        **cast("Any", values),
    )
    _check(settings, allowed, where)
    return settings


def located(message: str, config: Path | None, *, folder: Path, environment: Mapping[str, str], flags: Layer) -> str:
    """`message` with the place of the setting that it names in front, or as it is if it names none.

    What types do not show is found by the room that reads a setting, in words such as `[network] allow_private: …`;
    where that was written only this module knows. The arguments are those of `load`.
    """
    named = re.match(r"\[(?P<section>[^\]]+)\] (?P<key>\w+): (?:'(?P<inner>[^']+)')?", message)
    if named is None:
        return message
    path = config or folder / CONFIG_NAME
    try:
        where = _Where(str(path), path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        where = _Where("", "")
    for source, overlay in (("environment", _from_environment(environment)), ("command line", flags)):
        where.overlaid.update({(name, key): source for name, keys in overlay.items() for key in keys})
    return where.key(named["section"], named["key"], named["inner"]) + message


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
            because = f"{name!r} stands outside a section{_home_of(name)}"
            if name in (*SECTIONS, HOSTS):
                because = f"{name!r} is a section; write [{name}], and its keys below"
            raise ConfigError(_Where(str(path), text).key("", name) + because)
    return text, layer


class _Where:
    """Finds the line of a key, for messages."""

    def __init__(self, source: str, text: str) -> None:
        self._source, self._lines = source, text.splitlines()
        self.overlaid: dict[tuple[str, str], str] = {}
        """(section, key) -> what set it in place of the file."""

    def section(self, name: str) -> str:
        return self._at(self._line(rf"\[\s*{re.escape(name)}\b", ""))

    def key(self, section: str, name: str, inner: str | None = None) -> str:
        """`inner` is a key of the table that `name` holds; where it stands in none of its own, `name` is found."""
        if source := self.overlaid.get((section, name)):
            return f"{source}: "
        if inner is not None:
            line = self._line(rf"{_written(inner)}\s*=", f"{section}.{name}")
            if line := line or self._line(rf"{_written(name)}\s*\.\s*{_written(inner)}\s*=", section):
                return self._at(line)
        line = self._line(rf"{_written(name)}\s*[=.]", section)
        return self._at(line or self._line(rf"\[\s*{re.escape(section)}\.{re.escape(name)}\s*\]", ""))

    def _line(self, pattern: str, section: str) -> int | None:
        inside, section = section == "", section.replace('"', "")
        for number, line in enumerate(self._lines, 1):
            if section and (header := re.match(r"\s*\[\s*([^\]]*?)\s*\]", line)):
                name = re.sub(r"[\"'\s]", "", header[1])
                inside = name == section or name.startswith(section + ".")
            if inside and re.match(r"\s*" + pattern, line):
                return number
        return None

    def _at(self, line: int | None) -> str:
        return f"{self._source}:{line}: " if line else f"{self._source}: " if self._source else ""


def _written(key: str) -> str:
    return rf"[\"']?{re.escape(key)}[\"']?"


def _section(record: type[Record], name: str, values: Mapping[str, Any], where: _Where) -> Record:
    known = record.__struct_fields__
    for key in values:
        if key not in known:
            raise ConfigError(f"{where.key(name, key)}unknown key {key!r} in [{name}]{_nearest(key, known, name)}")
    try:
        return msgspec.convert(values, record, strict=True)
    except msgspec.ValidationError as error:
        from crawler.mistakes import mistake_of  # looks through types, which a sound configuration need not wait for

        key = re.findall(r"\$\.(\w+)", str(error))[-1]
        mistake = mistake_of(record, key, values[key])
        raise ConfigError(f"{where.key(name, key, mistake.inner)}[{name}] {key}: {mistake.said}") from None


def _host(name: str, values: Any, where: _Where) -> tuple[str, HostSettings]:
    """One `[hosts."…"]` with the host's name as it stands in URLs."""
    section = f'{HOSTS}."{name}"'
    if not isinstance(values, dict):
        raise ConfigError(
            f'{where.key(HOSTS, name)}[{HOSTS}] {name}: a section is expected, such as [{HOSTS}."{name}"]'
        )
    star, bare = ("*.", name.removeprefix("*.")) if name.startswith("*.") else ("", name)
    try:
        host = host_of(canonical(f"https://{bare}/"))
    except ValueError:
        host = ""
    if not host or re.search(r"[/:@*?#\s]", bare):
        raise ConfigError(
            f'{where.section(HOSTS)}[{HOSTS}] {name!r} is no host; write "example.org", or "*.example.org" for all '
            "hosts below it"
        )
    found = cast("HostSettings", _section(HostSettings, section, values, where))
    for old, new in found.verdict.items():
        if old.health in (Health.UNVERIFIABLE, Health.SKIPPED) and new.health is Health.HEALTHY:
            raise ConfigError(
                f"{where.key(section, 'verdict')}[{section}] verdict: {old} cannot become {new}: nothing is known "
                "of such a page, so nothing can make it healthy"
            )
    return star + host, found


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
    """`CRAWLER_NETWORK_TIMEOUT=5` -> {"network": {"timeout": 5}}.

    What is to be text is taken as it stands; lists are TOML, or parted by commas as on the command line; the rest is
    TOML.
    """
    layer: Layer = {}
    for variable, raw in sorted(environment.items()):
        section, _, key = variable.removeprefix(ENVIRONMENT_PREFIX).lower().partition("_")
        if variable.startswith(ENVIRONMENT_PREFIX) and section in SECTIONS:
            layer.setdefault(section, {})[key] = _value(raw, getattr(SECTIONS[section](), key, None))
    return layer


def _check_names(environment: Mapping[str, str]) -> None:
    """Refuses variables that are nearly settings: of a section as it might be mistyped, or without its section."""
    for variable in sorted(environment):
        section, _, key = variable.removeprefix(ENVIRONMENT_PREFIX).lower().partition("_")
        whole = f"{section}_{key}" if key else section
        home = next((name for name, record in SECTIONS.items() if whole in record.__struct_fields__), None)
        if not variable.startswith(ENVIRONMENT_PREFIX) or section in SECTIONS or not (key or home):
            continue
        if section == HOSTS:
            raise ConfigError(f"environment: {variable}: sections of hosts can be written in {CONFIG_NAME} only")
        close = difflib.get_close_matches(section, SECTIONS, n=1, cutoff=0.75)
        if not (home or close):
            continue  # others have crawlers, too
        near = [] if home else difflib.get_close_matches(key, SECTIONS[close[0]].__struct_fields__, n=1, cutoff=0.5)
        name = f"{home}_{whole}" if home else "_".join((*close, *(near or [key])))
        hint = f"did you mean {ENVIRONMENT_PREFIX}{name.upper()}?"
        raise ConfigError(f"environment: {variable}: there is no section [{section}]; {hint}")


def _value(raw: str, default: object) -> object:
    if isinstance(default, str) or "\n" in raw:
        return raw
    try:
        value = tomllib.loads(f"value = {raw}")["value"]
    except tomllib.TOMLDecodeError:
        value = raw
    if isinstance(default, tuple) and not isinstance(value, list):
        return [part.strip() for part in raw.split(",") if part.strip()]
    return value


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
    outcomes = [*map(str, (*Health, *Code, *State)), UNREADABLE]
    for item in settings.audit.fail_on:
        if item not in outcomes:
            raise ConfigError(
                f"{where.key('audit', 'fail_on')}[audit] fail_on: {item!r} names no health, verdict or state, "
                f"nor is it {UNREADABLE!r}{_nearest(item, outcomes)}"
            )
    fields = repairable(settings.cards.fields, settings.fix.archive_field)
    for item in settings.fix.keep:
        if not names_one(item, fields):
            nested = NESTED if item.startswith(NESTED.partition("[")[0]) else ""
            raise ConfigError(
                f"{where.key('fix', 'keep')}[fix] keep: {item!r} names no field that holds links or is ever written"
                f"{_nearest(pattern_of(item), [nested + one for one in fields])}"
            )
    for key in ("exclude", "include"):
        for pattern in getattr(settings.audit, key):
            if not pattern.strip():  # such as a variable that is not set; it matches every URL
                raise ConfigError(f"{where.key('audit', key)}[audit] {key}: {pattern!r} would match every URL")
            try:
                re.compile(pattern)
            except re.error as error:
                raise ConfigError(
                    f"{where.key('audit', key)}[audit] {key}: {pattern!r} is no regular expression: {error}"
                ) from error
