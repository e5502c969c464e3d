"""Which audits `crawler fix` goes by: each link's newest answer counts, whatever the last run was of."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from crawler.demo.web import LoopbackWeb, Routes, page, redirect, serving
from tests.cli.site import FAST, CardSite

HARBOUR, MOLE = "https://a.example/news/harbour-opens", "https://a.example/news/mole"
ROUTES: Routes = {
    "a.example/news/harbour-opens": redirect("/2026/news/harbour-opens", 301),
    "a.example/2026/news/harbour-opens": page("Harbour opens", description="The harbour is open again."),
    "a.example/news/mole": redirect("/2026/news/mole", 301),
    "a.example/2026/news/mole": page("Mole", description="The mole is open again."),
}
QUIET = '\n[fix]\nconfirmed_only = false\nexcerpt = "keep"\n'


@pytest.fixture(scope="module")
def web() -> Iterator[LoopbackWeb]:
    """Where both pages have moved."""
    with serving(ROUTES) as opened:
        yield opened


@pytest.fixture
def audited(web: LoopbackWeb, site: CardSite) -> CardSite:
    """Two cards whose pages have moved, after an audit of all."""
    site.config(web, QUIET)
    site.card("a", title="Harbour opens", webUrl=HARBOUR)
    site.card("b", title="Mole", webUrl=MOLE)
    assert site.run("audit").code == 0
    return site


def runs(site: CardSite) -> list[str]:
    """The ids of the runs, oldest first."""
    with closing(sqlite3.connect(site.folder / ".crawler" / "history.sqlite")) as database:
        return [identity for (identity,) in database.execute("SELECT id FROM runs ORDER BY number")]


def changed(site: CardSite, values: str, run: str) -> None:
    """Changes what the history holds of one run."""
    with closing(sqlite3.connect(site.folder / ".crawler" / "history.sqlite")) as database, database:
        database.execute(f"UPDATE runs SET {values} WHERE id = ?", (run,))  # noqa: S608 - a test's own words


def diffs(out: str) -> list[str]:
    """The cards that a diff is of."""
    return [line.removeprefix("+++ b/") for line in out.splitlines() if line.startswith("+++ ")]


def test_one_audit_of_all_goes_without_a_word(audited: CardSite) -> None:
    """And so does a second one: nothing older is gone by."""
    once = audited.run("fix")
    audited.run("audit")
    again = audited.run("fix")

    assert once.err == again.err == "crawler: 2 changes in 2 cards; --apply writes them\n"
    assert once.out == again.out


def test_an_offline_audit_takes_no_repair_away(audited: CardSite) -> None:
    """The run before is gone by, and that is said."""
    before = audited.run("fix").out
    audited.run("audit", "--offline")
    first, last = runs(audited)
    done = audited.run("fix", "--check")

    assert (done.code, done.out) == (2, before)
    assert f"crawler: the last run, {last}, was offline; repairs rest on run {first}\n" in done.err
    assert audited.run("fix", "-q").err == ""


@pytest.mark.parametrize("times", [1, 2])
def test_an_audit_of_some_cards_takes_no_repair_of_others_away(audited: CardSite, times: int) -> None:
    """Both runs are gone by; so they are where the same card is audited twice."""
    before = audited.run("fix").out
    for _ in range(times):
        audited.run("audit", "_news/b.md")
    first, *_, last = runs(audited)
    done, alone = audited.run("fix"), audited.run("fix", "_news/b.md")

    assert (done.code, done.out) == (0, before)
    assert f"the last run, {last}, was of 1 card only; repairs rest on it and run {first}\n" in done.err
    assert diffs(alone.out) == ["_news/b.md"]
    assert "rest on" not in alone.err


def test_what_a_newer_run_asked_is_taken_from_it_alone(web: LoopbackWeb, audited: CardSite) -> None:
    """A page that is back where it was is no longer repaired by what an older run saw."""
    with serving({**ROUTES, "a.example/news/mole": page("Mole")}) as other:
        audited.config(other, QUIET)
        audited.run("audit", "_news/b.md")
        done = audited.run("fix")

    assert diffs(done.out) == ["_news/a.md"]
    assert f"repairs rest on run {runs(audited)[0]}\n" in done.err


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ("finished = NULL, ended = 'interrupted'", "was not finished"),
        ("ended = 'out_of_time'", "ran out of time"),
        ("void = 'our own network was down'", "means nothing"),
    ],
)
def test_a_run_that_was_broken_off_takes_no_repair_away(audited: CardSite, values: str, why: str) -> None:
    """What it has not asked is known from the run before."""
    before = audited.run("fix").out
    audited.run("audit")
    first, last = runs(audited)
    changed(audited, values, last)
    with closing(sqlite3.connect(audited.folder / ".crawler" / "history.sqlite")) as database, database:
        database.execute("DELETE FROM observations WHERE run = 2")
    done = audited.run("fix", "--reasons", "why.md")

    assert (done.code, done.out) == (0, before)
    assert f"the last run, {last}, {why}; repairs rest on run {first}\n" in done.err
    assert (audited.folder / "why.md").read_text().startswith("## 2 changes in 2 cards\n")


def test_a_site_that_is_never_asked_in_time_is_not_looked_up_for_ever(audited: CardSite) -> None:
    """Behind the fourth audit that may have asked nothing is looked for; those that were offline do not count."""
    for _ in range(4):
        audited.run("audit")
    first, second, *rest = runs(audited)
    for run in (second, *rest):
        changed(audited, "ended = 'out_of_time'", run)
    with closing(sqlite3.connect(audited.folder / ".crawler" / "history.sqlite")) as database, database:
        database.execute("DELETE FROM observations WHERE run > 1")
    lost = audited.run("fix")
    changed(audited, "ended = 'offline'", rest[0])
    found = audited.run("fix")

    assert (lost.out, found.out.count("diff --git")) == ("", 2)
    assert f"repairs rest on run {first}\n" in found.err


def test_each_link_is_shown_as_its_own_run_saw_it(audited: CardSite) -> None:
    """With `s` while changes are chosen."""
    audited.run("audit", "--offline")
    audited.run("audit", "_news/b.md")
    done = audited.run("fix", "--interactive", answers="s\ny\ns\ny\n")

    assert done.err.count("\nVerdict\n") == 2
    assert "2 changes in 2 cards written" in done.err


def test_explain_shows_what_fix_would_change(audited: CardSite) -> None:
    """After an offline audit, too."""
    before = json.loads(audited.run("explain", "--json", HARBOUR).out)["proposals"]
    audited.run("audit", "--offline")
    after = json.loads(audited.run("explain", "--json", HARBOUR).out)["proposals"]

    assert [one["new"] for one in after] == ["https://a.example/2026/news/harbour-opens"]
    assert after == before


def test_a_link_of_two_cards_is_repaired_on_both(audited: CardSite) -> None:
    """Also after an audit of one of them."""
    audited.card("b", title="Harbour opens", webUrl=HARBOUR)
    audited.run("audit")
    audited.run("audit", "_news/b.md")

    assert diffs(audited.run("fix").out) == ["_news/a.md", "_news/b.md"]
    assert audited.run("fix", "_news/a.md", "--check").code == 2


@pytest.mark.parametrize(("network", "more"), [("", '\n[history]\nmax_age = "7d"\n'), ("host_budget = 1\n", "")])
def test_a_link_that_an_audit_of_all_leaves_out_keeps_its_repair(site: CardSite, network: str, more: str) -> None:
    """As it is fresh, or beyond what its host is asked: an older run did ask it."""
    plain = {url.replace("https:", "http:") for url in (HARBOUR, MOLE)}
    routes = {url.partition("//")[2]: page("Harbour", description="Open again.") for url in plain}
    with serving(routes) as open_web:
        site.config(open_web, QUIET + more, network=FAST + network)
        for name, url in zip("ab", sorted(plain), strict=True):
            site.card(name, title="Harbour", webUrl=url)
        for _ in range(3):
            site.run("audit")

        assert diffs(site.run("fix").out) == ["_news/a.md", "_news/b.md"]


def test_a_card_that_tells_of_another_page_now_is_repaired_by_that(web: LoopbackWeb, site: CardSite) -> None:
    """What an older run saw of the page before is left out, and takes nothing from what the newest saw."""
    site.config(web, QUIET.replace("keep", "fill"))
    site.card("a", title="Harbour opens", webUrl="https://a.example/2026/news/harbour-opens")
    site.card("b", title="Mole", webUrl="https://a.example/2026/news/mole")
    site.run("audit")
    site.card("a", title="Mole", webUrl="https://a.example/2026/news/mole")
    site.run("audit", "_news/a.md")
    done = site.run("fix", "--all", "_news/a.md")

    assert '+excerpt: "The mole is open again."' in done.out.replace("'", '"')
    assert "changed since the audit" not in done.err


def test_audits_of_most_cards_take_no_repair_of_the_others_away(audited: CardSite) -> None:
    """However often the same cards are audited, up to three times."""
    audited.card("c", title="Mole", webUrl=MOLE)
    audited.run("audit")
    for _ in range(3):
        audited.run("audit", "_news/a.md", "_news/b.md")

    assert diffs(audited.run("fix").out) == ["_news/a.md", "_news/b.md", "_news/c.md"]


def test_cards_that_have_gone_are_missed_by_no_one(audited: CardSite) -> None:
    """The audit after they went is of fewer cards than the one before, and yet of all."""
    (audited.folder / "_news" / "b.md").unlink()
    audited.run("audit")
    done = audited.run("fix")

    assert diffs(done.out) == ["_news/a.md"]
    assert done.err == "crawler: 1 change in 1 card; --apply writes it\n"


def test_without_a_run_that_asked_there_is_nothing_to_go_by(web: LoopbackWeb, site: CardSite) -> None:
    """It says what to do, once."""
    site.config(web, QUIET)
    site.card("a", title="Harbour opens", webUrl=HARBOUR)
    site.run("audit", "--offline")
    (run,) = runs(site)
    offline = site.run("fix")
    changed(site, "void = 'our own network is down; check it and run again'", run)
    void = site.run("fix")

    assert (offline.code, void.code) == (1, 1)
    assert offline.err == f"crawler: the last run, {run}, was offline, so nothing is known; run `crawler audit`\n"
    assert void.err == ("crawler: the last audit means nothing: our own network is down; check it and run again\n")
