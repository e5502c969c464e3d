"""Settings in, what one of several workers must know to ask as a single process would out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from crawler.engines.observe import TitleMode
from crawler.errors import ConfigError
from crawler.model import Record
from crawler.net.headers import default_user_agent
from crawler.settings import HostTable, NetworkSettings, Settings


class Charter(Record, frozen=True):
    """Goes to a worker before anything else."""

    worker: int
    """Its number, from 0."""
    network: NetworkSettings
    hosts: HostTable
    user_agent: str
    title: TitleMode
    proxies: Mapping[str, str]
    certificates: str
    """Extra trusted ones (PEM) instead of `network.ca_file`, for workers that are where that file is not."""


def charter_for(
    settings: Settings, *, version: str, proxies: Mapping[str, str], worker: int, here: bool = False
) -> Charter:
    """The charter of the worker with this number, which may be `here`, on this machine; its room is told later.

    Raises ConfigError if `ca_file` cannot be read.
    """
    network = settings.network
    ca_file = certificates = ""
    if network.ca_file:
        path = Path(settings.root) / network.ca_file
        try:
            certificates = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise ConfigError(f"[network] ca_file: {path}: {reason}; name a file of PEM certificates") from error
        if here:
            ca_file, certificates = str(path.absolute()), ""
    return Charter(
        worker=worker,
        network=msgspec.structs.replace(network, ca_file=ca_file),
        hosts=settings.hosts,
        user_agent=network.user_agent or default_user_agent(version, settings.cards.site_url),
        title=settings.metadata.title,
        proxies=proxies,
        certificates=certificates,
    )


def size_for(settings: Settings, most: int) -> int:
    """How many workers there may be where `most` could be had: each needs one of the requests under way."""
    return max(1, min(settings.engine.workers or most, most, settings.network.max_concurrency))
