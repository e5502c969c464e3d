"""Formats by their names: what the tests of several of them share."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

from crawler.model import RunReport
from crawler.render import FORMATS

SCHEMAS = Path(__file__).parent.parent / "data" / "schemas"


def rendered(name: str, run: RunReport) -> str:
    """The file of one format."""
    return "".join(import_module(FORMATS[name].module).render(run))


def loaded(name: str, run: RunReport) -> Any:
    """The file of a format that is JSON, read back."""
    return json.loads(rendered(name, run))


def schema(file: str) -> dict[str, Any]:
    """A JSON Schema that the tests keep."""
    read: dict[str, Any] = json.loads((SCHEMAS / file).read_text(encoding="utf-8"))
    return read
