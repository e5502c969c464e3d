"""One function for each command: settings in, results on standard output, an exit code out."""

from __future__ import annotations

import asyncio
import gc
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from crawler import __version__
from crawler.engines import engine_for
from crawler.errors import OutputError
from crawler.history.trouble import advised
from crawler.history.writing import INTERRUPTED, HistoryWriter
from crawler.model import UNREADABLE, Difference, Kind, RunReport
from crawler.pipeline.audit import Audit
from crawler.pipeline.baseline import Entry, add, read, remove
from crawler.pipeline.difference import difference_of, worsened
from crawler.pipeline.explain import explain as explain_link
from crawler.pipeline.findings import Judging
from crawler.pipeline.past import open_history, past_lines
from crawler.pipeline.plan import Plan, plan
from crawler.pipeline.progress import Progress, Silent
from crawler.pipeline.prune import doomed, named
from crawler.pipeline.runs import run_lines
from crawler.render import difference_text, past, terminal
from crawler.render.explain import explain as explained
from crawler.render.explain import explain_json
from crawler.render.write import append_summary, print_report, write, write_one
from crawler.settings import EngineSettings, Settings
from crawler.show import Exit, Show
from crawler.text import printable

AT_ONCE = 5_000
"""Links that are judged and reported within a second; who interrupts a run of more wants to get away sooner."""
_INTERRUPTED = "interrupted: what was answered is saved, and the next audit within 12 hours goes on from there.\n"
_WHERE_IT_IS = "`crawler report` shows what is known so far.\n"
COLLECT_AFTER = 10_000
"""New objects after which Python looks for cycles among them; its 700 would cost a twenty-fifth of an audit's time."""


def audit(settings: Settings, planned: Plan, show: Show) -> int:
    """Checks the links of a plan, writes the reports, prints the summary."""
    with told(settings), HistoryWriter(Path(settings.root) / settings.history.path) as history:
        links = len(planned.links)
        run, interrupted = asyncio.run(_audit(settings, planned, show, history))
        if interrupted and links > AT_ONCE:
            sys.stderr.write(_INTERRUPTED + _WHERE_IT_IS)
            return Exit.INTERRUPTED
        report = run.conclude()
        code = _deliver(report, settings, show, settings.audit.fail_on)
    if interrupted and not report.run.void:  # of a void run nothing is kept, as its summary says
        sys.stderr.write(_INTERRUPTED)  # what came before looks like the summary of any other run
    return Exit.INTERRUPTED if interrupted else code


def check(settings: Settings, planned: Plan, show: Show) -> int:
    """Checks the links of a plan and keeps nothing; prints only if something calls for it.

    For hooks before a commit: no report and no history, so that neither the tree nor what audits remember changes.
    Cards that cannot be read count, and it is no fault if the files hold no links.
    """
    if not planned.links and not planned.unreadable:
        return Exit.CLEAN
    quiet = msgspec.structs.replace(settings.fix, ask=False, archive="off")
    settings = msgspec.structs.replace(settings, fix=quiet)  # nobody sees what it would propose
    with TemporaryDirectory(prefix="crawler-") as folder, HistoryWriter(Path(folder) / "history.sqlite") as history:
        run, interrupted = asyncio.run(_audit(settings, planned, show, history))
        report = run.conclude()
        code = _code(report, settings.audit.fail_on)
        if code == Exit.CLEAN and report.unreadable:
            code = Exit.FAILED
        if code != Exit.CLEAN and not show.quiet:
            sys.stdout.write(_summary(report, show, ()))
    return Exit.INTERRUPTED if interrupted else code


def _deliver(report: RunReport, settings: Settings, show: Show, fail_on: tuple[str, ...]) -> int:
    """Writes the reports, prints the summary; returns the exit code that the findings call for."""
    paths = _written(report, settings, show)
    summarised = show.step_summary is not None and "github" in settings.reports.formats
    if show.step_summary and summarised and not append_summary(report, show.step_summary):
        sys.stderr.write("crawler: no room is left in the summary of this step; it stays as it is\n")
    if not show.quiet and show.output != "-":
        sys.stdout.write(_summary(report, show, paths))
    return _code(report, fail_on)


def _summary(report: RunReport, show: Show, paths: Sequence[Path]) -> str:
    shown = terminal.EVERYTHING if show.verbose else terminal.MOST
    near = [_near(path) for path in paths]
    return terminal.summary(report, colour=show.colour, width=show.width, shown=shown, paths=near)


def _written(report: RunReport | Difference, settings: Settings, show: Show) -> tuple[Path, ...]:
    """Writes the formats asked for, to where they are asked for; the files' paths."""
    formats = settings.reports.formats
    if show.output == "-":
        print_report(report, formats[0], sys.stdout.buffer)
        return ()
    if show.output is not None:
        return (write_one(report, formats[0], Path(show.output)),)
    return write(report, formats, Path(settings.root) / settings.reports.directory)


def _code(report: RunReport, fail_on: tuple[str, ...]) -> Exit:
    """What the findings call for."""
    if report.run.void or not report.run.links:  # no card could be read: that is no healthy site
        return Exit.FAILED
    return Exit.FOUND if fails(report, fail_on) else Exit.CLEAN


def fails(report: RunReport, names: tuple[str, ...]) -> bool:
    """Whether any finding has a health, verdict or state among `names`, or they name cards that could not be read.

    Known problems do not count.
    """
    unreadable = (UNREADABLE, len(report.unreadable))
    counts = (*report.summary.health, *report.summary.verdict, *report.summary.state, unreadable)
    known = dict(report.known)
    return any(count > known.get(name, 0) for name, count in counts if name in names)


async def _audit(settings: Settings, planned: Plan, show: Show, history: HistoryWriter) -> tuple[Audit, bool]:
    """A run that has asked, and whether it was interrupted."""
    stop = asyncio.Event()
    with _shown(show) as progress, _stopping(stop):
        async with engine_for(settings, version=__version__, now=_now, note=progress.note) as engine:
            if not settings.audit.offline:
                await engine.expect(len(planned.links))
            gc.freeze()  # what is there now stays: modules, the links of the plan, and the engine
            gc.set_threshold(COLLECT_AFTER)
            run = Audit(
                planned,
                settings,
                history=history,
                engine=engine,
                progress=progress,
                clock=_now,
                version=__version__,
            )
            planned.let_go()
            return run, await run.ask(stop) == INTERRUPTED


def _shown(show: Show) -> AbstractContextManager[Progress]:
    return show.progress if show.progress is not None else nullcontext(Silent())


@contextmanager
def _stopping(stop: asyncio.Event) -> Iterator[None]:
    """The first Ctrl-C (or SIGTERM) ends the asking and saves what was learnt; a second one kills."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)

    def first(*_: object) -> None:
        loop.call_soon_threadsafe(stop.set)
        for number in signals:
            signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, first) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def explain(settings: Settings, url: str, kind: Kind | None, show: Show, *, as_json: bool) -> int:
    """Asks one link now and shows everything; nothing is stored."""
    here = msgspec.structs.replace(settings, engine=EngineSettings())  # one link is not worth a worker
    with told(settings):
        finding = asyncio.run(
            explain_link(settings, url, kind, engine=engine_for(here, version=__version__, now=_now), now=_now())
        )
    text = explain_json(finding) if as_json else explained(finding, colour=show.colour, width=show.width)
    sys.stdout.write(text if text.endswith("\n") else text + "\n")
    return Exit.CLEAN


def report(settings: Settings, run: str | None, show: Show, *, fail_on: tuple[str, ...]) -> int:
    """Renders a stored run again, with the rules of today; asks nothing. Exit code 2 by `fail_on`."""
    with told(settings), open_history(settings) as history:
        judging = Judging(history, history.run(run), settings)
        return _deliver(judging.report(), settings, show, fail_on)


def difference(settings: Settings, run: str | None, against: str, show: Show, *, fail_on: tuple[str, ...]) -> int:
    """Shows how a stored run differs from another; exit code 2 if what is new or changed is named by `fail_on`."""
    with told(settings), open_history(settings) as history:
        found = difference_of(history, settings, run, against)
        paths = _written(found, settings, show)
        if not show.quiet and show.output != "-":
            shown = [_near(path) for path in paths]
            limit = 1_000_000 if show.verbose else 50
            text = difference_text.summary(found, colour=show.colour, width=show.width, limit=limit, paths=shown)
            sys.stdout.write(text)
        return Exit.FOUND if worsened(found, fail_on) else Exit.CLEAN


def history(settings: Settings, url: str | None, show: Show, *, as_json: bool) -> int:
    """Lists the stored runs, or one URL's past."""
    with told(settings), open_history(settings) as known:
        if url is None:
            lines = run_lines(known)
            text = past.runs_json(lines) if as_json else past.runs(lines, colour=show.colour)
        else:
            found = past_lines(known, settings, url)
            if as_json:
                text = past.past_json(url, found)
            else:
                text = past.past(url, found, colour=show.colour, width=show.width)
    sys.stdout.write(text)
    return Exit.CLEAN


def baseline_add(settings: Settings, entry: Entry, *, quiet: bool) -> int:
    """Adds a known problem to the baseline; says so if the last run knew no such link."""
    path = _baseline(settings)
    renewed = add(path, entry)
    sys.stdout.write(f"{'renewed' if renewed else 'added'} until {entry.expires}: {printable(entry.url, 8_000)}\n")
    with told(settings):
        if not quiet and not named(settings, entry.url):
            sys.stderr.write("The last run knew no such link: write it as reports show it.\n")
    return Exit.CLEAN


def baseline_list(settings: Settings, *, quiet: bool) -> int:
    """Lists the known problems, in the order of the file."""
    entries = read(_baseline(settings)).entries
    if not entries and not quiet:
        sys.stderr.write(f"No known problems in {printable(settings.audit.baseline, 500)}.\n")
    for one in entries:
        until = "expired" if one.expires < today() else "until"
        cells = (f"{until} {one.expires}", one.verdict or "any verdict", one.owner, one.url, one.reason)
        sys.stdout.write("\t".join(printable(cell, 8_000) for cell in cells) + "\n")
    return Exit.CLEAN


def baseline_prune(settings: Settings, *, quiet: bool) -> int:
    """Drops known problems that are expired, healthy in the last run, or on no card any more."""
    with told(settings):
        why = doomed(settings, today=today())
        dropped = remove(_baseline(settings), lambda entry: why(entry) is not None)
    if not dropped and not quiet:
        sys.stderr.write(f"Nothing to drop from {printable(settings.audit.baseline, 500)}.\n")
    for one in dropped:
        sys.stdout.write(f"dropped, {why(one)}: {printable(one.url, 8_000)}\n")
    return Exit.CLEAN


def _baseline(settings: Settings) -> Path:
    return Path(settings.root) / settings.audit.baseline


def demo(folder: Path, settings_of: Callable[[Path], Settings], show_of: Callable[[Settings], Show]) -> int:
    """Writes the example site into `folder`, serves its web on this machine, audits it, and shows what it would fix."""
    from crawler.demo.run import example  # certificates and pictures: 0.14 s that no other command need wait
    from crawler.fixing import FixOrder, fix
    from crawler.pipeline.fix import Wish

    with example(folder) as (config, web):
        settings = settings_of(config)
        show = show_of(settings)
        if not show.quiet:
            sys.stdout.write(
                f"The example site is in {folder}, its web on 127.0.0.1:{web.http_port}; nothing else is asked.\n\n"
            )
            sys.stdout.flush()
        code = audit(settings, plan(settings, (), folder=folder), show)
    if not show.quiet:
        sys.stdout.write(
            f"\nThe exit code of `crawler audit` would be {code}. Read on in {_near(folder)}/reports/report.html.\n"
        )
        sys.stdout.write(_DEMO_FIX)
        fix(settings, FixOrder(wish=Wish(unconfirmed=True)), show, _line)
    # Its findings are the point of the example, not a fault of the demo.
    return Exit.CLEAN if code == Exit.FOUND else code


_DEMO_FIX = """
What `crawler fix --unconfirmed` would change, as `git apply` takes it. Most repairs wait until other audits see the
same: of what has moved the next one, of what is dead those of a week or more, since what fails today may be back
tomorrow. Without --unconfirmed only those are shown that need not.

"""


def _line(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    """By the clock of UTC, as in reports."""
    return _now().date()


@contextmanager
def told(settings: Settings) -> Iterator[None]:
    """What SQLite cannot read is told with what to do."""
    try:
        yield
    except sqlite3.Error as error:
        path = Path(settings.root) / settings.history.path
        raise OutputError(f"{path}: the history cannot be used: {advised(error)}") from error


def _near(path: Path) -> str:
    """As seen from the working folder, if it lies below."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
