"""Foreign exceptions in, one of our failures out: the only table of them, most specific first."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import aiohttp

from crawler.model import Failure, FailureKind
from crawler.net import tls
from crawler.net.decode import UndecodableError
from crawler.net.guard import UnsafeAddressError
from crawler.net.resolve import NO_SUCH_NAME
from crawler.text import printable
from crawler.urls import host_of


class DroppedError(Exception):
    """A connection was closed before the answer began. None of aiohttp's own, for those make it ask again by itself."""


class UnusedError(DroppedError):
    """It was closed before the request left."""


class ProxyRefusalError(Exception):
    """The proxy itself answered a request that it should have passed on."""


class Row(NamedTuple):
    """An `exception` that was raised, or one that it wraps, means `kind`, if `when` holds of it."""

    exception: type[BaseException]
    kind: FailureKind
    when: Callable[[Any, str], bool] | None = None
    """Of the exception and the URL."""


def _verify_code(*codes: int) -> Callable[[ssl.SSLCertVerificationError, str], bool]:
    return lambda error, _: getattr(error, "verify_code", None) in codes


def _given_up_by_the_system(error: aiohttp.ClientConnectorError, _: str) -> bool:
    return isinstance(error.os_error, TimeoutError)


def _within_handshake(error: aiohttp.ClientConnectorError, url: str) -> bool:
    return isinstance(error.os_error, ConnectionResetError) and url.startswith("https:")


FAILURES: tuple[Row, ...] = (
    Row(UnsafeAddressError, FailureKind.UNSAFE_ADDRESS),
    Row(aiohttp.ClientProxyConnectionError, FailureKind.PROXY),
    Row(aiohttp.ClientHttpProxyError, FailureKind.PROXY),
    Row(ProxyRefusalError, FailureKind.PROXY),
    Row(socket.gaierror, FailureKind.DNS_NOT_FOUND, lambda error, _: error.errno in NO_SUCH_NAME),
    Row(aiohttp.ClientConnectorDNSError, FailureKind.DNS_TEMPORARY),
    Row(tls.IncompleteChainError, FailureKind.TLS_INCOMPLETE_CHAIN),
    Row(ssl.SSLCertVerificationError, FailureKind.TLS_EXPIRED, _verify_code(tls.EXPIRED, tls.NOT_YET_VALID)),
    Row(ssl.SSLCertVerificationError, FailureKind.TLS_WRONG_HOST, _verify_code(tls.WRONG_HOST, tls.WRONG_ADDRESS)),
    Row(
        ssl.SSLCertVerificationError,
        FailureKind.TLS_SELF_SIGNED,
        _verify_code(tls.SELF_SIGNED, tls.SELF_SIGNED_ROOT, tls.NO_ISSUER, tls.NO_ISSUER_FOR_LEAF),
    ),
    Row(ssl.SSLError, FailureKind.TLS_FAILED),
    Row(aiohttp.ConnectionTimeoutError, FailureKind.CONNECT_TIMEOUT),
    Row(aiohttp.ClientConnectorError, FailureKind.CONNECT_TIMEOUT, _given_up_by_the_system),
    Row(aiohttp.ClientConnectorError, FailureKind.TLS_FAILED, _within_handshake),
    Row(ConnectionRefusedError, FailureKind.CONNECT_REFUSED),
    Row(ConnectionResetError, FailureKind.RESET),
    Row(BrokenPipeError, FailureKind.RESET),
    Row(aiohttp.ClientConnectorError, FailureKind.CONNECT_FAILED),
    Row(aiohttp.ServerDisconnectedError, FailureKind.RESET),
    Row(aiohttp.ClientOSError, FailureKind.RESET),
    Row(aiohttp.ClientPayloadError, FailureKind.TRUNCATED),
    Row(aiohttp.ServerTimeoutError, FailureKind.TIMEOUT),
    Row(UndecodableError, FailureKind.BAD_ENCODING),
    Row(aiohttp.ClientConnectionError, FailureKind.RESET),
    Row(aiohttp.ClientError, FailureKind.PROTOCOL),
    Row(DroppedError, FailureKind.RESET),
)


OF_THE_PROXY = frozenset(
    {
        FailureKind.DNS_NOT_FOUND,
        FailureKind.DNS_TEMPORARY,
        FailureKind.CONNECT_REFUSED,
        FailureKind.CONNECT_FAILED,
        FailureKind.RESET,
        FailureKind.PROTOCOL,
    }
)
"""What goes wrong before a connection through a proxy stands is the proxy's: only the proxy was spoken to."""


def failure_of(error: BaseException, url: str, *, naming: bool, sent: bool, proxy: str | None = None) -> Failure | None:
    """What `error` means for `url`, or None if it is no failure of a host but a mistake of ours.

    `naming` says whether addresses were still looked up, and `sent` whether the request had left: a timeout is the
    resolver's, the connection's or the answer's. `proxy` is the proxy's URL.
    """
    if naming and isinstance(error, TimeoutError):
        # The resolver has a limit of its own, but a machine that stood still may find all limits reached at once.
        failure: Failure | None = Failure(kind=FailureKind.DNS_TEMPORARY, detail="no addresses in time", url=url)
    else:
        failure = _failure_of(error, url, sent=sent)
    if failure is None or proxy is None or sent:
        return failure
    at_the_proxy = isinstance(error, aiohttp.ClientConnectorError) and error.host == host_of(proxy)
    if failure.kind in OF_THE_PROXY or (at_the_proxy and host_of(url) != host_of(proxy)):
        return Failure(kind=FailureKind.PROXY, detail=failure.detail, url=url)
    return failure


def _failure_of(error: BaseException, url: str, *, sent: bool) -> Failure | None:
    layers = tuple(_layers(error))
    for row in FAILURES:
        for layer in layers:
            if isinstance(layer, row.exception) and (row.when is None or row.when(layer, url)):
                return Failure(kind=row.kind, detail=printable(_text(layer), 300), url=url)
    if isinstance(error, TimeoutError):
        kind = FailureKind.TIMEOUT if sent else FailureKind.CONNECT_TIMEOUT
        return Failure(kind=kind, detail="no complete answer in time" if sent else "no connection in time", url=url)
    return None


def _layers(error: BaseException) -> Iterator[BaseException]:
    """What is wrapped in `error`, innermost first, then `error`."""
    if isinstance(error, DroppedError) and error.__cause__:
        yield from _layers(error.__cause__)
    elif isinstance(error, aiohttp.ClientConnectorCertificateError):
        yield error.certificate_error
    elif isinstance(error, aiohttp.ClientConnectorError):
        yield error.os_error
    yield error


def _text(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return getattr(error, "verify_message", None) or error.strerror or str(error)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, aiohttp.ClientResponseError):
        return error.message or type(error).__name__
    return str(error) or type(error).__name__
