"""A site to audit."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.cli.site import CardSite

signal.signal(signal.SIGINT, signal.default_int_handler)
"""A suite that a script starts in the background ignores Ctrl-C, and so would the commands that it starts."""


@pytest.fixture
def site(tmp_path: Path) -> CardSite:
    """An empty folder."""
    return CardSite(tmp_path)
