"""A history in, the findings that repairs rest on out: each link's from the newest run that asked it.

A run may know less than those before it: it was offline or means nothing, it was broken off, or it was of a few cards.
So runs are gone through from the newest on, until one has asked all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from msgspec.structs import replace

from crawler.errors import CrawlerError
from crawler.history.reading import History
from crawler.history.records import RunRow
from crawler.history.writing import OFFLINE
from crawler.model import Finding
from crawler.pipeline.findings import Judging
from crawler.pipeline.runs import of_all
from crawler.settings import Settings

LATE = 4
"""Runs of the whole site that ran out of time, behind which none is looked for: each asks first what the last one left,
and to judge a run takes its time."""
_AGAIN = "run again"
"""How a reason ends that says already what to do."""


class Basis:
    """The runs that repairs rest on."""

    def __init__(self, history: History, settings: Settings) -> None:
        """Raises CrawlerError if there is no run, or none that asked and means something."""
        self._history, self._root = history, Path(settings.root)
        self._newest = history.run()
        self._because = _less(self._newest)
        self._runs = tuple(self._walk(settings))
        self._source: dict[str, int] = {}
        """Of links with proposals, the run that they come from, by its place in the walk."""
        if not self._runs:
            raise CrawlerError(self._nothing())

    def _walk(self, settings: Settings) -> Iterator[tuple[RunRow, Judging]]:
        """From the newest run to the first that was of the whole site and asked all, or is the fourth that tried."""
        runs = [run for run in self._history.runs() if run.void is None and run.ended != OFFLINE]
        whole = of_all(runs)
        late = 0
        for run in runs:
            judging = Judging(self._history, run, settings)
            if run.finished is None and (void := judging.survey.void):  # it was left before that was looked at
                if run.number == self._newest.number:
                    self._newest = replace(run, void=void)
                    self._because = _less(self._newest)
                continue
            yield run, judging
            late += run.number in whole
            if run.number in whole and (not run.ended or late == LATE):
                return

    def findings(self) -> Iterator[Finding]:
        """What is known of every link; of cards that have gone, older runs propose nothing."""
        asked: set[str] = set()
        for number, (run, judging) in enumerate(self._runs):
            is_last = number == len(self._runs) - 1
            for one in judging.findings():
                finding = one.finding
                if finding.link.url in asked or not (one.asked or is_last):
                    continue
                if not is_last:
                    asked.add(finding.link.url)
                if finding.proposals and run.number != self._newest.number:
                    there = tuple(each for each in finding.proposals if (self._root / each.path).exists())
                    finding = replace(finding, proposals=there)
                if finding.proposals:
                    self._source[finding.link.url] = number
                yield finding

    def finding(self, url: str) -> Finding | None:
        """What is known of one link, by the same run as in `findings`."""
        for run, judging in self._runs:
            past = self._history.link(run, url)
            if past and (past.asked or run is self._runs[-1][0]):
                return judging.judge(past).finding
        return None

    def told(self, urls: Collection[str]) -> str | None:
        """Which runs the proposals for these links rest on, and why; None if it is the newest alone."""
        runs = [self._runs[number][0] for number in sorted({self._source[url] for url in urls})]
        older = [run.id for run in runs if run.number != self._newest.number]
        if not older and self._runs[0][0].number == self._newest.number:
            return None
        names = older or [self._runs[0][0].id]
        here = "it and " if len(older) < len(runs) else ""
        what = f"run{'s' if len(names) > 1 else ''} {', '.join(names)}"
        return f"the last run, {self._newest.id}, {self._because}; repairs rest on {here}{what}"

    def _nothing(self) -> str:
        if self._newest.void is None:
            return f"the last run, {self._newest.id}, {self._because}, so nothing is known; run `crawler audit`"
        advice = "" if self._newest.void.endswith(_AGAIN) else "; run `crawler audit` again"
        return f"the last audit means nothing: {self._newest.void}{advice}"


def _less(run: RunRow) -> str:
    """Why a run may know less than those before it."""
    if run.void is not None:
        return "means nothing"
    if run.ended == OFFLINE:
        return "was offline"
    if run.finished is None:
        return "was not finished"
    return "ran out of time" if run.ended else f"was of {run.cards:,} card{'' if run.cards == 1 else 's'} only"
