"""A batch of requests in, observations out; where the asking is done is the engine's secret."""

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Any

from crawler.settings import Settings

ENGINES: dict[str, str] = {"local": "crawler.engines.local"}
"""Engine -> the module that makes it, by `engine(settings, version=…, now=…)`; loaded when it is chosen."""


def engine_for(settings: Settings, *, version: str, now: Callable[[], datetime]) -> Any:
    """The engine that the settings name; `now` is the time of day, in UTC."""
    return import_module(ENGINES[settings.engine.name]).engine(settings, version=version, now=now)
