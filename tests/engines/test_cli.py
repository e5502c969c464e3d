"""The command line with several workers, as it is started from a terminal."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import time
import uuid
from pathlib import Path

import pytest

from crawler.demo.reply import page
from crawler.demo.web import LoopbackWeb, serving
from crawler.engines.cluster import HOLD
from tests.cli.site import INTERRUPTED, CardSite, clean, command, wait_for
from tests.engines.dask import lone_scheduler, lone_worker

FLAGS = ("audit", "--engine", "processes", "--workers", "2", "--format", "json", "--no-progress")
HOSTS, PAGES = 20, 12
SLOW = "[network]\nhost_request_interval = 0.2\nmax_retries = 0\n"


def site_of(web: LoopbackWeb, folder: Path) -> CardSite:
    site = CardSite(folder)
    for host in range(HOSTS):
        for number in range(PAGES):
            site.card(f"{host}-{number}", webUrl=f"http://h{host}.org/{number}")
    site.config(web, network=SLOW, more="[fix]\nask = false\n")
    return site


@pytest.mark.slow
def test_ctrl_c_stops_all_and_the_next_run_asks_the_rest(tmp_path: Path) -> None:
    """The interrupt reaches the whole group, as a terminal sends it; nothing that was told is asked twice."""
    with serving({"*": page("A page", description="of some length")}) as web:
        site = site_of(web, tmp_path)
        with subprocess.Popen(
            command(*FLAGS), cwd=tmp_path, env=clean(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            process_group=0,
        ) as process:  # fmt: skip
            wait_for(process, lambda: len(web.hits) >= HOSTS * PAGES // 2)
            os.killpg(process.pid, signal.SIGINT)
            _, errors = process.communicate()
        first = {hit.key for hit in web.hits}
        again = site.run(*FLAGS)

    assert (process.returncode, errors.decode()) == (130, INTERRUPTED)
    assert again.code == 0, again.err
    assert set(site.verdicts().values()) == {"ok"}
    assert len(first) < HOSTS * PAGES
    assert len(web.hits) - HOSTS * PAGES <= HOSTS  # what was on its way when the interrupt came


@pytest.mark.parametrize("frozen", [False, True])
def test_ctrl_c_ends_a_cluster_started_here(tmp_path: Path, frozen: bool) -> None:
    """Within two seconds, without a word from its processes, of which none is left, nor any of their files.

    Also with a worker that does not answer, for whose last words it waits a second of them.
    """
    pytest.importorskip("distributed", reason="until the extra is installed: pip install '.[cluster]'")
    mark = uuid.uuid4().hex
    (folder := tmp_path / "temporary").mkdir()
    with serving({"*": page("A page", description="of some length")}) as web:
        site_of(web, tmp_path)
        with subprocess.Popen(
            command("audit", "--engine", "dask", *FLAGS[3:]), cwd=tmp_path,
            env={**clean(), "CRAWLER_TEST": mark, "TMPDIR": str(folder)}, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, process_group=0,
        ) as process:  # fmt: skip
            wait_for(process, lambda: len(web.hits) >= HOSTS * PAGES // 4)
            running = marked(mark)
            if frozen:
                os.kill(max(pid for pid in running if b"spawn_main" in cmdline(pid)), signal.SIGSTOP)
            os.killpg(process.pid, signal.SIGINT)
            started = time.monotonic()
            _, errors = process.communicate()
            took = time.monotonic() - started

    assert (process.returncode, errors.decode()) == (130, INTERRUPTED)
    assert took < (3 if frozen else 2)
    assert len(running) >= 4  # the run, the keeper, two workers
    assert marked(mark) == []
    assert list(folder.iterdir()) == []


def test_ctrl_c_after_the_scheduler_is_lost_prints_no_traceback(tmp_path: Path) -> None:
    """Dask still tries to connect when the run lets go of it, and tells at length of being stopped."""
    pytest.importorskip("distributed", reason="until the extra is installed: pip install '.[cluster]'")
    with (
        serving({"*": page("A page", description="of some length")}) as web,
        lone_scheduler(tmp_path) as (address, scheduler),
        lone_worker(address, tmp_path),
    ):
        site_of(web, tmp_path)
        with subprocess.Popen(
            command("audit", "--engine", "dask", "--scheduler", address, "--no-progress"), cwd=tmp_path, env=clean(),
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        ) as process:  # fmt: skip
            wait_for(process, lambda: len(web.hits) >= HOSTS * PAGES // 4)
            scheduler.kill()
            time.sleep(2)  # until Dask has noticed
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate()

    assert process.returncode == 130
    told = errors.decode().splitlines(keepends=True)
    assert [line for line in told if not line.startswith("crawler: worker ")] == [INTERRUPTED]


def cmdline(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def test_a_killed_audit_stops_the_workers_of_a_cluster(tmp_path: Path) -> None:
    """Another may begin at once: no host is asked by both."""
    distributed = pytest.importorskip("distributed", reason="until the extra is installed: pip install '.[cluster]'")
    with (
        serving({"*": page("A page", description="of some length")}) as web,
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL,
            local_directory=str(tmp_path / "dask"),
        ) as cluster,
    ):  # fmt: skip
        site_of(web, tmp_path)
        with subprocess.Popen(
            command("audit", "--engine", "dask", "--scheduler", cluster.scheduler_address), cwd=tmp_path, env=clean(),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ) as process:  # fmt: skip
            wait_for(process, lambda: len(web.hits) >= HOSTS * PAGES // 4)
            process.kill()
        time.sleep(HOLD + 0.3)
        hits = len(web.hits)
        time.sleep(1.0)

        assert len(web.hits) == hits < HOSTS * PAGES


def marked(mark: str) -> list[int]:
    """Processes that were started with that in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark.encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
    return found


def test_a_killed_audit_leaves_no_workers_behind(tmp_path: Path) -> None:
    """They end when nobody listens to them any more."""
    with serving({"*": page("A page", description="of some length")}) as web:
        site_of(web, tmp_path)
        with subprocess.Popen(
            command(*FLAGS), cwd=tmp_path, env=clean(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            wait_for(process, lambda: len(web.hits) >= HOSTS * PAGES // 4)
            process.kill()
        hits = -1
        while hits != len(web.hits):
            hits = len(web.hits)
            time.sleep(0.5)

    assert hits < HOSTS * PAGES
