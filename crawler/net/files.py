"""A file of the site in, the answer that a web server would give for it out: the same seam, without a network."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path, PurePosixPath

from crawler.model import Answered, Fetched, Request
from crawler.net.seam import LIMITS, Readers

PIECE = 1 << 16
FOUND, UNREADABLE, NOT_FOUND = 200, 403, 404


class AssetFetch:
    """Serves the files under `site_root`, as a static host does: links out of it and folders are not found.

    Names match case for case, as on the hosts that will serve the site, whatever this machine's file system does.
    """

    def __init__(self, site_root: Path, readers: Readers) -> None:
        self._root, self._readers = site_root.resolve(), readers
        self._listed: dict[Path, frozenset[str]] = {}

    async def fetch(self, request: Request) -> Fetched:
        """200 with the file's bytes, as many as are wanted, 403 where it cannot be read, or 404.

        `request.url` is relative to the root.
        """
        try:
            path = self._path(request.url)
        except OSError:  # a name that no file can have
            path = None
        if path is None:
            return _without(request, NOT_FOUND)
        try:
            return self._read(request, path)  # local and bounded: a thread costs more than the read
        except OSError:
            return _without(request, UNREADABLE)

    def _path(self, name: str) -> Path | None:
        """The file that `name` means, or None if there is none under the root."""
        parts = PurePosixPath(name.lstrip("/")).parts
        if not parts or ".." in parts or "\0" in name or "\\" in name:
            return None
        path = self._root
        for part in parts:
            if part not in self._names(path):
                return None
            path /= part
        real = Path(os.path.realpath(path))  # resolve() raises RuntimeError for a loop of links before Python 3.13
        return real if real.is_relative_to(self._root) and real.is_file() else None

    def _names(self, folder: Path) -> frozenset[str]:
        """What lies in `folder`; looked at once, for images lie thousands to a folder."""
        if folder not in self._listed:
            try:
                self._listed[folder] = frozenset(entry.name for entry in folder.iterdir())
            except OSError:
                self._listed[folder] = frozenset()
        return self._listed[folder]

    def _read(self, request: Request, path: Path) -> Fetched:
        make = self._readers.get(request.want)
        reader = make() if make else None
        limit = LIMITS[request.want]
        body = BytesIO()
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            while body.tell() < limit and (data := file.read(min(PIECE, limit - body.tell()))):
                body.write(data)
                if reader and not reader.feed(data):
                    break
            complete = body.tell() == size
        return Fetched(
            outcome=Answered(url=request.url, status=FOUND, headers=(("content-length", str(size)),)),
            body=body.getvalue(),
            complete=complete,
            length=size,
        )


def _without(request: Request, status: int) -> Fetched:
    return Fetched(outcome=Answered(url=request.url, status=status))
