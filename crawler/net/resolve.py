"""Host names in, addresses that may be contacted out; each question to the resolver has an end.

`SystemResolver` asks the operating system on threads of its own. `GuardedResolver` wraps any resolver: it drops
addresses that the guard refuses, so that a name with a public and a private address is contacted at the public one.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from concurrent.futures import ThreadPoolExecutor

from aiohttp.abc import AbstractResolver, ResolveResult

from crawler.net.guard import Guard, UnsafeAddressError

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
