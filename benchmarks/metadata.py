"""HTML bytes in, pages per second out: ours beside the libraries that do only that; and whether memory stays flat.

    .venv/bin/python benchmarks/metadata.py [FOLDER] [--pages 400] [--rounds 5] [--memory 100000]

The pages are those of `pages.py`, or the `*.html` files anywhere below FOLDER. One process does the work, and its
processor time is counted, so what else the machine does hardly matters; the best of the rounds stands. Ours is measured
twice: over what `PageReader` takes of a page, as an audit does, and over whole pages, as the peers are. Peers that are
not installed (`pip install extruct metadata_parser trafilatura`) are left out. All peers get the page decoded already.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import itertools
import os
import platform
import resource
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pages

from crawler.metadata.page import read_page
from crawler.metadata.reading import PageReader

PIECE = 16 * 1024
"""Bytes that come at once, about what TLS hands over."""
STEPS = 10
"""Times that memory is looked at."""


class Given(NamedTuple):
    """One page."""

    body: bytes
    url: str


Read = Callable[[Given], object]


def taken(given: Given) -> object:
    """What an audit does with a page: feed the reader until it has enough, and read that."""
    reader = PageReader()
    end = 0
    while end < len(given.body):
        piece = given.body[end : end + PIECE]
        end += len(piece)
        if not reader.feed(piece):
            break
    complete = end >= len(given.body)
    return read_page(given.body[:end], content_type="text/html", url=given.url, complete=complete)


def whole(given: Given) -> object:
    """The same over all of the page."""
    return read_page(given.body, content_type="text/html", url=given.url, complete=True)


def _extruct(library: Any) -> Read:
    kinds = ["opengraph", "json-ld", "microdata"]
    return lambda given: library.extract(_text(given), base_url=given.url, syntaxes=kinds)


def _metadata_parser(library: Any) -> Read:
    return lambda given: (
        library.MetadataParser(html=_text(given), url=given.url, search_head_only=False).parsed_result.metadata
    )


def _trafilatura(library: Any) -> Read:
    return lambda given: library.extract_metadata(_text(given), default_url=given.url)


PEERS: tuple[tuple[str, Callable[[Any], Read]], ...] = (
    ("extruct", _extruct),
    ("metadata_parser", _metadata_parser),
    ("trafilatura", _trafilatura),
)
"""Name of the package, and how it reads a page."""


def main() -> None:
    """Measures, and prints the table."""
    arguments = argparse.ArgumentParser(description="Pages per second and process, from bytes to facts.")
    arguments.add_argument("folder", nargs="?", type=Path, help="HTML files to read instead of our own pages")
    arguments.add_argument("--pages", type=int, default=400, help="pages of our own (default: 400)")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--memory", type=int, metavar="PAGES", help="read so many pages, and show the memory used")
    chosen = arguments.parse_args()
    sample = list(_files(chosen.folder) if chosen.folder else _own(chosen.pages))
    if not sample:
        raise SystemExit(f"{chosen.folder}: no *.html files")
    size = sum(len(given.body) for given in sample) / len(sample)
    print(f"{len(sample)} pages of {size / 1_000:.0f} kB on average; Python {platform.python_version()}, one process")
    if chosen.memory:
        _show_memory(sample, chosen.memory)
        return
    _show("crawler, what it takes of a page", taken, sample, chosen.rounds)
    _show("crawler, whole pages", whole, sample, chosen.rounds)
    for name, reader_of in PEERS:
        try:
            warnings.simplefilter("ignore")  # the peers' own
            library = importlib.import_module(name)
        except ImportError:
            print(f"{name:<40}not installed")
            continue
        _show(f"{name} {_version(name)}", reader_of(library), sample, 1)


def _own(count: int) -> Iterator[Given]:
    for where in itertools.islice(pages.addresses(), count):
        url = f"https://{where.host}{where.path}"
        yield Given(b"".join(pages.page(where, url)), url)


def _files(folder: Path) -> Iterator[Given]:
    for path in sorted(folder.rglob("*.html")):
        yield Given(path.read_bytes(), f"https://www.example.org/{path.parent.name}/{path.stem}")


def _show(name: str, read: Read, sample: list[Given], rounds: int) -> None:
    best, failed = float("inf"), 0
    for _ in range(rounds):
        failed = 0
        started = time.process_time()
        for given in sample:
            try:
                read(given)
            except Exception:  # noqa: BLE001 - a library that gives up on a page is measured on the others
                failed += 1
        best = min(best, time.process_time() - started)
    pace = f"{len(sample) / best:>8,.0f} pages/s{1_000 * best / len(sample):>9.3f} ms/page"
    print(f"{name:<40}{pace}" + (f"  {failed} failed" if failed else ""))


def _show_memory(sample: list[Given], count: int) -> None:
    endless = itertools.cycle(sample)
    for step in range(1, STEPS + 1):
        for given in itertools.islice(endless, count // STEPS):
            taken(given)
        print(f"{step * count // STEPS:>10,} pages{_resident():>8.1f} MB resident")


def _resident() -> float:
    """Megabytes of memory that this process holds now (Linux), or held at most (elsewhere)."""
    statm = Path("/proc/self/statm")
    if statm.is_file():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def _text(given: Given) -> str:
    return given.body.decode("utf-8", "replace")


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


if __name__ == "__main__":
    main()
