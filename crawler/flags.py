"""The command line's flags: one row for each, read by the parser, the docs and the tests."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from crawler.model import Record, Repair
from crawler.render import FORMATS


class Flag(Record, frozen=True):
    """One flag."""

    names: tuple[str, ...]
    section: str
    key: str
    help: str
    metavar: str | None = None
    parse: Callable[[str], Any] | None = None
    """From text to value; None: the flag takes no value and sets True."""
    repeats: bool = False
    """Values add up to a list."""
    path: bool = False
    """The value is a file or folder as seen from the working folder."""


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _header(text: str) -> dict[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is no header; write 'NAME: VALUE', such as 'Accept-Language: de'")
    return {name.strip(): value.strip()}


def _formats(text: str) -> list[str]:
    names = _listed(text)
    if not names:
        raise argparse.ArgumentTypeError(f"{text!r} names no report; known are {', '.join(FORMATS)}")
    return names


_UNITS = (("ms", 0.001), ("s", 1.0), ("m", 60.0))


def _seconds(text: str) -> float:
    """lychee writes durations as `500ms`, `1s`, `2m`; plain numbers are seconds."""
    unit, factor = next((row for row in _UNITS if text.endswith(row[0])), ("", 1.0))
    try:
        return float(text.removesuffix(unit)) * factor
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; write seconds, such as 5, or 500ms, 5s or 2m") from None


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number, such as 5") from None


FLAGS: tuple[Flag, ...] = (
    Flag(names=("--timeout", "-t"), section="network", key="timeout", metavar="SECONDS", parse=_seconds,
         help="seconds for one attempt, connect to last byte"),
    Flag(names=("--max-concurrency",), section="network", key="max_concurrency", metavar="N", parse=_whole,
         help="requests under way at once, over all hosts"),
    Flag(names=("--host-concurrency",), section="network", key="host_concurrency", metavar="N", parse=_whole,
         help="requests under way at once on one host"),
    Flag(names=("--host-request-interval",), section="network", key="host_request_interval", metavar="SECONDS",
         parse=_seconds, help="seconds between starts on one host (also 500ms, 1s)"),
    Flag(names=("--max-retries",), section="network", key="max_retries", metavar="N", parse=_whole,
         help="further attempts after a transient failure; 0 also switches the second pass off"),
    Flag(names=("--max-redirects", "-m"), section="network", key="max_redirects", metavar="N", parse=_whole,
         help="hops followed before a chain is given up"),
    Flag(names=("--user-agent", "-u"), section="network", key="user_agent", metavar="TEXT", parse=str,
         help="sent with every request"),
    Flag(names=("--header", "-H"), section="network", key="headers", metavar="'NAME: VALUE'", parse=_header,
         repeats=True, help="a further header, sent to the origins that the cards name only; repeats"),
    Flag(names=("--exclude",), section="audit", key="exclude", metavar="REGEX", parse=str, repeats=True,
         help="do not ask URLs that match; repeats; .lycheeignore is read too"),
    Flag(names=("--include",), section="audit", key="include", metavar="REGEX", parse=str, repeats=True,
         help="ask URLs that match although excluded; repeats"),
    Flag(names=("--accept", "-a"), section="audit", key="accept", metavar="CODES", parse=_listed,
         help="status codes that count as an answer, such as 200..=299,403 (replaces the default), and what others "
         "mean, such as 404:skip,5xx:warn,429:error"),
    Flag(names=("--fail-on",), section="audit", key="fail_on", metavar="NAMES", parse=_listed,
         help="health, verdict or state names that make the exit code 2 (default: broken,unsafe,confirmed); "
         "unreadable: also cards that could not be read"),
    Flag(names=("--max-duration",), section="audit", key="max_duration", metavar="TIME", parse=str,
         help="time after which no more is asked, such as 30m; the rest comes first in the next run"),
    Flag(names=("--offline",), section="audit", key="offline",
         help="ask nothing; check only what needs no network: syntax and files on disk"),
    Flag(names=("--engine",), section="engine", key="name", metavar="NAME", parse=str,
         help="where the asking is done: local, processes or dask"),
    Flag(names=("--workers",), section="engine", key="workers", metavar="N", parse=_whole,
         help="workers of --engine processes and dask (default: one a core, or all that the cluster has)"),
    Flag(names=("--scheduler",), section="engine", key="scheduler", metavar="ADDRESS", parse=str,
         help="scheduler of --engine dask, such as tcp://10.0.0.5:8786 (default: a cluster on this machine)"),
    Flag(names=("--format", "-f"), section="reports", key="formats", metavar="NAME", parse=_formats, repeats=True,
         help=f"a report to write, in place of those of [reports]; repeats: {', '.join(FORMATS)}"),
    Flag(names=("--output", "-o"), section="reports", key="directory", metavar="PATH", parse=str, path=True,
         help="folder of the reports; with one format also a file, such as links.csv, or - for standard output"),
)  # fmt: skip
"""Names that lychee's users know keep lychee's meaning."""


class Switch(Record, frozen=True):
    """One flag of `crawler fix`, which is about this one run and sets no setting."""

    names: tuple[str, ...]
    help: str
    more: Mapping[str, Any] = {}
    """What else `add_argument` takes; empty: the flag takes no value."""


def _kinds(text: str) -> list[Repair]:
    names = _listed(text)
    unknown = [name for name in names if name not in tuple(Repair)]
    if unknown or not names:
        raise argparse.ArgumentTypeError(f"{text!r} names no kind of change; known are {', '.join(Repair)}")
    return [Repair(name) for name in names]


FIX_FLAGS: tuple[Switch, ...] = (
    Switch(names=("--apply",), help="write the cards, instead of showing the diff"),
    Switch(names=("--interactive", "-i"),
           help="ask for each change, as `git add --patch` does (y, n, a, s, q), and write the chosen ones; with "
           "--output they become a diff instead"),
    Switch(names=("--only",), more={"action": "append", "type": _kinds, "metavar": "KIND"},
           help=f"only changes of this kind; repeats: {', '.join(Repair)}"),
    Switch(names=("--all",), help="also what needs review"),
    Switch(names=("--unconfirmed",), help="also what still waits for another audit"),
    Switch(names=("--check",), help="end with exit code 2 if there is something to fix"),
    Switch(names=("--output", "-o"), more={"metavar": "FILE", "type": Path},
           help="write the diff into this file; - is standard output"),
    Switch(names=("--reasons",), more={"metavar": "PATH", "type": Path},
           help="write what changes and why as Markdown, for a pull request; into a folder, a file for each card; "
           "- is standard output, where the diff is not"),
)  # fmt: skip


def add_flags(command: argparse.ArgumentParser, flags: Sequence[Flag]) -> None:
    """Lets a command take flags that set a setting."""
    for flag in flags:
        options: dict[str, Any] = {"dest": f"{flag.section}.{flag.key}", "help": flag.help, "default": None}
        if flag.parse is None:
            command.add_argument(*flag.names, action="store_true", **options)
        else:
            action = "append" if flag.repeats else "store"
            command.add_argument(*flag.names, type=flag.parse, metavar=flag.metavar, action=action, **options)


def layer_of(options: argparse.Namespace, folder: Path) -> dict[str, dict[str, Any]]:
    """Section -> key -> value, of the flags that a command line started in `folder` holds."""
    layer: dict[str, dict[str, Any]] = {}
    for flag in FLAGS:
        value = getattr(options, f"{flag.section}.{flag.key}", None)
        if value is None:
            continue
        if flag.repeats:
            value = joined(value)
        if flag.path:  # as all paths of a command line are: relative to the working folder
            value = str(folder / value)
        layer.setdefault(flag.section, {})[flag.key] = value
    return layer


def joined(values: list[Any]) -> Any:
    """What a flag that repeats was given, as one list or mapping."""
    if all(isinstance(value, dict) for value in values):
        return {name: text for value in values for name, text in value.items()}
    items = [item for value in values for item in (value if isinstance(value, list) else [value])]
    return list(dict.fromkeys(items))
