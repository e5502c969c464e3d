"""The cards and the last run in; for a known problem, why it need not be known any longer, out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from crawler.errors import CrawlerError
from crawler.history.reading import History
from crawler.model import Health
from crawler.pipeline.baseline import Entry
from crawler.pipeline.findings import Judging
from crawler.pipeline.plan import plan
from crawler.settings import Settings


def doomed(settings: Settings, *, today: date) -> Callable[[Entry], str | None]:
    """Tells why an entry can go, or None. Only links that the last run asked, or still believes in, are healthy."""
    on_cards = _on_cards(settings)
    healthy = _healthy(settings)

    def why(entry: Entry) -> str | None:
        if entry.expires < today:
            return f"expired on {entry.expires}"
        if on_cards is not None and entry.url not in on_cards:
            return "on no card"
        return "healthy in the last run" if healthy(entry.url) else None

    return why


def _on_cards(settings: Settings) -> set[str] | None:
    """Every link of all cards, not only of those that the last run was about; None if some cannot be read."""
    planned = plan(settings, (), folder=Path(settings.root))
    return None if planned.unreadable else {link.url for link in planned.links}


def named(settings: Settings, url: str) -> bool:
    """Whether the last run knew the link; what nobody can tell without a run counts as known."""
    path = Path(settings.root) / settings.history.path
    if not path.exists():
        return True
    with History(path) as history:
        try:
            return history.link(history.run(), url) is not None
        except CrawlerError:
            return True


def _healthy(settings: Settings) -> Callable[[str], bool]:
    path = Path(settings.root) / settings.history.path
    if not path.exists():
        return lambda url: False
    with History(path) as history:
        try:
            run = history.run()
        except CrawlerError:
            return lambda url: False
        judging = Judging(history, run, settings)
        known = {past.link.url for past in history.links(run) if judging.verdict(past).code.health is Health.HEALTHY}
    return known.__contains__
