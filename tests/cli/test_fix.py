"""`crawler fix` as a user runs it: what an audit found out becomes a diff, or better cards."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from crawler.demo.web import Routes, page, redirect, serving
from tests.cli.site import CardSite, clean, command

AT_ONCE = "\n[fix]\nconfirmed_only = false\n"
OLD = "https://a.example/news/harbour-opens"
NEW = "https://a.example/2026/news/harbour-opens"
ROUTES: Routes = {
    "a.example/news/harbour-opens": redirect("/2026/news/harbour-opens", 301),
    "a.example/2026/news/harbour-opens": page("Harbour opens", description="The harbour is open again."),
    "a.example/news/mole": redirect("/2026/news/mole", 301),
    "a.example/2026/news/mole": page("Mole", description="The mole is open again."),
}
ONE = b"""---\r
title: Harbour opens # ours\r
excerpt: Open again.\r
publishedDateTime: 2026-01-02\r
webUrl: 'https://a.example/news/harbour-opens'\r
secured: "x=="\r
---\r
No last line end"""
TWO = ONE.replace(b"harbour-opens", b"mole").replace(b"Harbour opens", b"Mole").replace(b"\r\n", b"\n")


@pytest.fixture
def audited(site: CardSite) -> CardSite:
    """Two cards whose pages have moved, after an audit."""
    (site.folder / "_news" / "a b").mkdir(parents=True)
    (site.folder / "_news" / "a b" / "café.md").write_bytes(ONE)
    (site.folder / "_news" / "two.md").write_bytes(TWO)
    with serving(ROUTES) as web:
        site.config(web, AT_ONCE)
        assert site.run("audit").code == 0
    return site


def cards(site: CardSite) -> list[bytes]:
    return [path.read_bytes() for path in sorted((site.folder / "_news").rglob("*.md"))]


def raw(site: CardSite, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """A run whose outputs stay bytes."""
    return subprocess.run(
        command("fix", *arguments), cwd=site.folder, env=clean(), capture_output=True, timeout=60, check=False
    )


def test_the_diff_is_what_git_applies_and_what_apply_writes(audited: CardSite, tmp_path: Path) -> None:
    """CRLF, a path with blanks and letters beyond ASCII, and a missing last line end included."""
    copy = tmp_path / "copy"
    before = cards(audited)
    shown = raw(audited)
    copy.mkdir()
    subprocess.run(["cp", "-r", audited.folder / "_news", copy], check=True)
    subprocess.run(["git", "init", "-q", copy], check=True)
    applied = subprocess.run(["git", "apply", "-"], cwd=copy, input=shown.stdout, capture_output=True, check=False)
    written = raw(audited, "--apply")

    assert (shown.returncode, shown.stderr) == (0, b"crawler: 2 changes in 2 cards; --apply writes them\n")
    assert (applied.returncode, applied.stderr) == (0, b"")
    assert (written.returncode, written.stdout) == (0, b"")
    assert written.stderr == b"crawler: 2 changes in 2 cards written\n"
    assert cards(audited) == [one.replace(b"/news/", b"/2026/news/") for one in before]
    assert cards(audited) == cards(CardSite(copy))


def test_a_second_run_changes_nothing(audited: CardSite) -> None:
    """And has nothing to fix."""
    audited.run("fix", "--apply")
    before = cards(audited)
    again = audited.run("fix", "--apply", "--check")

    assert (again.code, again.out, again.err) == (0, "", "crawler: nothing to fix\n")
    assert cards(audited) == before


def test_check_ends_with_2_if_there_is_something_to_fix(audited: CardSite) -> None:
    """Of the cards and kinds that were asked for."""
    assert audited.run("fix", "--check").code == 2
    assert audited.run("fix", "--check", "_news/two.md").code == 2
    assert audited.run("fix", "--check", "--only", "image").code == 0


def test_bad_usage_ends_with_3(audited: CardSite) -> None:
    """A kind that does not exist, say."""
    done = audited.run("fix", "--only", "rediret")

    assert done.code == 3
    assert "redirect" in done.err


def test_without_a_history_there_is_nothing_to_go_by(site: CardSite) -> None:
    """It says what to do."""
    site.card("one", webUrl=OLD)
    done = site.run("fix")

    assert done.code == 1
    assert "run `crawler audit` first" in done.err
