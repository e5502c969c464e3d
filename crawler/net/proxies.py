"""The proxies of the environment in, the proxy of each URL out; and hosts that no proxy may be asked for.

Through a proxy the address that is contacted is the proxy's choice, and the guard at our socket sees the proxy only.
So a host is screened by its name before the proxy hears of it.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from aiohttp.abc import AbstractResolver

from crawler.errors import ConfigError
from crawler.net.guard import Guard, UnsafeAddressError
from crawler.urls import address_of, host_of, port_of, split

SCHEMES = ("http", "https")
SCREENING = 2.0
"""Seconds that a name has to show that it is not public. Behind a proxy there is often no resolver that knows it."""

_PORT = re.compile(r"(?P<host>\[.*\]|[^:]*):(?P<port>\d{1,5})")


class _Direct(NamedTuple):
    """One entry of NO_PROXY."""

    name: str = ""
    """The host itself and what lies below it; "*" is every host."""
    port: int | None = None
    network: ipaddress.IPv4Network | ipaddress.IPv6Network | None = None

    def covers(self, host: str, port: int) -> bool:
        if self.port not in (None, port):
            return False
        address = address_of(host)
        if self.network is not None:
            return address is not None and address in self.network
        if address is not None:
            return self.name == "*"
        return self.name in ("*", host) or host.endswith("." + self.name)


class Proxies:
    """`environment` as `urllib.request.getproxies` gives it: `http`, `https`, `all` and `no`.

    Raises ConfigError for a proxy that cannot be used; to go straight past it would be worse.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        named = {scheme: environment.get(scheme) or environment.get("all") for scheme in SCHEMES}
        self._proxies = {scheme: _proxy(scheme, text.strip()) for scheme, text in named.items() if text}
        self._direct = tuple(_direct(entry) for entry in re.split(r"[,\s]+", environment.get("no", "")) if entry)

    def __bool__(self) -> bool:
        return bool(self._proxies)

    def proxy_for(self, url: str) -> str | None:
        """The proxy's URL, its user and password included, or None for the straight way."""
        proxy = self._proxies.get(split(url).scheme)
        host, port = host_of(url), port_of(url)
        if proxy is None or any(entry.covers(host, port) for entry in self._direct):
            return None
        return proxy


class Screen:
    """Refuses names that are known to lead inside; what the resolver cannot tell is left to the proxy."""

    def __init__(self, resolver: AbstractResolver, guard: Guard) -> None:
        self._resolver, self._guard = resolver, guard
        self._untold: set[str] = set()

    async def check(self, host: str) -> None:
        """Raises UnsafeAddressError if any address of `host` is not public: which one the proxy takes is unknown."""
        if host in self._untold:
            return
        try:
            async with asyncio.timeout(SCREENING):
                found = await self._resolver.resolve(host)
        except OSError:  # socket.gaierror and TimeoutError too
            self._untold.add(host)
            return
        for entry in found:
            address = ipaddress.ip_address(entry["host"])
            if not self._guard.allows(address):
                raise UnsafeAddressError(address, host)


def _proxy(scheme: str, text: str) -> str:
    proxy = text if "://" in text else f"http://{text}"  # as curl reads it
    try:
        parts = urlsplit(proxy)
        unquote(parts.netloc).encode("latin-1")  # as aiohttp will encode user and password
        usable = parts.scheme in SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        # Without the value: it may hold a password.
        raise ConfigError(
            f"the proxy for {scheme}:// in the environment ({scheme.upper()}_PROXY or ALL_PROXY): only "
            "http://host:port and https://host:port can be used, a user and password in Latin-1 before the host; "
            "name such a proxy, or except hosts with NO_PROXY"
        )
    return proxy


def _direct(entry: str) -> _Direct:
    """Hosts with or without a leading dot or "*.", each with all that lies below it, as Python, curl and Go read it."""
    text = entry.lower()
    try:
        return _Direct(network=ipaddress.ip_network(text.strip("[]"), strict=False))
    except ValueError:
        pass
    match = _PORT.fullmatch(text)
    host, port = (match["host"], int(match["port"])) if match else (text, None)
    if address_of(host) is not None:
        return _Direct(network=ipaddress.ip_network(host.strip("[]")), port=port)
    return _Direct(name=host if host == "*" else host.removeprefix("*").lstrip("."), port=port)
