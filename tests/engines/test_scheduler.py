"""A Dask scheduler that is not one, cannot be reached, or has workers that do not fit."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from crawler.engines import cluster, places, scheduler
from crawler.engines.hands import Hand, LostError
from crawler.engines.scheduler import Place, Scheduler
from crawler.errors import ConfigError, EngineError
from crawler.settings import EngineSettings, Settings
from tests.engines.asking import until

pytest.importorskip("distributed", reason="until the extra is installed: pip install '.[cluster]'")


@pytest.mark.parametrize(
    "address",
    ["tcp://10.0.0.5:8786", "10.0.0.5:8786", "tls://dask.example.org:8786", "tcp://[::1]:8786", "wss://dask-head:443"],
)
def test_addresses_of_schedulers_are_taken(address: str) -> None:
    """As Dask writes them."""
    assert scheduler.checked(address) == address


@pytest.mark.parametrize(
    "address",
    ["foo", ":::", "http://127.0.0.1:1", "tcp://127.0.0.1", "tcp://127.0.0.1:99999", "inproc://x", "ucx://1", "a b:1"],
)
def test_what_cannot_be_an_address_is_usage(address: str) -> None:
    """It is told at once, with what one looks like."""
    settings = Settings(engine=EngineSettings(name="dask", scheduler=address))

    with pytest.raises(ConfigError, match=r"\[engine\] scheduler: .* looks like tcp://10\.0\.0\.5:8786"):
        cluster.ClusterCrew(settings, version="1", note=print)


async def test_something_that_speaks_no_dask_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes the connection and says nothing."""
    monkeypatch.setattr(scheduler, "ANSWER", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]

        with pytest.raises(EngineError, match=f"no scheduler answers at tcp://127.0.0.1:{port}: .*start one"):
            await Scheduler.reached(f"tcp://127.0.0.1:{port}")


async def test_something_that_speaks_first_is_told_in_words() -> None:
    """Its greeting, read as Dask's, is the length of a message that no memory holds."""

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
        await reader.read()
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]

        with pytest.raises(EngineError, match=r"no scheduler answers at .*: what is there speaks no Dask; start one"):
            await Scheduler.reached(f"tcp://127.0.0.1:{port}")


async def test_a_lost_scheduler_is_told_in_words() -> None:
    """Not as what Dask's client stumbles over once it has given up."""
    client = SimpleNamespace(scheduler=None)

    with pytest.raises(EngineError, match="the scheduler at tcp://a:1 is lost: the connection has ended; what was"):
        await Scheduler("tcp://a:1", client).workers()


@pytest.mark.parametrize(
    ("tasks", "changes", "at_once"),
    [
        ([], {}, True),
        (["sum-1"], {}, False),
        (["sum-1"], {"nthreads": 2}, True),
        ([f"{scheduler.SEAT}1"], {}, True),  # another run begins there too
        ([("getitem", 1)], {}, False),
        ([], {"status": "paused"}, False),
    ],
)
async def test_a_worker_can_begin_at_once_where_a_thread_has_no_task(
    tasks: list[object], changes: dict[str, object], at_once: bool
) -> None:
    """As the scheduler lists them."""
    worker = {"local_directory": "/tmp/a", "nthreads": 1, "status": "running"} | changes  # noqa: S108 - a name only

    async def identity() -> dict[str, Any]:
        return {"workers": {"tcp://a:1": worker}}

    async def processing(workers: None) -> dict[str, Any]:
        return {"tcp://a:1": tasks}

    client = SimpleNamespace(scheduler=SimpleNamespace(identity=identity, processing=processing))

    assert await Scheduler("tcp://a:0", client).workers() == {PLACE: at_once}


async def test_certificates_that_dask_lacks_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With where it looks for them."""
    with pytest.raises(EngineError, match=r"no scheduler answers at tls://.*set DASK_DISTRIBUTED__COMM__TLS__CA_FILE"):
        await Scheduler.reached("tls://127.0.0.1:1")


async def test_an_answer_that_waits_while_this_process_judges_is_in_time() -> None:
    """Seconds in which nobody could read it do not count."""
    call = asyncio.sleep(0.02, "answer")
    asked = asyncio.create_task(scheduler.answered(call, 0.2))
    await asyncio.sleep(0)
    time.sleep(0.5)  # noqa: ASYNC251 - as judging does

    assert await asked == "answer"


async def test_no_answer_is_a_timeout() -> None:
    """In so many seconds."""
    with pytest.raises(TimeoutError, match="no answer for 0 s"):
        await scheduler.answered(asyncio.sleep(60), 0.1)


class Told:
    """A client that has only versions to tell."""

    def __init__(self, found: dict[str, Any]) -> None:
        self.scheduler = self
        self._found = found

    async def broadcast(self, msg: dict[str, Any], workers: list[str], on_error: str) -> dict[str, Any]:
        return {address: self._found for address in workers if self._found}


def versions(**changes: str | None) -> dict[str, Any]:
    from distributed.versions import get_versions

    ours = get_versions([*scheduler.PACKAGES, scheduler.MODULE])
    return {"host": ours["host"], "packages": ours["packages"] | changes}


PLACE = Place("tcp://a:1", "/tmp/a")  # noqa: S108 - a name only


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"cardcrawler": "0.0.9"}, r"cardcrawler 0\.0\.9 \(here .*install 'cardcrawler\[cluster\]=="),
        ({"cardcrawler": None, "crawler": "0.0.9"}, r"cardcrawler 0\.0\.9 \(here "),
        ({"cardcrawler": None, "crawler": None}, "cardcrawler missing"),
        ({"msgspec": "0.1"}, r"msgspec 0\.1 \(here .*install 'cardcrawler.*' msgspec=="),
        ({"publicsuffixlist": "1"}, "publicsuffixlist 1"),
    ],
)
async def test_workers_of_another_version_do_not_fit(changes: dict[str, str | None], shown: str) -> None:
    """It says both versions, and what to install."""
    said = await Scheduler("", Told(versions(**changes))).misfit(PLACE)

    assert said.startswith("the worker tcp://a:1 does not fit: ")
    assert re.search(shown, said)


async def test_another_python_does_not_fit() -> None:
    """But for its last number."""
    theirs = versions()
    theirs["host"] = {"python": "3.0.7.final.0"}

    assert "Python 3.0 (here 3." in await Scheduler("", Told(theirs)).misfit(PLACE)


async def test_workers_of_the_same_version_fit() -> None:
    """And of one that does not answer nothing is known."""
    assert await Scheduler("", Told(versions())).misfit(PLACE) == ""
    with pytest.raises(ConnectionError, match="it does not answer"):
        await Scheduler("", Told({})).misfit(PLACE)


class Fake:
    """A scheduler with these workers; some cannot begin, some do not fit, some are busy or frozen."""

    def __init__(
        self, *names: str, cannot: str = "", misfits: Sequence[str] = (), busy: Sequence[str] = (), frozen: str = ""
    ) -> None:
        self.places = [Place(name, "") for name in names]
        self.busy = list(busy)
        self._cannot, self._misfits, self.frozen = cannot, misfits, frozen
        self.asked: list[str] = []
        self.slowness: dict[str, float] = {}
        self._beginning: set[str] = set()

    async def workers(self) -> dict[Place, bool]:
        return {place: place.address not in self._beginning.union(self.busy) for place in self.places}

    async def misfit(self, place: Place, patience: float | None) -> str:
        self.asked.append(place.address)
        if place.address == self.frozen:
            await scheduler.answered(asyncio.sleep(60), patience)
        return f"the worker {place.address} does not fit" if place.address in self._misfits else ""

    async def seated(self, place: Place, charter: bytes, patience: float | None) -> tuple[Any, Any, str]:
        if place.address == self._cannot:
            raise RuntimeError("the worker has ended")
        self._beginning.add(place.address)  # whatever the scheduler calls it
        try:
            await asyncio.sleep(self.slowness.get(place.address, 0.0))
            while place.address in self.busy:  # noqa: ASYNC110 - as Dask does
                await asyncio.sleep(0.01)
        finally:
            self._beginning.discard(place.address)
        return self, None, ""

    async def end(self) -> None:
        """As the seat."""

    async def poll(self, name: str, seconds: float) -> list[bytes]:
        """As the seat of a frozen worker."""
        await asyncio.sleep(60)
        return []


def crew_of(fake: Fake) -> tuple[cluster.ClusterCrew, list[str]]:
    notes: list[str] = []
    made = cluster.ClusterCrew(Settings(), version="1", note=notes.append)
    made._cluster = fake  # type: ignore[assignment]
    return made, notes


async def hired(crew: cluster.ClusterCrew, wanted: int = 1, *, patient: bool = False) -> list[str]:
    return sorted(hand.name.removeprefix("worker ") for hand in await hands(crew, wanted, patient=patient))


async def hands(crew: cluster.ClusterCrew, wanted: int = 1, *, patient: bool = False) -> list[Hand]:
    found: dict[int, Hand] = {}
    await crew.hire(wanted, found.__setitem__, patient=patient)
    return list(found.values())


async def test_another_worker_begins_where_one_cannot() -> None:
    """It is told which, and why."""
    crew, notes = crew_of(Fake("a", "b", cannot="a"))

    assert [await hired(crew), await hired(crew)] == [["b"], []]
    assert notes == ["the worker a cannot begin: the worker has ended"]


async def test_no_other_worker_to_begin_with_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says why the last one could not."""
    monkeypatch.setattr(cluster, "JOIN", 0.2)
    crew, _ = crew_of(Fake("a", cannot="a"))

    with pytest.raises(EngineError, match="the worker a cannot begin: the worker has ended; what was learnt is saved"):
        await hired(crew, patient=True)


async def test_workers_that_are_busy_hold_nobody_up() -> None:
    """Those that can begin at once do, all at the same time; the rest is left for later, and told once."""
    fake = Fake("a", "b", "c", "d", busy=["a", "c", "d"])
    crew, notes = crew_of(fake)
    first = await hired(crew, 4)
    second = await hired(crew, 3)
    fake.busy.remove("c")

    assert [first, second, await hired(crew, 3)] == [["b"], [], ["c"]]
    assert fake.asked == ["b", "c"]
    assert notes == ["3 of 4 workers are busy with other tasks and left out for now"]


async def test_workers_that_begin_one_after_the_other_are_all_used() -> None:
    """That they begin keeps them busy, with nobody else's task."""
    fake = Fake("a", "b", "c")
    fake.slowness = {"b": 0.1, "c": 0.2}
    crew, notes = crew_of(fake)

    assert (await hired(crew, 3), notes) == (["a", "b", "c"], [])


async def test_the_first_of_busy_workers_that_is_free_begins() -> None:
    """Where none can begin at once, and people are told what is waited for."""
    fake = Fake("a", "b", "c", busy=["a", "b", "c"])
    crew, notes = crew_of(fake)
    hiring = asyncio.create_task(hired(crew, 2, patient=True))
    await until(lambda: len(fake.asked) == 3)
    fake.busy.remove("b")
    first = await hiring
    fake.busy.clear()

    assert (first, await hired(crew, 1, patient=True)) == (["b"], ["a"])
    assert notes == ["all workers are busy with other tasks: the first that is free begins"]


async def test_workers_that_stay_busy_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within one time for all of them, and it says what was the matter."""
    monkeypatch.setattr(cluster, "JOIN", 0.2)
    crew, _ = crew_of(Fake("a", "b", busy=["a", "b"]))

    with pytest.raises(EngineError, match="all workers are busy with other tasks, for 0 s; what was learnt is saved"):
        await hired(crew, patient=True)


async def test_a_frozen_worker_is_not_waited_for_where_others_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has as long as telling its versions takes; afterwards others come first, and it is left alone for a while."""
    monkeypatch.setattr(cluster, "PROMPT", 0.1)
    fake = Fake("a", "b", frozen="a")
    crew, notes = crew_of(fake)

    assert [await hired(crew, 2), await hired(crew, 2)] == [["b"], []]
    assert fake.asked == ["a", "b"]
    assert notes == ["the worker a cannot begin: no answer for 0 s"]


async def test_a_worker_that_was_frozen_is_used_again_beside_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while, although there are others."""
    monkeypatch.setattr(cluster, "PROMPT", 0.1)
    monkeypatch.setattr(places, "REST", 0.0)
    fake = Fake("a", "b", frozen="a")
    crew, _ = crew_of(fake)
    first = await hired(crew, 2)
    fake.frozen = ""

    assert (first, await hired(crew, 1)) == (["b"], ["a"])


async def test_workers_that_do_not_fit_are_left_out() -> None:
    """Those that do make the run, whether they join early or late, and a note says which do not."""
    fake = Fake("a", "b", misfits=["a", "c"])
    crew, notes = crew_of(fake)
    first = await hired(crew, 2)
    fake.places.append(Place("c", ""))

    assert (first, await hired(crew, 2)) == (["b"], [])
    assert notes == [f"the worker {name} does not fit; it is left out" for name in "ac"]


async def test_a_run_ends_where_no_worker_fits() -> None:
    """At once, and all are named."""
    crew, notes = crew_of(Fake("a", "b", misfits=["a", "b"]))
    none = await hired(crew, 2)

    with pytest.raises(EngineError, match="no worker fits: the worker a does not fit; the worker b does not fit"):
        await hired(crew, 2, patient=True)
    assert (none, notes) == ([], [])


async def test_a_worker_that_comes_back_at_the_same_address_is_used_again() -> None:
    """It is another process."""
    fake = Fake("a")
    crew, _ = crew_of(fake)
    first = await hired(crew)
    none = await hired(crew)
    fake.places = [Place("a", "2")]

    assert (first, none, await hired(crew)) == (["a"], [], ["a"])


async def test_a_worker_that_ended_by_itself_is_used_again() -> None:
    """As when nobody called it for long; its process is there, and answers."""
    crew, _ = crew_of(Fake("a"))
    (hand,) = await hands(crew)
    none = await hired(crew)
    await hand.dismiss(1.0)

    assert (none, await hired(crew)) == ([], ["a"])


async def test_a_worker_that_did_not_answer_for_its_lease_is_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a freeze it is there, idle and no longer asking; others are tried first all the same."""
    monkeypatch.setattr(scheduler, "ANSWER", 0.1)
    fake = Fake("a")
    crew, _ = crew_of(fake)
    (hand,) = await hands(crew)
    with pytest.raises(LostError, match="no answer"):
        await hand.receive()
    fake.places.append(Place("b", ""))

    assert [await hired(crew, 2), await hired(crew, patient=True)] == [["b"], ["a"]]


async def test_all_that_were_frozen_together_are_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is called busy for it."""
    monkeypatch.setattr(scheduler, "ANSWER", 0.1)
    crew, notes = crew_of(Fake("a", "b"))
    for hand in await hands(crew, 2):
        with pytest.raises(LostError, match="no answer"):
            await hand.receive()

    assert [await hired(crew, 2), await hired(crew, 2, patient=True)] == [[], ["a", "b"]]
    assert notes == []


async def test_without_the_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A matter of usage; a cluster on this machine, which starts before that is known, leaves nothing behind."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name in ("distributed", "distributed.utils"):
        monkeypatch.setitem(sys.modules, name, None)
    crew = cluster.ClusterCrew(Settings(engine=EngineSettings(name="dask", workers=1)), version="1", note=print)
    with pytest.raises(ConfigError, match=r"pip install 'cardcrawler\[cluster\]'"):
        await crew.open()
    await crew.close(1.0)

    assert [entry.name for entry in os.scandir(tmp_path)] == []
