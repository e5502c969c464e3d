"""A URL in, the way to reach it out: straight and guarded, where `connect_to` says, or through a proxy."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

import yarl
from aiohttp.abc import AbstractResolver, ResolveResult

from crawler import urls
from crawler.errors import ConfigError
from crawler.net.guard import Address, Guard, UnsafeAddressError
from crawler.net.proxies import Proxies

_TARGET = re.compile(r"(?P<host>\[[0-9a-fA-F:.]+\]|[^\s:\[\]/]+):(?P<port>\d{1,5})")
_STAND_IN = ".address.invalid"
"""aiohttp connects to an IP literal without asking the resolver, where `connect_to` acts; a name under a domain that
never exists (RFC 2606) takes the literal's place. Host, SNI and certificate check remain the literal's."""


class Way(Enum):
    """How a URL is reached; each way has its own connections."""

    DIRECT = "direct"
    CONNECT_TO = "connect_to"
    PROXY = "proxy"


class Route(NamedTuple):
    """One URL's way."""

    way: Way
    url: yarl.URL
    """What aiohttp is given: exactly as spelt, but for a stand-in host."""
    authority: str | None = None
    """The Host header, where `url` has a stand-in."""
    name: str | None = None
    """What the certificate must name, where `url` has a stand-in."""
    proxy: str | None = None
    """The proxy's URL, with the user and password that it asks for."""


class Routes:
    """Finds the way of each URL. Raises ConfigError for a `connect_to` that cannot be read."""

    def __init__(self, connect_to: Mapping[str, str], guard: Guard, proxies: Proxies) -> None:
        self._targets = dict(_row(*item) for item in connect_to.items())
        self._guard, self._proxies = guard, proxies

    def route(self, url: str) -> Route:
        """The way to `url`. Raises UnsafeAddressError for a literal that no later guard would see."""
        if not self._targets and not self._proxies:
            return Route(Way.DIRECT, yarl.URL(url, encoded=True))
        host, port = urls.host_of(url), urls.port_of(url)
        address = urls.address_of(host)
        if (host, port) in self._targets or ("*", port) in self._targets:
            if address is None:
                return Route(Way.CONNECT_TO, yarl.URL(url, encoded=True))
            if (host, port) not in self._targets:
                self._check(address)
            authority = urls.origin_of(url).partition("://")[2]
            return Route(Way.CONNECT_TO, yarl.URL(_with_host(url, _stand_in(address)), encoded=True), authority, host)
        proxy = self._proxies.proxy_for(url)
        if proxy:
            if address is not None:
                self._check(address)
            return Route(Way.PROXY, yarl.URL(url, encoded=True), proxy=proxy)
        return Route(Way.DIRECT, yarl.URL(url, encoded=True))

    def target(self, host: str, port: int) -> tuple[str, int]:
        """Where `connect_to` sends `host` and `port`."""
        host = _stood_for(host)
        return self._targets.get((host, port)) or self._targets[("*", port)]

    def _check(self, address: Address) -> None:
        if not self._guard.allows(address):
            raise UnsafeAddressError(address)


class ConnectToResolver(AbstractResolver):
    """Resolves every host to its `connect_to` target, port included; asks `inner` where a target is a name."""

    def __init__(self, routes: Routes, inner: AbstractResolver) -> None:
        self._routes, self._inner = routes, inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The target's addresses. Raises socket.gaierror."""
        target, target_port = self._routes.target(host, port)
        if urls.address_of(target) is None:
            return await self._inner.resolve(target, target_port, family)
        kind = socket.AF_INET6 if ":" in target else socket.AF_INET
        return [ResolveResult(hostname=host, host=target, port=target_port, family=kind, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing: whoever made `inner` closes it."""


def _row(source: str, target: str) -> tuple[tuple[str, int], tuple[str, int]]:
    try:
        return _parsed(source, wildcard=True), _parsed(target, wildcard=False)
    except ValueError:
        raise ConfigError(
            f'[network] connect_to: {source!r} = {target!r}: expected "host:port" = "addr:port", '
            'such as "*:443" = "127.0.0.1:8443"'
        ) from None


def _parsed(text: str, *, wildcard: bool) -> tuple[str, int]:
    match = _TARGET.fullmatch(text.strip())
    if not match or not 0 < int(match["port"]) < 1 << 16:
        raise ValueError(text)
    if match["host"] == "*":
        if wildcard:
            return "*", int(match["port"])
        raise ValueError(text)
    # Through the same parser as the URLs, so that 127.1 and IPv6 spellings mean what they mean there.
    return urls.host_of(urls.canonical(f"http://{match['host']}/")), int(match["port"])


def _stand_in(address: Address) -> str:
    return str(address).replace(".", "-").replace(":", "-") + f".v{address.version}{_STAND_IN}"


def _stood_for(host: str) -> str:
    if not host.endswith(_STAND_IN):
        return host
    digits, _, version = host.removesuffix(_STAND_IN).rpartition(".")
    return digits.replace("-", "." if version == "v4" else ":")


def _with_host(url: str, host: str) -> str:
    parts = urls.split(url)
    port = f":{parts.port}" if parts.port else ""
    return parts._replace(netloc=host + port).geturl()
