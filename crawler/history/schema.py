"""The database's tables, as an ordered list of migrations."""

from __future__ import annotations

import sqlite3

from crawler.errors import CrawlerError

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE runs (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, started TEXT NOT NULL, touched TEXT NOT NULL,
        finished TEXT, version TEXT NOT NULL, cards INTEGER NOT NULL DEFAULT 0, requests INTEGER NOT NULL DEFAULT 0,
        received INTEGER NOT NULL DEFAULT 0, max_age REAL NOT NULL DEFAULT 0, ended TEXT NOT NULL DEFAULT '',
        void TEXT, rules TEXT) STRICT;
    CREATE TABLE urls (id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE link_records (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, record BLOB NOT NULL) STRICT;
    CREATE TABLE links (
        run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, url INTEGER NOT NULL REFERENCES urls,
        record INTEGER NOT NULL REFERENCES link_records, PRIMARY KEY (run, url)) STRICT, WITHOUT ROWID;
    CREATE INDEX links_of_url ON links (url, run);
    CREATE TABLE observations (
        id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
        url INTEGER NOT NULL REFERENCES urls, about INTEGER NOT NULL REFERENCES urls, purpose TEXT NOT NULL,
        asked_at TEXT NOT NULL, record BLOB NOT NULL) STRICT;
    CREATE INDEX observations_of_link ON observations (about, run);
    CREATE INDEX observations_of_url ON observations (url, run);
    CREATE INDEX observations_of_run ON observations (run);
    CREATE TABLE verdicts (
        run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, url INTEGER NOT NULL REFERENCES urls,
        asked_at TEXT NOT NULL, code TEXT NOT NULL,
        PRIMARY KEY (url, run)) STRICT, WITHOUT ROWID;
    CREATE TABLE unreadable (
        run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, path TEXT NOT NULL, line INTEGER NOT NULL,
        because TEXT NOT NULL) STRICT;
    """,
)
"""Each step takes the database from its index to the next version, in one transaction."""


def migrate(database: sqlite3.Connection, path: str) -> None:
    """Brings the database up to date; raises CrawlerError if a newer program wrote it."""
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise CrawlerError(f"{path}: written by a newer version of the program; update it, or name another file")
    for number, script in enumerate(MIGRATIONS[version:], version + 1):
        database.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {number}; COMMIT;")
