"""A Dask cluster on this machine, which ends with the run: one process that keeps it, in a session of its own.

So a terminal's Ctrl-C never reaches it, nor the workers that Dask starts again: the run ends them. Nor does the
scheduler wait for a coordinator that judges.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO, cast

from crawler.errors import EngineError
from crawler.text import printable

START = 60.0
"""Seconds that the cluster has to start."""
_KEEP = "import sys; sys.path[:] = sys.argv[3:]; from crawler.engines.here import main; main()"
"""The path is the coordinator's: the keeper and its workers find the same modules, wherever they are started."""


class Here:
    """A cluster of so many workers, from `start` to `end`."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._folder = tempfile.TemporaryDirectory(prefix="crawler-", ignore_cleanup_errors=True)
        self._keeper: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Begins to."""
        self._log = Path(self._folder.name) / "log"
        with self._log.open("wb") as log:
            self._keeper = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                _KEEP,
                str(self._workers),
                self._folder.name,
                *sys.path,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                start_new_session=True,
                env={**os.environ, "TMPDIR": self._folder.name},  # what workers leave there goes with it
            )
        self._out = cast("asyncio.StreamReader", self._keeper.stdout)

    async def address(self) -> str:
        """Of the scheduler, when all workers are there. Raises EngineError."""
        why = f"it does not answer for {START:.0f} s"
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(START):
                if address := (await self._out.readline()).decode().strip():
                    return address
                why = self._log.read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
        raise EngineError(f"no cluster can be started here: {printable(why)}")

    async def end(self, seconds: float) -> None:
        """Its processes hold no work that anybody needs, so they are not asked to end, which a frozen one would not."""
        if self._keeper:
            with contextlib.suppress(ProcessLookupError):
                if sys.platform == "win32":  # there are no such groups: they watch their keeper
                    self._keeper.kill()
                else:
                    os.killpg(self._keeper.pid, signal.SIGKILL)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._out.read()  # all of them hold its other end
            await self._keeper.wait()
        self._folder.cleanup()


# ---- within the keeper -----------------------------------------------------------------------------------------------


def main() -> None:
    """Tells the scheduler's address, and lives as long as its standard input."""
    from distributed import LocalCluster  # an extra, and 0.7 s

    cluster = LocalCluster(  # type: ignore[no-untyped-call]  # half of it has none
        n_workers=int(sys.argv[1]),
        threads_per_worker=1,
        dashboard_address="127.0.0.1:0",  # there is always one; any port will do
        silence_logs=logging.CRITICAL,
        local_directory=sys.argv[2],
    )
    with contextlib.suppress(OSError):  # it was killed meanwhile
        print(cluster.scheduler_address, flush=True)  # noqa: T201 - to the coordinator
    _wait(sys.stdin.buffer)
    shutil.rmtree(sys.argv[2], ignore_errors=True)  # nobody else does: the coordinator was killed
    os._exit(0)  # and the workers with it


def _wait(file: BinaryIO) -> None:
    while file.read(1):
        pass
