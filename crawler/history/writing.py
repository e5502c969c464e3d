"""A run's links and observations in, committed in batches.

Kept is what happened, never what was thought of it: verdicts are made anew from the observations, and stored only as
a cache that carries the digest of the rules that made them. Rows are committed in batches, so that a killed process
loses at most the last second; the file is in WAL mode, so that reports can be read while a run writes.
"""

from __future__ import annotations

import hashlib
import itertools
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from crawler.errors import OutputError
from crawler.history.lock import LockFile
from crawler.history.reading import History, connect, time_text
from crawler.history.records import RunRow
from crawler.history.schema import migrate
from crawler.history.trouble import advised
from crawler.model import Code, Link, Observation, Unreadable

BATCH = 500
"""Observations held back at the most before they are committed."""
BATCH_SECONDS = 1.0
"""Seconds after which they are committed all the same."""
INTERRUPTED = "interrupted"
"""How a run ended that the next one goes on with."""
OFFLINE = "offline"
"""How a run ended that was not to ask anything."""
_encode = msgspec.json.Encoder().encode
_URL = "INSERT OR IGNORE INTO urls (url) VALUES (?)"


class HistoryWriter(History):
    """The database of one site, for the one process that holds its lock."""

    def __init__(self, path: Path) -> None:
        """Opens or makes the database; raises OutputError, or CrawlerError if another run holds it."""
        self.path = path
        self._pending: list[tuple[int, str, str, str, str, bytes]] = []
        self._flushed = time.monotonic()
        self._lock = LockFile(path.with_name(path.name + ".lock"))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock.take()
        except OSError as error:
            raise OutputError(
                f"{path}: the history cannot be made: {error.strerror}; check that the folder is writable and not "
                "full, or name another file under [history] path"
            ) from error
        try:
            self._db = self._open()
        except BaseException:
            self._lock.release()
            raise

    def _open(self) -> sqlite3.Connection:
        try:
            database = connect(self.path.resolve().as_uri())
            # FULL, not NORMAL: a few fsyncs a second cost nothing here, and a lost machine loses nothing committed.
            database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;")
            migrate(database, str(self.path))
        except sqlite3.Error as error:
            raise OutputError(f"{self.path}: the history cannot be opened: {advised(error)}") from error
        return database

    def close(self) -> None:
        """Commits what is held back and lets go of the file."""
        try:
            self.flush()
        finally:
            super().close()
            self._lock.release()

    def begin(self, *, now: datetime, version: str, resume_within: timedelta, max_age: timedelta) -> RunRow:
        """A new run; or the last one, if it was interrupted less than `resume_within` ago, to go on with.

        To go on with it makes what it has asked no younger: it is touched by what it asks.
        """
        last = next(iter(self.runs(limit=1)), None)
        if last and last.finished is None and now - last.touched <= resume_within:
            with self._transaction():
                self._db.execute("UPDATE runs SET ended = '', version = ? WHERE number = ?", (version, last.number))
            return self.run(last.id)
        with self._transaction():
            number = self._db.execute("SELECT coalesce(max(number), 0) + 1 FROM runs").fetchone()[0]
            identity = f"{now:%Y%m%dT%H%M%SZ}-{number}"
            self._db.execute(
                "INSERT INTO runs (number, id, started, touched, version, max_age) VALUES (?, ?, ?, ?, ?, ?)",
                (number, identity, time_text(now), time_text(now), version, max_age.total_seconds()),
            )
        return self.run(identity)

    def finish(self, run: RunRow, *, now: datetime, cards: int, ended: str = "", void: str | None = None) -> RunRow:
        """Closes a run; one that was `interrupted` stays open, to be gone on with.

        A void run keeps its row and reason, and forgets its observations.
        """
        self.flush()
        with self._transaction():
            self._db.execute(
                "UPDATE runs SET touched = ?, finished = ?, cards = ?, ended = ?, void = ? WHERE number = ?",
                (
                    time_text(now),
                    None if ended == INTERRUPTED and not void else time_text(now),
                    cards,
                    ended,
                    void,
                    run.number,
                ),
            )
            if void:
                for table in ("observations", "verdicts"):
                    self._db.execute(f"DELETE FROM {table} WHERE run = ?", (run.number,))  # noqa: S608 - a fixed name
        return self.run(run.id)

    def prune(self, keep: int) -> None:
        """Forgets all but the newest `keep` runs, and what only they needed."""
        with self._transaction():
            self._db.execute(
                "DELETE FROM runs WHERE number NOT IN (SELECT number FROM runs ORDER BY number DESC LIMIT ?)", (keep,)
            )
            self._db.execute("DELETE FROM link_records WHERE id NOT IN (SELECT record FROM links)")
            self._db.execute(
                "DELETE FROM urls WHERE id NOT IN (SELECT url FROM links UNION SELECT url FROM observations "
                "UNION SELECT about FROM observations UNION SELECT url FROM verdicts)"
            )

    def plan(self, run: RunRow, links: Iterable[Link], unreadable: Sequence[Unreadable]) -> None:
        """Stores the links of a run, in place of any stored for it before."""
        with self._transaction():
            self._db.execute("DELETE FROM links WHERE run = ?", (run.number,))
            self._db.execute("DELETE FROM unreadable WHERE run = ?", (run.number,))
            self._db.executemany(
                "INSERT INTO unreadable VALUES (?, ?, ?, ?)",
                [(run.number, row.path, row.line, row.because) for row in unreadable],
            )
            for some in _batches(links):
                rows = [(link.url, record := _encode(link), _digest(record)) for link in some]
                self._db.executemany(_URL, [(url,) for url, _, _ in rows])
                self._db.executemany(
                    "INSERT OR IGNORE INTO link_records (digest, record) VALUES (?, ?)",
                    [(digest, record) for _, record, digest in rows],
                )
                self._db.executemany(
                    "INSERT INTO links VALUES (?, (SELECT id FROM urls WHERE url = ?), "
                    "(SELECT id FROM link_records WHERE digest = ?))",
                    [(run.number, url, digest) for url, _, digest in rows],
                )

    def add(self, run: RunRow, observation: Observation, about: str | None = None) -> None:
        """Stores an observation with the next batch; `about` is the link that a second question was asked for."""
        self._pending.append((
            run.number, observation.url, about or observation.url, observation.purpose, time_text(observation.asked_at),
            _encode(observation),
        ))  # fmt: skip
        if len(self._pending) >= BATCH or time.monotonic() - self._flushed >= BATCH_SECONDS:
            self.flush()

    def count(self, run: RunRow, *, now: datetime, requests: int, received: int) -> None:
        """Adds to what a run sent and received."""
        with self._transaction():
            self._db.execute(
                "UPDATE runs SET touched = ?, requests = requests + ?, received = received + ? WHERE number = ?",
                (time_text(now), requests, received, run.number),
            )

    def flush(self) -> None:
        """Commits what is held back."""
        self._flushed = time.monotonic()
        if not self._pending:
            return
        with self._transaction():
            self._db.executemany(
                _URL, [(url,) for url in dict.fromkeys(url for row in self._pending for url in row[1:3])]
            )
            self._db.executemany(
                "INSERT INTO observations (run, url, about, purpose, asked_at, record) "
                "VALUES (?, (SELECT id FROM urls WHERE url = ?), (SELECT id FROM urls WHERE url = ?), ?, ?, ?)",
                self._pending,
            )
            self._db.execute(
                "UPDATE runs SET touched = max(touched, ?) WHERE number = ?",
                (self._pending[-1][4], self._pending[-1][0]),
            )
        self._pending.clear()

    def remember_verdicts(self, run: RunRow, rules: str, rows: Iterable[tuple[str, datetime, Code]]) -> None:
        """Caches what the rules with digest `rules` made of a run: (url, asked_at, code)."""
        with self._transaction():
            self._db.executemany(
                "INSERT OR REPLACE INTO verdicts SELECT ?, id, ?, ? FROM urls WHERE url = ?",
                ((run.number, time_text(asked_at), code, url) for url, asked_at, code in rows),
            )
            self._db.execute("UPDATE runs SET rules = ? WHERE number = ?", (rules, run.number))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield
            self._db.execute("COMMIT")
        except BaseException as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise OutputError(f"{self.path}: the history cannot be written: {error}; is the disk full?") from error
            raise


def _batches(links: Iterable[Link]) -> Iterator[list[Link]]:
    rest = iter(links)
    while some := list(itertools.islice(rest, BATCH)):
        yield some


def _digest(record: bytes) -> bytes:
    return hashlib.blake2b(record, digest_size=16).digest()
