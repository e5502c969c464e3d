"""What holds for every test of this room."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def silence(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No library writes to the log, and so to the terminal, what a server said or did."""
    with caplog.at_level(logging.WARNING):
        yield

    assert [record.getMessage() for record in caplog.records] == []
