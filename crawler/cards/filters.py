"""The user's patterns in; for a URL, why it is not asked out. `--include` beats `--exclude` and `.lycheeignore`."""

from __future__ import annotations

import re
from pathlib import Path

from crawler.errors import ConfigError
from crawler.settings import AuditSettings, HostTable
from crawler.text import printable
from crawler.urls import host_of

IGNORE_FILE = ".lycheeignore"
"""One regular expression per line, lines that start with # left out; lychee's file, read for an easy move."""


class Filters:
    """Which URLs the user does not want asked. Patterns are searched, not anchored, as in lychee."""

    def __init__(self, audit: AuditSettings, root: Path, hosts: HostTable | None = None) -> None:
        """Raises ConfigError for a pattern in `root`'s .lycheeignore that is no regular expression."""
        self._hosts = hosts or HostTable()
        self._include = [re.compile(pattern) for pattern in audit.include]
        self._exclude = [
            *((re.compile(pattern), f"matches exclude '{printable(pattern, 200)}'") for pattern in audit.exclude),
            *_ignore_file(root / IGNORE_FILE),
        ]

    def reason(self, url: str) -> str | None:
        """Why `url` is not asked, naming the first pattern that matches; None if it is asked."""
        because = next((because for pattern, because in self._exclude if pattern.search(url)), self._host(url))
        return None if because is None or any(include.search(url) for include in self._include) else because

    def _host(self, url: str) -> str | None:
        """Why no link of the URL's host is asked."""
        try:
            name = self._hosts.name(host_of(url)) if self._hosts.rows else None
        except ValueError:  # what is no URL has no host
            return None
        return f'[hosts."{name}"] exclude' if name is not None and self._hosts.rows[name].exclude else None


def _ignore_file(path: Path) -> list[tuple[re.Pattern[str], str]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 (byte {error.start}); save it as UTF-8") from error
    rows = []
    for number, line in enumerate(lines, 1):
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        try:
            rows.append((re.compile(pattern), f"{IGNORE_FILE}:{number}: {printable(pattern, 200)}"))
        except re.error as error:
            raise ConfigError(f"{path}:{number}: {pattern!r} is no regular expression: {error}") from error
    return rows
