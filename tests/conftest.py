"""What holds for every test."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# A busy machine makes no property false, and none rests on what an earlier run left in the folder, which may not even
# be ours to write to.
settings.register_profile(
    "anywhere", deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None, print_blob=True
)
settings.load_profile("anywhere")


@pytest.fixture(scope="session", autouse=True)
def no_proxies() -> Iterator[None]:
    """The developer's proxies are not asked for what is served on this machine."""
    with pytest.MonkeyPatch.context() as environment:
        for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
            environment.delenv(name)
        yield
