"""What the tests of clusters share: schedulers and workers as people start them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def lone_worker(address: str, folder: Path) -> Iterator[None]:
    """One for that scheduler, which nobody starts again."""
    arguments = ["--nthreads", "1", "--no-dashboard", "--no-nanny", "--local-directory", str(folder)]
    with subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_worker", address, *arguments], stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield
        finally:
            process.kill()


@contextmanager
def lone_scheduler(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address and process of one that has no workers."""
    file = folder / "scheduler.json"
    arguments = ["--port", "0", "--no-dashboard", "--scheduler-file", str(file), "--host", "127.0.0.1"]
    with subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_scheduler", *arguments], stderr=subprocess.DEVNULL
    ) as process:
        try:
            while not file.exists():
                time.sleep(0.05)
            address = json.loads(file.read_text(encoding="utf-8"))["address"]
            yield address, process
        finally:
            process.kill()
