"""The table of retries, row by row, counted on the server's side."""

from __future__ import annotations

import random
import socket
from collections.abc import Sequence

import pytest

from crawler.demo.reply import Reply, page, redirect, retry_after
from crawler.demo.tls import BadTLS
from crawler.demo.web import Door, LoopbackWeb
from crawler.model import Answered, Failure, FailureKind, Fetched, Request, Want
from crawler.net.retry import RETRIES, Retrying, retry_for
from tests.net.asking import Names, answered, asking, failed

GOOD = page("Back again")
BODY = b"0123456789" * 100
JITTER = random.Random(7)  # noqa: S311 - no secret

PASSING: dict[str, Reply] = {
    "timeout": Reply(hang="head"),
    "reset": Reply(reset="head"),
    "truncated": Reply(body=BODY, missing=5),
    "too_many_requests": Reply(status=429, headers=(("Retry-After", "1"),)),
    "unavailable": Reply(status=503),
    "server_error": Reply(status=500),
    "cdn_origin": Reply(status=522),
}
"""Row -> what a server does once. The other rows fail before a request is sent; they have tests of their own."""


@pytest.mark.parametrize("name", PASSING)
async def test_what_passes_is_asked_again(name: str) -> None:
    """A server that fails once and then answers has answered; both requests are counted."""
    async with (
        LoopbackWeb({"a.test/": [PASSING[name], GOOD]}) as web,
        asking(web, max_retries=2, timeout=0.4 if name == "timeout" else 5.0) as ask,
    ):
        fetched = await ask.get("http://a.test/")

        assert (answered(fetched).status, fetched.attempts, fetched.requests, web.count("a.test/")) == (200, 2, 2, 2)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527])
async def test_a_server_that_keeps_failing_is_given_up(status: int) -> None:
    """After `max_retries` further attempts the last answer stands."""
    async with LoopbackWeb({"a.test/": Reply(status=status)}) as web, asking(web, max_retries=2) as ask:
        fetched = await ask.get("http://a.test/")

        assert (answered(fetched).status, fetched.attempts, web.count("a.test/")) == (status, 3, 3)


@pytest.mark.parametrize(("name", "requests"), [("timeout", 2), ("reset", 4), ("truncated", 4)])
async def test_rows_have_bounds_of_their_own(name: str, requests: int) -> None:
    """A timeout, which costs its time in full, is tried once more, whatever `max_retries` allows."""
    async with (
        LoopbackWeb({"a.test/": PASSING[name]}) as web,
        asking(web, max_retries=3, timeout=0.4 if name == "timeout" else 5.0) as ask,
    ):
        fetched = await ask.get("http://a.test/")

        assert (failed(fetched).kind.value, fetched.attempts, web.count("a.test/")) == (name, requests, requests)


async def test_no_retries_means_none() -> None:
    """`max_retries = 0` asks once."""
    async with LoopbackWeb({"a.test/": [Reply(status=503), GOOD]}) as web, asking(web, max_retries=0) as ask:
        assert (await ask.status("http://a.test/"), web.count("a.test/")) == (503, 1)


@pytest.mark.parametrize(("door", "attempts"), [(Door.REFUSED, 3), (Door.RESET, 3), (Door.DEAF, 2)])
async def test_connections_are_tried_again(door: Door, attempts: int) -> None:
    """Refused, reset and unanswered connections are tried again, though no request was ever sent."""
    limit = 0.3 if door is Door.DEAF else 5.0
    async with LoopbackWeb({}, doors={"shut.test": door}) as web, asking(web, max_retries=2, timeout=limit) as ask:
        assert (await ask.get("http://shut.test/")).attempts == attempts


async def test_an_unreachable_network_is_tried_again() -> None:
    """Routes come and go."""
    names = Names({"a.test": ["255.255.255.255"]})
    async with asking(resolver=names, allow_private=("240.0.0.0/4",), max_retries=2) as ask:
        assert (await ask.get("http://a.test/")).attempts == 3


class Flaky(Names):
    """Fails once for each name, then knows it."""

    async def resolve(self, host: str, *more: object, **kw: object) -> list[object]:  # type: ignore[override]
        if host not in self.asked:
            self.asked.append(host)
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return list(await super().resolve(host, *more, **kw))  # type: ignore[arg-type]


async def test_a_resolver_that_could_not_tell_is_asked_again() -> None:
    """EAI_AGAIN passes."""
    async with LoopbackWeb({"a.test/": GOOD}) as web:
        names = Flaky({"a.test": ["127.0.0.1"]})
        async with asking(resolver=names, allow_private=("127.0.0.0/8",), max_retries=2) as ask:
            fetched = await ask.get(f"http://a.test:{web.http_port}/")

    assert (fetched.attempts, fetched.requests, answered(fetched).status) == (2, 1, 200)


async def test_a_broken_handshake_is_tried_once_more() -> None:
    """A handshake that breaks off may pass; a certificate's verdict is final."""
    bad = {"abort.test": BadTLS.ABORT, "expired.test": BadTLS.EXPIRED, "self.test": BadTLS.SELF_SIGNED}
    async with LoopbackWeb({}, bad_tls=bad) as web, asking(web, max_retries=2) as ask:
        attempts = {host: (await ask.get(f"https://{host}/")).attempts for host in bad}

    assert attempts == {"abort.test": 2, "expired.test": 1, "self.test": 1}


@pytest.mark.parametrize("status", [200, 202, 304, 400, 401, 403, 404, 405, 410, 418, 451, 501, 505, 999])
async def test_answers_are_asked_once(status: int) -> None:
    """Whatever is no passing failure is an answer; bot walls too, which retries only make angrier."""
    async with LoopbackWeb({"a.test/": Reply(status=status)}) as web, asking(web, max_retries=3) as ask:
        assert (await ask.status("http://a.test/"), web.count("a.test/")) == (status, 1)


async def test_names_that_do_not_exist_are_asked_once() -> None:
    """NXDOMAIN is an answer, and so is a private address."""
    names = Names({"inside.test": ["10.0.0.1"]})
    async with asking(resolver=names, max_retries=3) as ask:
        attempts = [(await ask.get(f"http://{host}.test/")).attempts for host in ("nowhere", "inside")]

    assert (attempts, names.asked) == ([1, 1], ["nowhere.test", "inside.test"])


async def test_each_hop_has_its_own_retries() -> None:
    """A chain counts the tries of the hop that was tried most, and the requests of all."""
    routes = {"a.test/": [Reply(status=500), redirect("/b")], "a.test/b": [Reply(status=500)] * 2 + [GOOD]}
    async with LoopbackWeb(routes) as web, asking(web, max_retries=2) as ask:
        fetched = await ask.get("http://a.test/")

        assert (answered(fetched).status, fetched.attempts, fetched.requests, len(web.hits)) == (200, 3, 5, 5)


async def test_a_wait_longer_than_the_run_ends_the_retries() -> None:
    """A 429 with a wait beyond `max_wait` is returned as it is, at once."""
    async with LoopbackWeb({"a.test/": retry_after(3600)}) as web, asking(web, max_retries=2) as ask:
        fetched = await ask.get("http://a.test/")

        assert (answered(fetched).status, fetched.attempts, web.count("a.test/")) == (429, 1, 1)


class Scripted:
    """Answers from a list."""

    def __init__(self, outcomes: Sequence[Answered | Failure]) -> None:
        self.outcomes = list(outcomes)

    async def fetch(self, request: Request) -> Fetched:
        return Fetched(outcome=self.outcomes.pop(0), requests=1, received=10, elapsed=0.5)


async def test_pauses_double_and_vary() -> None:
    """The pauses grow from try to try, and no two are alike, so that hosts do not see us come back in step."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    outcomes = [Failure(kind=FailureKind.RESET, detail="", url="http://a.test/")] * 5
    retrying = Retrying(Scripted(outcomes), 4, randomness=JITTER, sleep=sleep)
    fetched = await retrying.fetch(Request(url="http://a.test/", want=Want.PAGE))

    assert [0.5 * 2**n <= pause <= 1.5 * 2**n for n, pause in enumerate(pauses)] == [True] * 4
    assert len({round(pause, 6) for pause in pauses}) == 4
    assert (fetched.attempts, fetched.requests, fetched.received, fetched.elapsed) == (5, 5, 50, 2.5)


async def test_a_deferral_does_not_hide_what_came_before() -> None:
    """If the host goes into a long wait while we pause, its last real answer is the outcome."""
    outcomes: list[Answered | Failure] = [
        Answered(url="http://a.test/", status=503),
        Failure(kind=FailureKind.DEFERRED, detail="", url="http://a.test/", wait=900.0),
    ]

    async def sleep(_: float) -> None:
        pass

    retrying = Retrying(Scripted(outcomes), 2, randomness=JITTER, sleep=sleep)

    assert answered(await retrying.fetch(Request(url="http://a.test/", want=Want.PAGE))).status == 503


def test_every_row_is_named_once_and_found() -> None:
    """No two rows claim the same failure, and each row has a test that shows a real cause."""
    kinds = [kind for row in RETRIES for kind in row.kinds]
    statuses = [status for row in RETRIES for status in row.statuses]
    elsewhere = {"dns_temporary", "refused", "unreachable", "connect_timeout", "tls_handshake"}

    assert (len(kinds), len(statuses)) == (len(set(kinds)), len(set(statuses)))
    assert {row.name for row in RETRIES} == set(PASSING) | elsewhere
    assert all(retry_for(Answered(url="", status=status)) for status in statuses)
