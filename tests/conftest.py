"""What holds for every test."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def no_proxies() -> Iterator[None]:
    """The developer's proxies are not asked for what is served on this machine."""
    with pytest.MonkeyPatch.context() as environment:
        for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
            environment.delenv(name)
        yield
