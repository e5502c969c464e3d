"""One request in, one answer out: a single exchange over aiohttp, bounded in time and in bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import aiohttp
from multidict import CIMultiDict

from crawler.model import Answered, Failure, Fetched, Request, Want
from crawler.net.body import Body
from crawler.net.decode import decoder_for
from crawler.net.failures import DroppedError, failure_of
from crawler.net.headers import Headers, evidence, ordinary
from crawler.net.idle import Idle
from crawler.net.route import Route, Routes, Way
from crawler.net.seam import LIMITS, Readers
from crawler.urls import host_of

REDIRECTS = frozenset({301, 302, 303, 307, 308})
"""Statuses whose Location is followed (RFC 9110, 15.4); 300, 304 and 305 are answers."""
ERROR = 400
"""From here on the status is the answer, whatever becomes of the body."""


class Attempt:
    """What is known of an exchange while it goes on."""

    __slots__ = ("_clock", "_leaves", "_started", "body", "fresh", "headers", "length", "requests", "status", "url")

    def __init__(self, url: str, clock: Callable[[], float], leaves: Callable[[Attempt], None]) -> None:
        self._clock, self._leaves = clock, leaves
        self._started = clock()
        self.url = url
        self.fresh = False
        self.requests = 0
        self.status = 0
        self.headers: Headers = ()
        self.length: int | None = None
        self.body = Body()

    def sending(self, *, fresh: bool) -> None:
        """A connection stands, `fresh` if made for this; the request leaves now."""
        if not self.requests:
            self._started = self._clock()
        self.fresh = fresh
        self.requests += 1
        self._leaves(self)

    def answered(self) -> Fetched:
        """The record of an answer."""
        return Fetched(
            outcome=Answered(url=self.url, status=self.status, headers=self.headers),
            body=self.body.bytes,
            complete=self.body.complete,
            received=self.body.received,
            length=self.length,
            requests=self.requests,
            elapsed=self._clock() - self._started,
        )

    def failed(self, failure: Failure) -> Fetched:
        """The record of a failure; but a broken body does not take an error status back."""
        if self.status >= ERROR:
            return self.answered()
        return Fetched(
            outcome=failure,
            complete=False,
            received=self.body.received,
            requests=self.requests,
            elapsed=self._clock() - self._started,
        )


class AiohttpFetch:
    """Exchanges one request for one answer, without following, retrying or waiting.

    `timeout` is in seconds, connect to last byte. `sent(host)` is called as each request leaves.
    """

    def __init__(
        self,
        sessions: Mapping[Way, aiohttp.ClientSession],
        routes: Routes,
        readers: Readers,
        idle: Idle,
        *,
        timeout: float,
        user_agent: str,
        clock: Callable[[], float],
        sent: Callable[[str], None],
    ) -> None:
        self._sessions, self._routes, self._readers, self._idle = sessions, routes, readers, idle
        self._timeout, self._clock, self._sent = timeout, clock, sent
        self._ordinary = {want: CIMultiDict(ordinary(want, user_agent)) for want in Want}

    async def fetch(self, request: Request) -> Fetched:
        """The answer with what was wanted of its body, or why there is none. Its headers are whole: `Redirecting`."""
        attempt = Attempt(request.url, self._clock, self._leaves)
        try:
            async with asyncio.timeout(self._timeout):
                await self._exchange(request, attempt)
        except Exception as error:
            failure = failure_of(error, request.url, sent=attempt.requests > 0)
            if failure is None:
                raise
            return attempt.failed(failure)
        return attempt.answered()

    def _leaves(self, attempt: Attempt) -> None:
        self._sent(host_of(attempt.url))
        if not attempt.fresh:
            self._idle.reused()

    async def _exchange(self, request: Request, attempt: Attempt) -> None:
        response = await self._ask(request, attempt)
        announced = response.content_length
        try:
            attempt.status = response.status
            attempt.headers = evidence(response.raw_headers)
            encodings = response.headers.getall("Content-Encoding", ())
            attempt.length = None if encodings else announced
            make = self._readers.get(request.want)
            limit = 0 if response.status in REDIRECTS else LIMITS[request.want]
            await attempt.body.read(response.content, decoder_for(encodings), make() if make else None, limit)
            if await attempt.body.let_go(response, announced):
                self._idle.kept()
        except BaseException:
            response.close()
            raise

    async def _ask(self, request: Request, attempt: Attempt) -> aiohttp.ClientResponse:
        route = self._routes.route(request.url)
        headers = self._headers(request, route)
        session = self._sessions[route.way]
        while True:
            try:
                return await session.request(
                    "GET",
                    route.url,
                    headers=headers,
                    allow_redirects=False,
                    proxy=route.proxy,
                    server_hostname=route.name,
                    trace_request_ctx=attempt,
                )
            except DroppedError:
                # A server may close an idle connection just as it is used again (RFC 9112, 9.3.1). That says nothing
                # of the host, so the request goes out on another one; each such try uses up a kept connection.
                if attempt.fresh:
                    raise

    def _headers(self, request: Request, route: Route) -> CIMultiDict[str]:
        ordinary_ones = self._ordinary[request.want]
        enough = self._idle.enough()
        if not request.headers and not route.authority and not enough:
            return ordinary_ones
        headers = CIMultiDict(ordinary_ones)
        headers.update(request.headers)
        if route.authority:
            headers["Host"] = route.authority
        if enough:
            headers["Connection"] = "close"
        return headers
