"""Standard input, output and errors as they were handed to us in, ones that tell what is wrong with them out."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

OUTPUT = "standard output"
"""What an OSError names as its file when standard output cannot be written."""
_STREAMS = (("stdin", "replace"), ("stdout", "backslashreplace"), ("stderr", "backslashreplace"))
"""(name, what becomes of characters that its encoding does not have)."""


def prepare() -> None:
    """Makes the streams fit for use: one that is closed holds or takes nothing, and none fails for its encoding."""
    for name, errors in _STREAMS:
        stream = getattr(sys, name)
        if stream is None and name == "stdin":  # closed by whoever started us
            sys.stdin = io.StringIO()
        elif stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for as long as we run
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)
            if name == "stdout" and type(getattr(stream.buffer, "raw", stream.buffer)) is io.FileIO:
                sys.stdout = _named(stream)


def give_up_output() -> None:
    """What is still held back cannot be written either, and Python must not complain of that at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _named(stream: io.TextIOWrapper) -> io.TextIOWrapper:
    """The same stream, of which errors say which file they are of."""
    raw = _Output(stream.fileno(), "w", closefd=False)
    unbuffered = isinstance(stream.buffer, io.FileIO)  # as PYTHONUNBUFFERED makes it
    return io.TextIOWrapper(
        cast("BinaryIO", raw) if unbuffered else io.BufferedWriter(raw),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


class _Output(io.FileIO):
    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            error.filename = OUTPUT
            raise
