"""The pages of `pages.py`, served on 127.0.0.0/8 by a process of its own that counts what it is asked.

As a program: one listening socket for all hosts; a line of JSON when it listens (port, CA file), and one with the
counts since the last for each line on standard input; ends with its standard input. `Loopback` starts it.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pages
import trustme

BACKLOG = 4_096


@dataclass(slots=True)
class Counts:
    """What was asked since the counts were last read."""

    connections: int = 0
    requests: int = 0
    unknown: int = 0
    """Requests for pages that there are not."""
    distinct: set[tuple[str, str]] = field(default_factory=set)
    busy: float = 0.0
    """Seconds of processor time."""


class Loopback:
    """The server's process; `with` starts and ends it."""

    def __init__(self, *, hosts: int, tls: bool, folder: Path) -> None:
        """`folder` takes the CA file."""
        self._command = [sys.executable, __file__, str(hosts), "tls" if tls else "plain", str(folder)]
        self.scheme = "https" if tls else "http"
        self.port = 0
        self.ca_file = ""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        ready = self._read()
        self.port, self.ca_file = ready["port"], ready["ca_file"]
        return self

    def counts(self) -> dict[str, Any]:
        """Counts since the last call; `distinct` as a number."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("the server of the benchmark did not start")
        read: dict[str, Any] = json.loads(line)
        return read

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)


class _Server:
    """Answers are made before the first request, head and all."""

    def __init__(self, hosts: int, scheme: str) -> None:
        self._hosts, self._scheme = hosts, scheme
        self.answers: dict[tuple[str, str], tuple[bytes, bytes]] = {}
        self.counts = Counts()

    def prepare(self, port: int) -> None:
        for where in pages.addresses(self._hosts):
            own, shared = pages.page(where, where.url(self._scheme, port))
            head = (
                "HTTP/1.1 200 OK\r\nServer: ledger\r\nDate: Sun, 24 May 2026 10:00:00 GMT\r\n"
                "Content-Type: text/html; charset=utf-8\r\nVary: Accept-Encoding\r\n"
                "LinkChecker: 1\r\n"  # without it, LinkChecker waits 0.1 to 0.6 s between requests to a host
                f'ETag: "{abs(hash(own)):x}"\r\nCache-Control: max-age=60\r\n'
                f"Content-Length: {len(own) + len(shared)}\r\n\r\n"
            )
            self.answers[where.host, where.path] = (head.encode() + own, shared)

    def read_and_reset(self) -> dict[str, Any]:
        counts, self.counts = self.counts, Counts(busy=time.process_time())
        return {**asdict(counts), "distinct": len(counts.distinct), "busy": time.process_time() - counts.busy}


_UNKNOWN = (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", b"")


class _Connection(asyncio.Protocol):
    """Keeps alive; requests may come in pieces or several at once."""

    def __init__(self, server: _Server) -> None:
        self._server = server
        self._pending = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._host = transport.get_extra_info("sockname")[0]
        self._server.counts.connections += 1

    def data_received(self, data: bytes) -> None:
        *requests, self._pending = (self._pending + data).split(b"\r\n\r\n")
        for request in requests:
            key = (self._host, request.split(b" ", 2)[1].decode("ascii", "replace"))
            counts = self._server.counts
            counts.requests += 1
            answer = self._server.answers.get(key)
            if answer is None:
                counts.unknown += 1
            else:
                counts.distinct.add(key)
            self._transport.write(b"".join(answer or _UNKNOWN))


def _context(hosts: int, folder: Path) -> tuple[ssl.SSLContext, str]:
    """One certificate for every host: a client sends no server name for an address, by which to choose one."""
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.set_alpn_protocols(["http/1.1"])
    authority.issue_cert(*(pages.address(host) for host in range(hosts))).configure_cert(context)
    ca_file = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    return context, str(ca_file)


async def _serve(hosts: int, scheme: str, folder: Path) -> None:
    loop = asyncio.get_running_loop()
    server = _Server(hosts, "https" if scheme == "tls" else "http")
    context, ca_file = _context(hosts, folder) if scheme == "tls" else (None, "")
    # 0.0.0.0 and not 127.0.0.1: the socket must answer for every address of 127.0.0.0/8.
    listening = await loop.create_server(
        lambda: _Connection(server),
        "0.0.0.0",  # noqa: S104 - see above
        0,
        backlog=BACKLOG,
        ssl=context,
    )
    port = listening.sockets[0].getsockname()[1]
    server.prepare(port)
    over = asyncio.Event()

    def asked() -> None:
        if sys.stdin.readline():
            _say(server.read_and_reset())
        else:
            over.set()

    loop.add_reader(sys.stdin.fileno(), asked)
    server.read_and_reset()
    _say({"port": port, "ca_file": ca_file})
    await over.wait()


def _say(record: dict[str, Any]) -> None:
    print(json.dumps(record), flush=True)


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))
