"""A history in, one URL's past out. Nothing is asked."""

from __future__ import annotations

from pathlib import Path

from crawler.errors import CrawlerError
from crawler.history.reading import History
from crawler.history.records import LinkPast
from crawler.model import Kind, Link, PastLine
from crawler.pipeline.opinions import judge_once
from crawler.settings import Settings
from crawler.urls import canonical


def open_history(settings: Settings) -> History:
    """The site's history, for reading; raises CrawlerError if there is none."""
    return History(Path(settings.root) / settings.history.path)


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
        alone = LinkPast(link=link, asked=(observation,), answers=())
        verdict = judge_once(alone, settings, now=observation.asked_at).verdict
        lines.append(PastLine(run=run.id, observation=observation, verdict=verdict))
    if not lines:
        raise CrawlerError(f"{address}: never asked in the runs that are stored; `crawler history` lists them")
    return lines
