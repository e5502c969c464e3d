"""How long cards take to be read and patched: 2,000 cards by default, of which every second gets three edits.

    .venv/bin/python benchmarks/patching.py [--cards 2000] [--body 2000]

The cards are made up, in the shape of a news site's: quoted and plain addresses, AMP, a provider, pictures, a seal. A
patch moves an address, takes an AMP address out and corrects the width of a picture; each patched card is read again,
flushed to the disk and renamed. `processor` leaves out what others do on the machine meanwhile, and the waiting for
the disk; the last column, what the process held at most, shows whether memory grows with the number of cards.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from crawler.cards.read import read_card
from crawler.model import Disposition, Proposal, Repair
from crawler.pipeline.fix import Offer, everything, repairs

FRONT = """\
---
category: news
title: "Story {number}: what the harbour master said, and what she did not say"
excerpt: "The channel will be closed on weekdays between nine and noon while the dredger is at work — “as ever”."
publishedDateTime: 2026-09-04T07:30:00Z
originalUrl: "https://www.gazette-{host}.example/news/story-{number}"
webUrl: "https://www.gazette-{host}.example/news/story-{number}"
ampWebUrl: "https://www.gazette-{host}.example/amp/story-{number}"
type: article
quality: {host}
published: true

provider:
  name: Gazette
  domain: gazette-{host}.example
  images:
    - url: /assets/images/gazette-{host}.jpg
      width: 50
      height: 50

topics:
  - Harbour
  - Weather

images:
  - url: https://images.gazette-{host}.example/{number}.jpg # the photographer's own
    width: 1024
    height: 768
    isCached: true

secured: "{seal}"
---
"""


def main() -> None:
    """Measures, and prints the table."""
    arguments = argparse.ArgumentParser(description="How long cards take to be read and patched.")
    arguments.add_argument("--cards", type=int, default=2_000)
    arguments.add_argument("--body", type=int, default=2_000, help="characters of a card's body (default: 2,000)")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        root = Path(name)
        paths = [_card(root, number, given.body) for number in range(given.cards)]
        changed = paths[::2]
        print(f"{len(paths):,} cards, {len(changed):,} patches of 3 edits; {_machine()}")
        print(f"{'':<34}{'seconds':>9}{'processor':>11}{'ms each':>9}{'MB at most':>12}")
        total, busy = time.perf_counter(), time.process_time()
        _timed("read the cards", len(paths), lambda: _read(paths, root))
        _timed("read, plan, diff, write and flush", len(changed), lambda: _patch(changed, root))
        print(f"{'all':<34}{time.perf_counter() - total:>9.2f}{time.process_time() - busy:>11.2f}")


def _card(root: Path, number: int, body: int) -> Path:
    path = root / "_news" / f"{number}.md"
    path.parent.mkdir(exist_ok=True)
    front = FRONT.format(number=number, host=number % 97, seal="x" * 300)
    path.write_text(front + ("All was quiet. " * (body // 15 + 1))[:body] + "\n", encoding="utf-8")
    return path


def _proposals(path: str) -> tuple[Proposal, ...]:
    number = int(Path(path).stem)
    site = f"https://www.gazette-{number % 97}.example"
    return tuple(
        Proposal(
            path=path, line=1, field=field, old=old, new=new, kind=kind, disposition=Disposition.SAFE,
            rule="made_up", because="So it is.",
        )
        for field, old, new, kind in (
            ("webUrl", f"{site}/news/story-{number}", f"{site}/2026/news/story-{number}", Repair.REDIRECT),
            ("ampWebUrl", f"{site}/amp/story-{number}", None, Repair.AMP),
            ("images[0].width", "1024", "1280", Repair.IMAGE),
        )
    )  # fmt: skip


def _read(paths: list[Path], root: Path) -> None:
    for path in paths:
        read_card(path, root=root)


def _patch(paths: list[Path], root: Path) -> None:
    names = [path.relative_to(root).as_posix() for path in paths]
    offer = Offer(proposals={name: _proposals(name) for name in names}, about={})
    for done in repairs(offer, root, everything, apply=True):
        assert len(done.taken) == 3, done.refused


def _timed(what: str, count: int, work: Callable[[], object]) -> None:
    started, busy = time.perf_counter(), time.process_time()
    work()
    seconds, busy = time.perf_counter() - started, time.process_time() - busy
    unit = 2**20 if sys.platform == "darwin" else 2**10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    print(f"{what:<34}{seconds:>9.2f}{busy:>11.2f}{busy / count * 1_000:>9.3f}{peak:>12.0f}")


def _machine() -> str:
    return f"Python {platform.python_version()}, {os.cpu_count()} cores"


if __name__ == "__main__":
    main()
