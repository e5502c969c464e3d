"""`crawler history` and `crawler report`: the past, without a request."""

from __future__ import annotations

import json

from crawler.demo.web import Reply, Routes, page, serving
from tests.cli.site import CardSite

GOOD, BAD = "https://a.example/good", "https://b.example/bad"
ROUTES: Routes = {"a.example/good": page("Good"), "b.example/bad": [Reply(status=404), page("Back")]}


def test_runs_are_listed_newest_first_and_a_link_has_a_past(site: CardSite) -> None:
    """As a table and as JSON."""
    site.card("one", webUrl=GOOD, originalUrl=BAD)
    with serving(ROUTES) as web:
        site.config(web)
        first, second = site.run("audit"), site.run("audit")
        asked = len(web.hits)
        listed = site.run("history")
        runs = json.loads(site.run("history", "--json").out)
        past = site.run("history", BAD)
        observations = json.loads(site.run("history", "--json", BAD).out)["observations"]

        assert len(web.hits) == asked
    assert (first.code, second.code) == (2, 0)
    assert [run["health"]["broken"] for run in runs] == [0, 1]
    assert listed.out.splitlines()[1].startswith(runs[0]["id"])
    assert [one["verdict"] for one in observations] == ["ok", "not_found"]
    assert "2 observations" in past.out


def test_a_stored_run_is_rendered_again_without_a_request(site: CardSite) -> None:
    """The same findings, the same bytes; it is the audit that fails, unless a report is asked to."""
    site.card("one", webUrl=GOOD, originalUrl=BAD)
    with serving(ROUTES) as web:
        site.config(web)
        site.run("audit")
        before = (site.folder / "reports" / "report.json").read_bytes()
        site.run("audit")
        after = (site.folder / "reports" / "report.json").read_bytes()
    again = site.run("report", "1", "--output", "again")
    newest = site.run("report", "--output", "newest")
    failing = site.run("report", "1", "--fail-on", "broken")

    assert (again.code, newest.code, failing.code) == (0, 0, 2)
    assert (site.folder / "again" / "report.json").read_bytes() == before
    assert (site.folder / "newest" / "report.json").read_bytes() == after


def test_the_summary_says_what_is_new_still_there_and_fixed(site: CardSite) -> None:
    """Against the last time that each link was asked."""
    site.card("one", webUrl=GOOD, originalUrl=BAD)
    with serving(ROUTES) as web:
        site.config(web)
        first, second = site.run("audit"), site.run("audit")

    assert "NEW not_found" in first.out
    assert "0 new, 0 still, 1 fixed" in second.out
    assert site.report()["summary"]["change"] == {"new": 0, "still": 0, "fixed": 1}


def test_two_runs_are_held_against_each_other(site: CardSite) -> None:
    """What is fixed, as text and as the formats that can; the other way round it is new, and fails where asked to."""
    site.card("one", webUrl=GOOD, originalUrl=BAD)
    with serving(ROUTES) as web:
        site.config(web)
        site.run("audit")
        site.run("audit")
    fixed = site.run("report", "--against", "1")
    new = site.run("report", "1", "--against", "2", "--format", "json", "--output", "-", "--fail-on", "broken")
    refused = site.run("report", "--against", "1", "--format", "sarif")
    (link,) = json.loads(new.out)["links"]

    assert (fixed.code, new.code, refused.code) == (0, 2, 3)
    assert "Fixed: 1" in fixed.out
    assert "ok (healthy), was not_found" in fixed.out
    assert (site.folder / "reports" / "difference.md").is_file()
    assert (link["url"], link["change"], link["before"]["verdict"]) == (BAD, "new", "ok")
    assert "with --against there are json, markdown" in refused.err


def test_without_a_history_it_says_what_to_do(site: CardSite) -> None:
    """And an unknown run or URL is told."""
    assert "run `crawler audit` first" in site.run("history").err
    site.card("one", webUrl=GOOD)
    with serving(ROUTES) as web:
        site.config(web)
        site.run("audit")
    unknown, never = site.run("report", "99"), site.run("history", "https://never.example/")

    assert (unknown.code, never.code) == (1, 1)
    assert "no run '99' in the history" in unknown.err
    assert "never asked in the runs that are stored" in never.err
