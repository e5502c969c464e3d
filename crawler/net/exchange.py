"""One request in, one answer out: a single exchange over aiohttp, bounded in time and in bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import aiohttp

from crawler.model import Fetched, Request
from crawler.net.attempt import Attempt, Terms
from crawler.net.failures import DroppedError, ProxyRefusalError, UnusedError, failure_of
from crawler.net.idle import Idle
from crawler.net.route import Way
from crawler.net.seam import Moment, UnheardError
from crawler.net.sessions import CURRENT
from crawler.urls import host_of

PROXY_LOGIN = 407
"""What only a proxy may answer (RFC 9110, 15.5.8)."""


class AiohttpExchange:
    """Exchanges one request for one answer, without following and retrying."""

    def __init__(self, terms: Terms, sessions: Mapping[Way, aiohttp.ClientSession], idle: Idle) -> None:
        self._terms, self._sessions, self._idle = terms, sessions, idle

    async def exchange(self, request: Request, moment: Moment) -> Fetched:
        """The answer with what was wanted of its body, or why there is none."""
        attempt = Attempt(request, self._terms, moment)
        CURRENT.set(attempt)
        try:
            async with asyncio.timeout(self._terms.timeout) as attempt.limit:
                await self._exchange(attempt)
        except Exception as error:
            failure = failure_of(error, request.url, naming=attempt.naming, sent=attempt.sent, proxy=attempt.proxy)
            if failure is None:
                raise
            fetched = attempt.failed(failure)
            if isinstance(error, UnusedError) or (isinstance(error, DroppedError) and attempt.kept):
                raise UnheardError(fetched, kept=attempt.kept) from error
            return fetched
        return attempt.answered()

    async def _exchange(self, attempt: Attempt) -> None:
        response = await self._ask(attempt)
        announced = response.content_length
        try:
            if attempt.proxy and response.status == PROXY_LOGIN:
                raise ProxyRefusalError(f"{response.status} {response.reason}")
            await attempt.hear(response.status, response.raw_headers, announced, response.content)
            if await attempt.body.let_go(response, announced):
                self._idle.kept()
        except BaseException:
            response.close()
            raise

    async def _ask(self, attempt: Attempt) -> aiohttp.ClientResponse:
        route = self._terms.routes.route(attempt.request.url)
        headers = self._terms.headers_for(attempt.request, route, close=self._idle.enough())
        session = self._sessions[route.way]
        if route.way is Way.PROXY:
            attempt.proxy = route.proxy
            await self._terms.screen.check(host_of(attempt.request.url))
        try:
            return await session.request(
                "GET",
                route.url,
                headers=headers,
                allow_redirects=False,
                proxy=route.proxy,
                server_hostname=route.name,
            )
        finally:
            if attempt.kept:
                self._idle.reused()
