"""`baseline.toml` in, the problems that are known out; and the file with an entry more or fewer.

The file is the user's: comments and order stay, an entry is added at the end, and what is removed takes nothing along
but the comment right above it.
"""

from __future__ import annotations

import difflib
import itertools
import json
import os
import re
import secrets
import tomllib
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from crawler.errors import ConfigError, OutputError
from crawler.mistakes import mistake_of
from crawler.model import Code, Health, Known, Record
from crawler.text import printable
from crawler.urls import canonical

TABLE = "known"
_HEADER = re.compile(rf"\s*\[\[\s*{TABLE}\s*\]\]\s*(#.*)?")
_NEEDED = ("url", "reason", "owner", "expires")
_NEEDED_SAID = f"{', '.join(_NEEDED[:-1])} and {_NEEDED[-1]}"
_NEVER = (Health.HEALTHY, Health.SKIPPED)
"""What is no problem is not known as one."""
_TOP = """\
# Known problems: reported, and not counted for --fail-on until they expire. `crawler baseline` adds, lists and prunes.
"""


class Entry(Record, frozen=True, forbid_unknown_fields=True):
    """One known problem."""

    url: str
    """Of the link, as reports show it."""
    reason: str
    owner: str
    expires: date
    """The last day on which the entry holds."""
    verdict: Code | None = None
    """Only this verdict is known; None: whatever is wrong with the link."""


class Baseline(Record, frozen=True):
    """All known problems, in the order of the file."""

    entries: tuple[Entry, ...] = ()

    def of(self, url: str, code: Code, *, today: date) -> Known | None:
        """What is known of a link judged `code`; an entry for just this verdict beats one for any."""
        if code.health in _NEVER:
            return None
        fitting = [one for one in self.entries if one.url == url and one.verdict in (code, None)]
        best = max(fitting, key=lambda one: (one.expires >= today, one.verdict is not None), default=None)
        if best is None:
            return None
        return Known(reason=best.reason, owner=best.owner, expires=best.expires, expired=best.expires < today)


def read(path: Path) -> Baseline:
    """The known problems of a file, none if there is no file; raises ConfigError."""
    return Baseline(entries=_parsed(_text(path), path))


def entry_of(url: str, *, reason: str, owner: str, expires: str, verdict: str | None, today: date) -> Entry:
    """An entry as the command line gives it; `expires` is a date, or days from `today`. Raises ConfigError."""
    try:
        days = re.fullmatch(r"(\d{1,4})d", expires)
        until = today + timedelta(days=int(days[1])) if days else date.fromisoformat(expires)
    except ValueError:
        raise ConfigError(f"--expires {expires!r} is no date; write YYYY-MM-DD, or days such as 30d") from None
    if until < today:
        raise ConfigError(f"--expires {until} is past; an entry that has expired covers nothing")
    row = {"url": url, "reason": printable(reason), "owner": printable(owner), "expires": until, "verdict": verdict}
    return _entry(row, lambda _key=None: "crawler baseline add")


def add(path: Path, entry: Entry) -> bool:
    """Adds an entry at the end; True if it replaces one for the same link and verdict. Raises ConfigError."""
    text = _text(path)
    entries = _parsed(text, path)
    rest = [one for one in entries if (one.url, one.verdict) != (entry.url, entry.verdict)]
    kept = _without(text, [one not in rest for one in entries], path)
    new = f"{kept.rstrip()}\n\n" if kept.strip() else f"{_TOP}\n"
    new += f"[[{TABLE}]]\n" + "".join(f"{line}\n" for line in _lines(entry))
    _replace(path, new, expected=[*rest, entry])
    return len(rest) < len(entries)


def remove(path: Path, doomed: Callable[[Entry], bool]) -> tuple[Entry, ...]:
    """Removes the entries that `doomed` names, and returns them; raises ConfigError."""
    text = _text(path)
    entries = _parsed(text, path)
    drop = [doomed(one) for one in entries]
    if any(drop):
        rest = [one for one, gone in zip(entries, drop, strict=True) if not gone]
        _replace(path, _without(text, drop, path), expected=rest)
    return tuple(one for one, gone in zip(entries, drop, strict=True) if gone)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 (byte {error.start}); save it as UTF-8") from error


def _parsed(text: str, path: Path) -> tuple[Entry, ...]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        where = f"{path}:{line[1]}" if line else f"{path}:{max(1, len(text.splitlines()))}"
        raise ConfigError(f"{where}: not TOML: {error}") from error
    rows = document.pop(TABLE, [])
    if document or not isinstance(rows, list):
        raise ConfigError(f"{path}: {next(iter(document), TABLE)!r} is not known here; write entries as [[{TABLE}]]")
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if _HEADER.fullmatch(line)]
    return tuple(
        _entry(row, partial(_place, path, lines, start))
        for row, start in itertools.zip_longest(rows, starts[: len(rows)])
    )


def _place(path: Path, lines: Sequence[str], start: int | None, key: str | None = None) -> str:
    """`path:line` of a key in the table that begins at line `start`, counted from 0; of the table, if it has none."""
    if start is None:
        return str(path)
    table = itertools.takewhile(lambda line: not _HEADER.fullmatch(line), lines[start + 1 :])
    written = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=") if key else None
    after = (number for number, line in enumerate(table, start + 2) if written and written.match(line))
    return f"{path}:{next(after, start + 1)}"


def _entry(row: Any, where: Callable[..., str]) -> Entry:
    """`where` says, of a key or of the whole entry, where it stands."""
    if not isinstance(row, dict):
        raise ConfigError(f"{where()}: {TABLE!r} holds {row!r}; write entries as [[{TABLE}]]")
    for key in row:
        if key not in Entry.__struct_fields__:
            close = difflib.get_close_matches(key, Entry.__struct_fields__, n=1, cutoff=0.5)
            hint = f"did you mean {close[0]!r}?" if close else "known are " + ", ".join(Entry.__struct_fields__)
            raise ConfigError(f"{where(key)}: unknown key {key!r} in [[{TABLE}]]; {hint}")
    if missing := [key for key in _NEEDED if key not in row]:
        raise ConfigError(f"{where()}: [[{TABLE}]]: {missing[0]} is missing; an entry needs {_NEEDED_SAID}")
    try:
        entry = msgspec.convert(row, Entry, strict=True)
    except msgspec.ValidationError as error:
        key = re.findall(r"\$\.(\w+)", str(error))[-1]
        raise ConfigError(f"{where(key)}: [[{TABLE}]] {key}: {mistake_of(Entry, key, row[key]).said}") from None
    if empty := next((key for key in ("reason", "owner") if not row[key].strip()), None):
        raise ConfigError(
            f"{where(empty)}: [[{TABLE}]]: a reason and an owner are needed, so that somebody can be asked"
        )
    with suppress(ValueError):
        entry = msgspec.structs.replace(entry, url=canonical(entry.url))
    return entry


def _lines(entry: Entry) -> list[str]:
    """TOML's basic strings are JSON's, but for DEL (TOML 1.0, String)."""
    texts = [("url", entry.url), ("verdict", entry.verdict), ("reason", entry.reason), ("owner", entry.owner)]
    rows = [f"{key} = {json.dumps(printable(str(value), 8_000), ensure_ascii=False)}" for key, value in texts if value]
    return [*rows, f"expires = {entry.expires.isoformat()}"]


def _without(text: str, drop: Sequence[bool], path: Path) -> str:
    """`text` without the tables marked, each with the comment right above it."""
    lines = text.splitlines(keepends=True)
    starts = [number for number, line in enumerate(lines) if _HEADER.fullmatch(line.rstrip("\n"))]
    if not any(drop):
        return text
    if len(starts) != len(drop):
        raise ConfigError(f"{path}: entries are not all written as [[{TABLE}]]; edit the file by hand")
    begins = [_with_comment(lines, start, after) for start, after in zip(starts, [0, *starts], strict=False)]
    ends = [*begins[1:], len(lines)]
    kept = lines[: begins[0]]
    for begin, end, gone in zip(begins, ends, drop, strict=True):
        kept += [] if gone else lines[begin:end]
    return "".join(kept)


def _with_comment(lines: Sequence[str], start: int, after: int) -> int:
    """The line where the comment above a table begins; one that a blank line sets apart is not the table's."""
    while start - 1 >= after and lines[start - 1].startswith("#") and not _HEADER.fullmatch(lines[start - 1]):
        start -= 1
    return start if start > 0 else _after_top(lines)


def _after_top(lines: Sequence[str]) -> int:
    """A comment that opens the file and touches the first table is the file's."""
    return next(number for number, line in enumerate(lines) if not line.startswith("#"))


def _replace(path: Path, text: str, *, expected: Sequence[Entry]) -> None:
    """Writes the file aside and gives it its name, if it says what it should."""
    if list(_parsed(text, path)) != [msgspec.structs.replace(one) for one in expected]:
        raise ConfigError(f"{path}: cannot be edited without losing something; edit it by hand")
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with aside.open("xb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from error
