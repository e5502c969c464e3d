"""A plain client for the tests of the web itself: sockets, http.client and ssl of the standard library."""

from __future__ import annotations

import http.client
import socket
import ssl

from crawler.demo.web import LoopbackWeb


class Received:
    """An answer, read to its end."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status, self.headers = response.status, response.headers
        self.body = response.read()


def get(web: LoopbackWeb, key: str, method: str = "GET", **headers: str) -> Received:
    """Asks for `host/path` over a new connection; raises what http.client raises."""
    host, slash, path = key.partition("/")
    connection = http.client.HTTPConnection("127.0.0.1", web.http_port, timeout=5)
    try:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, slash + path, headers={"Host": host, **fields})
        return Received(connection.getresponse())
    finally:
        connection.close()


def ask(web: LoopbackWeb, key: str) -> socket.socket:
    """Sends a request and leaves the reading to the caller."""
    host, slash, path = key.partition("/")
    connection = socket.create_connection(("127.0.0.1", web.http_port), timeout=5)
    connection.sendall(f"GET {slash}{path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    return connection


def knock(web: LoopbackWeb, host: str, *, timeout: float = 5.0) -> socket.socket:
    """Connects to where `connect_to` leads for plain HTTP."""
    target = web.connect_to.get(f"{host}:80", web.connect_to["*:80"])
    address, _, port = target.rpartition(":")
    return socket.create_connection((address, int(port)), timeout=timeout)


def shake_hands(web: LoopbackWeb, host: str | None, *, cadata: bytes | None = None) -> str | None:
    """A TLS handshake as Python does it by default, trusting the web's authority; returns the protocol's version."""
    context = ssl.create_default_context(cafile=web.ca_file)
    if cadata:
        context.load_verify_locations(cadata=cadata)
    with (
        socket.create_connection(("127.0.0.1", web.https_port), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname=host or "127.0.0.1") as secure,
    ):
        return secure.version()


def certificate_of(web: LoopbackWeb, host: str) -> bytes:
    """The certificate (DER) that the web shows for `host`, whatever it is worth."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", web.https_port), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname=host) as secure,
    ):
        return secure.getpeercert(binary_form=True) or b""
