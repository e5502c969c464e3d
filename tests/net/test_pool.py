"""The pool: everything asked once, nobody held up, nothing lost when it is cut short."""

from __future__ import annotations

import asyncio
import itertools
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from crawler.demo.reply import Reply, page, redirect, retry_after
from crawler.demo.web import LoopbackWeb
from crawler.model import Answered, Failure, FailureKind, Fetched, Request, Want
from crawler.net import pool
from crawler.net.polite import Polite
from crawler.net.seam import Moment
from tests.net.asking import Asking, asking, pace_for, settings

QUICK = page("Quick")


def links(*urls: str) -> list[Request]:
    return [Request(url=url, want=Want.PAGE) for url in urls]


async def ask_all(ask: Asking, requests: list[Request], **more: int) -> list[tuple[str, Fetched]]:
    """(URL, what came), in order of arrival."""
    got: list[tuple[str, Fetched]] = []
    await pool.run(
        requests,
        ask.through.fetch,
        ask.pace,
        lambda request, fetched: got.append((request.url, fetched)),
        clock=time.monotonic,
        **more,
    )
    return got


async def eventually(holds: Callable[[], bool]) -> None:
    """Returns when `holds` does; fails after five seconds."""
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - the pool under test has no event to tell
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("window", [1, 7, 1000])
async def test_everything_is_asked_once(window: int) -> None:
    """Every request is answered, once, however few are looked at ahead."""
    urls = [f"http://h{n % 7}.test/{n}" for n in range(100)]
    async with LoopbackWeb({"*": QUICK}) as web, asking(web) as ask:
        got = await ask_all(ask, links(*urls), window=window)

        assert sorted(url for url, _ in got) == sorted(urls)
        assert len(web.hits) == 100


async def test_nothing_to_do_is_done() -> None:
    """No requests, no answers, no waiting."""
    async with asking() as ask:
        assert await ask_all(ask, []) == []


async def test_the_pace_holds_through_the_pool() -> None:
    """Slots are kept, and used."""
    async with (
        LoopbackWeb({"*": Reply(body=b"x", delay=0.12)}) as web,
        asking(web, host_concurrency=3, host_request_interval=0.05) as ask,
    ):
        await ask_all(ask, links(*(f"http://a.test/{n}" for n in range(12))))

        assert web.peak() == 3


async def test_a_hanging_host_holds_up_nobody() -> None:
    """While one host answers nothing, all others are done, though it has the most links and goes first."""
    routes = {"hangs.test/*": Reply(hang="head"), "*": QUICK}
    urls = [f"http://hangs.test/{n}" for n in range(20)] + [
        f"http://h{n}.test/{m}" for n in range(10) for m in range(5)
    ]
    done: list[str] = []
    async with LoopbackWeb(routes) as web, asking(web, max_concurrency=4, timeout=30.0) as ask:
        running = asyncio.create_task(
            pool.run(links(*urls), ask.through.fetch, ask.pace, lambda r, _: done.append(r.url), clock=time.monotonic)
        )
        await eventually(lambda: len(done) == 50)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

        assert web.peak("hangs.test") == 2


async def test_a_host_that_wants_peace_holds_up_nobody() -> None:
    """Neither long waits, nor pauses before retries, nor a crowd redirected to a slow host keep others waiting."""
    routes = {
        "limited.test/*": retry_after(100),
        "slow.test/*": QUICK,
        "short.test/*": redirect("http://slow.test/x"),
        "*": QUICK,
    }
    urls = [f"http://{host}.test/{n}" for host in ("limited", "short") for n in range(20)]
    urls += [f"http://h{n}.test/{m}" for n in range(10) for m in range(5)]
    done: list[str] = []
    async with LoopbackWeb(routes) as web, asking(web, max_concurrency=2, max_retries=2) as ask:
        async with asyncio.timeout(5):
            assert await ask.pace.enter("slow.test")
            assert await ask.pace.enter("slow.test")  # its slots are taken by somebody else for ever
            ask.pace._room += 2  # … who is not of this run
            running = asyncio.create_task(
                pool.run(
                    links(*urls), ask.through.fetch, ask.pace, lambda r, _: done.append(r.url), clock=time.monotonic
                )
            )
            await eventually(lambda: len(done) == 50)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

        assert Counter(url[:8] for url in done) == {"http://h": 50}


async def test_a_deferred_host_is_done_with_at_once() -> None:
    """When a host asks for more than the run has, its other links are told so without being asked."""
    routes = {"a.test/*": retry_after(9_000), "*": QUICK}
    urls = [f"http://a.test/{n}" for n in range(300)] + ["http://b.test/"]
    async with LoopbackWeb(routes) as web, asking(web, max_retries=2) as ask:
        got = await ask_all(ask, links(*urls))
        kinds = Counter(
            fetched.outcome.status if isinstance(fetched.outcome, Answered) else fetched.outcome.kind
            for _, fetched in got
        )

        assert kinds == {429: 2, FailureKind.DEFERRED: 298, 200: 1}
        assert len(web.hits) == 3


async def test_the_busiest_hosts_go_first() -> None:
    """The run ends when its busiest host does, so that one never waits for small ones."""
    urls = [f"http://small{n}.test/" for n in range(10)] + [f"http://big.test/{n}" for n in range(10)]
    async with LoopbackWeb({"*": QUICK}) as web, asking(web, max_concurrency=1) as ask:
        await ask_all(ask, links(*urls))

        assert web.hits[0].host == "big.test"


class Instant:
    """Answers at once, and counts."""

    def __init__(self) -> None:
        self.asked = 0

    async def exchange(self, request: Request, moment: Moment) -> Fetched:
        moment.sent()
        self.asked += 1
        await asyncio.sleep(0)
        return Fetched(outcome=Answered(url=request.url, status=200))


async def test_many_requests_take_little_memory() -> None:
    """Tasks and memory are bounded, however many requests and hosts there are."""
    most = 0

    def requests() -> Iterator[Request]:
        for n in range(30_000):
            yield Request(url=f"http://h{n % 6_000}.test/{n}", want=Want.PAGE)

    def count(_: Request, __: Fetched) -> None:
        nonlocal most
        if inner.asked % 500 == 0:
            most = max(most, len(asyncio.all_tasks()))

    inner = Instant()
    pace = pace_for(settings())
    tracemalloc.start()
    await pool.run(requests(), Polite(inner, pace).fetch, pace, count, clock=time.monotonic, window=2_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (inner.asked, most < 100, peak < 12 << 20) == (30_000, True, True), (most, peak)


async def test_a_cut_run_has_delivered_what_it_got() -> None:
    """Cancelled at any moment, the pool has handed over every answer, and leaves no task, socket or warning behind."""
    requests = links(*(f"http://h{n % 5}.test/{n}" for n in range(200)))
    answers = itertools.count()
    delivered: list[str] = []
    async with LoopbackWeb({"*": Reply(body=b"x", delay=0.005)}) as web, asking(web) as ask:

        async def counting(request: Request) -> Fetched:
            fetched = await ask.through.fetch(request)
            next(answers)
            return fetched

        before = asyncio.all_tasks()
        running = asyncio.create_task(
            pool.run(requests, counting, ask.pace, lambda r, _: delivered.append(r.url), clock=time.monotonic)
        )
        await eventually(lambda: len(delivered) > 10)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        await asyncio.sleep(0.02)  # the server notices

        assert 0 < len(delivered) < 200
        assert len(delivered) == next(answers)
        assert [task for task in asyncio.all_tasks() - before if "_converse" not in repr(task)] == []
        assert ask.pace.room == 64


async def test_mistakes_of_ours_end_the_run() -> None:
    """An exception that is no failure of a host is raised as it is, not buried in a group or a report."""

    async def broken(request: Request) -> Fetched:
        await asyncio.sleep(0.01)
        raise ZeroDivisionError(request.url)

    def ignore(_: Request, __: Fetched) -> None:
        pass

    with pytest.raises(ZeroDivisionError):
        await pool.run(links("http://a.test/"), broken, pace_for(settings()), ignore, clock=time.monotonic)


async def test_two_pools_share_a_pace() -> None:
    """Two pools at once finish both, and keep the pace together."""
    async with LoopbackWeb({"*": Reply(body=b"x", delay=0.01)}) as web, asking(web, host_concurrency=2) as ask:
        sets = [links(*(f"http://a.test/{name}{n}" for n in range(15))) for name in "xy"]
        async with asyncio.timeout(5):
            await asyncio.gather(*(ask_all(ask, requests) for requests in sets))

        assert (len(web.hits), web.peak("a.test")) == (30, 2)


async def test_failures_are_answers() -> None:
    """A host that fails is delivered like one that answers."""
    async with LoopbackWeb({"a.test/": Reply(reset="head"), "*": QUICK}) as web, asking(web) as ask:
        got = dict(await ask_all(ask, links("http://a.test/", "http://b.test/", "http://127.0.0.1/")))

    assert [isinstance(got[url].outcome, Failure) for url in sorted(got)] == [True, True, False]
