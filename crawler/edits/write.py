"""A card's new bytes in, the file with them out: whole, or as it was."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from contextlib import suppress
from pathlib import Path

from crawler.edits.patch import apply
from crawler.errors import OutputError
from crawler.model import Patch
from crawler.text import printable

_ADVICE = (
    ((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "free some space, then run `crawler fix --apply` again"),
    ((errno.EACCES, errno.EPERM, errno.EROFS), "make the file and its folder writable"),
)


def write(path: Path, patch: Patch, *, root: Path) -> None:
    """Applies `patch` to the file at `path`.

    The new card is written beside the old one and takes its name, so that whoever reads, or ends the process, meets
    the one or the other. Its permissions stay. A link is followed within `root` only, and stays a link.

    Raises PatchConflict if the file has changed since the patch was made, OutputError if it cannot be written.
    """
    real = target(path, patch.path, root=root)
    # Always the same name, so that what a killed run has left goes with the next; short, since the card's may be long.
    aside = real.with_name(f".crawler-{hashlib.sha256(os.fsencode(real.name)).hexdigest()[:16]}.part")
    try:
        with real.open("rb") as file:
            status, raw = os.fstat(file.fileno()), file.read()
        after = apply(raw, patch)
        try:
            aside.unlink(missing_ok=True)
            with aside.open("xb") as file:  # never through a link
                _like(file.fileno(), status)
                file.write(after)
                file.flush()
                # The bytes are on the disk before the name is theirs. The name itself is not waited for, which costs as
                # much again: after a loss of power the old card may be back, whole.
                os.fsync(file.fileno())
            apply(real.read_bytes(), patch)  # an editor may have saved it meanwhile
            aside.replace(real)
        finally:
            with suppress(OSError):  # what went wrong before is the better message
                aside.unlink(missing_ok=True)
    except OSError as error:
        advice = next((f"; {advice}" for numbers, advice in _ADVICE if error.errno in numbers), "")
        raise OutputError(
            f"{printable(patch.path)}: cannot be written: {error.strerror or error}{advice}; the card is as it was"
        ) from error


def target(path: Path, name: str, *, root: Path) -> Path:
    """The file itself that is written for the card `name` at `path`, links followed; raises OutputError if none is."""
    real, tree = Path(os.path.realpath(path)), Path(os.path.realpath(root))
    is_outside = Path(name).is_absolute() and not path.is_symlink()  # named so by the user
    if not (real.is_relative_to(tree) or is_outside):
        raise OutputError(f"{printable(name)}: a link that leads out of {tree}; edit the file itself")
    return real


def _like(handle: int, status: os.stat_result) -> None:
    """Gives a new file the permissions of the old one, and its owner where we may."""
    if hasattr(os, "fchmod"):
        with suppress(OSError):
            os.fchown(handle, status.st_uid, status.st_gid)
        os.fchmod(handle, stat.S_IMODE(status.st_mode))
