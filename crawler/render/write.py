"""A run's report and format names in, one file per format out: whole, or not at all."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from crawler.errors import OutputError
from crawler.model import Difference, RunReport
from crawler.render import DIFFERENCES, FORMATS, Format, markdown_report

_BATCH = 1 << 18
"""Characters written at once: large enough that a chunk per finding costs no system call each."""

SUMMARY_BUDGET = 900 << 10
"""Bytes of a step's summary, of the 1 MiB that GitHub takes
(https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands, job summaries)."""

_ADVICE = (
    ((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "free some space, then run {again}"),
    ((errno.ENOTDIR, errno.EEXIST), "a file stands where the folder should be; move it, or name another folder"),
    ((errno.EISDIR,), "a folder stands there; move it, or name another file"),
)
_ELSEWHERE = "make the folder writable, or name another as `directory` under [reports] or with --output"


class Renderer(Protocol):
    """What the module of a format offers."""

    def render(self, report: RunReport | Difference) -> Iterator[str]:
        """The file's text in pieces, made while they are taken."""


def write(report: RunReport | Difference, formats: Iterable[str], directory: Path) -> tuple[Path, ...]:
    """Writes `report` in each of `formats` into `directory`; the files' paths, in that order.

    `formats` are names of FORMATS, or of DIFFERENCES.

    A file is written aside and then takes its name, so a reader never meets half a report and what stood there
    before stays until the new one is complete.

    Raises OutputError if the folder or a file cannot be written.
    """
    with _as_output_error(directory):
        directory.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in formats:
        path = directory / _format(report, name).file
        write_file(path, _batches(_pieces(report, name)))
        paths.append(path)
    return tuple(paths)


def write_one(report: RunReport | Difference, name: str, path: Path) -> Path:
    """Writes `report` in the format `name` to `path`, whose folder is made if need be; returns the path.

    Raises OutputError if the file cannot be written.
    """
    write_file(path, _batches(_pieces(report, name)))
    return path


def print_report(report: RunReport | Difference, name: str, stream: BinaryIO) -> None:
    """Writes `report` in the format `name` to a stream, piece by piece, in UTF-8 whatever the locale."""
    stream.writelines(_batches(_pieces(report, name)))
    stream.flush()


def append_summary(report: RunReport, path: Path) -> bool:
    """Appends `report` as Markdown to the summary of a step of GitHub Actions; False if there is no room left for it.

    GitHub refuses a summary of more than 1 MiB as a whole, so what other commands of the step have written counts.
    Raises OutputError if the file cannot be written.
    """
    with _as_output_error(path):
        room = SUMMARY_BUDGET - (path.stat().st_size if path.exists() else 0)
        text = "".join(markdown_report.render(report)).encode()
        if len(text) > room:
            return False
        with path.open("ab") as file:
            file.write(text)
    return True


def _format(report: RunReport | Difference, name: str) -> Format:
    return FORMATS[name] if isinstance(report, RunReport) else DIFFERENCES[name]


def _pieces(report: RunReport | Difference, name: str) -> Iterator[str]:
    return cast("Renderer", import_module(_format(report, name).module)).render(report)


def write_file(path: Path, chunks: Iterable[bytes], *, again: str = "`crawler report`") -> None:
    """Writes one file, whole or not at all, and its folder if need be; raises OutputError.

    A link stays one, and what is no file, such as a pipe or a terminal, is written into. `again` is what to run once
    there is space on the disk.
    """
    with _as_output_error(path.parent, again):
        path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not path.is_file() and not path.is_dir():
        with _as_output_error(path, again), path.open("wb") as device:
            device.writelines(chunks)
        return
    path = Path(os.path.realpath(path))
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with _as_output_error(path, again):
            file = aside.open("xb", buffering=0)  # not mkstemp: the report gets the permissions of the user's umask
        with file:
            for batch in chunks:  # made outside of the `with` below: an error of the source is not a disk's
                with _as_output_error(path, again):
                    _write_all(file, batch)
            with _as_output_error(path, again):
                os.fsync(file.fileno())
        with _as_output_error(path, again):
            aside.replace(path)
    finally:
        with suppress(OSError):  # what went wrong before is the better message
            aside.unlink(missing_ok=True)


def _write_all(file: RawIOBase, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) or 0 :]


def _batches(chunks: Iterable[str]) -> Iterator[bytes]:
    batch: list[str] = []
    size = 0
    for chunk in chunks:
        batch.append(chunk)
        size += len(chunk)
        if size >= _BATCH:
            yield "".join(batch).encode()
            batch, size = [], 0
    yield "".join(batch).encode()


@contextmanager
def _as_output_error(path: Path, again: str = "`crawler report`") -> Iterator[None]:
    try:
        yield
    except OSError as error:
        advice = next((advice for numbers, advice in _ADVICE if error.errno in numbers), _ELSEWHERE)
        because = f"{error.strerror or error}; {advice.format(again=again)}"
        raise OutputError(f"{path}: cannot be written: {because}") from error
