"""A history in, the findings that repairs rest on out: of each link on each card, from the newest run that asked it.

A run may know less than those before it: it was offline or means nothing, it was broken off, it was of a few cards, or
it left links that were fresh or beyond a host's budget. So runs are gone through from the newest on, until all is
known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path

from msgspec.structs import replace

from crawler.errors import CrawlerError
from crawler.history.reading import History
from crawler.history.records import LinkPast, RunRow
from crawler.history.writing import OFFLINE
from crawler.model import Finding
from crawler.pipeline.due import askable
from crawler.pipeline.findings import Judging
from crawler.settings import Settings

LOOK_BACK = 4
"""Runs that are gone through at the most: to judge one of 5,000 links takes half a second."""
_AGAIN = "run again"
"""How a reason ends that says already what to do."""

Place = tuple[str, str]
"""(URL of a link, path of a card that holds it)."""


class Basis:
    """The runs that repairs rest on."""

    def __init__(self, history: History, settings: Settings) -> None:
        """Raises CrawlerError if there is no run, or none that asked and means something."""
        self._history, self._root = history, Path(settings.root)
        self._newest = history.run()
        self._runs = tuple(islice(self._usable(settings), LOOK_BACK))
        self._sources: defaultdict[str, set[int]] = defaultdict(set)
        """Of links with proposals, the runs that they come from, by their places among `_runs`."""
        if not self._runs:
            raise CrawlerError(self._nothing())

    def _usable(self, settings: Settings) -> Iterator[tuple[RunRow, Judging]]:
        """Runs that asked and mean something, the newest first."""
        for run in self._history.runs():
            if run.void is not None or run.ended == OFFLINE:
                continue
            judging = Judging(self._history, run, settings)
            if run.finished is None and (void := judging.survey.void):  # it was left before that was looked at
                if run.number == self._newest.number:
                    self._newest = replace(run, void=void)
                continue
            yield run, judging

    @cached_property
    def _cards(self) -> int:
        """Cards of the largest of the runs."""
        return max(run.cards for run, _ in self._runs)

    def findings(self) -> Iterator[Finding]:
        """What is known of every link, with the proposals for cards that no newer run knows more of."""
        ledger = _Ledger(self._root)
        for number, (run, judging) in enumerate(self._runs):
            for past in self._history.links(run):
                if (paths := ledger.entered(number, past)) and _is_known(past):
                    yield self._restricted(number, judging.judge(past).finding, paths)
            ledger.close()
            if not run.ended and run.finished is not None and run.cards == self._cards and not ledger.left():
                break
        for (number, url), cards in ledger.left().items():
            run, judging = self._runs[number]
            if left := self._history.link(run, url):
                yield self._restricted(number, judging.judge(left).finding, cards)

    def _restricted(self, number: int, finding: Finding, paths: Collection[str]) -> Finding:
        proposals = tuple(one for one in finding.proposals if one.path in paths)
        if proposals:
            self._sources[finding.link.url].add(number)
        return replace(finding, proposals=proposals)

    def finding(self, url: str) -> Finding | None:
        """What is known of one link, by the newest run that asked it, or else the newest that held it."""
        pasts = [(judging, past) for run, judging in self._runs if (past := self._history.link(run, url))]
        chosen = next((one for one in pasts if _is_known(one[1])), pasts[0] if pasts else None)
        return chosen[0].judge(chosen[1]).finding if chosen else None

    def told(self, urls: Collection[str]) -> str | None:
        """Which runs the proposals for these links rest on, and why; None if it is the newest alone."""
        runs = [self._runs[number][0] for number in sorted(set().union(*(self._sources[url] for url in urls)))]
        older = [run.id for run in runs if run.number != self._newest.number]
        if not older and self._runs[0][0].number == self._newest.number:
            return None
        names = older or [self._runs[0][0].id]
        here = "it and " if len(older) < len(runs) else ""
        what = f"run{'s' if len(names) > 1 else ''} {', '.join(names)}"
        return f"the last run, {self._newest.id}, {self._less()}; repairs rest on {here}{what}"

    def _nothing(self) -> str:
        if self._newest.void is None:
            return f"the last run, {self._newest.id}, {self._less()}, so nothing is known; run `crawler audit`"
        advice = "" if self._newest.void.endswith(_AGAIN) else "; run `crawler audit` again"
        return f"the last audit means nothing: {self._newest.void}{advice}"

    def _less(self) -> str:
        """Why the newest run may know less than those before it."""
        run = self._newest
        if run.void is not None:
            return "means nothing"
        if run.ended == OFFLINE:
            return "was offline"
        if run.finished is None:
            return "was not finished"
        if run.ended:
            return "ran out of time"
        if self._runs and run.cards < self._cards:
            return f"was of {run.cards:,} card{'' if run.cards == 1 else 's'} only"
        return "did not ask all links"


class _Ledger:
    """Which run says most of each link on each card, while runs are gone through from the newest on."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._held: dict[str, set[str]] = {}  # card -> its links, as the newest run that held it read them
        self._here: defaultdict[str, set[str]] = defaultdict(set)  # the same, of the run that is gone through
        self._known: set[Place] = set()
        self._open: dict[Place, int] = {}  # held and not asked -> the newest run that did so
        self._gone: dict[str, bool] = {}

    def entered(self, number: int, past: LinkPast) -> frozenset[str]:
        """The cards of a link of which this run, the `number`th, tells what no newer one does."""
        url = past.link.url
        paths = {place.path for place in past.link.places}
        for path in paths:
            if path not in self._held:
                self._here[path].add(url)
        mine = frozenset(path for path in paths if self._counts(number, url, path))
        for path in mine:
            if _is_known(past):
                self._known.add((url, path))
                self._open.pop((url, path), None)
            else:
                self._open.setdefault((url, path), number)
        return mine

    def close(self) -> None:
        """The run has been gone through."""
        self._held.update(self._here)
        self._here.clear()

    def left(self) -> dict[tuple[int, str], set[str]]:
        """(run, URL) -> cards: what no run has asked so far, by the newest run that held it."""
        found: defaultdict[tuple[int, str], set[str]] = defaultdict(set)
        for (url, path), number in self._open.items():
            found[number, url].add(path)
        return found

    def _counts(self, number: int, url: str, path: str) -> bool:
        if (url, path) in self._known:
            return False
        if path in self._held:  # a newer run has read the card, and knows which links are on it
            return url in self._held[path]
        if number and path not in self._gone:
            self._gone[path] = not (self._root / path).exists()
        return not number or not self._gone[path]


def _is_known(past: LinkPast) -> bool:
    """Whether the run says all that can be said of a link."""
    return bool(past.asked) or not askable(past.link)
