"""Arguments in, an exit code out. What a command needs is imported when it is chosen, so that `--help` is quick."""

from __future__ import annotations

import argparse
import gc
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from crawler import __version__
from crawler.errors import ConfigError, CrawlerError
from crawler.examples import EXAMPLES, TOP
from crawler.flags import FIX_FLAGS, FLAGS, add_flags, joined, layer_of
from crawler.model import Code, Health, Kind
from crawler.progress import progress_for
from crawler.render import FORMATS
from crawler.settings import CONFIG_NAME, Settings
from crawler.show import Exit, Show, for_difference, output_of
from crawler.streams import OUTPUT, give_up_output, prepare
from crawler.text import inert, printable
from crawler.usage import Parser

_JUDGING = ("accept", "fail_on")
"""Settings of an audit that a stored run is judged by."""


_COLLECT_AFTER = 100_000
"""New objects after which Python looks for cycles among them. A command makes 50,000 until it is under way, all of
which stay: with Python's 700 it would look at each twice, which takes an audit 15 ms."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit code."""
    gc.set_threshold(_COLLECT_AFTER)
    prepare()
    options = argparse.Namespace()
    try:
        code = _command_of(argv, options)
        sys.stdout.flush()
    except ConfigError as error:
        say(_located(str(error), options))
        return error.exit_code
    except CrawlerError as error:
        say(str(error))
        return error.exit_code
    except BrokenPipeError:
        give_up_output()  # its reader has gone, as is its good right
        return Exit.FAILED
    except OSError as error:
        if error.filename == OUTPUT:
            say(f"{OUTPUT} cannot be written: {error.strerror or error}; send it elsewhere, or make room there")
        else:
            say(f"cannot go on: {error.strerror or error}" + (f": {error.filename}" if error.filename else ""))
        give_up_output()
        return Exit.FAILED
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    finally:
        gc.freeze()  # or Python would look at all there is once more before it ends: 20 ms after an audit
    return code


def _command_of(argv: Sequence[str] | None, options: argparse.Namespace) -> int:
    try:
        parser().parse_args(argv, options)
    except SystemExit as ended:  # argparse has printed the help, or the version
        return int(ended.code or 0)
    code: int = options.command(options)
    return code


def _located(message: str, options: argparse.Namespace) -> str:
    from crawler.config import located

    config = getattr(options, "config", None)
    return located(message, config, folder=Path.cwd(), environment=os.environ, flags=layer_of(options, Path.cwd()))


def parser() -> argparse.ArgumentParser:
    """The command line, complete: help texts and docs are tested against it."""
    top = Parser(
        prog="crawler",
        description="Checks every link of a folder of cards and says what is really dead, and why.",
        epilog=TOP,
    )
    top.add_argument("--version", action="version", version=f"crawler {__version__}")
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    audit = _command(commands, "audit", _audit, "check every link of the cards, print a summary, write reports")
    audit.add_argument("paths", nargs="*", metavar="PATH", help="cards: files, folders or globs (default: cards.paths)")
    audit.add_argument(
        "--check",
        action="store_true",
        help="for hooks: keep no history and write no reports, print only what calls for it; without links all is well",
    )
    audit.add_argument("--dump", action="store_true", help="list the links without asking them")
    audit.add_argument(
        "--archive", action="store_true", help="look dead pages up in the Wayback Machine, as [fix] archive says"
    )
    add_flags(audit, FLAGS)
    explain = _command(commands, "explain", _explain, "one link in full: hops, evidence, verdict, metadata")
    explain.add_argument("url", metavar="URL", type=_address, help="the link")
    explain.add_argument("--kind", choices=("page", "amp", "amp_cache", "image"), help="what the link should lead to")
    explain.add_argument("--json", action="store_true", help="as JSON")
    add_flags(explain, tuple(flag for flag in FLAGS if flag.section == "network"))
    _fix_parser(commands)
    report = _command(commands, "report", _report, "render a stored run again, with the rules of today")
    report.add_argument("run", nargs="?", metavar="RUN", help="its id or number (default: the newest)")
    report.add_argument("--against", metavar="RUN", help="show how the run differs from this one")
    add_flags(report, tuple(flag for flag in FLAGS if flag.section == "reports" or flag.key in _JUDGING))
    history = _command(commands, "history", _history, "list the stored runs, or one link's past")
    history.add_argument("url", nargs="?", metavar="URL", type=_address, help="the link (default: list the runs)")
    history.add_argument("--json", action="store_true", help="as JSON")
    _baseline_parser(commands)
    init = _command(commands, "init", _init, "write a config.toml that fits the cards here, and a weekly workflow")
    init.add_argument("--workflow", action="store_true", help="write a weekly workflow for GitHub too")
    init.add_argument("--force", action="store_true", help="replace what is there already")
    init.add_argument("--print", action="store_true", help="print the files instead of writing them")
    demo = _command(commands, "demo", _demo, "an audit of a small example site, served on this machine")
    demo.add_argument("folder", nargs="?", metavar="FOLDER", help="where the example is put (default: .crawler/demo)")
    return top


def _fix_parser(commands: Any) -> None:
    fix = _command(commands, "fix", _fix, "show what the audits justify as a diff, or write it into the cards")
    fix.add_argument("paths", nargs="*", metavar="PATH", help="only these cards: files, folders or globs")
    for flag in FIX_FLAGS:
        fix.add_argument(*flag.names, help=flag.help, **(flag.more or {"action": "store_true"}))


def _baseline_parser(commands: Any) -> None:
    summary = "known problems, which are reported and do not count for --fail-on until they expire"
    group = commands.add_parser(
        "baseline",
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=EXAMPLES["baseline"],
    )
    actions = group.add_subparsers(metavar="ACTION", required=True)
    add = _command(actions, "add", _baseline_add, "add one known problem, or renew it")
    add.add_argument("url", metavar="URL", help="the link")
    add.add_argument("--reason", required=True, metavar="TEXT", help="why it is left as it is")
    add.add_argument("--owner", required=True, metavar="NAME", help="who sees to it")
    add.add_argument("--expires", default="90d", metavar="DATE", help="YYYY-MM-DD, or days such as 30d (default: 90d)")
    problems = [code.value for code in Code if code.health not in (Health.HEALTHY, Health.SKIPPED)]
    add.add_argument("--verdict", choices=problems, metavar="NAME", help="only this verdict (default: any)")
    _command(actions, "list", _baseline_list, "list the known problems")
    _command(actions, "prune", _baseline_prune, "drop what is expired, healthy in the last run, or on no card")


def _command(commands: Any, name: str, run: Any, summary: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=EXAMPLES.get(name),
    )
    command.set_defaults(command=run)
    command.add_argument("--config", "-c", metavar="FILE", type=Path, help="configuration (default: ./config.toml)")
    command.add_argument("--no-progress", "-n", action="store_true", help="show no progress")
    command.add_argument("-q", "--quiet", action="store_true", help="print nothing but errors")
    command.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="print every problem, not the 50 worst only, and every card that cannot be read; with --dump, every place",
    )
    return command


def _address(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError(f"{printable(text)!r} is not UTF-8; write what is not ASCII as %xx") from None
    return text


def settings_for(
    options: argparse.Namespace, environment: Mapping[str, str], folder: Path, config: Path | None = None
) -> Settings:
    """The settings in force for a parsed command line; raises ConfigError."""
    from crawler.config import load  # parses URLs, which help need not
    from crawler.engines import ENGINES
    from crawler.health.policy import policies_of

    settings = load(
        config or options.config,
        folder=folder,
        environment=environment,
        flags=layer_of(options, Path.cwd()),
        allowed={"reports.formats": tuple(FORMATS), "engine.name": tuple(ENGINES)},
    )
    policies_of(settings.audit, settings.hosts)  # what they cannot mean is told before anything is asked
    return settings


def _show(options: argparse.Namespace, settings: Settings) -> Show:
    out, err = sys.stdout, sys.stderr
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Show(
        colour=out.isatty() and not plain,
        width=min(shutil.get_terminal_size().columns, 120) if out.isatty() else 100,
        quiet=options.quiet,
        verbose=options.verbose,
        output=output_of(getattr(options, "reports.directory", None), settings.reports.formats),
        step_summary=Path(summary) if summary else None,
        progress=None
        if options.no_progress or options.quiet
        else progress_for(err, interval=settings.network.host_request_interval, colour=err.isatty() and not plain),
    )


def _audit(options: argparse.Namespace) -> int:
    from crawler.pipeline.plan import dump, plan

    folder = Path.cwd()
    settings = settings_for(options, os.environ, folder)
    if options.archive and settings.fix.archive == "off":
        settings = replace(settings, fix=replace(settings.fix, archive="field"))
    planned = plan(settings, options.paths, folder=folder, may_be_empty=options.check)
    if options.dump:
        sys.stdout.writelines(f"{inert(line)}\n" for line in dump(planned, every_place=options.verbose))
        for card in planned.unreadable:
            say(f"unreadable: {card.path}:{card.line}: {card.because}")
        return 0
    from crawler import commands

    run = commands.check if options.check else commands.audit
    return run(settings, planned, _show(options, settings))


def _explain(options: argparse.Namespace) -> int:
    from crawler import commands

    settings = settings_for(options, os.environ, Path.cwd())
    kind = Kind(options.kind) if options.kind else None
    return commands.explain(settings, options.url, kind, _show(options, settings), as_json=options.json)


def _fix(options: argparse.Namespace) -> int:
    from crawler.fixing import fix, order_of

    settings = settings_for(options, os.environ, Path.cwd())
    return fix(settings, order_of(options, settings, folder=Path.cwd()), _show(options, settings), say)


def _report(options: argparse.Namespace) -> int:
    from crawler import commands

    settings = settings_for(options, os.environ, Path.cwd())
    if options.against is None:
        return commands.report(settings, options.run, _show(options, settings), fail_on=_asked(options, settings))
    asked = getattr(options, "reports.formats")
    settings = for_difference(settings, joined(asked) if asked else None)
    show, fail_on = _show(options, settings), _asked(options, settings)
    return commands.difference(settings, options.run, options.against, show, fail_on=fail_on)


def _asked(options: argparse.Namespace, settings: Settings) -> tuple[str, ...]:
    """What a report fails on: only what its own --fail-on names, since it is the audit that fails a job."""
    return settings.audit.fail_on if getattr(options, "audit.fail_on") is not None else ()


def _history(options: argparse.Namespace) -> int:
    from crawler import commands

    settings = settings_for(options, os.environ, Path.cwd())
    return commands.history(settings, options.url, _show(options, settings), as_json=options.json)


def _baseline_add(options: argparse.Namespace) -> int:
    from crawler import commands
    from crawler.pipeline.baseline import entry_of

    settings = settings_for(options, os.environ, Path.cwd())
    entry = entry_of(
        options.url,
        reason=options.reason,
        owner=options.owner,
        expires=options.expires,
        verdict=options.verdict,
        today=commands.today(),
    )
    return commands.baseline_add(settings, entry, quiet=options.quiet)


def _baseline_list(options: argparse.Namespace) -> int:
    from crawler import commands

    return commands.baseline_list(settings_for(options, os.environ, Path.cwd()), quiet=options.quiet)


def _baseline_prune(options: argparse.Namespace) -> int:
    from crawler import commands

    return commands.baseline_prune(settings_for(options, os.environ, Path.cwd()), quiet=options.quiet)


def _init(options: argparse.Namespace) -> int:
    from crawler.pipeline.first_steps import Wanted, first_steps

    lines = first_steps(
        Wanted(
            config=os.path.abspath(options.config or CONFIG_NAME),  # noqa: PTH100 - without following links
            workflow=options.workflow,
            force=options.force,
            shown=options.print,
        )
    )
    for line in lines:
        if not options.quiet or options.print:
            sys.stdout.write(f"{line}\n")
    return Exit.CLEAN


def _demo(options: argparse.Namespace) -> int:
    from crawler import commands

    folder = Path(options.folder or ".crawler/demo")
    return commands.demo(
        folder, lambda config: settings_for(options, {}, folder, config), lambda settings: _show(options, settings)
    )


def say(message: str) -> None:
    """A line for people, on standard error."""
    sys.stderr.write(f"crawler: {inert(printable(message, 4_000))}\n")
