"""A folder of cards beside a web on loopback, audited through the command line."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.demo.web import LoopbackWeb

FAST = """
[network]
timeout = 3.0
host_request_interval = 0.0
max_retries = 0
retry_pause = 0.1
"""

INTERRUPTED = "interrupted: what was answered is saved, and the next audit within 12 hours goes on from there.\n"
"""The last words of an audit on standard error that was interrupted."""


@dataclass
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str


@dataclass
class CardSite:
    """Cards in a folder of their own."""

    folder: Path

    def card(self, name: str, **fields: str) -> None:
        """Writes one card; underscores of a field stand for dots."""
        lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items()]
        path = self.folder / "_news" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(["---", *lines, "---", ""]), encoding="utf-8")

    def config(self, web: LoopbackWeb | None = None, more: str = "", network: str = FAST) -> None:
        """Writes config.toml; every host is `web`, if there is one."""
        text = network
        if web is not None:
            targets = ", ".join(f"{json.dumps(name)} = {json.dumps(to)}" for name, to in web.connect_to.items())
            text += f"ca_file = {json.dumps(str(web.ca_file))}\nconnect_to = {{ {targets} }}\n"
        (self.folder / "config.toml").write_text(text + more, encoding="utf-8")

    def run(self, *arguments: str, environment: dict[str, str] | None = None, answers: str = "") -> Done:
        """Runs one command in the folder, in an environment of its own; `answers` stand on its standard input."""
        done = subprocess.run(
            command(*arguments),
            cwd=self.folder,
            env=clean(environment),
            input=answers.encode(),
            capture_output=True,
            timeout=60,
            check=False,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def report(self) -> dict[str, Any]:
        """The last report.json."""
        loaded: dict[str, Any] = json.loads((self.folder / "reports" / "report.json").read_text(encoding="utf-8"))
        return loaded

    def verdicts(self) -> dict[str, str]:
        """Verdict by URL of the last report."""
        return {finding["url"]: finding["verdict"] for finding in self.report()["findings"]}


def command(*arguments: str) -> Sequence[str]:
    """The command line of `crawler`."""
    return [sys.executable, "-m", "crawler", *arguments]


def wait_for(process: subprocess.Popen[Any], condition: Callable[[], bool]) -> None:
    """Waits for what the process brings about, however busy the machine is; fails once it has ended without."""
    while not condition():
        assert process.poll() is None, f"ended with {process.returncode} before"
        time.sleep(0.01)


def clean(more: dict[str, str] | None = None) -> dict[str, str]:
    """An environment without proxies, colours or settings of the developer's."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if key in ("PATH", "HOME", "SYSTEMROOT", "COVERAGE_PROCESS_START")
    }
    return {**kept, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONWARNINGS": "error", **(more or {})}


def until(handle: int, text: bytes) -> bytes:
    """What a command writes to a terminal or a pipe until `text` has come."""
    seen = b""
    end = time.monotonic() + 60
    while text not in seen:
        assert time.monotonic() < end, seen
        if select.select([handle], [], [], 1)[0]:
            seen += os.read(handle, 65_536)
    return seen
