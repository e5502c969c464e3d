"""Findings in, the same findings again out, as often as there are reports, without judging them again.

To read a run back from the history and to judge it takes ten times as long as to read what came of it, and every
report, the summary and the counts want all of it. So the first pass keeps its findings: the first ones in memory, and
the others in a temporary file.
"""

from __future__ import annotations

import itertools
import struct
import tempfile
import weakref
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import IO

import msgspec

from crawler.model import Finding

BATCH = 256
"""Findings that are packed together."""
MOST_HELD = 16 << 20
"""Bytes of packed findings that are held in memory: those of some 8,000. To compress them takes as long as to pack and
to unpack them."""
_FASTEST = 1
"""zlib's level: a third of the size for a few microseconds a finding."""
_HEADER = struct.Struct(">I")

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Finding]).decode


class Spool:
    """The findings of `source`, which is read through once if it is read to its end."""

    def __init__(self, source: Callable[[], Iterable[Finding]], *, most_held: int = MOST_HELD) -> None:
        self._source, self._most_held = source, most_held
        self._kept: _Batches | None = None

    def __call__(self) -> Iterator[Finding]:
        """All findings, in their order; without the evidence that no report shows."""
        if self._kept is not None:
            yield from self._kept
            return
        findings = map(_without_evidence, self._source())
        batches = _Batches(self._most_held)
        while batch := list(itertools.islice(findings, BATCH)):
            batches.add(batch)
            yield from batch
        if not batches.full:
            self._kept = batches


class _Batches:
    """Findings, some hundred at a time: in memory while there is `room`, in bytes; then in a temporary file."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._held: list[bytes] = []
        self._file: IO[bytes] | None = None
        self.full = False
        """No more is kept: each report judges for itself, as it would have without the file."""

    def add(self, batch: list[Finding]) -> None:
        """Appends a batch, as long as there is room."""
        if self.full:
            return
        try:
            packed = _encode(batch)
            if len(packed) <= self._room:
                self._room -= len(packed)
                self._held.append(packed)
                return
            self._room = 0
            packed = zlib.compress(packed, _FASTEST)
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="crawler-")  # noqa: SIM115 - closed by the finalizer
                weakref.finalize(self, self._file.close)
            self._file.write(_HEADER.pack(len(packed)) + packed)
            self._file.flush()
        except (OSError, UnicodeEncodeError):  # no room; or half a character, which no file holds
            self.full = True
            self._held.clear()

    def __iter__(self) -> Iterator[Finding]:
        for packed in self._held:
            yield from _decode(packed)
        offset = 0
        while self._file is not None:
            self._file.seek(offset)  # another pass may read in between
            header = self._file.read(_HEADER.size)
            if not header:
                return
            (length,) = _HEADER.unpack(header)
            offset += _HEADER.size + length
            yield from _decode(zlib.decompress(self._file.read(length)))


def _without_evidence(finding: Finding) -> Finding:
    """What a verdict rests on fills most of a finding's bytes, and is shown by `crawler explain` alone."""
    seen = finding.observation
    if seen is None or (not seen.sample and seen.features is None):
        return finding
    return msgspec.structs.replace(finding, observation=msgspec.structs.replace(seen, sample="", features=None))
