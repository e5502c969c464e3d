"""Three weeks of the example site, over real sockets: what the reports say is new, still there, fixed and deferred."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from crawler.demo.run import example
from crawler.engines import engine_for
from crawler.history.writing import HistoryWriter
from crawler.model import Health, RunReport
from crawler.pipeline.audit import Audit
from crawler.pipeline.plan import plan
from crawler.pipeline.progress import Silent
from crawler.settings import Settings, load
from tests.pipeline.fakes import MONDAY

SNAPSHOTS = Path(__file__).parent / "snapshots"


def settings_of(config: Path) -> Settings:
    """The example's, without the waiting that a person would not notice."""
    settings = load(config, folder=config.parent, environment={}, flags={}, allowed={})
    network = msgspec.structs.replace(
        settings.network, timeout=0.6, host_request_interval=0.0, retry_pause=0.0, max_retries=1
    )
    return msgspec.structs.replace(settings, network=network)


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
    return (await run.run(asyncio.Event())).report


def lines(report: RunReport) -> str:
    """What a report says, without what differs from run to run."""
    text = f"{report.run.cards} cards, {report.run.links} links; {dict(report.summary.change)}\n"
    for finding in report.findings():
        code = finding.verdict.code
        if code.health is not Health.HEALTHY or finding.state != "steady":
            text += f"{code.health:12} {code:20} {finding.state:9} since {finding.since:%d %b}  {finding.link.url}\n"
    return text


@pytest.mark.slow
def test_three_weeks_of_the_example_site(tmp_path: Path) -> None:
    """Exactly what changed is told, week by week. UPDATE_SNAPSHOTS=1 writes the expectation anew."""
    told = ""
    for week in (1, 2, 3):
        with example(tmp_path / "site", week) as (config, _):
            settings = settings_of(config)
            with HistoryWriter(tmp_path / "history.sqlite") as history:
                report = asyncio.run(audit(settings, history, MONDAY + timedelta(weeks=week - 1)))
                told += f"== week {week}\n{lines(report)}"

    snapshot = SNAPSHOTS / "weeks.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        snapshot.parent.mkdir(exist_ok=True)
        snapshot.write_text(told, encoding="utf-8")
    assert told == snapshot.read_text(encoding="utf-8")
