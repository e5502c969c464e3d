"""A seed in, a web with the latencies, sizes and faults of the real one out; as a program, the server of it.

Shares and distributions are those of a statistical model of the web: time to first byte as measured by real users
(Web Almanac 2024, CrUX), sizes of HTML as of 1,171 article pages, statuses of a curated list of links. What waits is
divided by `speed`, so that a run of minutes is shown in one: latencies here, politeness and timeouts in `realistic`.

The server is one process that does nothing else. For each line on its standard input it prints what it was asked since
the last: `[host, seconds that the answer took, when it was asked], …` in order of arrival. It ends with its standard
input.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import random
import socket
import ssl
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pages
import trustme

BACKLOG = 4_096
FIRST_BYTE, SPREAD, LONGEST = 0.2, 1.57, 60.0
"""Seconds to the first byte: median and sigma of the logarithm (p75 0.6 s, p90 1.5 s, p99 7.7 s), and the longest."""
CONNECT, CONNECT_SPREAD = 0.105, 0.8
"""Seconds until a connection stands (DNS, TCP and TLS together): median and sigma of the logarithm (p90 0.3 s)."""
HANGS = 0.01
"""Links that never answer."""
SIZE, SIZE_SPREAD, LARGEST = 99_000, 0.85, 2_000_000
"""Bytes of a page of HTML: median and sigma of the logarithm (p10 37 kB, p90 301 kB)."""
FATES: tuple[tuple[str, float], ...] = (
    ("200", 68.0), ("redirect", 18.0), ("403", 6.0), ("404", 5.0), ("reset", 1.5), ("410", 0.5), ("500", 0.5),
    ("503", 0.5),
)  # fmt: skip
"""What becomes of a link, in percent. Redirects lead to another page of the host."""
REASONS = {"200": "OK", "301": "Moved Permanently", "403": "Forbidden", "404": "Not Found", "410": "Gone",
           "500": "Internal Server Error", "503": "Service Unavailable"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Link:
    """One URL of the web, and what asking for it is like."""

    where: pages.Address
    fate: str
    first_byte: float
    """Seconds, at the real speed; inf: it never comes."""
    size: int


def links(count: int, hosts: int, seed: int, *, redirects: bool) -> list[Link]:
    """`count` links on `hosts` hosts, of which the busiest has a seventh: the n-th has a share of 1/n (Zipf)."""
    fates = [(name, share) for name, share in FATES if redirects or name != "redirect"]
    noise = random.Random(seed)  # noqa: S311 - the same web each time is what is wanted
    weights = [1 / (1 + host) for host in range(hosts)]
    chosen = [*range(hosts), *noise.choices(range(hosts), weights, k=count - hosts)]
    made = []
    for number, host in enumerate(chosen):
        path = f"/2026/{number:05}/{noise.choice(('harbour', 'council', 'bridge', 'market'))}-{host}"
        where = pages.Address(host=pages.address(host), path=path, title=f"Story {number} of the harbour")
        first_byte = min(LONGEST, noise.lognormvariate(math.log(FIRST_BYTE), SPREAD))
        made.append(
            Link(
                where=where,
                fate=noise.choices([name for name, _ in fates], [share for _, share in fates])[0],
                first_byte=math.inf if noise.random() < HANGS else first_byte,
                size=min(LARGEST, int(noise.lognormvariate(math.log(SIZE), SIZE_SPREAD))),
            )
        )
    return made


class _Server:
    def __init__(self, made: list[Link], scheme: str, speed: float) -> None:
        self._links = {(link.where.host, link.where.path): link for link in made}
        self._scheme, self.speed = scheme, speed
        self.port = 0
        self.asked: list[tuple[str, float, float]] = []

    def hear(self, host: str, path: str) -> tuple[float, bytes | None]:
        """Seconds to wait, and the answer; None: a reset instead."""
        now = time.monotonic()
        moved = path.endswith("?moved")
        link = self._links.get((host, path.removesuffix("?moved")))
        if link is None:
            self.asked.append((host, 0.0, now))
            return 0.0, _answer("404", b"<title>Not found</title>")
        wait = link.first_byte / self.speed
        self.asked.append((host, wait, now))
        if link.fate == "reset":
            return wait, None
        if link.fate == "redirect" and not moved:
            return wait, _answer("301", b"", f"Location: {link.where.path}?moved\r\n")
        if link.fate in ("200", "redirect"):
            return wait, _answer("200", _page(link, self._scheme, self.port))
        return wait, _answer(link.fate, f"<title>{REASONS[link.fate]}</title>".encode())


def _page(link: Link, scheme: str, port: int) -> bytes:
    own, shared = pages.page(link.where, link.where.url(scheme, port))
    return (own + shared * (1 + link.size // len(shared)))[: link.size]


def _answer(status: str, body: bytes, more: str = "") -> bytes:
    head = (
        f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: text/html; charset=utf-8\r\n{more}"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Connection(asyncio.Protocol):
    def __init__(self, server: _Server) -> None:
        self._server = server
        self._pending = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._host = transport.get_extra_info("sockname")[0]

    def data_received(self, data: bytes) -> None:
        *requests, self._pending = (self._pending + data).split(b"\r\n\r\n")
        for request in requests:
            wait, answer = self._server.hear(self._host, request.split(b" ", 2)[1].decode("ascii", "replace"))
            if wait < math.inf:
                asyncio.get_running_loop().call_later(wait, self._say, answer)

    def _say(self, answer: bytes | None) -> None:
        if answer is None:
            self._transport.abort()
        elif not self._transport.is_closing():
            self._transport.write(answer)


async def _serve(server: _Server, hosts: int, folder: Path) -> None:
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.set_alpn_protocols(["http/1.1"])
    authority.issue_cert(*(pages.address(host) for host in range(hosts))).configure_cert(context)
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    loop = asyncio.get_running_loop()
    listening = socket.create_server(("0.0.0.0", 0), backlog=BACKLOG)  # noqa: S104 - for every address of 127.0.0.0/8
    listening.setblocking(False)
    server.port = listening.getsockname()[1]
    noise = random.Random(server.port)  # noqa: S311 - latencies, no secret
    opening: set[asyncio.Task[None]] = set()

    async def opened(client: socket.socket) -> None:
        await asyncio.sleep(noise.lognormvariate(math.log(CONNECT), CONNECT_SPREAD) / server.speed)
        with contextlib.suppress(OSError):
            await loop.connect_accepted_socket(lambda: _Connection(server), client, ssl=context)

    def accept() -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                client, _ = listening.accept()
                client.setblocking(False)
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                task = loop.create_task(opened(client))
                opening.add(task)
                task.add_done_callback(opening.discard)

    loop.add_reader(listening, accept)
    over = asyncio.Event()

    def told() -> None:
        if sys.stdin.readline():
            asked, server.asked = server.asked, []
            _print(asked)
        else:
            over.set()

    loop.add_reader(sys.stdin.fileno(), told)
    _print(server.port)
    await over.wait()


def _print(value: Any) -> None:
    print(json.dumps(value), flush=True)


if __name__ == "__main__":
    count, hosts, seed = (int(number) for number in sys.argv[1:4])
    made = links(count, hosts, seed, redirects=sys.argv[6] == "redirects")
    asyncio.run(_serve(_Server(made, "https", float(sys.argv[4])), hosts, Path(sys.argv[5])))
