"""How results are shown, and what the exit codes are."""

from __future__ import annotations

import os
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path

import msgspec

from crawler.errors import ConfigError
from crawler.progress import BarProgress, LineProgress
from crawler.render import DIFFERENCES
from crawler.settings import Settings


class Exit(IntEnum):
    """The documented exit codes; 3, bad configuration or usage, is ConfigError's."""

    CLEAN = 0
    FAILED = 1
    FOUND = 2
    INTERRUPTED = 130


class Show(msgspec.Struct, frozen=True, kw_only=True):
    """What the user wants to see."""

    colour: bool
    width: int
    quiet: bool
    verbose: bool
    progress: LineProgress | BarProgress | None
    """None: no progress."""
    output: str | None = None
    """The file of the one report that is asked for, `-` for standard output; None: files in the reports' folder."""
    step_summary: Path | None = None
    """The file that GitHub shows on the page of a job, where there is one."""


def output_of(named: str | None, formats: Sequence[str]) -> str | None:
    """The file that `--output` names, `-` for standard output, or None if it names a folder; raises ConfigError."""
    folder = named is not None and (named.endswith(("/", os.sep)) or Path(named).is_dir() or not Path(named).suffix)
    if named is None or (folder and named != "-"):
        return None
    if len(formats) != 1:
        raise ConfigError(f"--output {named} takes one report; name it with --format, such as --format json")
    return named


def for_difference(settings: Settings, asked: Sequence[str] | None) -> Settings:
    """Settings with the formats that can show how two runs differ; raises ConfigError if another is `asked` for."""
    for name in asked or ():
        if name not in DIFFERENCES:
            raise ConfigError(f"--format {name} shows one run; with --against there are {', '.join(DIFFERENCES)}")
    formats = tuple(name for name in settings.reports.formats if name in DIFFERENCES)
    return msgspec.structs.replace(settings, reports=msgspec.structs.replace(settings.reports, formats=formats))
