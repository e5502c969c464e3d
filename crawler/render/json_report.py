"""A run's report in, `report.json` out: valid JSON in UTF-8 with one finding a line, so that two runs can be diffed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from crawler.model import RunReport
from crawler.render.contract import (
    SCHEMA_VERSION,
    Row,
    finding_row,
    host_row,
    run_row,
    summary_row,
    unreadable_row,
)

_encoder = msgspec.json.Encoder()

# What JSON allows within a string but a terminal, an editor or a line reader may act on: DEL and C1 controls, bidi and
# zero-width characters, line separators, tags. They only ever stand within strings, so the \u form means the same.
_ACTIVE = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def render(report: RunReport) -> Iterator[str]:
    """The file, a piece at a time: each finding is encoded when its turn comes, and forgotten."""
    yield f'{{"schema_version": {SCHEMA_VERSION},\n"run": {encode(run_row(report.run))},\n'
    yield f'"summary": {encode(summary_row(report.summary))},\n'
    yield from array("findings", map(finding_row, report.findings()))
    yield ",\n"
    yield from array("hosts", map(host_row, report.hosts))
    yield ",\n"
    yield from array("unreadable", map(unreadable_row, report.unreadable))
    yield "}\n"


def encode(value: Any) -> str:
    """`value` as JSON on one line, safe to show; what UTF-8 cannot hold stands as its visible escape."""
    try:
        encoded = _encoder.encode(value)
    except UnicodeEncodeError:
        encoded = _encoder.encode(_without_surrogates(value))
    if encoded.isascii() and b"\x7f" not in encoded:
        return encoded.decode("ascii")
    return _ACTIVE.sub(_escaped, encoded.decode("utf-8"))


def array(name: str, rows: Iterable[Row]) -> Iterator[str]:
    """`"name": [...]` with one row a line."""
    separator = f'"{name}": [\n'
    for row in rows:
        yield separator + encode(row)
        separator = ",\n"
    yield "\n]" if separator == ",\n" else f'"{name}": []'


def _escaped(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be")  # JSON escapes UTF-16 code units (RFC 8259, 7)
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def _without_surrogates(value: Any) -> Any:
    """`value` with lone surrogates (from a YAML escape, or a file name that is not UTF-8) as text such as `\\udcff`.

    The JSON escape of the same spelling is grammatical, but strict readers refuse the whole file for it
    (RFC 8259, 8.2: "unpredictable").
    """
    match value:
        case str():
            return str(value).encode("utf-8", "backslashreplace").decode("utf-8")
        case dict():
            return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
        case list() | tuple():
            return [_without_surrogates(item) for item in value]
        case _:
            return value
