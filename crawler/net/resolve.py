"""Host names in, addresses that may be contacted out; each question to the resolver has an end.

`SystemResolver` asks the operating system on threads of its own. The others wrap any resolver, from the inside:
`CheckedResolver` asks the name servers whether a name that was not found does not exist, `RememberingResolver` asks
once per run, `GuardedResolver` drops addresses that the guard refuses, so that a name with a public and a private
address is contacted at the public one, and `FamilyResolver` puts the family first over which the host has not failed.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from aiohttp.abc import AbstractResolver, ResolveResult

from crawler.net.families import Families
from crawler.net.guard import Guard, UnsafeAddressError
from crawler.net.memory import LIFETIME, Names, Resolved
from crawler.net.once import Once

if TYPE_CHECKING:
    from crawler.net.nameservers import NameServers

NO_SUCH_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
"""`getaddrinfo` errors that are an answer: the name does not exist, or has no address (RFC 3493, 6.1; glibc)."""


class SystemResolver(AbstractResolver):
    """`getaddrinfo` on threads of its own: asyncio's are few (6 on 2 cores), and a dead name server holds one 10 s."""

    def __init__(self, threads: int = 32) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="resolve")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of `host`. Raises socket.gaierror."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, _ask, host, port, family)

    async def close(self) -> None:
        """Lets go of the threads; a question under way is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class CheckedResolver(AbstractResolver):
    """Where `inner` finds no name, asks the name servers why: `servers`, or None for those of the system.

    Without a name server to ask, `inner` is believed.
    """

    def __init__(self, inner: AbstractResolver, servers: NameServers | None = None) -> None:
        self._inner, self._servers = inner, servers

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of `host`. Raises socket.gaierror: EAI_AGAIN unless a name server says that there are none."""
        try:
            return await self._inner.resolve(host, port, family)
        except socket.gaierror as error:
            if error.errno not in NO_SUCH_NAME:
                raise
            said = error
        from crawler.net import nameservers  # dnspython takes 30 ms that a run without missing names need not wait

        if self._servers is None:
            self._servers = nameservers.NameServers(await asyncio.to_thread(nameservers.system_servers))
        raise (await nameservers.why_not_found(self._servers, host) if self._servers else said)

    async def close(self) -> None:
        """Closes `inner`."""
        await self._inner.close()


class RememberingResolver(AbstractResolver):
    """Asks `inner` once for each name, however many want it; what it could not tell is asked anew."""

    def __init__(self, inner: AbstractResolver, names: Names, clock: Callable[[], float]) -> None:
        self._inner, self._names, self._clock = inner, names, clock
        self._once = Once(self._ask)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of `host`. Raises socket.gaierror."""
        known = self._names.get(host, self._clock()) or await self._once.get(host)
        if known.error:
            raise socket.gaierror(*known.error)
        return [{**entry, "port": port} for entry in known.addresses if family in (entry["family"], socket.AF_UNSPEC)]

    async def close(self) -> None:
        """Gives up the questions under way; whoever made `inner` closes it."""
        await self._once.close()

    async def _ask(self, host: str) -> Resolved:
        until = self._clock() + LIFETIME
        try:
            known = Resolved(until, tuple(await self._inner.resolve(host, 0, socket.AF_UNSPEC)))
        except socket.gaierror as error:
            if error.errno is None or error.errno not in NO_SUCH_NAME:
                raise
            known = Resolved(until, error=(error.errno, error.strerror or ""))
        self._names.keep(host, known)
        return known


class GuardedResolver(AbstractResolver):
    """Asks `inner` for at most `timeout` seconds and passes on only what `guard` allows (None: everything)."""

    def __init__(self, inner: AbstractResolver, guard: Guard | None, *, timeout: float) -> None:
        self._inner, self._guard, self._timeout = inner, guard, timeout

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of `host` that may be contacted. Raises socket.gaierror or UnsafeAddressError."""
        try:
            async with asyncio.timeout(self._timeout):
                found = await self._inner.resolve(host, port, family)
        except TimeoutError:
            raise socket.gaierror(socket.EAI_AGAIN, f"no answer within {self._timeout:g} s") from None
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "the name has no address")
        if self._guard is None:
            return found
        safe = [entry for entry in found if self._guard.allows(ipaddress.ip_address(entry["host"]))]
        if not safe:
            raise UnsafeAddressError(ipaddress.ip_address(found[0]["host"]), host)
        return safe

    async def close(self) -> None:
        """Nothing: whoever made `inner` closes it."""


class FamilyResolver(AbstractResolver):
    """What `inner` finds, in the order that `families` says."""

    def __init__(self, inner: AbstractResolver, families: Families) -> None:
        self._inner, self._families = inner, families

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of `host`. Raises what `inner` raises."""
        return self._families.ordered(host, await self._inner.resolve(host, port, family))

    async def close(self) -> None:
        """Nothing: whoever made `inner` closes it."""


def _ask(host: str, port: int, family: socket.AddressFamily) -> list[ResolveResult]:
    # Without AI_ADDRCONFIG: with it, a name that has only IPv6 addresses looks non-existent from an IPv4 machine.
    try:
        infos = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)
    except UnicodeError as error:
        raise socket.gaierror(socket.EAI_NONAME, f"not a name that DNS can hold: {error}") from None
    return [
        ResolveResult(hostname=host, host=str(address[0]), port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST)
        for kind, _, _, _, address in infos
        if "%" not in str(address[0])  # a zone: link-local, and never public
    ]
