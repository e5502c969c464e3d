"""A lock file that the operating system gives back when its holder dies, however it dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from crawler.errors import CrawlerError

_HELD = "is using this history; wait for its end, or name another file under [history] path"


class LockFile:
    """At most one process holds it; the file says which."""

    def __init__(self, path: Path, *, held: str = _HELD) -> None:
        """`held` is what its holder is doing, and what to do about it."""
        self._path, self._held = path, held
        self._handle: int | None = None

    def take(self) -> None:
        """Raises CrawlerError naming the holder if another process has it; OSError if the file cannot be made."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
        try:
            _lock(handle)
        except OSError:
            holder = os.pread(handle, 100, 0).decode("ascii", "replace") if hasattr(os, "pread") else ""
            os.close(handle)
            raise CrawlerError(
                f"{self._path}: another run (process {holder.strip() or 'unknown'}) {self._held}"
            ) from None
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        self._handle = handle

    def release(self) -> None:
        """Gives it back. The file stays: to remove it would let two processes lock two files of one name."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        # A byte far behind the text, since Windows locks are mandatory and the text is to stay readable.
        os.lseek(handle, 1 << 20, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
