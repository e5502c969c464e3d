"""Requests in, observations out, asked by several workers: who owns which site, and what becomes of a lost worker.

A site goes to the same worker through all calls of a run, so its pace, deadlines and connections are in one place. Of
a lost worker, what it had not told is asked once more by another, after a rest of one interval.

Losses have one owner, the task `_recover`: whoever notices one takes the worker off the list at once, so that nothing
more is dealt to it, and leaves the rest to that task.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Self, assert_never, cast

from crawler.engines.hands import Call, Crew, Deliver, Hand, LostError, Member
from crawler.engines.local import LocalEngine
from crawler.engines.messages import (
    Alive,
    Ask,
    CalledOff,
    CallOff,
    Down,
    Failed,
    Results,
    Room,
    Said,
    Slower,
    TurnGiven,
    TurnOver,
    TurnSent,
    TurnWanted,
    Up,
    decode_up,
    encode,
)
from crawler.engines.shards import SIZE, Keys, Site, deal, pack, sites_of
from crawler.engines.territory import Territory
from crawler.errors import ConfigError, EngineError
from crawler.model import Purpose, Request
from crawler.settings import HostTable, NetworkSettings
from crawler.text import printable

CALL_OFF = 1.0
"""Seconds that workers have to tell what they know when the asking is called off."""
WAY_OUT = 1.6
"""Seconds for all that comes before the end, from the call-off on: an interrupted run ends within two."""
CLOSING = 0.3
"""Seconds of them that are kept for letting go of the crew."""
PARTING = 1.0
"""Seconds that a lost worker has to end."""
SILENCE = 90.0
"""Seconds without a sign of life after which a worker is given up."""
SETTLE = 0.3
"""Seconds after a loss before its links are dealt again: workers that end together are noticed together."""
LOOKS, LOOK_AGAIN = 3, 2.0
"""Times, and seconds between them, to look for others before the links of a lost worker are dealt to those that are
left: where Dask starts it again, that takes some seconds."""
PATIENCE = 3
"""Workers that one request may lose; then it is left, as it may be what ends them."""
MOST_LOST = 4
"""Workers lost in a run, for each that there may be, after which the run is given up."""


class CrewEngine:
    """Asks by way of a crew. `note` tells people what happens."""

    def __init__(
        self,
        crew: Crew,
        local: LocalEngine,
        *,
        network: NetworkSettings,
        hosts: HostTable,
        clock: Callable[[], float],
        note: Callable[[str], None],
    ) -> None:
        self._crew, self._local, self._size = crew, local, 0
        self._network, self._hosts = network, hosts
        self._clock, self._note = clock, note
        self._keys = Keys()
        self._members: dict[int, Member] = {}  # those who can be given something
        self._leaving: list[tuple[Member, str]] = []  # those who are lost, and why; not dealt with yet
        self._recovering: asyncio.Task[None] | None = None
        self._lost = self._calls = 0
        self._staffing = asyncio.Lock()
        self._heard_any = False
        self._leave_by = 0.0  # 0: nothing is called off
        self._territory = Territory(self._keys, clock=clock, send=self._send)
        self._call: Call | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._recovering:
            self._recovering.cancel()
            await asyncio.wait({self._recovering})
        members = [*self._members.values(), *(member for member, _ in self._leaving)]
        self._members, self._leaving = {}, []
        by = self._leave_by or self._clock() + WAY_OUT
        seconds = 0.0 if self._crew.encloses else max(0.1, by - CLOSING - self._clock())
        await asyncio.gather(*(self._dismissed(member, seconds) for member in members))
        await self._crew.close(max(CLOSING, by - self._clock()))

    async def expect(self, links: int) -> None:
        """So many links will be asked soon: workers that can be had at once start while the run is prepared."""
        if self._crew.prompt and links:
            self._size = self._size or await self._crew.open()
            await self._staff(-(-links // SIZE))

    async def ask(self, requests: Sequence[Request], deliver: Deliver, *, fresh_connections: bool) -> None:
        """Asks each distinct request once. Files of the site are read here: workers may be where they are not.

        Raises EngineError when no worker is left.
        """
        files = [request for request in requests if request.purpose is Purpose.ASSET]
        await self._local.ask(files, deliver, fresh_connections=fresh_connections)
        rest = tuple(dict.fromkeys(request for request in requests if request.purpose is not Purpose.ASSET))
        if not rest:
            return
        self._size = self._size or await self._crew.open()
        self._calls += 1
        self._leave_by = 0.0
        call = self._call = Call(self._calls, rest, deliver)
        watch = asyncio.create_task(self._watch())
        try:
            await self._hand_out(call, range(len(rest)), fresh_connections=fresh_connections)
            await call.over.wait()
        except asyncio.CancelledError:
            await self._call_off(call)
            raise
        finally:
            watch.cancel()
            self._call = None  # what is lost from now on is not asked again
        if call.error:
            await self._call_off(call)
            raise call.error

    # ---- handing out ----

    async def _hand_out(self, call: Call, numbers: Iterable[int], *, fresh_connections: bool, looks: int = 0) -> None:
        sites = sites_of(((number, call.requests[number]) for number in numbers), self._keys)
        most = sum(len(site.requests) for site in sites) + sum(len(member.left) for member in self._members.values())
        await self._staff(min(len(sites), -(-most // SIZE)), looks)
        if call.ended:
            return
        owned: defaultdict[int | None, list[Site]] = defaultdict(list)
        for site in sites:
            owned[self._territory.owner(site.key)].append(site)
        for member, _ in self._leaving:  # one that was lost just now: `_recover` deals these again
            member.left.update(place for site in owned.pop(member.number, ()) for place, _ in site.requests)
        loads = {number: len(member.left) for number, member in self._members.items()}
        dealt = deal(pack(owned.pop(None, ()), self._interval), loads)
        for number, its in owned.items():
            dealt[cast("int", number)] += pack(its, self._interval)
        for number, shards in dealt.items():
            for at, shard in enumerate(shards, 1):
                for site in shard.sites:
                    self._territory.give(site.key, number)
                    self._members[number].left.update(place for place, _ in site.requests)
                self._send(number, Ask(call.number, shard.sites, fresh_connections, last=at == len(shards)))

    def _interval(self, host: str) -> float:
        own = self._hosts.of(host).host_request_interval
        return self._network.host_request_interval if own is None else own

    async def _staff(self, wanted: int, looks: int = 0) -> None:
        """Sees to it that there are workers: as many as are of use, for which it looks again, and at least one."""
        wanted = max(1, min(self._size, wanted))
        while True:
            async with self._staffing:
                if (missing := wanted - len(self._members)) > 0:
                    await self._crew.hire(missing, self._join, patient=False)
                if not self._members:
                    await self._crew.hire(wanted, self._join, patient=True)
            if len(self._members) >= wanted or not looks or (self._call and self._call.ended):
                break
            looks -= 1
            await asyncio.sleep(LOOK_AGAIN)
        if not self._members:
            raise EngineError("no worker is left; what was learnt is saved, and the next run goes on from there")
        share, rest = divmod(self._network.max_concurrency, len(self._members))
        for place, number in enumerate(self._members):
            self._send(number, Room(max(1, share + (place < rest))))

    def _join(self, number: int, hand: Hand) -> None:
        member = self._members[number] = Member(number, hand, self._clock())
        member.tasks = [asyncio.create_task(self._read(member)), asyncio.create_task(self._write(member))]

    def _send(self, number: int, message: Down) -> None:
        if number in self._members:
            self._members[number].out.put_nowait(message)

    # ---- each worker's two tasks, and the watch ----

    async def _write(self, member: Member) -> None:
        try:
            while True:
                await member.hand.send(encode(await member.out.get()))
        except LostError as error:
            self._lose(member, str(error))

    async def _read(self, member: Member) -> None:
        try:
            while True:
                raw = await member.hand.receive()
                self._heard_any, member.heard = True, self._clock()
                self._heard(member, decode_up(raw))
        except LostError as error:
            self._lose(member, str(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, there may be others
            self._lose(member, f"what it told cannot be read: {type(error).__name__}")

    async def _watch(self) -> None:
        """Gives up who is silent."""
        while True:
            await asyncio.sleep(SILENCE / 10)
            for member in list(self._members.values()):
                if self._clock() - member.heard > SILENCE:
                    self._lose(member, f"silent for {SILENCE:.0f} s")

    def _heard(self, member: Member, message: Up) -> None:
        match message:
            case Results():
                self._territory.learn(message.marks)
                self._take(member, message)
            case CalledOff():
                member.called_off.set()
            case Failed(because=because, usage=usage):
                if self._call:
                    self._call.fail(ConfigError(because) if usage else EngineError(f"{member.hand.name}: {because}"))
            case Said(text=text):
                self._note(f"{member.hand.name}: {text}")
            case Alive():
                pass
            case TurnWanted() | TurnSent() | TurnOver() | TurnGiven() | Slower():
                self._territory.pass_on(member.number, message)
            case _:
                assert_never(message)

    def _take(self, member: Member, results: Results) -> None:
        call = self._call
        if call is None or call.error or results.call != call.number:
            return
        for number, observation in results.observations:
            if number in member.left:  # and not with another by now
                member.left.discard(number)
                try:
                    call.deliver(call.requests[number], observation)
                except Exception as error:  # noqa: BLE001 - such as a full disk, which is no fault of the worker's
                    call.fail(error)
                    return
                call.drop(1)

    # ---- losses ----

    def _lose(self, member: Member, why: str) -> None:
        """Nothing more is given to it; what it had is seen to by `_recover`."""
        if self._members.pop(member.number, None) is None:
            return
        member.called_off.set()
        self._leaving.append((member, why))
        if self._recovering is None or self._recovering.done():
            self._recovering = asyncio.create_task(self._recover())

    async def _recover(self) -> None:
        """Sees to lost workers until there are none, those that end together at once."""
        try:
            while self._leaving:
                if self._call and not self._call.ended:
                    await asyncio.sleep(SETTLE)
                leaving = list(self._leaving)
                await asyncio.gather(*(self._dismissed(member, PARTING) for member, _ in leaving))
                # From here on they ask nothing, so that their hosts' rest begins.
                del self._leaving[: len(leaving)]
                for member, why in leaving:
                    self._territory.lose(member.number)
                    self._note(printable(f"{member.hand.name} is lost ({why})"))
                self._lost += len(leaving)
                if self._call and not self._call.ended:
                    await self._ask_again(self._call, leaving)
        except Exception as error:  # noqa: BLE001 - raised where the call is waited for
            if self._call:
                self._call.fail(error)

    async def _ask_again(self, call: Call, leaving: Sequence[tuple[Member, str]]) -> None:
        """What lost workers had not told goes to others. Raises EngineError if that is of no use."""
        member, why = leaving[-1]
        if not self._heard_any and not self._members:
            raise EngineError(f"{member.hand.name} cannot start: {why}")
        if self._lost > MOST_LOST * self._size:
            raise EngineError(f"{self._lost} workers were lost, the last: {why}; what was learnt is saved")
        left = sorted(number for member, _ in leaving for number in member.left)
        call.losses.update(left)
        again = [number for number in left if call.losses[number] < PATIENCE]
        if again:
            await self._hand_out(call, again, fresh_connections=False, looks=LOOKS)
            if not call.ended:
                self._note(f"{len(again)} links are asked again by another worker")
        if given_up := len(left) - len(again):
            self._note(f"{given_up} links lost {PATIENCE} workers; they come first in the next run")
            call.drop(given_up)

    async def _call_off(self, call: Call) -> None:
        """Takes what the workers know already, if they are quick."""
        call.called_off = True
        self._leave_by = self._clock() + WAY_OUT
        members = list(self._members.values())
        for member in members:
            member.called_off.clear()
            while not member.out.empty():  # what it would begin now
                member.out.get_nowait()
            self._send(member.number, CallOff(call.number))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CALL_OFF):
                for member in members:
                    await member.called_off.wait()
        for member in members:
            member.left.clear()

    async def _dismissed(self, member: Member, seconds: float) -> None:
        """Without a second, it is left to the end of its crew."""
        for task in member.tasks:
            task.cancel()
        if seconds:
            with contextlib.suppress(LostError):
                await member.hand.dismiss(seconds)
