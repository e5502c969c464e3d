"""Requests in, observations out, all in this process: one event loop asks, reads and observes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Self
from urllib.request import getproxies

import msgspec

from crawler.engines.observe import TitleMode, observe
from crawler.metadata.reading import PageReader
from crawler.model import Fetched, Observation, Purpose, Request, Want
from crawler.net import pool
from crawler.net.files import AssetFetch
from crawler.net.headers import default_user_agent
from crawler.net.memory import Memory
from crawler.net.pace import Pace
from crawler.net.seam import Fetch, Reader
from crawler.settings import HostTable, NetworkSettings, Settings

BIG_IMAGE = 64 << 10
"""Bytes from which an image is decoded in a thread, so that other answers need not wait for it."""

READERS: Mapping[Want, Callable[[], Reader]] = {
    Want.PAGE: PageReader,
    Want.IMAGE: lambda: _image_reader(whole=True),
    Want.IMAGE_HEAD: lambda: _image_reader(whole=False),
}


def _image_reader(*, whole: bool) -> Reader:
    from crawler.metadata.image import ImageReader  # with Pillow, which takes 20 ms

    return ImageReader(whole=whole)


class LocalEngine:
    """Asks at the hosts' pace; the pace, deadlines that hosts set included, lasts as long as the engine."""

    def __init__(
        self,
        network: NetworkSettings,
        *,
        site_root: Path,
        user_agent: str,
        title: TitleMode,
        proxies: Mapping[str, str],
        randomness: random.Random,
        now: Callable[[], datetime],
        hosts: HostTable | None = None,
        pace: Pace | None = None,
        certificates: str = "",
    ) -> None:
        """`pace` is by default one that this engine has to itself; `certificates` (PEM) are trusted too."""
        self._certificates = certificates
        self._hosts = hosts or HostTable()
        self._network, self._user_agent, self._title = network, user_agent, title
        self._proxies, self._randomness, self._now = proxies, randomness, now
        self._files = AssetFetch(site_root, readers=READERS)
        self._pace = pace
        self._memory = Memory()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing is held open between calls."""

    async def expect(self, links: int) -> None:
        """Nothing has to be prepared."""

    async def ask(
        self,
        requests: Sequence[Request],
        deliver: Callable[[Request, Observation], None],
        *,
        fresh_connections: bool,
    ) -> None:
        """Asks each request once. Each call has connections of its own; `fresh_connections` looks names up anew too.

        A host that failed over one address family is tried over the other first from then on.
        """
        if fresh_connections:
            self._memory.try_again()
        clock = asyncio.get_running_loop().time
        self._pace = self._pace or Pace(self._network, clock=clock, now=self._now, hosts=self._hosts)
        for request in requests:
            if request.purpose is Purpose.ASSET:
                await self._observe(self._files, request, deliver)
        rest = [request for request in requests if request.purpose is not Purpose.ASSET]
        if not rest:
            return
        from crawler.net.open import open_fetch  # aiohttp takes 0.1 s that a run without network need not wait

        async with open_fetch(
            self._network,
            user_agent=self._user_agent,
            readers=READERS,
            pace=self._pace,
            randomness=self._randomness,
            proxies=self._proxies,
            memory=self._memory,
            hosts=self._hosts,
            certificates=self._certificates,
        ) as fetch:

            async def one(request: Request) -> Observation:
                return await self._seen(fetch, request)

            await pool.run(rest, one, self._pace, deliver, clock=clock)

    async def _observe(self, fetch: Fetch, request: Request, deliver: Callable[[Request, Observation], None]) -> None:
        deliver(request, await self._seen(fetch, request))

    async def _seen(self, fetch: Fetch, request: Request) -> Observation:
        asked_at = self._now()
        fetched = await fetch.fetch(request)
        if request.want is Want.IMAGE and len(fetched.body) > BIG_IMAGE:
            return await asyncio.to_thread(self._read, request, fetched, asked_at)
        return self._read(request, fetched, asked_at)

    def _read(self, request: Request, fetched: Fetched, asked_at: datetime) -> Observation:
        return observe(request, fetched, asked_at=asked_at, title=self._title)


def engine(
    settings: Settings, *, version: str, now: Callable[[], datetime], note: Callable[[str], None]
) -> LocalEngine:
    """The engine for these settings; `now` is the time of day, in UTC. There is nothing to `note`."""
    del note
    network = settings.network
    if network.ca_file:
        network = msgspec.structs.replace(network, ca_file=str(Path(settings.root) / network.ca_file))
    return LocalEngine(
        network,
        site_root=Path(settings.root) / settings.cards.site_root,
        user_agent=settings.network.user_agent or default_user_agent(version, settings.cards.site_url),
        title=settings.metadata.title,
        proxies=getproxies(),
        randomness=random.Random(),  # noqa: S311 - jitter, no secret
        now=now,
        hosts=settings.hosts,
    )
