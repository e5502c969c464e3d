"""Whenever the process dies, the history is sound and the next run goes on."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest

from crawler.demo.run import example
from tests.cli.site import CardSite, clean, command

QUICK = ("--timeout", "0.4", "--host-request-interval", "0", "--max-retries", "1", "--no-progress")
KILLS = 10


def stored(path: Path) -> set[int]:
    """The observations that a reader can see, as it would at any moment."""
    if not path.exists():
        return set()
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as database:
        try:
            return {number for (number,) in database.execute("SELECT id FROM observations")}
        except sqlite3.OperationalError:  # the first run has not made its tables yet
            return set()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_a_killed_audit_loses_nothing_that_was_stored(tmp_path: Path, seed: int) -> None:
    """SIGKILL at ten random moments; each time the database is sound, keeps its rows, and the next run ends well."""
    moments = random.Random(seed)  # noqa: S311 - a choice of moments, no secret
    with example(tmp_path / "site") as (config, _):
        site = CardSite(config.parent)
        history = site.folder / ".crawler" / "history.sqlite"
        for _ in range(KILLS):
            with subprocess.Popen(
                command("audit", *QUICK),
                cwd=site.folder,
                env=clean(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ) as process:
                time.sleep(moments.uniform(0.2, 2.0))
                seen = stored(history)
                process.kill()
            if history.exists():
                with closing(sqlite3.connect(history)) as database:
                    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
            assert stored(history) >= seen
        done = site.run("audit", *QUICK)

    assert done.code == 2, done.err
    assert len(site.report()["findings"]) > 50
    assert "deferred" not in site.verdicts().values()
