"""A history in, what it knows out: its runs, one URL's past, or a stored run's report. Nothing is asked."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from crawler.errors import CrawlerError
from crawler.history.reading import History
from crawler.history.records import LinkPast, RunRow
from crawler.model import Health, Kind, Link, PastLine, RunLine
from crawler.pipeline.findings import facts_of
from crawler.pipeline.opinions import judge_once
from crawler.settings import Settings
from crawler.urls import canonical


def open_history(settings: Settings) -> History:
    """The site's history, for reading; raises CrawlerError if there is none."""
    return History(Path(settings.root) / settings.history.path)


def run_lines(history: History) -> list[RunLine]:
    """Every stored run, newest first."""
    return [_line(history, run) for run in history.runs()]


def _line(history: History, run: RunRow) -> RunLine:
    links, codes = history.counts(run)
    health: Counter[Health] = Counter()
    for code, count in codes.items():
        health[code.health] += count
    if run.void:
        ended = "void"
    elif run.finished is None:
        ended = "interrupted"
    else:
        ended = run.ended.replace("_", " ") or "complete"
    return RunLine(
        run=facts_of(run, links),
        ended=ended,
        health=tuple((str(one), health[one]) for one in Health),
    )


def past_lines(history: History, settings: Settings, url: str) -> list[PastLine]:
    """Every time that a URL was asked, newest first; raises CrawlerError if it never was."""
    try:
        address = canonical(url)
    except ValueError:
        address = url.strip()
    lines = []
    for run, observation in history.observations(address):
        known = history.link(run, address)
        link = known.link if known else Link(url=address, kind=Kind.PAGE, places=())
        alone = LinkPast(link=link, asked=(observation,), answers=(), last=None, votes=())
        verdict = judge_once(alone, settings, now=observation.asked_at).verdict
        lines.append(PastLine(run=run.id, observation=observation, verdict=verdict))
    if not lines:
        raise CrawlerError(f"{address}: never asked in the runs that are stored; `crawler history` lists them")
    return lines
