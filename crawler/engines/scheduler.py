"""What a run wants of a Dask scheduler: its workers, whether they fit, a seat on one; all of it within a time limit."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import platform
import re
import uuid
import warnings
from collections.abc import Awaitable
from typing import Any, Self, TypeVar

from crawler.engines.seat import Seat
from crawler.errors import ConfigError, EngineError
from crawler.model import Record
from crawler.text import printable

T = TypeVar("T")

ANSWER = 20.0
"""Seconds that a scheduler, or a worker through it, may take to answer; twice the lease of a worker."""
PARTING = 1.0
"""Seconds for letting go of one that did not answer."""
SEAT = "crawler-seat-"
"""How Dask's name of a seat begins."""
ADDRESS = re.compile(r"(?:(?:tcp|tls|wss?)://)?(?:\[[0-9a-fA-F:.]+\]|[\w.-]+):(?P<port>[0-9]{1,5})", re.ASCII)
SECURED = ("tls://", "wss://")
CERTIFICATES = tuple(f"DASK_DISTRIBUTED__COMM__TLS__{name}" for name in ("CA_FILE", "CLIENT__CERT", "CLIENT__KEY"))
"""What tells Dask of them, unless its own configuration file does."""
DISTRIBUTION = "cardcrawler"
MODULE = "crawler"
"""What older Dask asks for its version, 2025.1 for one; later ones ask what is installed."""
PACKAGES = (DISTRIBUTION, "distributed", "msgspec", "publicsuffixlist")
"""What must be the same everywhere: it decides on messages, and on who owns a site."""


class Place(Record, frozen=True):
    """A process of the cluster's that works."""

    address: str
    folder: str
    """Its own: a process that comes back at the same address has another."""


class Scheduler:
    """A client of one. Much of what Dask returns has no types."""

    def __init__(self, address: str, client: Any) -> None:
        self._address, self._client = address, client

    @classmethod
    async def reached(cls, address: str) -> Self:
        """Connects. Raises EngineError."""
        import distributed  # an extra, and 0.7 s

        client: Any = distributed.Client(  # type: ignore[no-untyped-call]  # half of it has none
            address, asynchronous=True, timeout=ANSWER, name="crawler"
        )
        made = cls(address, client)
        try:
            await answered(client, ANSWER + PARTING)
        except BaseException as error:
            await made.close(PARTING)
            if not isinstance(error, Exception):
                raise
            # The greeting of a mail server, read as Dask's, is the length of a message that no memory holds.
            how = told(error) if isinstance(error, (OSError, ImportError)) else "what is there speaks no Dask"
            if isinstance(error, TypeError) and address.startswith(SECURED):
                how = told(error)
                advice = f"Dask needs certificates for it, set {', '.join(CERTIFICATES)} (docs/engines.md)"
            else:
                advice = "start one (dask scheduler), or leave --scheduler out for a cluster on this machine"
            raise EngineError(f"no scheduler answers at {address}: {how}; {advice}") from error
        return made

    async def workers(self) -> dict[Place, bool]:
        """Those that are there, and whether each can begin at once: it runs, and has a thread without a task.

        Raises EngineError.
        """
        try:
            listed = (await answered(self._client.scheduler.identity()))["workers"]
            tasks = await answered(self._client.scheduler.processing(workers=None))
        except Exception as error:
            # Dask's own words for a lost connection may be any, such as: 'NoneType' object has no attribute 'identity'
            how = told(error) if isinstance(error, TimeoutError) else "the connection has ended"
            raise EngineError(
                f"the scheduler at {self._address} is lost: {how}; what was learnt is saved, and the next run goes on "
                "from there"
            ) from error
        # Seats that are being made, of this run or another, take a moment only.
        busy = {at: sum(not str(key).startswith(SEAT) for key in tasks.get(at, ())) for at in listed}
        found = {}
        for at in sorted(listed, key=lambda at: (busy[at], at)):
            runs = listed[at].get("status", "running") == "running"  # or it is short of memory, or closes
            found[Place(at, listed[at]["local_directory"])] = runs and busy[at] < listed[at]["nthreads"]
        return found

    async def misfit(self, place: Place, patience: float | None = None) -> str:
        """What does not fit about it, and what to do; empty if all does. Raises OSError if it does not answer."""
        from distributed.versions import get_versions

        packages = [*PACKAGES, MODULE]
        call = self._client.scheduler.broadcast(
            msg={"op": "versions", "packages": packages}, workers=[place.address], on_error="ignore"
        )
        found: dict[str, Any] = await answered(call, patience)
        if place.address not in found:
            raise ConnectionError("it does not answer")
        ours, theirs = _versions(get_versions(packages)), _versions(found[place.address])
        wrong = [name for name, version in ours.items() if theirs[name] != version]
        if not wrong:
            return ""
        said = ", ".join(f"{name} {theirs[name] or 'missing'} (here {ours[name]})" for name in wrong)
        needed = [f"'{DISTRIBUTION}[cluster]=={ours[DISTRIBUTION]}'"]
        needed += [f"{name}=={ours[name]}" for name in wrong if name in PACKAGES[1:]]
        return (
            f"the worker {place.address} does not fit: {printable(said)}; install {' '.join(needed)} there, on Python "
            f"{platform.python_version()}"
        )

    async def seated(self, place: Place, charter: bytes, patience: float | None = None) -> tuple[Any, Any, str]:
        """A seat there, the future that keeps it, and the name to call it by; dropped, it ends."""
        key = f"{SEAT}{uuid.uuid4().hex}"
        future = self._client.submit(
            Seat, charter, key=key, actor=True, pure=False, workers=[place.address], allow_other_workers=False
        )
        seat = await answered(future, patience)
        return seat, future, await answered(seat.claim())

    async def close(self, seconds: float) -> None:
        """Lets go of it."""
        with contextlib.suppress(Exception):
            await answered(self._client.close(), seconds)


def hush() -> None:
    """Dask says nothing by itself any more, in this process: what it tells with tracebacks and tables, the run tells.

    For good, as its tasks may end after its client.
    """
    from distributed.versions import VersionMismatchWarning  # an extra, and 0.7 s

    for handler in logging.getLogger("distributed").handlers:
        handler.setLevel(logging.CRITICAL)
    warnings.simplefilter("ignore", VersionMismatchWarning)  # `misfit` looks at the versions that matter


def checked(address: str) -> str:
    """The address; raises ConfigError if it cannot be one."""
    match = ADDRESS.fullmatch(address)
    if match is None or not 0 < int(match["port"]) < 1 << 16:
        raise ConfigError(
            f"[engine] scheduler: {printable(address)!r} is no address of a Dask scheduler; one looks like "
            "tcp://10.0.0.5:8786, or tls://10.0.0.5:8786"
        )
    return address


async def answered(call: Awaitable[T], patience: float | None = None) -> T:
    """What `call` returns within `ANSWER` seconds, or `patience`; raises TimeoutError.

    They are counted in twenty steps: however long this process judges meanwhile, the answer that then waits to be read
    is only one step late.
    """
    seconds = ANSWER if patience is None else patience
    task = asyncio.ensure_future(call)
    try:
        for _ in range(20):
            if (await asyncio.wait((task,), timeout=seconds / 20))[0]:
                return task.result()
        raise TimeoutError(f"no answer for {seconds:.0f} s")
    finally:
        task.add_done_callback(lambda task: task.cancelled() or task.exception())  # nobody else looks
        task.cancel()


def told(error: BaseException) -> str:
    """What went wrong, for people."""
    return printable(str(error) or type(error).__name__)


def _versions(told: dict[str, Any]) -> dict[str, str | None]:
    python, packages = str(told["host"]["python"]).split(".")[:2], told["packages"]
    found = {name: packages.get(name) for name in PACKAGES}
    return {"Python": ".".join(python), **found, DISTRIBUTION: packages.get(DISTRIBUTION) or packages.get(MODULE)}
