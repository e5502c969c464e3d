"""The weekly workflow that `crawler init --workflow` writes: its shell steps, run as GitHub runs them."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from crawler.demo.web import LoopbackWeb, Reply, page, serving
from crawler.pipeline import weekly
from tests.ci.runner import ROOT, Runner, document
from tests.cli.site import CardSite

WORKFLOW = document(weekly.TEMPLATE)
JOBS = WORKFLOW["jobs"]
GOOD, BAD = page("Good"), Reply(status=404)


@dataclass
class Weekly:
    """A site whose workflow runs, week after week, with a stand-in for `gh`."""

    site: CardSite
    temporary: Path
    logs: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        tools = self.temporary / "bin"
        tools.mkdir(parents=True)
        shutil.copy(ROOT / "tests" / "ci" / "gh.py", tools / "gh.py")
        (tools / "gh").write_text(f'#!/bin/sh\nexec {sys.executable} {tools}/gh.py "$@"\n')
        (tools / "gh").chmod(0o755)

    def run(self) -> tuple[int, Runner]:
        """One week: the audit, and what needs it if it went well."""
        runner = Runner(
            workspace=self.site.folder,
            temporary=self.temporary,
            path=f"{self.temporary}/bin:{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
            context={
                "env": {"SITE": ".", "CRAWLER": "cardcrawler"},
                "github": {"repository": "me/site", "server_url": "https://github.com", "run_id": "7", "token": "t"},
                "steps": {},
            },
        )
        steps = [step for step in JOBS["audit"]["steps"] if step.get("name") != "Install"]
        code = runner.run(steps, runner.context["env"])
        if code == 0:
            outputs = {name: runner.value(text) for name, text in JOBS["audit"]["outputs"].items()}
            runner.context["needs"] = {"audit": {"outputs": outputs}}
            code = runner.run(JOBS["issue"]["steps"], runner.context["env"])
        return code, runner

    def state(self) -> dict[str, Any]:
        """What `gh` was asked to keep."""
        loaded: dict[str, Any] = json.loads((self.temporary / "bin" / "state.json").read_text())
        return loaded


@pytest.fixture
def weeks(site: CardSite) -> Weekly:
    """A site with one card."""
    site.card("one", webUrl="https://a.example/page")
    return Weekly(site, site.folder.parent / f"{site.folder.name}-runner")


def audited(weeks: Weekly, web: LoopbackWeb) -> Runner:
    weeks.site.config(web)
    code, runner = weeks.run()
    assert code == 0, runner.log
    return runner


def test_one_issue_is_opened_kept_up_to_date_and_closed(weeks: Weekly) -> None:
    """Whatever the weeks bring, there is never a second one beside it."""
    with serving({"a.example/page": [BAD, BAD, GOOD, BAD]}) as web:
        first = audited(weeks, web)
        opened = weeks.state()["issue"]
        audited(weeks, web)
        still = weeks.state()["issue"]
        audited(weeks, web)
        closed = weeks.state()["issue"]
        audited(weeks, web)
        reopened = weeks.state()["issue"]

    assert "`not_found`" in first.summary
    assert [(row["number"], row["open"]) for row in opened] == [(1, True)]
    assert "**NEW**" in opened[0]["body"]
    assert "https://github.com/me/site/actions/runs/7" in opened[0]["body"]
    assert [(row["number"], row["open"]) for row in still] == [(1, True)]
    assert "**NEW**" not in still[0]["body"]
    assert [(row["number"], row["open"]) for row in closed] == [(1, False)]
    assert [(row["number"], row["open"]) for row in reopened] == [(1, False), (2, True)]


def test_a_clean_week_without_an_issue_opens_none(weeks: Weekly) -> None:
    """Nothing to act on, nothing to read."""
    with serving({"a.example/page": GOOD}) as web:
        audited(weeks, web)

    assert weeks.state()["issue"] == []


def test_an_audit_that_means_nothing_leaves_the_issue_alone(weeks: Weekly) -> None:
    """The run is red, and what stood there last week stands."""
    (weeks.site.folder / "config.toml").write_text("[network]\nnonsense = 1\n")
    code, runner = weeks.run()

    assert code == 3
    assert "unknown key 'nonsense'" in runner.log
    assert not (weeks.temporary / "bin" / "state.json").exists()


def test_no_job_may_more_than_it_needs() -> None:
    """What reads the web cannot write to the repository; what can write does not run the audit."""
    assert WORKFLOW["permissions"] == {}
    assert JOBS["audit"]["permissions"] == {"contents": "read"}
    for name, job in JOBS.items():
        writes = "write" in job["permissions"].values()
        runs = "\n".join(step.get("run", "") for step in job["steps"])
        assert not (writes and "crawler " in runs), name
        assert int(job["timeout-minutes"]) <= 360


def test_it_runs_off_the_hour_and_uses_its_memory_within_seven_days() -> None:
    """GitHub drops a cache that nothing used for 7 days, and delays what starts at the full hour."""
    crons = [row["cron"].split() for row in WORKFLOW["on"]["schedule"]]
    restored = [
        step["with"] for job in JOBS.values() for step in job["steps"] if "cache/restore" in step.get("uses", "")
    ]

    assert all(minute not in ("0", "30") for minute, *_ in crons)
    assert [day for *_, day in crons] == ["1", "4"]
    assert {row["path"] for row in restored} == {"${{ env.SITE }}/.crawler"}
    assert {row["restore-keys"] for row in restored} == {"link-audit-"}
    assert JOBS["keep"]["if"] == "github.event.schedule == '{} {} * * 4'".format(*crons[1][:2])
    assert JOBS["audit"]["if"] == JOBS["keep"]["if"].replace("==", "!=")
