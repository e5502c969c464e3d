"""An address in, an open socket or a refusal out: nothing that is not on the public internet is ever contacted.

Cards come from pull requests, and any page may redirect to `http://169.254.169.254/`. The check stands where the
socket is made, on the very address that is then connected to: names, literals, every hop and a name that resolves
differently the second time all pass here.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
from collections.abc import Iterable

from aiohappyeyeballs import AddrInfoType

from crawler.errors import ConfigError, CrawlerError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# `is_global` is not enough: it is True for these in at least one supported Python (measured on 3.11.7).
_NOT_PUBLIC_4 = tuple(
    ipaddress.IPv4Network(block)
    for block in (
        "192.0.0.0/24",  # IETF protocol assignments, RFC 6890
        "192.88.99.0/24",  # 6to4 relays, withdrawn by RFC 7526
    )
)
_UNICAST_6 = ipaddress.IPv6Network("2000::/3")
"""All global unicast addresses that IANA has given out. Outside lie ::/96 and ::ffff:0:0/96 (IPv4 in IPv6), NAT64
(64:ff9b::/96 and 64:ff9b:1::/48, RFC 6052 and 8215), site-local fec0::/10 and multicast."""
_NOT_PUBLIC_6 = tuple(
    ipaddress.IPv6Network(block)
    for block in (
        "2001::/23",  # IETF protocol assignments with Teredo 2001::/32, RFC 6890
        "2001:db8::/32",  # documentation, RFC 3849
        "3fff::/20",  # documentation, RFC 9637
    )
)


class UnsafeAddressError(OSError):
    """An address that must not be contacted. An OSError, so that another address of the same name is tried."""

    def __init__(self, address: Address, host: str | None = None) -> None:
        named = f"{host} is " if host and host != str(address) else ""
        super().__init__(errno.EACCES, f"{named}{address}: not a public address")


class Guard:
    """Makes sockets to public addresses and to the networks of `allow_private` (CIDRs), and to nothing else.

    Raises ConfigError for what is no CIDR.
    """

    def __init__(self, allow_private: Iterable[str] = ()) -> None:
        self._allowed = tuple(_network(cidr) for cidr in allow_private)

    def allows(self, address: Address) -> bool:
        """Whether `address` may be contacted."""
        return is_public(address) or any(address in network for network in self._allowed)

    def socket(self, info: AddrInfoType) -> socket.socket:
        """An unconnected socket for `info`; aiohttp's `socket_factory`. Raises UnsafeAddressError."""
        address = ipaddress.ip_address(info[4][0])
        if not self.allows(address):
            raise UnsafeAddressError(address)
        return new_socket(info)


def is_public(address: Address) -> bool:
    """Whether `address` belongs to one host on the public internet."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast and not any(address in net for net in _NOT_PUBLIC_4)
    embedded = address.ipv4_mapped or address.sixtofour
    if embedded:
        return is_public(embedded)
    return address.is_global and address in _UNICAST_6 and not any(address in net for net in _NOT_PUBLIC_6)


def new_socket(info: AddrInfoType) -> socket.socket:
    """An unconnected socket. Raises CrawlerError if this process has no file descriptor left."""
    family, kind, protocol, _, _ = info
    try:
        return socket.socket(family, kind, protocol)
    except OSError as error:
        if error.errno in (errno.EMFILE, errno.ENFILE):
            # Our own shortage must never be told as a dead link.
            raise CrawlerError("no more files can be opened; raise `ulimit -n` or lower max_concurrency") from error
        raise


def _network(cidr: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(cidr)
    except ValueError as error:
        raise ConfigError(f"[network] allow_private: {error}; write networks such as '10.0.0.0/8'") from None
