"""The user's settings in, what they make of a host's status codes and verdicts out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from crawler.errors import ConfigError
from crawler.model import Code, Health, Record, Verdict
from crawler.settings import AuditSettings, HostSettings, HostTable
from crawler.urls import host_of

Range = tuple[int, int]
"""Status codes from the first to the last, ends included."""
SUCCESS: tuple[Range, ...] = ((200, 299),)


class Action(StrEnum):
    """What a status code is to mean, in linkinator's words."""

    OK = "ok"  # counts as an answer: what the page says is judged
    SKIP = "skip"  # the link is excluded
    WARN = "warn"  # reported as unverifiable: it never fails a run and never counts as healthy
    ERROR = "error"  # broken, whatever is usually made of it


class Choice(Record, frozen=True):
    """One `CODE:ACTION`."""

    low: int
    high: int
    action: Action
    written: str


class Policy(Record, frozen=True):
    """The user's settings that the verdicts on one host's links depend on."""

    accept: tuple[Range, ...] = SUCCESS
    """Status codes that count as an answer."""
    choices: tuple[Choice, ...] = ()
    """What other status codes are to mean; the first that fits counts."""
    host: str = ""
    """The name of the host's own section."""
    verdict: tuple[tuple[Code, Code], ...] = ()
    """Verdicts that mean another."""

    def accepts(self, status: int) -> bool:
        """Whether a status counts as an answer."""
        choice = self.choice(status)
        if choice is not None:
            return choice.action is Action.OK
        return any(low <= status <= high for low, high in self.accept)

    def choice(self, status: int) -> Choice | None:
        """What the user wants a status to mean."""
        return next((one for one in self.choices if one.low <= status <= one.high), None)

    def overridden(self, verdict: Verdict) -> Verdict:
        """The verdict that the user wants instead, with both in its reason; else the verdict as it is."""
        code = dict(self.verdict).get(verdict.code)
        if code is None or code is verdict.code:
            return verdict
        because = f'{verdict.because}; [hosts."{self.host}"] calls {verdict.code} {code}'
        dead = code.health in (Health.BROKEN, Health.UNSAFE, Health.FAILING)
        return Verdict(code=code, rule=OVERRIDE, because=because, confidence=verdict.confidence if dead else 0.0)


OVERRIDE = "host_override"
"""The rule of a verdict that the user put in place of another."""


class Policies(Record, frozen=True):
    """Every host's policy."""

    common: Policy = Policy()
    rows: Mapping[str, Policy] = {}
    """By the names of the sections of hosts."""
    table: HostTable = HostTable()

    def of(self, url: str) -> Policy:
        """The policy for the host of a URL, or of what was written as one."""
        if not self.rows:
            return self.common
        try:
            name = self.table.name(host_of(url))
        except ValueError:  # what is no URL has no host
            return self.common
        return self.common if name is None else self.rows[name]

    @property
    def facts(self) -> tuple[object, ...]:
        """What the verdicts depend on, as plain values in a fixed order."""
        return (self.common, *sorted(self.rows.items()))


def policies_of(audit: AuditSettings, hosts: HostTable) -> Policies:
    """The policies in force; raises ConfigError."""
    common = _policy(audit.accept, "[audit] accept")
    rows = {name: _host_policy(name, section, common) for name, section in hosts.rows.items()}
    return Policies(common=common, rows=rows, table=hosts)


def _host_policy(name: str, section: HostSettings, common: Policy) -> Policy:
    own = common if section.accept is None else _policy(section.accept, f'[hosts."{name}"] accept')
    return msgspec.structs.replace(own, host=name, verdict=tuple(sorted(section.verdict.items())))


def _policy(items: Iterable[str], where: str) -> Policy:
    try:
        return policy_of(items)
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from None


def policy_of(items: Iterable[str]) -> Policy:
    """lychee's ranges and linkinator's `CODE:ACTION`; commas separate. Raises ConfigError.

    Ranges are "200", "200..=204", "200..300" (end left out), "..300", "500..", "4xx", and replace the default; where
    only actions stand, the default holds beside them. A code with an action is what its action says.
    """
    parts = [part.strip() for item in items for part in item.split(",") if part.strip()]
    plain = tuple(_range(part) for part in parts if ":" not in part)
    choices = tuple(_choice(part) for part in parts if ":" in part)
    return Policy(accept=plain or SUCCESS, choices=choices)


def _choice(text: str) -> Choice:
    code, _, action = text.partition(":")
    low, high = _range(code.strip())
    try:
        return Choice(low=low, high=high, action=Action(action.strip().lower()), written=text)
    except ValueError:
        known = ", ".join(Action)
        raise ConfigError(f"{text!r}: no such action as {action.strip()!r}; known are {known}") from None


_RANGE = re.compile(r"(?P<low>\d{3})?\.\.(?P<equals>=?)(?P<high>\d{3})?")


def _range(text: str) -> Range:
    if re.fullmatch(r"[1-9](?:xx|XX)", text):
        return int(text[0]) * 100, int(text[0]) * 100 + 99
    if re.fullmatch(r"\d{3}", text):
        return int(text), int(text)
    found = _RANGE.fullmatch(text)
    if found is None or (found["equals"] and not found["high"]):
        raise ConfigError(f"{text!r} is no status code or range; write 200, 200..=299, ..400, 500.. or 4xx")
    low, end = int(found["low"] or 100), int(found["high"] or 999)
    high = end if found["equals"] or not found["high"] else end - 1
    if high < low:
        raise ConfigError(f"{text!r} holds no status code; the lower end comes first, and ..= includes the upper one")
    return low, high
