"""What the tests of this room share: settings without waits, names without DNS, servers without manners."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import ssl
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from crawler.demo.web import LoopbackWeb
from crawler.model import Answered, Failure, FailureKind, Fetched, Purpose, Request, Want
from crawler.net.gate import Turn
from crawler.net.memory import Memory
from crawler.net.open import open_fetch
from crawler.net.pace import Pace
from crawler.net.seam import Fetch, Readers
from crawler.settings import HostTable, NetworkSettings

AGENT = "CardCheck/test (+https://cards.example/)"


def settings(**changes: Any) -> NetworkSettings:
    """Quick ones: no pause between starts, no retries, five seconds for an attempt."""
    return NetworkSettings(**{"timeout": 5.0, "host_request_interval": 0.0, "max_retries": 0} | changes)


class NotingPace(Pace):
    """Keeps when requests left, by host."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.left: defaultdict[str, list[float]] = defaultdict(list)

    def sent(self, turn: Turn) -> None:
        self.left[turn.host].append(time.monotonic())
        super().sent(turn)


def pace_for(net: NetworkSettings, hosts: HostTable | None = None) -> NotingPace:
    return NotingPace(net, clock=time.monotonic, now=lambda: datetime.now(UTC), hosts=hosts)


@dataclass
class Asking:
    """A network seam and its pace."""

    through: Fetch
    pace: NotingPace

    async def get(self, url: str, want: Want = Want.PAGE, **more: Any) -> Fetched:
        return await self.through.fetch(Request(url=url, want=want, purpose=Purpose.LINK, **more))

    async def status(self, url: str) -> int:
        return answered(await self.get(url)).status

    async def failure(self, url: str) -> FailureKind:
        return failed(await self.get(url)).kind

    def distance(self, web: LoopbackWeb, host: str) -> float:
        """The least time between a request of the host that left and the next one that arrived, in seconds.

        Between two arrivals it may be less than was kept: on a busy machine the first may have been late.
        """
        left, arrived = self.pace.left[host], sorted(hit.at for hit in web.hits if hit.host == host)
        assert len(left) == len(arrived) > 1
        return min(later - earlier for earlier, later in zip(left[:-1], arrived[1:], strict=True))


@contextlib.asynccontextmanager
async def asking(
    web: LoopbackWeb | None = None,
    *,
    readers: Readers | None = None,
    resolver: AbstractResolver | None = None,
    proxies: Mapping[str, str] | None = None,
    memory: Memory | None = None,
    hosts: HostTable | None = None,
    **changes: Any,
) -> AsyncIterator[Asking]:
    """The whole stack, over `web` if there is one; `changes` are settings."""
    if web:
        changes = {"connect_to": web.connect_to, "ca_file": str(web.ca_file)} | changes
    net = settings(**changes)
    pace = pace_for(net, hosts)
    async with open_fetch(
        net,
        user_agent=AGENT,
        readers=readers or {},
        pace=pace,
        randomness=random.Random(1),  # noqa: S311 - jitter is no secret
        resolver=resolver,
        proxies=proxies,
        memory=memory,
        hosts=hosts,
        pause=0.01,
    ) as fetch:
        yield Asking(fetch, pace)


def answered(fetched: Fetched) -> Answered:
    assert isinstance(fetched.outcome, Answered), fetched.outcome
    return fetched.outcome


def failed(fetched: Fetched) -> Failure:
    assert isinstance(fetched.outcome, Failure), fetched.outcome
    return fetched.outcome


class Names(AbstractResolver):
    """A resolver that knows these names; an exception in place of addresses is raised. The rest does not exist."""

    def __init__(self, known: Mapping[str, Sequence[str] | Exception]) -> None:
        self.known = dict(known)
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self.asked.append(host)
        found = self.known.get(host, socket.gaierror(socket.EAI_NONAME, "Name or service not known"))
        if isinstance(found, Exception):
            raise found
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=0,
            )
            for address in found
        ]

    async def close(self) -> None:
        pass


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def server(talk: Talk, address: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server that does what `talk` does with each connection; its port."""

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await talk(reader, writer)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    listening = await asyncio.start_server(one, address, 0, limit=1 << 20, ssl=tls)
    try:
        yield int(listening.sockets[0].getsockname()[1])
    finally:
        listening.close()


def saying(answer: bytes) -> Talk:
    """Answers the first request of each connection with these bytes, and closes."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()

    return talk
