"""An error of SQLite in, what to do about it out."""

from __future__ import annotations

import sqlite3

_ADVICE: tuple[tuple[tuple[int, ...], str], ...] = (
    (
        (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT),
        "restore it from a backup, or move it away with any -wal and -shm beside it: the next audit begins a new one",
    ),
    ((sqlite3.SQLITE_FULL,), "free some space, then run it again"),
    ((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED), "another program holds it; run this again when that has ended"),
)
"""(primary result codes of SQLite, advice)."""
_ELSE = "check that the folder is writable and not full, or name another file under [history] path"


def advised(error: sqlite3.Error) -> str:
    """What SQLite said, and what to do."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the lower byte of an extended code is the primary one
    advice = next((advice for codes, advice in _ADVICE if code in codes), _ELSE)
    return f"{error}; {advice}"
