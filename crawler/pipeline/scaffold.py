"""A survey of a folder in; a commented config.toml fitted to it out, and what to tell about both.

Only what the folder calls for is set. All other keys stand there with their defaults behind a #, so that a default
which becomes better later comes into force.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import crawler
from crawler.cards.survey import JEKYLL, Collection, OtherField, Survey
from crawler.errors import NothingToDoError
from crawler.settings import CONFIG_NAME, NetworkSettings
from crawler.text import printable, toml

TEMPLATE = Path(crawler.__file__).parent / CONFIG_NAME
"""Every key with its comment and its default."""
HEAD = """\
# Settings of `crawler`, fitted to this folder by `crawler init`. Keys behind a # show their defaults.
# A flag beats the environment (CRAWLER_<SECTION>_<KEY>, e.g. CRAWLER_NETWORK_TIMEOUT=5), which beats this file.
# Paths are relative to the folder of this file.
"""
MOST_PATHS = 40
"""Globs listed; of a tree with more collections the whole is taken."""
MOST_FIELDS = 20
"""Fields suggested."""
_FEW_CARDS = 20
"""In a folder with fewer cards, what stands in one of them may be meant for all."""


def configuration(found: Survey, template: str) -> str:
    """The config.toml for a folder, made from the program's own.

    Raises NothingToDoError for a folder in which there is nothing to check.
    """
    if not found.collections:
        raise NothingToDoError(
            "no cards with links here; a card is a .md, .markdown or .html file that begins with front matter (---) in "
            "which some field holds an address. Start `crawler init` in the folder of the site"
        )
    fitted = {
        ("cards", "paths"): _paths(found.collections),
        ("cards", "site_root"): toml(found.site_root) if found.site_root != "." else "",
        ("cards", "site_url"): f"{toml(found.site_url)}  # url and baseurl of {JEKYLL}" if found.site_url else "",
    }
    noted = {
        ("cards", "unpublished"): f"# {found.unpublished:,} of {found.cards:,} cards say so."
        if found.unpublished
        else ""
    }
    _, _, body = template.partition("\n\n")
    return HEAD + "\n" + "".join(f"{line}\n" for line in _lines(body, found, fitted, noted))


def _lines(
    body: str, found: Survey, fitted: Mapping[tuple[str, str], str], noted: Mapping[tuple[str, str], str]
) -> Iterator[str]:
    section = ""
    for line in body.splitlines():
        if header := re.match(r"\[([\w.]+)\]", line):
            section = header[1]
        key = re.match(r"(\w+) = ", line)
        if key:
            if note := noted.get((section, key[1])):
                yield note
            value = fitted.get((section, key[1]))
            yield f"{key[1]} = {value}" if value else f"#{line}"
        elif section == "cards.fields" and line.startswith('# "'):
            if line.startswith('# "docs'):
                yield from _fields(found)
        else:
            yield line


def _paths(collections: tuple[Collection, ...]) -> str:
    if len(collections) > MOST_PATHS:
        return '["**/*.md", "**/*.markdown", "**/*.html"]'
    rows = [f"    {toml(_glob(one))},  # {_counted(one.cards, 'card')}\n" for one in collections]
    return "[\n" + "".join(rows) + "]"


def _glob(one: Collection) -> str:
    return f"{glob.escape(one.folder)}/**/*{one.suffix}" if one.folder else f"*{one.suffix}"


def _fields(found: Survey) -> Iterator[str]:
    """Rows for other fields: behind a #, unless nothing else holds links."""
    rows = suggested(found)
    if not rows:
        yield '#"docs[].url" = "page"'
        return
    active = not found.links
    if not active:
        yield "# These hold addresses too; take the # from those that are to be checked."
    for row in rows:
        yield f"{'' if active else '#'}{toml(row.pattern)} = {toml(row.kind)}  # in {_counted(row.cards, 'card')}"


def suggested(found: Survey) -> tuple[OtherField, ...]:
    """The fields worth a row, most cards first."""
    least = 1 if found.cards < _FEW_CARDS else 3
    return tuple(one for one in found.others if one.cards >= least)[:MOST_FIELDS]


def told(found: Survey) -> Iterator[str]:
    """What was found, a line each; printable."""
    counts = ", ".join(f"{_glob(one)} {one.cards:,}" for one in found.collections[:MOST_PATHS])
    yield f"Found {_counted(found.cards, 'card')}: {printable(counts, 1_000)}"
    if found.links:
        hosts = f" on {_counted(len(found.hosts), 'host')}" if found.hosts else ""
        yield _counted(found.links, "link") + hosts
    if found.site_url:
        yield f"{JEKYLL}: the site is at {printable(found.site_url)}; links to its own files are looked up on disk"
    if found.site_url_because:
        yield f"{JEKYLL}: {found.site_url_because}; set [cards] site_url, so that requests say who asks"
    if found.site_root != ".":
        yield f"the site's own files lie in {found.site_root}/"
    if found.unpublished:
        yield f'{_counted(found.unpublished, "card")} with "published: false"; they are checked too, see unpublished'
    if found.ignored is not None:
        yield f".lycheeignore: {_counted(found.ignored, 'pattern')}, which hold here too"
    if rows := suggested(found):
        names = ", ".join(f"{row.pattern} ({row.cards:,})" for row in rows[:5])
        where = "behind a # in [cards.fields]" if found.links else "in [cards.fields], for no other field holds links"
        yield f"other fields with addresses: {printable(names, 500)}; they stand {where}"
    if found.unreadable:
        yield f"{_counted(found.unreadable, 'card')} cannot be read; `crawler audit --offline` says why"


def least_minutes(found: Survey, network: NetworkSettings) -> tuple[str, int, float] | None:
    """(host, links there, minutes that they take at least) for the host with most links; None without links."""
    if not found.hosts:
        return None
    host, links = found.hosts[0]
    return printable(host, 253), links, links * network.host_request_interval / 60


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
