"""Politeness, seen from the server's side, and the ledger on its own."""

from __future__ import annotations

import asyncio
import math
import time
from datetime import UTC, datetime
from email.utils import formatdate

import pytest

from crawler.demo.reply import Reply, page, redirect, retry_after
from crawler.demo.web import LoopbackWeb, Routes
from crawler.model import Answered, FailureKind
from crawler.net.gate import Turn
from crawler.net.pace import Pace
from tests.net.asking import answered, asking, failed, pace_for, settings

SLOW = Reply(body=b"x", delay=0.05)


async def left(pace: Pace, turn: Turn) -> None:
    """The turn's connection stands; its request has left."""
    while pace.wait(turn) > 0:  # noqa: ASYNC110 - the test's own clock
        await asyncio.sleep(0)
    pace.sent(turn)


async def test_a_host_sees_no_more_than_its_slots() -> None:
    """However many requests there are, a host sees `host_concurrency` of them at once, and uses them."""
    async with (
        LoopbackWeb({"*": SLOW}) as web,
        asking(web, host_concurrency=3, max_concurrency=50) as ask,
    ):
        await asyncio.gather(*(ask.get(f"http://{host}.test/{n}") for host in "ab" for n in range(12)))

        assert (web.peak("a.test"), web.peak("b.test")) == (3, 3)


async def test_the_run_has_slots_of_its_own() -> None:
    """Over all hosts, no more than `max_concurrency` requests are under way, and every slot is used."""
    async with LoopbackWeb({"*": SLOW}) as web, asking(web, max_concurrency=5) as ask:
        await asyncio.gather(*(ask.get(f"http://h{n}.test/") for n in range(30)))

        assert web.peak() == 5


async def test_starts_on_a_host_keep_their_distance() -> None:
    """Two requests never reach a host closer together than `host_request_interval`, new connections or not."""
    async with LoopbackWeb({"*": SLOW}) as web, asking(web, host_concurrency=4, host_request_interval=0.08) as ask:
        await asyncio.gather(*(ask.get(f"http://{host}.test/{n}") for host in "abc" for n in range(5)))

        assert min(ask.distance(web, f"{host}.test") for host in "abc") >= 0.08
        assert {hit.host for hit in web.hits[:6]} == {"a.test", "b.test", "c.test"}  # they do not wait for each other


async def test_retries_and_hops_keep_their_distance_too() -> None:
    """A retry and a redirect to the same host wait for their turn like everyone."""
    routes: Routes = {"a.test/": [Reply(status=503), redirect("/next")], "a.test/next": page("Next")}
    async with LoopbackWeb(routes) as web, asking(web, max_retries=1, host_request_interval=0.1) as ask:
        assert await ask.status("http://a.test/") == 200
        assert ask.distance(web, "a.test") >= 0.1


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("form", ["seconds", "date"])
async def test_retry_after_holds_the_whole_host(status: int, form: str) -> None:
    """Nothing reaches a host before the time it asked for, not even links that were never refused."""
    wall = time.time() + 2
    when = "1" if form == "seconds" else formatdate(wall, usegmt=True)
    until = time.monotonic() + (int(wall) - time.time())  # a date has no fractions of a second, and two clocks differ
    routes: Routes = {
        "a.test/limited": [retry_after(when, status), page("In")],
        "a.test/other": page("Other"),
        "b.test/": page("B"),
    }
    async with LoopbackWeb(routes) as web, asking(web, max_retries=1) as ask:

        async def others() -> None:
            await asyncio.sleep(0.05)
            await asyncio.gather(*(ask.get("http://a.test/other") for _ in range(3)), ask.get("http://b.test/"))

        fetched, _ = await asyncio.gather(ask.get("http://a.test/limited"), others())

        refused, *later = [hit.at for hit in web.hits if hit.host == "a.test"]
        unrelated = [hit.at for hit in web.hits if hit.host == "b.test"]
        assert (answered(fetched).status, len(later)) == (200, 4)
        assert min(later) >= (refused + 1 if form == "seconds" else until - 0.01)
        assert unrelated[0] < min(later)


async def test_an_unrelated_success_does_not_end_a_deadline() -> None:
    """A 200 that was under way when the host said stop changes nothing."""
    routes: Routes = {
        "a.test/slow": Reply(delay=0.3),
        "a.test/limited": [retry_after(1), page("In")],
        "a.test/third": page("3"),
    }
    async with LoopbackWeb(routes) as web, asking(web, max_retries=1, host_concurrency=2) as ask:
        await asyncio.gather(*(ask.get(f"http://a.test/{name}") for name in ("slow", "limited", "third")))

        refused = next(hit.at for hit in web.hits if hit.target == "/limited")
        assert [hit.at - refused >= 0.99 for hit in web.hits[2:]] == [True, True]


async def test_a_wait_beyond_the_run_defers_the_host() -> None:
    """The answer is returned at once; further links of the host are not asked, and say how long it wants peace."""
    async with LoopbackWeb({"a.test/": retry_after(900), "*": page("Any")}) as web, asking(web, max_retries=2) as ask:
        first = await ask.get("http://a.test/")
        second = await ask.get("http://a.test/other")
        other = await ask.get("http://b.test/")

        failure = failed(second)
        assert (answered(first).status, answered(other).status, len(web.hits)) == (429, 200, 2)
        assert (failure.kind, failure.wait, second.requests, second.attempts) == (FailureKind.DEFERRED, 900.0, 0, 0)


async def test_those_who_already_wait_are_deferred_too() -> None:
    """Links that stand in the queue when the host asks for a long wait are told, not left standing."""
    routes: Routes = {"a.test/": Reply(status=429, headers=(("Retry-After", "900"),), delay=0.05)}
    async with LoopbackWeb(routes) as web, asking(web, host_concurrency=1) as ask:
        got = await asyncio.gather(*(ask.get("http://a.test/") for _ in range(5)))

        assert [fetched.requests for fetched in got] == [1, 0, 0, 0, 0]


def answered_with(status: int, wait: str | None = None) -> Answered:
    headers = (("retry-after", wait),) if wait else ()
    return Answered(url="http://a.test/", status=status, headers=headers)


async def heard(*answers: tuple[int, str | None]) -> tuple[float, float | None]:
    """(seconds until a.test is ready, its deferral) after these answers."""
    pace = Pace(settings(max_wait=100.0), clock=lambda: 1_000.0, now=lambda: datetime.now(UTC))
    turn = await pace.enter("a.test")
    assert turn
    for status, wait in answers:
        pace.heard(turn, answered_with(status, wait))
    pace.leave(turn)
    return max(0.0, pace.ready_at("a.test") - 1_000.0), pace.deferred("a.test")


async def test_a_429_without_a_word_costs_a_growing_pause() -> None:
    """No Retry-After, nonsense, or the past: two seconds, then four, then eight."""
    assert await heard((429, None)) == (2.0, None)
    assert await heard((429, None), (429, "soon")) == (4.0, None)
    assert await heard((429, None), (429, "0"), (429, "Sun, 06 Nov 1994 08:49:37 GMT")) == (8.0, None)


async def test_a_503_without_a_word_concerns_its_page_only() -> None:
    """A page that is out of order does not hold the host."""
    assert await heard((503, None)) == (0.0, None)
    assert await heard((503, "7")) == (7.0, None)


async def test_deadlines_grow_and_never_shrink() -> None:
    """A later, shorter wish does not bring the deadline forward; neither does a success."""
    assert await heard((429, "50"), (429, "5"), (200, None)) == (50.0, None)


async def test_bearable_waits_may_not_add_up_forever() -> None:
    """A host that asks for a bearable wait again and again, without a success between, is deferred."""
    pace = pace_for(settings(max_wait=100.0))
    for _ in range(2):
        turn = await pace.enter("b.test")
        assert turn
        pace.heard(turn, answered_with(429, "60"))
        turn.gate.not_before = -math.inf  # the wait is over
        pace.leave(turn)

    assert pace.deferred("b.test") == 60.0
    assert await pace.enter("b.test") is None


async def test_waiting_holds_nothing() -> None:
    """Requests that wait for a host leave every slot of the run to others."""
    routes: Routes = {"slow.test/": [retry_after(2), page("In")], "*": page("Any")}
    async with LoopbackWeb(routes) as web, asking(web, max_concurrency=1, max_retries=1) as ask:
        waiting = asyncio.create_task(ask.get("http://slow.test/"))
        more = [asyncio.create_task(ask.get("http://slow.test/more")) for _ in range(5)]
        await asyncio.sleep(0.1)
        for n in range(20):
            assert await ask.status(f"http://h{n}.test/") == 200

        assert (waiting.done(), [task.done() for task in more]) == (False, [False] * 5)
        for task in (waiting, *more):
            task.cancel()
        await asyncio.gather(waiting, *more, return_exceptions=True)


async def test_cancelled_waits_leave_no_trace() -> None:
    """Whoever gives up waiting, before or just after the turn was given, blocks nobody."""
    pace = pace_for(settings(host_concurrency=1, max_concurrency=1))
    turn = await pace.enter("a.test")
    assert turn
    waiting = [asyncio.create_task(pace.enter("a.test")) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.sleep(0)
    pace.leave(turn)  # gives the turn to the second …
    waiting[1].cancel()  # … who has gone before it learns of it
    await asyncio.sleep(0)

    last = await waiting[2]
    assert last
    pace.leave(last)
    assert pace.room == 1


async def test_turns_of_a_host_are_in_order() -> None:
    """First come, first served."""
    async with LoopbackWeb({"*": page("Any")}) as web, asking(web, host_concurrency=1) as ask:
        await asyncio.gather(*(ask.get(f"http://a.test/{n}") for n in range(10)))

        assert [hit.target for hit in web.hits] == [f"/{n}" for n in range(10)]


async def test_connections_are_made_within_the_interval_not_after_it() -> None:
    """The next request leaves an interval after the last one, its turn comes earlier by the time to connect."""
    now = 0.0
    pace = Pace(settings(host_request_interval=0.5), clock=lambda: now, now=lambda: datetime.now(UTC))
    turn = await pace.enter("a.test")
    assert turn
    now = 0.2  # so long it took to connect
    await left(pace, turn)
    assert pace.ready_at("a.test") == 0.5
    pace.leave(turn)

    now = 0.5
    turn = await pace.enter("a.test")
    assert turn
    leaving = asyncio.create_task(left(pace, turn))
    await asyncio.sleep(0)
    assert not leaving.done()  # on a connection that stood already, it waits
    assert pace.ready_at("a.test") == math.inf
    now = 0.7
    await leaving
    assert pace.ready_at("a.test") == 1.2


async def test_a_turn_that_ends_leaves_the_next_one_its_distance() -> None:
    """While the next request connects, the one before is answered: that one still leaves an interval later."""
    now = 0.0
    pace = Pace(
        settings(host_request_interval=0.5, host_concurrency=2), clock=lambda: now, now=lambda: datetime.now(UTC)
    )
    first = await pace.enter("a.test")
    assert first
    now = 0.4  # so long it took to connect
    await left(pace, first)
    now = 0.5
    second = await pace.enter("a.test")
    assert second
    now = 0.6
    pace.leave(first)
    assert pace.ready_at("a.test") == math.inf

    now = 0.65  # it has connected
    leaving = asyncio.create_task(left(pace, second))
    await asyncio.sleep(0)
    assert not leaving.done()
    now = 0.9
    await leaving
    assert pace.ready_at("a.test") == 1.25


async def test_one_slow_connection_delays_no_other() -> None:
    """The turn after it is given so early again as its own connection may take: none stands unused for long."""
    now = 0.0
    pace = Pace(settings(host_request_interval=3.0), clock=lambda: now, now=lambda: datetime.now(UTC))
    turn = await pace.enter("a.test")
    assert turn
    now = 2.0  # so long it took to connect
    await left(pace, turn)
    pace.leave(turn)
    stood = []
    for due in (5.0, 8.0, 11.0):
        now = pace.ready_at("a.test")
        turn = await pace.enter("a.test")
        assert turn
        stood.append(pace.wait(turn))  # on a connection that was made at once
        now = due
        await left(pace, turn)
        pace.leave(turn)

    assert stood == [2.0, 0.0, 0.0]


async def test_who_waits_in_vain_leaves_the_host_to_others() -> None:
    """The host is ready again, and that is told, though the one turn that was under way had ended before."""
    pace = pace_for(settings(host_concurrency=1))
    turn = await pace.enter("a.test")
    assert turn
    told: list[str] = []
    waiting = asyncio.create_task(pace.enter("a.test"))
    await asyncio.sleep(0)
    with pace.told(told.append):
        waiting.cancel()
        pace.leave(turn)
        await asyncio.gather(waiting, return_exceptions=True)

    assert told[-1] == "a.test"
    assert pace.ready_at("a.test") <= time.monotonic()


async def test_who_waits_for_a_host_that_is_deferred_leaves_it_to_others() -> None:
    """It is told that the host is ready, which is to say that its other requests need not wait either."""
    pace = pace_for(settings(host_concurrency=1))
    turn = await pace.enter("a.test")
    assert turn
    waiting = asyncio.create_task(pace.enter("a.test"))
    await asyncio.sleep(0)
    told: list[str] = []
    with pace.told(told.append):
        pace.heard(turn, Answered(url="", status=429, headers=(("retry-after", "9000"),)))

    assert (await waiting, told) == (None, ["a.test"])
    assert pace.ready_at("a.test") == -math.inf


async def test_what_a_host_has_asked_for_can_be_handed_on() -> None:
    """Its deadline, its interval and what it cost so far, to a ledger that has not asked it yet."""
    now = 100.0
    ours, theirs = (
        Pace(settings(host_request_interval=0.5), clock=lambda: now, now=lambda: datetime.now(UTC)) for _ in "ab"
    )
    turn = await ours.enter("a.test")
    assert turn
    ours.heard(turn, Answered(url="", status=429, headers=(("retry-after", "30"),)))
    ours.slow_down("b.test", 4.0)
    news = ours.news()
    for mark in news:
        theirs.learn(mark.later(10.0))
    theirs.rest("b.test", now)

    assert [mark.host for mark in news] == ["a.test", "b.test"]
    assert ours.news() == ()
    assert theirs.ready_at("a.test") == 120.0
    assert theirs.ready_at("b.test") == 104.0
