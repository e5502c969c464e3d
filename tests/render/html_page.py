"""The text of `report.html` in, its parts out."""

from __future__ import annotations

import base64
import gzip
import json
import re
from typing import Any

from crawler.model import RunReport
from crawler.render import html_report

_ISLAND = re.compile(r'(<script type="application/octet-stream" id="data">)([A-Za-z0-9+/=]*)(</script>)')
_OWN = re.compile(r"(?<=<style>).*?(?=</style>)|(?<=<script>).*?(?=</script>)", re.DOTALL)
_HASH = re.compile(r"(?<=sha256-)[^&']+")


def page(report: RunReport, **options: int) -> str:
    """The file."""
    return "".join(html_report.render(report, **options))


def island(text: str) -> str:
    """What the data say: lines of JSON."""
    found = _ISLAND.search(text)
    assert found, "no data in the page"
    return gzip.decompress(base64.b64decode(found[2], validate=True)).decode()


def readable(text: str) -> str:
    """The page with its data unpacked, a finding a line; its script and style have files of their own."""
    tables, rows = columns(text)
    lines = [
        json.dumps(dict(zip(rows, values, strict=True)), ensure_ascii=False)
        for values in zip(*rows.values(), strict=True)
    ]
    lines += [json.dumps({name: table}, ensure_ascii=False) for name, table in tables.items()]
    data = "\n".join(lines)
    return _ISLAND.sub(lambda found: f"{found[1]}\n{data}\n{found[3]}", _HASH.sub("…", _OWN.sub("…", text)))


def columns(text: str) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """(tables, columns) of the data."""
    *blocks, tables = map(json.loads, island(text).splitlines())
    joined: dict[str, list[Any]] = {}
    for block in blocks:
        for name, values in block.items():
            joined.setdefault(name, []).extend(values)
    return tables, joined
