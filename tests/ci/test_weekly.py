"""The weekly workflow that `crawler init --workflow` writes: its shell steps, run as GitHub runs them."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crawler.demo.web import LoopbackWeb, Reply, Routes, page, redirect, serving
from crawler.pipeline import weekly
from tests.ci.runner import ROOT, Runner, document
from tests.cli.site import CardSite, clean

WORKFLOW = document(weekly.TEMPLATE)
JOBS = WORKFLOW["jobs"]
GOOD, BAD = page("Good"), Reply(status=404)


ME = ("-c", "user.name=me", "-c", "user.email=me@a.example")


def git(folder: Path, *arguments: str) -> str:
    """What git says in a folder."""
    return subprocess.run(
        ["git", *arguments], cwd=folder, env=clean(), capture_output=True, text=True, check=True
    ).stdout


@dataclass
class Weekly:
    """A site whose workflow runs, week after week, with a stand-in for `gh`."""

    site: CardSite
    temporary: Path
    top: Path
    """Of the repository, which holds the site."""

    def __post_init__(self) -> None:
        tools = self.temporary / "bin"
        tools.mkdir(parents=True)
        shutil.copy(ROOT / "tests" / "ci" / "gh.py", tools / "gh.py")
        words = shlex.join([sys.executable, str(tools / "gh.py")])
        (tools / "gh").write_text(f'#!/bin/sh\nexec {words} "$@"\n', encoding="utf-8")
        (tools / "gh").chmod(0o755)
        self.site.folder.mkdir(exist_ok=True)
        git(self.temporary, "init", "--quiet", "--bare", "--initial-branch=main", "remote.git")
        git(self.top, "init", "--quiet", "--initial-branch=main")
        self.push()

    def run(self) -> tuple[int, Runner]:
        """One week: the audit, and what needs it if it went well."""
        runner = Runner(
            workspace=self.top,
            temporary=self.temporary,
            path=f"{self.temporary}/bin:{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
            context={
                "env": {**WORKFLOW["env"], "SITE": self.site.folder.relative_to(self.top).as_posix()},
                "github": {
                    "repository": "me/site",
                    "server_url": "https://github.com",
                    "run_id": "7",
                    "token": "t",
                    "ref_name": "main",
                },
                "runner": {"temp": str(self.temporary)},
                "steps": {"page": {"outputs": {"artifact-url": "https://github.com/me/site/artifacts/9"}}},
            },
        )
        steps = [step for step in JOBS["audit"]["steps"] if step.get("name") != "Install"]
        code = runner.run(steps, runner.context["env"])
        if code == 0:
            outputs = {name: runner.value(text) for name, text in JOBS["audit"]["outputs"].items()}
            runner.context["needs"] = {"audit": {"outputs": outputs}}
            code = runner.run(JOBS["issue"]["steps"], runner.context["env"])
            runner.workspace = self.clone()
            code = code or runner.run(JOBS["fixes"]["steps"], runner.context["env"])
        return code, runner

    def clone(self) -> Path:
        """A fresh checkout of what was pushed."""
        folder = self.temporary / "checkout"
        shutil.rmtree(folder, ignore_errors=True)
        git(self.temporary, "clone", "--quiet", str(self.temporary / "remote.git"), str(folder))
        return folder

    def push(self) -> None:
        """Commits the cards and sends them to the remote."""
        git(self.top, "add", ".")
        git(self.top, *ME, "commit", "--quiet", "--allow-empty", "--message", "cards")
        git(self.top, "push", "--quiet", str(self.temporary / "remote.git"), "HEAD:main")

    def state(self) -> dict[str, Any]:
        """What `gh` was asked to keep."""
        loaded: dict[str, Any] = json.loads((self.temporary / "bin" / "state.json").read_text())
        return loaded


@pytest.fixture
def weeks(site: CardSite) -> Weekly:
    """A site with one card."""
    site.card("one", webUrl="https://a.example/page")
    return Weekly(site, site.folder.parent / f"{site.folder.name}-runner", site.folder)


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
    assert "(https://github.com/me/site/artifacts/9)" in opened[0]["body"]
    assert "(https://github.com/me/site/actions/runs/7)" in opened[0]["body"]
    assert [(row["number"], row["open"]) for row in still] == [(1, True)]
    assert "**NEW**" not in still[0]["body"]
    assert [(row["number"], row["open"]) for row in closed] == [(1, False)]
    assert [(row["number"], row["open"]) for row in reopened] == [(1, False), (2, True)]


def test_a_clean_week_without_an_issue_opens_none(weeks: Weekly) -> None:
    """Nothing to act on, nothing to read."""
    with serving({"a.example/page": GOOD}) as web:
        audited(weeks, web)

    assert weeks.state()["issue"] == []


def test_cards_that_cannot_be_read_keep_the_issue_open(weeks: Weekly) -> None:
    """Though all links that could be checked are well, there is something to act on, and the issue says what."""
    broken = weeks.site.folder / "_news" / "two.md"
    broken.write_text("---\nwebUrl: x\nwebUrl: y\n---\n")
    with serving({"a.example/page": GOOD}) as web:
        audited(weeks, web)
        opened = weeks.state()["issue"]
        broken.unlink()
        audited(weeks, web)
        closed = weeks.state()["issue"]

    assert [(row["number"], row["open"]) for row in opened] == [(1, True)]
    assert "1 card could not be read, so its links were not checked" in opened[0]["body"].partition("| Health")[0]
    assert [(row["number"], row["open"]) for row in closed] == [(1, False)]


def test_an_audit_that_means_nothing_leaves_the_issue_alone(weeks: Weekly) -> None:
    """The run is red, and what stood there last week stands."""
    (weeks.site.folder / "config.toml").write_text("[network]\nnonsense = 1\n")
    code, runner = weeks.run()

    assert code == 3
    assert "unknown key 'nonsense'" in runner.log
    assert not (weeks.temporary / "bin" / "state.json").exists()


FIX_AT_ONCE = "[fix]\nconfirmed_only = false\n"


@pytest.mark.parametrize("below", [".", "docs"])
def test_one_pull_request_is_opened_kept_up_to_date_and_closed(site: CardSite, below: str) -> None:
    """With the safe repairs, wherever the site lies in its repository; what is merged or gone is proposed no more."""
    top = site.folder
    weeks = Weekly(CardSite(top / below), top.parent / f"{top.name}-runner", top)
    weeks.site.card("one", webUrl="https://a.example/old/page-of-one")
    weeks.push()
    story = page("Page of one", text="A story about the page of one. " * 30)
    routes: Routes = {
        "a.example/old/page-of-one": [redirect("/new/page-of-one", 301)] * 2 + [story],
        "a.example/new/page-of-one": story,
    }
    with serving(routes) as web:
        states = []
        for _ in range(3):
            weeks.site.config(web, more=FIX_AT_ONCE)
            code, runner = weeks.run()
            assert code == 0, runner.log
            states.append([(row["number"], row["open"]) for row in weeks.state()["pr"]])
    changed = git(weeks.temporary, "-C", "remote.git", "show", "--format=%an %s", "link-audit/fixes")

    assert states == [[(1, True)], [(1, True)], [(1, False)]]
    assert changed.startswith("github-actions[bot] Repair links\n")
    assert '+webUrl: "https://a.example/new/page-of-one"' in changed
    assert f"b/{below}/_news/one.md".replace("/./", "/") in changed
    assert "page-of-one" in weeks.state()["pr"][0]["body"]


def test_a_pull_request_of_a_stranger_is_left_alone(weeks: Weekly) -> None:
    """One from a fork, whose branch has the same name, is neither edited nor closed, and does not take our place."""
    theirs = {"number": 1, "open": True, "key": "link-audit/fixes", "title": "x", "body": "x", "fork": True}
    state = weeks.temporary / "bin" / "state.json"
    state.write_text(json.dumps({"issue": [], "pr": [theirs]}))
    weeks.site.card("one", webUrl="https://a.example/old/page-of-one")
    weeks.push()
    story = page("Page of one", text="A story about the page of one. " * 30)
    routes: Routes = {
        "a.example/old/page-of-one": [redirect("/new/page-of-one", 301), story],
        "a.example/new/page-of-one": story,
    }
    with serving(routes) as web:
        weeks.site.config(web, more=FIX_AT_ONCE)
        _, runner = weeks.run()
        first = [(row["number"], row["open"], row["body"] == "x") for row in weeks.state()["pr"]]
        weeks.run()
        second = [(row["number"], row["open"], row["body"] == "x") for row in weeks.state()["pr"]]

    assert first == [(1, True, True), (2, True, False)], runner.log
    assert second == [(1, True, True), (2, False, False)]


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
