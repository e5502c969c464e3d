"""Three weeks of the example site, over real sockets: what the reports say is new, still there, fixed and deferred."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from crawler.config import load
from crawler.demo.run import example
from crawler.engines import engine_for
from crawler.history.writing import HistoryWriter
from crawler.model import Health, RunReport
from crawler.pipeline.audit import Audit
from crawler.pipeline.plan import plan
from crawler.pipeline.progress import Silent
from crawler.settings import Settings
from tests.pipeline.fakes import MONDAY

SNAPSHOTS = Path(__file__).parent / "snapshots"


def settings_of(config: Path) -> Settings:
    """The example's, without the waiting that a person would not notice."""
    settings = load(config, folder=config.parent, environment={}, flags={}, allowed={})
    network = msgspec.structs.replace(
        settings.network, timeout=0.6, host_request_interval=0.0, retry_pause=0.0, max_retries=1
    )
    return msgspec.structs.replace(settings, network=network)


def with_budget(settings: Settings, budget: int) -> Settings:
    """So many links of a host in a run."""
    return msgspec.structs.replace(settings, network=msgspec.structs.replace(settings.network, host_budget=budget))


async def audit(settings: Settings, history: HistoryWriter, now: datetime) -> RunReport:
    run = Audit(
        plan(settings, (), folder=Path(settings.root)),
        settings,
        history=history,
        engine=engine_for(settings, version="1", now=lambda: now),
        progress=Silent(),
        clock=lambda: now,
        version="1",
    )
    await run.ask(asyncio.Event())
    return run.conclude()


def lines(report: RunReport) -> str:
    """What a report says, without what differs from run to run."""
    text = f"{report.run.cards} cards, {report.run.links} links; {dict(report.summary.change)}\n"
    for finding in report.findings():
        code = finding.verdict.code
        if code.health is not Health.HEALTHY or finding.state != "steady" or finding.change:
            past = f"{finding.change or '':5} {finding.state:9} since {finding.since:%d %b}"
            text += f"{code.health:12} {code:20} {past}  {finding.link.url}\n"
    return text


@pytest.mark.slow
def test_three_weeks_of_the_example_site(tmp_path: Path) -> None:
    """Exactly what changed is told, week by week. UPDATE_SNAPSHOTS=1 writes the expectation anew."""
    assert_as_kept("weeks.txt", three_weeks(tmp_path, budget=0))


@pytest.mark.slow
def test_three_weeks_on_a_budget(tmp_path: Path) -> None:
    """What a week leaves is `deferred`, and comes first the week after."""
    assert_as_kept("weeks_on_a_budget.txt", three_weeks(tmp_path, budget=8))


def three_weeks(folder: Path, *, budget: int) -> str:
    told = ""
    for week in (1, 2, 3):
        with example(folder / "site", week) as (config, _):
            settings = with_budget(settings_of(config), budget)
            with HistoryWriter(folder / "history.sqlite") as history:
                report = asyncio.run(audit(settings, history, MONDAY + timedelta(weeks=week - 1)))
                told += f"== week {week}\n{lines(report)}"
    return told


def assert_as_kept(name: str, told: str) -> None:
    snapshot = SNAPSHOTS / name
    if os.environ.get("UPDATE_SNAPSHOTS"):
        snapshot.parent.mkdir(exist_ok=True)
        snapshot.write_text(told, encoding="utf-8")
    assert told == snapshot.read_text(encoding="utf-8")
