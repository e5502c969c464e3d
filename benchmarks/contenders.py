"""What is measured: each row's command, in a folder made for one run, and the check that it did the work."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

import pages
from loopback import Loopback

ENGINES = ("local", "processes")
"""Ours that are measured."""
HOST_CONCURRENCY = 10
"""lychee's default; far more than our own."""


@dataclass(frozen=True, slots=True)
class Web:
    """The web that is asked, and where its URLs are written down."""

    folder: Path
    """Holds `urls.txt`, one a line, and `cards/`."""
    links: int
    ca_file: str
    """Empty where the web is plain."""
    concurrency: int

    @property
    def urls(self) -> Path:
        return self.folder / "urls.txt"


@dataclass(frozen=True, slots=True)
class Contender:
    """One tool."""

    name: str
    version: str
    prepare: Callable[[Web, Path], list[str]]
    """Fills an empty folder, and says the command to run in it."""
    check: Callable[[Web, Path, str], str | None]
    """What is wrong with a run, by its folder and standard output; None if every link was found well."""
    engine: str = ""
    """Of ours, what asks."""


def as_users_have_it() -> None:
    """From here on, a Python that is started keeps what it compiles, whatever this shell says: the next start is short.

    Where nothing is kept, each start takes 0.15 seconds more.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def installed() -> list[Contender]:
    """The tools that there are, ours first."""
    rows = [
        Contender(f"crawler audit, {engine}", "", partial(prepare_audit, engine=engine), check_audit, engine)
        for engine in ENGINES
    ]
    rows += [
        Contender("bare aiohttp loop", version("aiohttp"), prepare_bare, check_bare),
    ]
    if path := program("lychee"):
        rows.append(Contender("lychee", _version(path), lychee(path), check_lychee))
    if path := program("linkchecker"):
        rows.append(Contender("LinkChecker", _version(path), linkchecker(path), check_linkchecker))
    return rows


def program(name: str) -> str | None:
    """A program beside this Python, or else on PATH."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.is_file() else shutil.which(name)


@contextmanager
def open_web(*, hosts: int, tls: bool, concurrency: int) -> Iterator[tuple[Web, Loopback]]:
    """The web, served, and its URLs written down: as cards for `crawler`, as a list for the others."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # LinkChecker gives up root's rights
        with Loopback(hosts=hosts, tls=tls, folder=folder) as server:
            addresses = [(where, where.url(server.scheme, server.port)) for where in pages.addresses(hosts)]
            pages.write_cards(folder / "cards", addresses)
            (folder / "urls.txt").write_text("".join(f"{url}\n" for _, url in addresses), encoding="utf-8")
            yield Web(folder, len(addresses), server.ca_file, concurrency), server


def prepare_audit(web: Web, folder: Path, engine: str = "local") -> list[str]:
    """Nothing polite: no interval, no retry, loopback allowed; all else as it comes."""
    config = web.folder / "config.toml"  # beside the cards, as in a site
    config.write_text(
        f"""[cards]
paths = ["cards"]
[network]
max_concurrency = {web.concurrency}
host_concurrency = {HOST_CONCURRENCY}
host_request_interval = 0.0
max_retries = 0
allow_private = ["127.0.0.0/8"]
ca_file = {json.dumps(web.ca_file)}
[history]
path = {json.dumps(str(folder / "history.sqlite"))}
[reports]
directory = {json.dumps(str(folder / "reports"))}
formats = ["json"]
""",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "crawler", "audit", "--no-progress"]
    return [*command, "--engine", engine, "--config", str(config)]


def check_audit(web: Web, folder: Path, _: str) -> str | None:
    """Every finding must be `ok`."""
    report = json.loads((folder / "reports" / "report.json").read_bytes())
    verdicts = {code: number for code, number in report["summary"]["verdict"].items() if number}
    return None if verdicts == {"ok": web.links} else f"verdicts {verdicts}"


def prepare_bare(web: Web, _: Path) -> list[str]:
    """The shortest loop there is."""
    bare = str(Path(__file__).with_name("bare.py"))
    return [sys.executable, bare, str(web.urls), str(web.concurrency), *([web.ca_file] if web.ca_file else [])]


def check_bare(web: Web, _: Path, output: str) -> str | None:
    """Each answer must be 200."""
    return None if output.split() == [str(web.links)] else f"{output!r} answers of 200"


def lychee(path: str) -> Callable[[Web, Path], list[str]]:
    """By default it waits 50 ms between requests to one host, as politeness; here neither waits."""

    def prepare(web: Web, _: Path) -> list[str]:
        flags = ["--no-progress", "--format", "json", "--max-retries", "0", "--include-fragments=none"]
        flags += ["--max-concurrency", str(web.concurrency), "--host-concurrency", str(HOST_CONCURRENCY)]
        flags += ["--host-request-interval", "0s", *(["--insecure"] if web.ca_file else [])]
        return [path, *flags, "--", str(web.urls)]

    return prepare


def check_lychee(web: Web, _: Path, output: str) -> str | None:
    """Each link must be a success."""
    report = json.loads(output)
    found = {key: report[key] for key in ("total", "successful", "errors", "excludes", "cached")}
    good = {"total": web.links, "successful": web.links, "errors": 0, "excludes": 0, "cached": 0}
    return None if found == good else f"{found}"


def linkchecker(path: str) -> Callable[[Web, Path], list[str]]:
    """By default ten requests a second to one host; any more must be allowed by the server too (`loopback`)."""

    def prepare(web: Web, folder: Path) -> list[str]:
        (folder / "linkcheckerrc").write_text(
            f"[checking]\nmaxrequestspersecond=1000000\nthreads={web.concurrency}\n"
            + (f"sslverify={web.ca_file}\n" if web.ca_file else "")
            + "[filtering]\ncheckextern=0\n",
            encoding="utf-8",
        )
        # The URLs go in as arguments of the file kind that it reads: one a line on standard input.
        script = '"$0" -f linkcheckerrc --no-robots --no-status -r0 --stdin < "$1"'
        return ["sh", "-c", script, path, str(web.urls)]

    return prepare


def check_linkchecker(web: Web, _: Path, output: str) -> str | None:
    """Its last lines say what it found."""
    good = f"{web.links} links in {web.links} URLs checked. 0 warnings found. 0 errors found."
    found = " ".join(output.split())
    return None if good in found else found[-300:]


def _version(path: str) -> str:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    return said.split()[1]
