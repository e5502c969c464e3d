"""Services that shut out the hasty: what is built in, what a user may change, and when we leave them alone."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from crawler.demo.reply import Reply, page
from crawler.demo.web import Door, LoopbackWeb, Routes
from crawler.model import Failure, FailureKind, Fetched, Request, Want
from crawler.net.courtesy import COURTESIES, at_home, courtesy_of
from crawler.net.polite import Polite
from crawler.net.seam import Moment, UnheardError
from crawler.settings import HostSettings, HostTable
from tests.net.asking import asking, failed, pace_for, settings

WAYBACK = "web.archive.org"
ELSEWHERE = {"*:443": "192.0.2.1:443"}


def interval(*, hosts: HostTable | None = None, **changes: object) -> float:
    """Seconds between starts on the archive."""
    return pace_for(settings(**changes), hosts)._gate(WAYBACK).interval


def test_the_archive_is_asked_at_its_own_pace() -> None:
    """Whatever the pace of the others, and wherever connect_to sends it, but to this machine."""
    assert interval() == 4.0
    assert interval(connect_to=ELSEWHERE) == 4.0
    assert interval(connect_to={"*:443": "127.0.0.1:8443"}) == 0.0


@pytest.mark.parametrize(("wanted", "kept"), [(0.1, 4.0), (9.0, 9.0)])
@pytest.mark.parametrize("host", [WAYBACK, "archive.org", "*.archive.org"])
def test_a_user_can_make_it_slower_only(host: str, wanted: float, kept: float) -> None:
    """For one of its hosts and so for all."""
    assert interval(hosts=HostTable(rows={host: HostSettings(host_request_interval=wanted)})) == kept


def test_its_hosts_share_one_turn() -> None:
    """Even where the settings give each host more."""
    pace = pace_for(settings(host_concurrency=8))

    assert pace._gate(WAYBACK) is pace._gate("archive.org")
    assert pace._gate(WAYBACK).slots == 1
    assert pace._gate("other.org").slots == 8


@pytest.mark.parametrize(
    ("connect_to", "home"),
    [
        ({}, False),
        ({"*:443": "127.0.0.1:1", "*:80": "127.0.0.1:2"}, True),
        ({"*:443": "[::1]:1"}, True),
        ({"web.archive.org:443": "127.0.0.1:1", "*:443": "192.0.2.1:1"}, False),
        ({"other.org:443": "127.0.0.1:1"}, False),
        ({"*:443": "localhost:1"}, False),
    ],
)
def test_a_host_is_at_home_only_where_this_machine_stands_in_for_it(connect_to: dict[str, str], home: bool) -> None:
    """A name is not enough, nor a target for others."""
    assert at_home(WAYBACK, connect_to) is home


async def test_two_hosts_of_one_service_never_see_two_requests_at_once() -> None:
    """And one after the other keeps its distance."""
    routes: Routes = {"*": Reply(body=b"x", delay=0.03)}
    async with LoopbackWeb(routes) as web, asking(web, host_concurrency=4, host_request_interval=0.08) as ask:
        hosts = (WAYBACK, "archive.org")
        await asyncio.gather(*(ask.get(f"https://{host}/{n}") for host in hosts for n in range(3)))

        starts = sorted(hit.at for hit in web.hits)
        assert web.peak() == 1
        assert min(later - earlier for earlier, later in itertools.pairwise(starts)) >= 0.065


async def test_a_429_ends_the_asking_of_all_its_hosts() -> None:
    """At once, whatever Retry-After says: no retry, no other page, no other host; the rest of the web goes on."""
    limited = Reply(status=429, headers=(("Retry-After", "0"),))
    async with LoopbackWeb({f"{WAYBACK}/a": limited, "*": page("In")}) as web, asking(web, max_retries=3) as ask:
        assert await ask.status(f"https://{WAYBACK}/a") == 429
        again = failed(await ask.get(f"https://{WAYBACK}/b"))
        other = failed(await ask.get("https://archive.org/c"))

        assert (again.kind, other.kind) == (FailureKind.DEFERRED, FailureKind.DEFERRED)
        assert again.wait == courtesy_of(WAYBACK).rest  # type: ignore[union-attr]  # it has one
        assert await ask.status("https://other.org/") == 200
        assert [hit.target for hit in web.hits] == ["/a", "/"]


async def test_a_refused_connection_ends_it_too() -> None:
    """That is how it shuts out: to knock again makes it longer."""
    doors = {"archive.org": Door.REFUSED}
    async with LoopbackWeb({"*": page("In")}, doors=doors) as web, asking(web, max_retries=3) as ask:
        assert await ask.failure("https://archive.org/a") is FailureKind.CONNECT_REFUSED
        assert await ask.failure(f"https://{WAYBACK}/b") is FailureKind.DEFERRED
        assert web.hits == []


async def test_a_service_that_does_not_work_is_left_alone_in_the_end() -> None:
    """After so many faults in a row; one that it gets over ends the series."""
    faults = COURTESIES[0].faults
    down = [Reply(status=503)] * (faults - 1)
    async with LoopbackWeb({"*": [*down, page("In"), *down, Reply(status=500)]}) as web, asking(web) as ask:
        seen = [await ask.status(f"https://{WAYBACK}/{n}") for n in range(2 * faults)]

        assert seen == [503] * (faults - 1) + [200] + [503] * (faults - 1) + [500]
        assert await ask.failure(f"https://{WAYBACK}/more") is FailureKind.DEFERRED
        assert len(web.hits) == 2 * faults


class Closing:
    """Every connection closes before it is used."""

    def __init__(self) -> None:
        self.asked = 0

    async def exchange(self, request: Request, moment: Moment) -> Fetched:
        del moment
        self.asked += 1
        failure = Failure(kind=FailureKind.RESET, detail="closed before it was used", url=request.url)
        raise UnheardError(Fetched(outcome=failure), kept=False)


async def test_it_is_left_alone_when_it_closes_every_connection() -> None:
    """Which are faults too, of two connections in a row one."""
    inner = Closing()
    polite = Polite(inner, pace_for(settings(connect_to={"*:443": "127.0.0.1:8443"})))
    requests = [Request(url=f"https://{WAYBACK}/{n}", want=Want.PAGE) for n in range(COURTESIES[0].faults + 2)]
    kinds = [failed(await polite.fetch(request)).kind for request in requests]

    assert kinds == [FailureKind.RESET] * COURTESIES[0].faults + [FailureKind.DEFERRED] * 2
    assert inner.asked == 2 * COURTESIES[0].faults
