"""A request in, its answer out if the host's robots.txt allows the question (RFC 9309), else the refusal.

The file is asked for once per origin and run, through the same polite seam, before anything else is.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from crawler.model import Answered, Failure, FailureKind, Fetched, Purpose, Request, Want
from crawler.net.once import Once
from crawler.net.pace import Pace
from crawler.net.seam import Fetch
from crawler.urls import host_of, origin_of, split

if TYPE_CHECKING:
    from protego import Protego

PATH = "/robots.txt"
MOST_REDIRECTS = 5
"""Hops that a robots.txt is followed over (RFC 9309, 2.3.1.2)."""
BIG = 16 << 10
"""Bytes from which the file is parsed in a thread: 512 kB take a second."""

_WALLS = frozenset(
    {
        ("cf-mitigated", "challenge"),
        ("x-amzn-waf-action", "challenge"),
        ("x-amzn-waf-action", "captcha"),
        ("x-vercel-mitigated", "challenge"),
    }
)
"""Headers by which a bot wall says that it answers in the host's place."""
_NO_CONNECTION = frozenset(
    {
        FailureKind.DNS_NOT_FOUND,
        FailureKind.DNS_TEMPORARY,
        FailureKind.UNSAFE_ADDRESS,
        FailureKind.CONNECT_REFUSED,
        FailureKind.CONNECT_FAILED,
        FailureKind.CONNECT_TIMEOUT,
        FailureKind.TLS_EXPIRED,
        FailureKind.TLS_WRONG_HOST,
        FailureKind.TLS_SELF_SIGNED,
        FailureKind.TLS_INCOMPLETE_CHAIN,
        FailureKind.TLS_FAILED,
        FailureKind.PROXY,
        FailureKind.DEFERRED,
    }
)
"""What would have happened to the link's own request too: that is the news, not that its robots.txt is out of reach."""
_ENDLESS = frozenset({FailureKind.REDIRECT_LOOP, FailureKind.TOO_MANY_REDIRECTS, FailureKind.BAD_REDIRECT})

_OTHERS = "-"
"""Stands for every name that is not ours, and never begins a token."""
_TOKEN = re.compile(r"[A-Za-z][A-Za-z_-]*")
_USER_AGENT = re.compile(r"\s*user[\s-]*agent\s*:?\s*([^#]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What one origin's robots.txt means."""

    parsed: Protego | None = None
    """Its rules; None: all is allowed."""
    refusal: str = ""
    """Why nothing is allowed."""
    instead: Answered | Failure | None = None
    """What every request to the origin gets in place of an answer of its own."""


class Robots:
    """Asks `inner` for what robots.txt allows. `files` asks for the files, redirects followed.

    `user_agent` is what the requests carry; its product token is what the rules are for. `known` holds what the run
    knows already. `pace` is told each Crawl-delay, and which hosts wait for their file.
    """

    def __init__(
        self,
        inner: Fetch,
        files: Fetch,
        *,
        user_agent: str,
        known: dict[str, Rules],
        pace: Pace,
    ) -> None:
        self._inner, self._files, self._known, self._pace = inner, files, known, pace
        self._token = product_token(user_agent)
        self._once = Once(self._ask)

    async def fetch(self, request: Request) -> Fetched:
        """The answer of `inner`; ROBOTS_DISALLOWED, or what kept the file from being read, without asking."""
        if split(request.url).path == PATH:
            return await self._inner.fetch(request)  # always allowed (RFC 9309, 2.2.2)
        origin = origin_of(request.url)
        rules, asked = self._known.get(origin), None
        if rules is None:
            mine = origin not in self._once
            with self._pace.held(host_of(origin)):  # or every request of the host would be started, to wait here
                rules, fetched = await self._once.get(origin)
            asked = fetched if mine else None
        answer = self._refused(rules, request.url) or await self._inner.fetch(request)
        if asked is None:
            return answer
        return msgspec.structs.replace(
            answer, requests=answer.requests + asked.requests, received=answer.received + asked.received
        )

    async def close(self) -> None:
        """Gives up the files that are still waited for."""
        await self._once.close()

    def _refused(self, rules: Rules, url: str) -> Fetched | None:
        if rules.instead is not None:
            return Fetched(outcome=rules.instead, attempts=0)
        detail = rules.refusal
        if not detail and rules.parsed is not None and not rules.parsed.can_fetch(url, self._token):
            detail = f"not for {self._token}"
        if not detail:
            return None
        return Fetched(outcome=Failure(kind=FailureKind.ROBOTS_DISALLOWED, detail=detail, url=url), attempts=0)

    async def _ask(self, origin: str) -> tuple[Rules, Fetched]:
        fetched = await self._files.fetch(Request(url=origin + PATH, want=Want.ROBOTS, purpose=Purpose.CONTROL))
        rules = _unread(fetched.outcome, origin)
        if rules is None:
            parse = asyncio.to_thread if len(fetched.body) > BIG else _here
            parsed = await parse(parsed_for, fetched.body, self._token)
            rules = Rules(parsed=parsed)
            if delay := parsed.crawl_delay(self._token):
                self._pace.slow_down(host_of(origin), delay)
        if not isinstance(rules.instead, Failure):  # which may pass, so the second pass asks anew
            self._known[origin] = rules
        return rules, fetched


def product_token(user_agent: str) -> str:
    """What groups of rules name a program by (RFC 9309, 2.2.1): `CardCheck` of `CardCheck/1.0 (+https://…)`."""
    match = _TOKEN.match(user_agent.strip())
    return match[0] if match else "*"


def parsed_for(body: bytes, token: str) -> Protego:
    """The rules of a robots.txt that concern `token`."""
    from protego import Protego  # only for runs that ask for it

    return Protego.parse(
        "\n".join(_ours(line, token.lower()) for line in body.decode("utf-8-sig", "replace").splitlines())
    )


def _ours(line: str, token: str) -> str:
    """`line`; of those that begin a group for somebody else, only that they do.

    Protego copies every rule to each name before it: 500 kB of names and rules in halves would fill the memory. It
    also takes `Card` to mean `CardCheck`; the standard wants the whole token (RFC 9309, 2.2.1).
    """
    match = _USER_AGENT.match(line)
    if not match:
        return line
    name = match[1].strip().lower()
    if name == "*":
        return "User-agent: *"
    return f"User-agent: {token if name.partition('/')[0].rstrip('* ') == token else _OTHERS}"


def _unread(outcome: Answered | Failure, origin: str) -> Rules | None:
    """What it means that there is no file to be read; None if there is one."""
    match outcome:
        case Failure(kind=kind) if kind in _ENDLESS:
            return Rules()  # as if there were none (RFC 9309, 2.3.1.2)
        case Failure(kind=kind, url=url) if kind in _NO_CONNECTION and origin_of(url) == origin:
            return Rules(instead=outcome)
        case Failure(detail=detail):
            return Rules(refusal=f"it cannot be read, which forbids everything: {detail}")
        case Answered(status=status) if status >= 500 or status < 300:
            if not _WALLS.isdisjoint((name, value.strip().lower()) for name, value in outcome.headers):
                return Rules(instead=outcome)
            if 500 <= status <= 599:
                return Rules(refusal=f"its answer is {status}, which forbids everything")  # RFC 9309, 2.3.1.4
            return None if 200 <= status <= 299 else Rules()
        case _:
            return Rules()  # 4xx: there is none, so all is allowed (RFC 9309, 2.3.1.3)


async def _here(parse: Callable[[bytes, str], Protego], body: bytes, token: str) -> Protego:
    return parse(body, token)
