"""How results are shown, and what the exit codes are."""

from __future__ import annotations

from enum import IntEnum

import msgspec

from crawler.progress import BarProgress, LineProgress


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
