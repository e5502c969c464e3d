"""How long `crawler --help` takes, beside a Python that does nothing, and which packages it loads.

    .venv/bin/python benchmarks/startup.py [--rounds 30]

The two take turns, so that what else the machine does falls on both; the difference is what a user waits for the
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
import time
from collections import Counter

HELP = (sys.executable, "-m", "crawler", "--help")
NOTHING = (sys.executable, "-c", "pass")


def seconds(command: tuple[str, ...]) -> float:
    """One run, start to exit."""
    started = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


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
    seconds(HELP)  # compiles what is not compiled yet
    rounds = [(seconds(HELP), seconds(NOTHING)) for _ in range(given.rounds)]
    print(f"{given.rounds} rounds; Python {platform.python_version()}, {os.cpu_count()} cores")
    for name, column in (("crawler --help", 0), ("python -c pass", 1)):
        times = [one[column] * 1_000 for one in rounds]
        print(f"{name:<18}{statistics.median(times):>7.1f} ms   fastest {min(times):.1f}, slowest {max(times):.1f}")
    print(f"{'ratio':<18}{statistics.median(one / other for one, other in rounds):>7.1f}")
    print(f"{'difference':<18}{statistics.median(one - other for one, other in rounds) * 1_000:>7.1f} ms")
    print("\nslowest to import, under -X importtime:")
    for name, milliseconds in loaded()[:12]:
        print(f"  {name:<24}{milliseconds:>6.1f} ms")


if __name__ == "__main__":
    main()
