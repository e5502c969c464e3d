"""A batch of requests in, observations out; where the asking is done is the engine's secret."""

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Any

from crawler.settings import Settings

ENGINES: dict[str, str] = {
    "local": "crawler.engines.local",
    "processes": "crawler.engines.processes",
    "dask": "crawler.engines.cluster",
}
"""Engine -> the module that makes it, by `engine(settings, version=…, now=…, note=…)`; loaded when it is chosen."""


def _unheard(_: str) -> None:
    """Tells nobody."""


def engine_for(
    settings: Settings, *, version: str, now: Callable[[], datetime], note: Callable[[str], None] = _unheard
) -> Any:
    """The engine that the settings name, to be used within `async with`.

    `now` is the time of day, in UTC; `note` tells people what happens to workers. Raises ConfigError.
    """
    return import_module(ENGINES[settings.engine.name]).engine(settings, version=version, now=now, note=note)
