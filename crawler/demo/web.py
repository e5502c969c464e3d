"""Routes in, a web on loopback out: it serves any host name over HTTP and HTTPS, with every fault that can be made.

It speaks HTTP on plain sockets rather than through a server library, because a server library takes care that no
broken answer ever leaves it. Clients reach it through `connect_to` and trust `ca_file`.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from crawler.demo.reply import NOT_FOUND, Reply, image, page, picture, redirect, retry_after
from crawler.demo.wire import HEAD_LIMIT, Hit, hear, linger, say

if TYPE_CHECKING:
    from crawler.demo.tls import BadTLS  # its import costs a tenth of a second

__all__ = [
    "Door",
    "Hit",
    "LoopbackWeb",
    "Reply",
    "Routes",
    "image",
    "page",
    "picture",
    "redirect",
    "retry_after",
    "serving",
]

BACKLOG = 4096
"""Connections that may wait to be accepted: Python's default of 100 makes hundreds of clients at once wait a second."""
PATIENCE = 30.0
"""Seconds that the thread's web may take to start or stop."""

Answer = Reply | Sequence[Reply] | Callable[[Hit], Reply | Awaitable[Reply]]
"""A sequence answers with its items in turn and stays at the last."""
Routes = Mapping[str, Answer]
"""`host/path?query` -> what answers; `host/*` answers whatever else is asked of a host, `*` whatever else at all."""


class Door(StrEnum):
    """What happens to connections to a host before anything can be said."""

    REFUSED = "refused"
    RESET = "reset"  # accepted, then reset at once
    DEAF = "deaf"  # never accepted: connecting takes for ever


class LoopbackWeb:
    """The web, for use as `async with LoopbackWeb(routes) as web`; its attributes hold from then on."""

    def __init__(
        self,
        routes: Routes,
        *,
        bad_tls: Mapping[str, BadTLS] | None = None,
        doors: Mapping[str, Door] | None = None,
        address: str = "127.0.0.1",
    ) -> None:
        self.routes = routes
        self._bad_tls, self._doors, self._address = dict(bad_tls or {}), dict(doors or {}), address
        self.hits: list[Hit] = []
        """Every request, in order of arrival."""
        self.connections = 0
        """Accepted so far."""
        self.http_port = self.https_port = 0
        self.ca_file = Path()
        """PEM file of the authority to trust."""
        self._ports: dict[Door, int] = {}
        self._sockets: list[socket.socket] = []
        self._tasks: dict[asyncio.Task[None], socket.socket] = {}
        self._failures: list[Exception] = []

    @property
    def routes(self) -> Routes:
        """What answers; may be replaced while the web runs, and sequences then start over."""
        return self._routes

    @routes.setter
    def routes(self, routes: Routes) -> None:
        self._routes = routes
        self._turns: dict[str, int] = {}

    @property
    def connect_to(self) -> dict[str, str]:
        """`host:port` -> `address:port`, as `[network] connect_to` wants it."""
        ports = {f"{host}:{port}": self._ports[door] for host, door in self._doors.items() for port in (80, 443)}
        ports |= {"*:80": self.http_port, "*:443": self.https_port}
        address = f"[{self._address}]" if ":" in self._address else self._address
        return {name: f"{address}:{port}" for name, port in ports.items()}

    def count(self, key: str) -> int:
        """Requests for `host/path?query`."""
        return sum(hit.key == key for hit in list(self.hits))

    def peak(self, host: str | None = None) -> int:
        """The most requests that were under way at once, on one host or on all."""
        marks: list[tuple[float, int]] = []
        for hit in list(self.hits):
            if host in (None, hit.host):
                # An end sorts before a start at the same moment.
                marks += [(hit.at, 1), (float("inf") if hit.finished is None else hit.finished, -1)]
        under_way = most = 0
        for _, step in sorted(marks):
            under_way += step
            most = max(most, under_way)
        return most

    async def __aenter__(self) -> Self:
        from crawler.demo.tls import ISSUER_URL, Authority

        self._folder = tempfile.TemporaryDirectory(prefix="loopback-web-")
        authority = Authority(Path(self._folder.name), self._bad_tls)
        self.ca_file = authority.ca_file
        self._own = {ISSUER_URL.removeprefix("http://"): Reply(body=authority.issuer)}
        try:
            self.http_port = self._listen(None)
            self.https_port = self._listen(authority.listen(self._address))
            for door in set(self._doors.values()):
                self._ports[door] = self._open(door)
        except OSError:  # an address that this machine does not have
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        for each in self._sockets:
            asyncio.get_running_loop().remove_reader(each)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for each in self._sockets:
            each.close()
        self._folder.cleanup()
        if self._failures:
            raise ExceptionGroup("the loopback web itself failed", self._failures)

    # ---- sockets ----

    def _bound(self) -> socket.socket:
        each = socket.socket(socket.AF_INET6 if ":" in self._address else socket.AF_INET)
        self._sockets.append(each)
        each.setblocking(False)
        each.bind((self._address, 0))
        return each

    def _listen(self, context: ssl.SSLContext | None, *, shut: bool = False) -> int:
        listener = self._bound()
        listener.listen(BACKLOG)
        asyncio.get_running_loop().add_reader(listener, partial(self._accept, listener, context, shut=shut))
        return int(listener.getsockname()[1])

    def _open(self, door: Door) -> int:
        if door is Door.RESET:
            return self._listen(None, shut=True)
        each = self._bound()  # bound and not listening: refused, and nobody else can take the port
        port = int(each.getsockname()[1])
        if door is Door.DEAF:
            each.listen(0)
            for _ in range(2):  # Linux keeps backlog + 1 connections; whoever comes later is not answered
                client = socket.socket(each.family)
                self._sockets.append(client)
                client.setblocking(False)
                client.connect_ex((self._address, port))
        return port

    def _accept(self, listener: socket.socket, context: ssl.SSLContext | None, *, shut: bool) -> None:
        # Not `loop.sock_accept`: cancelled at the wrong moment, it forgets a connection that it has accepted.
        try:
            client, _ = listener.accept()
        except OSError:  # the client has gone again, or we are out of file descriptors
            return
        self.connections += 1
        if shut:
            linger(client)
            client.close()
            return
        client.setblocking(False)
        task = asyncio.create_task(self._converse(client, context, self.connections))
        self._tasks[task] = client
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.pop(task).close()  # here, since a task that is cancelled before its first step cannot do it
        if not task.cancelled() and isinstance(error := task.exception(), Exception):
            self._failures.append(error)

    # ---- conversations ----

    async def _converse(self, client: socket.socket, context: ssl.SSLContext | None, connection: int) -> None:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=HEAD_LIMIT, loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            transport, _ = await loop.connect_accepted_socket(lambda: protocol, client, ssl=context)
            writer = asyncio.StreamWriter(transport, protocol, reader, loop)
            try:
                stays = True
                while stays:
                    hit = await hear(reader, connection=connection, tls=context is not None)
                    self.hits.append(hit)
                    try:
                        stays = await say(reader, writer, hit, await self._answer(hit))
                    finally:
                        hit.finished = loop.time()
                if not transport.is_closing():  # Python before 3.11.4 cannot abort TLS that was closed after its end
                    writer.close()
                await writer.wait_closed()
            finally:
                transport.abort()
                await writer.wait_closed()

    async def _answer(self, hit: Hit) -> Reply:
        keys, sources = (hit.key, f"{hit.host}/*", "*"), (self.routes, self._own)
        found = ((key, source[key]) for key in keys for source in sources if key in source)
        key, answer = next(found, (hit.key, NOT_FOUND))
        if isinstance(answer, Reply):
            return answer
        if callable(answer):
            given = answer(hit)
            return given if isinstance(given, Reply) else await given
        turn = self._turns[key] = self._turns.get(key, -1) + 1
        return answer[min(turn, len(answer) - 1)]


@contextlib.contextmanager
def serving(
    routes: Routes,
    *,
    bad_tls: Mapping[str, BadTLS] | None = None,
    doors: Mapping[str, Door] | None = None,
    address: str = "127.0.0.1",
) -> Iterator[LoopbackWeb]:
    """The same web in a thread of its own, for whoever has no event loop or starts a process."""
    web = LoopbackWeb(routes, bad_tls=bad_tls, doors=doors, address=address)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="loopback web", daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(web.__aenter__(), loop).result(PATIENCE)
        try:
            yield web
        finally:
            asyncio.run_coroutine_threadsafe(web.__aexit__(), loop).result(PATIENCE)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
