"""A name in, what the name servers themselves say of it out: its addresses, or by which answer there are none.

`getaddrinfo` says "no such name" of a name that does not exist, and glibc says it of lost packets too. A link is told
as dead by this word, so it is taken from the one who has it: the response code of a name server (RFC 2308, 2).
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterable, Sequence
from typing import NamedTuple, cast

import dns.asyncquery
import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.resolver
from aiohttp.abc import AbstractResolver, ResolveResult

from crawler.errors import ConfigError
from crawler.urls import address_of

PORT = 53
PATIENCE = 2.0
"""Seconds that one name server has for one answer."""
ROUNDS = 2
"""How often each name server is asked before the name counts as not looked up."""
BOTH_FAMILIES = 0.5
"""Seconds that addresses of one family wait for those of the other. Longer than the 0.05 s of RFC 8305, 3: nobody
waits for a page here, and a host that fails over one family is asked over the other."""

_WITH_PORT = re.compile(r"(?:\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<four>[0-9.]+)):(?P<port>\d{1,5})")


class Server(NamedTuple):
    """Where a name server listens."""

    address: str
    port: int = PORT

    def __str__(self) -> str:
        if self.port == PORT:
            return self.address
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


class Told(NamedTuple):
    """What a name server says of a name and one family of addresses."""

    server: Server
    exists: bool
    """False: NXDOMAIN, no such name whatever is asked of it."""
    addresses: tuple[str, ...] = ()


def servers_of(texts: Iterable[str]) -> tuple[Server, ...]:
    """The name servers that `[network] nameservers` lists. Raises ConfigError."""
    return tuple(_server(text) for text in texts)


def system_servers() -> tuple[Server, ...]:
    """The name servers that this system is configured with; none if it does not say."""
    try:
        found = dns.resolver.Resolver(configure=True).nameservers
    except (dns.exception.DNSException, OSError, ValueError):
        return ()
    return tuple(Server(text) for text in map(str, found) if address_of(text))


class NameServers:
    """Asks `servers` in turn, over UDP and, where an answer is cut off, over TCP."""

    def __init__(self, servers: Sequence[Server], *, patience: float = PATIENCE) -> None:
        self._servers, self._patience = tuple(servers), patience

    def __bool__(self) -> bool:
        return bool(self._servers)

    async def look_up(self, host: str, family: socket.AddressFamily) -> Told:
        """The addresses of `host` in `family`, CNAMEs followed, or that there are none.

        Raises socket.gaierror with EAI_AGAIN and the reason if no server could tell.
        """
        kind = dns.rdatatype.AAAA if family == socket.AF_INET6 else dns.rdatatype.A
        try:
            query = dns.message.make_query(dns.name.from_text(host), kind)
        except (dns.exception.DNSException, UnicodeError) as error:
            raise socket.gaierror(socket.EAI_NONAME, f"not a name that DNS can hold: {error}") from None
        trouble = "there is no name server"
        for server in self._servers * ROUNDS:
            try:
                response, _ = await dns.asyncquery.udp_with_fallback(
                    query,
                    server.address,
                    self._patience,
                    server.port,
                    # What others send to our port is no answer, and no reason to stop listening for one.
                    ignore_unexpected=True,
                    ignore_errors=True,
                )
                code = response.rcode()
                if code == dns.rcode.NXDOMAIN:
                    return Told(server, exists=False)
                if code == dns.rcode.NOERROR:
                    # The answer to a query is one too: dnspython has compared the opcodes.
                    answer = cast("dns.message.QueryMessage", response).resolve_chaining().answer
                    return Told(server, exists=True, addresses=tuple(str(entry) for entry in answer or ()))
                trouble = f"{dns.rcode.to_text(code)} from {server}"
            except (dns.exception.DNSException, OSError, EOFError) as error:
                silent = isinstance(error, dns.exception.Timeout)
                trouble = f"no answer from {server}" if silent else f"{str(error) or type(error).__name__} at {server}"
        raise socket.gaierror(socket.EAI_AGAIN, trouble)


class NameServerResolver(AbstractResolver):
    """Resolves through `servers` and nothing else: no hosts file but for localhost (RFC 6761, 6.3), no search list."""

    def __init__(self, servers: NameServers) -> None:
        self._servers = servers

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of `host`, IPv6 first (RFC 6724). Raises socket.gaierror."""
        if host == "localhost" or host.endswith(".localhost"):
            found: Sequence[str] = ("::1", "127.0.0.1")
        else:
            found = await self._found(host)
        kinds = {address: socket.AF_INET6 if ":" in address else socket.AF_INET for address in found}
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST)
            for address, kind in kinds.items()
            if family in (kind, socket.AF_UNSPEC)
        ]

    async def close(self) -> None:
        """Nothing: each question has a socket of its own."""

    async def _found(self, host: str) -> tuple[str, ...]:
        four, six = asked = [
            asyncio.create_task(self._servers.look_up(host, kind)) for kind in (socket.AF_INET, socket.AF_INET6)
        ]
        try:
            done, _ = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait(asked, timeout=BOTH_FAMILIES if any(map(_addresses, done)) else None)
            found = _addresses(six) + _addresses(four)
            if found:
                return found
            told = [four.result()]
            # Only the A question's NXDOMAIN is believed: some servers say it of every AAAA (RFC 4074, 4.2).
            if told[0].exists:
                told.append(six.result())
            raise no_address(told)
        finally:
            for task in asked:
                task.cancel()
            await asyncio.gather(*asked, return_exceptions=True)


async def why_not_found(servers: NameServers, host: str) -> socket.gaierror:
    """What the name servers say of a name that the system did not find: that there is none, or that it cannot tell."""
    told: list[Told] = []
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            told.append(await servers.look_up(host, family))
        except socket.gaierror as error:
            return error
        if told[-1].addresses:
            detail = f"the system does not find the name, but {told[-1].server} does"
            return socket.gaierror(socket.EAI_AGAIN, detail)
        if not told[-1].exists:
            break
    return no_address(told)


def no_address(told: Sequence[Told]) -> socket.gaierror:
    """The error for a name that does not exist or has no address, by what was `told`, of its A records first."""
    server, exists, _ = told[0]
    return socket.gaierror(socket.EAI_NONAME, f"{'no address at' if exists else 'NXDOMAIN from'} {server}")


def _addresses(task: asyncio.Task[Told]) -> tuple[str, ...]:
    if not task.done() or task.exception() is not None:
        return ()
    return task.result().addresses


def _server(text: str) -> Server:
    match = _WITH_PORT.fullmatch(text.strip())
    address = address_of((match["six"] or match["four"]) if match else text.strip())
    port = int(match["port"]) if match else PORT
    if address is None or not 0 < port < 1 << 16:
        raise ConfigError(
            f"[network] nameservers: {text!r}: expected the address of a name server, with a port if it is not 53, "
            'such as "192.0.2.53", "127.0.0.1:5353" or "[2001:db8::53]:5353"'
        )
    return Server(str(address), port)
