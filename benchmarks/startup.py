"""How long `crawler --help` and the audit of one card take, beside a Python that does nothing, and what help loads.

    .venv/bin/python benchmarks/startup.py [--rounds 30]

The audit is of one link to a page of 50 kB on this machine, history and report included; each has a history of its own.
They take turns, so that what else the machine does falls on all; the difference is what a user waits for the
program itself. The time of single modules is Python's own estimate (`-X importtime`), which makes them look slower.
Nothing here fails for being slow; `tests/test_startup.py` holds what may be loaded.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pages
from contenders import Web, as_users_have_it, prepare_audit
from loopback import Loopback

HELP = (sys.executable, "-m", "crawler", "--help")
NOTHING = (sys.executable, "-c", "pass")


def seconds(command: Sequence[str]) -> float:
    """One run, start to exit."""
    started = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def audit(folder: Path) -> float:
    """One audit of the card under `folder`, start to exit."""
    with tempfile.TemporaryDirectory(dir=folder) as own:
        return seconds(prepare_audit(Web(folder, links=1, ca_file="", concurrency=1), Path(own)))


def loaded() -> list[tuple[str, float]]:
    """(top-level module, milliseconds that it and its parts took themselves), the slowest first."""
    command = (sys.executable, "-X", "importtime", *HELP[1:])
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    spent: Counter[str] = Counter()
    for own, name in re.findall(r"^import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)", said, re.MULTILINE):
        spent[name.split(".")[0]] += int(own)
    return [(name, microseconds / 1_000) for name, microseconds in spent.most_common()]


def main() -> None:
    """Measures, and prints the table."""
    arguments = argparse.ArgumentParser(description="Time of `crawler --help`.")
    arguments.add_argument("--rounds", type=int, default=30, help="runs of each (default: 30)")
    given = arguments.parse_args()
    as_users_have_it()
    with tempfile.TemporaryDirectory(prefix="bench-") as name, Loopback(hosts=1, tls=False, folder=Path(name)) as web:
        folder = Path(name)
        where = next(pages.addresses(hosts=1))
        pages.write_cards(folder / "cards", [(where, where.url(web.scheme, web.port))])
        audit(folder)  # compiles what is not compiled yet
        rounds = [(seconds(HELP), seconds(NOTHING), audit(folder)) for _ in range(given.rounds)]
    print(f"{given.rounds} rounds; Python {platform.python_version()}, {os.cpu_count()} cores")
    for name, column in (("crawler --help", 0), ("python -c pass", 1), ("audit of one card", 2)):
        times = [one[column] * 1_000 for one in rounds]
        print(f"{name:<18}{statistics.median(times):>7.1f} ms   fastest {min(times):.1f}, slowest {max(times):.1f}")
    print(f"{'help: ratio':<18}{statistics.median(one / other for one, other, _ in rounds):>7.1f}")
    print(f"{'help: difference':<18}{statistics.median(one - other for one, other, _ in rounds) * 1_000:>7.1f} ms")
    print("\nslowest to import for help, under -X importtime:")
    for name, milliseconds in loaded()[:12]:
        print(f"  {name:<24}{milliseconds:>6.1f} ms")


if __name__ == "__main__":
    main()
