"""What every exchange of a run goes by, and what is known of one exchange while it goes on."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from multidict import CIMultiDict

from crawler.model import Answered, Failure, Fetched, Request, Want
from crawler.net.body import Body, Stream
from crawler.net.decode import decoder_for
from crawler.net.families import OF_ONE_ADDRESS, Families
from crawler.net.headers import Headers, evidence
from crawler.net.proxies import Screen
from crawler.net.route import Route, Routes
from crawler.net.seam import LIMITS, Moment, Readers

REDIRECTS = frozenset({301, 302, 303, 307, 308})
"""Statuses whose Location is followed (RFC 9110, 15.4); 300, 304 and 305 are answers."""
ERROR = 400
"""From here on the status is the answer, whatever becomes of the body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What every exchange goes by."""

    routes: Routes
    screen: Screen
    families: Families
    readers: Readers
    timeout: float
    """Seconds, connect to last byte."""
    headers: Mapping[Want, CIMultiDict[str]]
    """What every request carries."""
    clock: Callable[[], float]

    def headers_for(self, request: Request, route: Route, *, close: bool) -> CIMultiDict[str]:
        """What `request` carries; `close` asks the server to close the connection afterwards."""
        if not (request.headers or route.authority or close):
            return self.headers[request.want]
        headers = CIMultiDict(self.headers[request.want])
        headers.update(request.headers)
        if route.authority:
            headers["Host"] = route.authority
        if close:
            headers["Connection"] = "close"
        return headers


class Attempt:
    """One exchange."""

    __slots__ = (
        "_headers",
        "_length",
        "_moment",
        "_started",
        "_status",
        "_terms",
        "_tried",
        "body",
        "kept",
        "limit",
        "made",
        "naming",
        "proxy",
        "request",
        "sent",
    )
    limit: asyncio.Timeout
    """Ends it; set by who begins it."""

    def __init__(self, request: Request, terms: Terms, moment: Moment) -> None:
        self.request, self._terms, self._moment = request, terms, moment
        self._started = terms.clock()
        self.naming = False
        """Addresses are being looked up for it."""
        self.made = False
        """A socket was made for it."""
        self.kept = False
        """Its connection had been used before."""
        self.sent = False
        """The request has left."""
        self.proxy: str | None = None
        self._tried: tuple[str, socket.AddressFamily] | None = None
        self._status = 0
        self._headers: Headers = ()
        self._length: int | None = None
        self.body = Body()

    async def due(self) -> None:
        """Waits until the request may leave. That counts neither as time to connect nor as time to answer."""
        wait = self._moment.wait()
        if wait <= 0:
            return
        before, end = self._terms.clock(), self.limit.when()
        self.limit.reschedule(None)
        while wait > 0:
            await asyncio.sleep(wait)
            wait = self._moment.wait()
        if end is not None:
            self.limit.reschedule(end + self._terms.clock() - before)

    def leaves(self) -> None:
        """The request leaves now."""
        self._moment.sent()
        self._started = self._terms.clock()
        self.sent = True

    def resolved(self, host: str) -> None:
        """The addresses of `host` are known; one of the family that comes first is about to be tried."""
        self.naming = False
        family = self._terms.families.first(host)
        self._tried = (host, family) if family else None

    async def hear(
        self, status: int, raw: Iterable[tuple[bytes, bytes]], announced: int | None, stream: Stream
    ) -> None:
        """Takes the head of an answer, and as much of its body as is wanted."""
        self._status, self._headers = status, evidence(raw)
        encodings = [value for name, value in self._headers if name == "content-encoding"]
        self._length = None if encodings else announced
        want = self._wanted()
        make = self._terms.readers.get(want)
        limit = 0 if status in REDIRECTS else LIMITS[want]
        await self.body.read(stream, decoder_for(encodings), make() if make else None, limit)

    def _wanted(self) -> Want:
        """What is asked for, but no more than the head of an image that is as long as when it was decoded."""
        known = self.request.known_length
        return Want.IMAGE_HEAD if known is not None and known == self._length else self.request.want

    def answered(self) -> Fetched:
        """The record of an answer; its headers are whole, as `Redirecting` needs them."""
        return Fetched(
            outcome=Answered(url=self.request.url, status=self._status, headers=self._headers),
            body=self.body.bytes,
            complete=self.body.complete,
            received=self.body.received,
            length=self._length,
            requests=int(self.sent),
            elapsed=self._terms.clock() - self._started,
        )

    def failed(self, failure: Failure) -> Fetched:
        """The record of a failure; but a broken body does not take an error status back."""
        if self._tried and failure.kind in OF_ONE_ADDRESS:
            self._terms.families.failed(*self._tried)
        if self._status >= ERROR:
            return self.answered()
        return Fetched(
            outcome=failure,
            complete=False,
            received=self.body.received,
            requests=int(self.sent),
            elapsed=self._terms.clock() - self._started,
        )
