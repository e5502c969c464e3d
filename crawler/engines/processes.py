"""Workers that are processes of this machine: each a Python of its own, fed and heard through its pipes.

Not `multiprocessing`: a frozen pair of pipes needs no helper process, does not import the program's main module again,
and ends with either side. A worker ignores Ctrl-C, which a terminal sends to all: it ends when its input does.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import itertools
import os
import queue
import signal
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import BinaryIO, cast
from urllib.request import getproxies

import msgspec

from crawler.engines import local
from crawler.engines.charter import Charter, charter_for, size_for
from crawler.engines.crew import CrewEngine
from crawler.engines.hands import Join, LostError
from crawler.engines.worker import Worker
from crawler.settings import Settings
from crawler.text import printable

BACKLOG = 64
"""Messages of a worker that may wait to be read; with more, it stops asking until there is room."""
PATIENCE = 0.5
"""Seconds that a worker has to end by itself."""
LAST_WORDS = 2_000
"""Bytes kept of what a worker writes to its standard error."""
_INTERRUPTS = (signal.SIGINT, signal.SIGTERM)
_LENGTH = struct.Struct("!I")
_START = """\
import gc, sys
gc.disable()
sys.path[:] = sys.argv[1:]
from crawler.engines.processes import main
main()
"""
"""The path is the coordinator's: a worker finds the same modules, wherever it is started. All that they make stays, so
that it would be in vain to look for cycles there, which takes 10 ms."""
COLLECT_AFTER = 10_000
"""New objects after which Python looks for cycles among them, as in an audit."""


class ProcessHand:
    """The coordinator's end of a process."""

    def __init__(self, number: int, process: asyncio.subprocess.Process) -> None:
        self.name = f"worker {number + 1} (process {process.pid})"
        self._process = process
        self._in = cast("asyncio.StreamWriter", process.stdin)  # all three are pipes
        self._out = cast("asyncio.StreamReader", process.stdout)
        self._err = cast("asyncio.StreamReader", process.stderr)
        self._words = b""
        self._listening = asyncio.create_task(self._listen())

    async def send(self, message: bytes) -> None:
        """Raises LostError. Waits while the worker is behind."""
        try:
            self._in.write(_LENGTH.pack(len(message)) + message)
            await self._in.drain()
        except (ConnectionError, RuntimeError) as error:
            raise LostError(await self._how()) from error

    async def receive(self) -> bytes:
        """The worker's next message; raises LostError."""
        try:
            (length,) = _LENGTH.unpack(await self._out.readexactly(_LENGTH.size))
            return await self._out.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise LostError(await self._how()) from error

    async def dismiss(self, seconds: float) -> None:
        """Ends the process."""
        self._in.close()
        try:
            async with asyncio.timeout(min(PATIENCE, seconds)):
                await self._process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        await self._listening

    async def _listen(self) -> None:
        while words := await self._err.read(LAST_WORDS):
            self._words = (self._words + words)[-LAST_WORDS:]

    async def _how(self) -> str:
        code = await self._process.wait()
        await self._listening
        last = self._words.decode("utf-8", "replace").strip().rpartition("\n")[2]
        how = f"ended by signal {-code}" if code < 0 else f"exit code {code}"
        return printable(f"{how}: {last}" if last else how)


class ProcessCrew:
    """As many processes as there are cores, or as the settings say."""

    prompt = True
    encloses = False

    def __init__(self, settings: Settings, *, version: str) -> None:
        self._settings, self._version = settings, version
        self._proxies = getproxies()
        self._numbers = itertools.count()
        self._size = size_for(settings, settings.engine.workers or _cores())

    async def open(self) -> int:
        """How many there may be."""
        return self._size

    async def hire(self, wanted: int, join: Join, *, patient: bool) -> None:
        """Starts them."""
        del patient
        for number in itertools.islice(self._numbers, wanted):
            join(number, await self._started(number))

    async def close(self, seconds: float) -> None:
        """Nothing else is held open."""

    async def _started(self, number: int) -> ProcessHand:
        charter = charter_for(self._settings, version=self._version, proxies=self._proxies, worker=number, here=True)
        with _deaf():
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                _START,
                *sys.path,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
        hand = ProcessHand(number, process)
        with contextlib.suppress(LostError):  # whoever receives next is told how it ended
            await hand.send(msgspec.msgpack.encode(charter))
        return hand


def _cores() -> int:
    """Those that this process may use, where the system says so (Linux)."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """Within, interrupts wait: what is started takes that over, and is not ended by one while it cannot ignore them."""
    if sys.platform == "win32":  # it has no such masks
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _INTERRUPTS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def engine(settings: Settings, *, version: str, now: Callable[[], datetime], note: Callable[[str], None]) -> CrewEngine:
    """The engine for these settings; `now` is the time of day, in UTC."""
    return CrewEngine(
        ProcessCrew(settings, version=version),
        local.engine(settings, version=version, now=now, note=note),
        network=settings.network,
        hosts=settings.hosts,
        clock=lambda: asyncio.get_running_loop().time(),
        note=note,
    )


# ---- within the process ----------------------------------------------------------------------------------------------


def main() -> None:
    """Lives as long as its standard input."""
    for number in _INTERRUPTS:
        signal.signal(number, signal.SIG_IGN)
    messages = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever prints must not speak between the messages
    charter = msgspec.msgpack.decode(_read(sys.stdin.buffer) or b"", type=Charter)
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)
    gc.enable()
    asyncio.run(_live(charter, sys.stdin.buffer, messages))
    os._exit(0)  # a thread may still decode an image for somebody who is not there any more


async def _live(charter: Charter, inward: BinaryIO, outward: BinaryIO) -> None:
    told: queue.Queue[bytes] = queue.Queue(BACKLOG)
    loop = asyncio.get_running_loop()
    worker = Worker(charter, send=told.put, now=lambda: datetime.now(UTC))

    def listen() -> None:
        while (message := _read(inward)) is not None:
            loop.call_soon_threadsafe(worker.receive, message)
        loop.call_soon_threadsafe(worker.end)

    def speak() -> None:
        with contextlib.suppress(OSError):
            while True:
                message = told.get()
                outward.write(_LENGTH.pack(len(message)) + message)
                outward.flush()
        while True:  # nobody listens any more, but a full queue would keep the worker from its end
            told.get()

    for work in (listen, speak):
        threading.Thread(target=work, daemon=True).start()
    await worker.run()


def _read(file: BinaryIO) -> bytes | None:
    """One message; None at the end."""
    head = file.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    body = file.read(length)
    return body if len(body) == length else None
