"""A site to audit."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.site import CardSite


@pytest.fixture
def site(tmp_path: Path) -> CardSite:
    """An empty folder."""
    return CardSite(tmp_path)
