"""A folder in; a config.toml and a weekly workflow for it written, or shown, and what to do next told.

Nothing that stands there is ever replaced unasked.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from crawler import __version__
from crawler.cards.ignore import IgnoreRules
from crawler.cards.survey import Survey, survey
from crawler.config import load
from crawler.errors import OutputError
from crawler.model import Record
from crawler.pipeline import scaffold, weekly
from crawler.settings import CONFIG_NAME, NetworkSettings, Settings
from crawler.text import printable


class Wanted(Record, frozen=True):
    """What `crawler init` is asked for."""

    config: str
    """The file to write, absolute."""
    workflow: bool = False
    """Write a weekly workflow too."""
    force: bool = False
    """Replace what is there."""
    shown: bool = False
    """Write nothing, print the files."""


def first_steps(wanted: Wanted) -> Iterator[str]:
    """Writes what is wanted; yields the lines to print.

    Raises NothingToDoError for a folder without cards, OutputError for a file that is there already or cannot be
    written, ConfigError for a configuration that stays and is wrong, and what a survey raises.
    """
    config = Path(wanted.config)
    if not config.parent.is_dir():
        raise OutputError(f"{_near(config.parent)}: there is no such folder")
    stays = wanted.workflow and config.exists() and not wanted.force and not wanted.shown
    found = None if stays else survey(config.parent)
    if found is not None:
        text = scaffold.configuration(found, scaffold.TEMPLATE.read_text(encoding="utf-8"))
        if wanted.shown:
            yield text.rstrip("\n")
        else:
            _write(config, text, force=wanted.force)
            yield from scaffold.told(found)
            yield ""
            yield f"Wrote {_near(config)}."
    if wanted.workflow:
        yield from _workflow(wanted, config)
    if not wanted.shown:
        yield ""
        yield "Next:"
        yield from _next(found, wanted, config)


def _workflow(wanted: Wanted, config: Path) -> Iterator[str]:
    top = weekly.top_of(config.parent)
    requirement, unsettled = weekly.requirement(__version__, weekly.origin())
    text = weekly.workflow(
        weekly.TEMPLATE.read_text(encoding="utf-8"),
        site=config.parent.relative_to(top).as_posix(),
        config=config.name,
        requirement=requirement,
        fail_on=_fail_on(config),
    )
    if wanted.shown:
        yield text.rstrip("\n")
        return
    _write(top / weekly.WORKFLOW, text, force=wanted.force)
    yield f"Wrote {_near(top / weekly.WORKFLOW)}."
    if unsettled:
        yield unsettled


def _fail_on(config: Path) -> Sequence[str]:
    """What a configuration makes audits fail on; raises ConfigError for one that no audit would take."""
    if not config.exists():  # it is only shown
        return Settings().audit.fail_on
    return load(config, folder=config.parent, environment={}, flags={}, allowed={}).audit.fail_on


def _next(found: Survey | None, wanted: Wanted, config: Path) -> Iterator[str]:
    option = "" if config == Path.cwd() / CONFIG_NAME else f" --config {shlex.quote(_near(config))}"
    commands = [
        (f"audit --offline{option}", "check what needs no network: spelling of addresses, files on disk"),
        (f"audit{option}", "ask every link" + (_cost(found) if found else "")),
    ]
    if not wanted.workflow:
        commands.append((f"init --workflow{option}", "write a weekly audit for GitHub"))
    width = max(len(command) for command, _ in commands)
    for command, does in commands:
        yield f"  crawler {command:<{width}}  {does}"
    top = weekly.top_of(config.parent)
    if wanted.workflow:
        yield f"  commit and push {_near(config)} and {weekly.WORKFLOW}: it runs on Mondays, or by hand under Actions"
    if (top / ".git").exists() and (seen := _unignored(config.parent)):
        yield f"  add {' and '.join(seen)} to .gitignore"


def _unignored(folder: Path) -> list[str]:
    """The folders that audits make in `folder` and git would offer to commit."""
    settings = Settings()
    rules = IgnoreRules.of(str(folder), str(folder)).below(str(folder))
    made = (str(Path(settings.history.path).parent), settings.reports.directory)
    return [f"{name}/" for name in made if not rules.ignores(str(folder / name), is_folder=True)]


def _cost(found: Survey) -> str:
    most = scaffold.least_minutes(found, NetworkSettings())
    if most is None or most[2] < 1:
        return ""
    host, links, minutes = most
    return f", in {minutes:.0f} minutes at the least: {host} has {links:,}, and is asked gently"


def _write(path: Path, text: str, *, force: bool) -> None:
    try:
        if path.exists() and not force:
            raise OutputError(
                f"{_near(path)} is there already and stays as it is; `crawler init --print` shows what would be "
                "written, --force replaces it"
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.part")
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)
    except OSError as error:
        raise OutputError(f"{_near(path)}: cannot be written: {error.strerror or error}") from error


def _near(path: Path) -> str:
    """As seen from the working folder, if it lies below."""
    here = Path.cwd()
    return printable(str(path.relative_to(here) if path.is_relative_to(here) else path))
