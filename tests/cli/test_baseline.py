"""Known problems through the command line, over real sockets."""

from __future__ import annotations

from crawler.demo.web import Reply, page, serving
from tests.cli.site import CardSite


def test_a_known_problem_is_reported_and_fails_no_run_until_it_expires(site: CardSite) -> None:
    """Added, listed, marked in every report, expired, pruned."""
    lost, fine = "https://a.example/lost", "https://b.example/fine"
    site.card("one", webUrl=lost)
    site.card("two", webUrl=fine)
    with serving({"a.example/lost": Reply(status=404), "*": page("Here")}) as web:
        site.config(web)
        before = site.run("audit")
        added = site.run(
            "baseline", "add", lost, "--reason", "moves in May", "--owner", "ann", "--verdict", "not_found"
        )
        site.run("baseline", "add", fine, "--reason", "was slow", "--owner", "bo")
        site.run("baseline", "add", "https://gone.example/", "--reason", "old", "--owner", "bo")
        known = site.run("audit")
        report = site.report()
        listed = site.run("baseline", "list")
        pruned = site.run("baseline", "prune")
        path = site.folder / "baseline.toml"
        left = path.read_text(encoding="utf-8")
        path.write_text(left.partition("expires")[0] + "expires = 2020-01-01\n", encoding="utf-8")
        expired = site.run("audit")
        dropped = site.run("baseline", "prune")

    assert (before.code, added.code, known.code, expired.code) == (2, 0, 0, 2), (added.err, known.out)
    marks = {one["url"]: one["baseline"] for one in report["findings"]}
    assert marks[fine] is None
    assert (marks[lost]["reason"], marks[lost]["owner"], marks[lost]["expired"]) == ("moves in May", "ann", False)
    assert report["summary"]["verdict"]["not_found"] == 1
    assert "known until" in known.out
    assert listed.out.count("\n") == 3
    assert f"healthy in the last run: {fine}" in pruned.out
    assert "on no card: https://gone.example/" in pruned.out
    assert lost in left
    assert "expired on 2020-01-01" in expired.out
    assert dropped.out == f"dropped, expired on 2020-01-01: {lost}\n"


def test_what_changes_nothing_is_said(site: CardSite) -> None:
    """A link that no run knows, a baseline without entries; results stay on stdout, and --quiet says nothing."""
    site.card("one", webUrl="https://a.example/lost")
    with serving({"*": Reply(status=404)}) as web:
        site.config(web)
        listed, pruned = site.run("baseline", "list"), site.run("baseline", "prune", "-q")
        site.run("audit")
        mistyped = site.run("baseline", "add", "a.example/lost", "--reason", "moves", "--owner", "ann")
        right = site.run("baseline", "add", "https://a.example/lost", "--reason", "moves", "--owner", "ann")
        healthy = site.run("baseline", "add", "https://a.example/", "--reason", "r", "--owner", "o", "--verdict", "ok")

    assert (listed.code, listed.out, listed.err) == (0, "", "No known problems in baseline.toml.\n")
    assert (pruned.code, pruned.out, pruned.err) == (0, "", "")
    assert (mistyped.code, mistyped.err) == (0, "The last run knew no such link: write it as reports show it.\n")
    assert (right.code, right.err) == (0, "")
    assert healthy.code == 3
    assert "invalid choice: 'ok' (choose from " in healthy.err
    assert "Code." not in healthy.err


def test_a_pattern_that_matches_every_url_is_refused(site: CardSite) -> None:
    """Such as a variable that is not set: it would switch the audit off without a word."""
    site.card("one", webUrl="https://a.example/")
    done = site.run("audit", "--exclude", "")

    assert done.code == 3
    assert "[audit] exclude: '' would match every URL" in done.err


def test_a_verdict_that_there_is_not_has_a_neighbour(site: CardSite) -> None:
    """In the section of a host."""
    site.card("one", webUrl="https://a.example/")
    site.config(more='[hosts."a.example"]\nverdict = { not_fund = "ok" }\n')
    done = site.run("audit")

    assert done.code == 3
    assert "verdict: 'not_fund' is no verdict; did you mean 'not_found'?" in done.err


def test_a_bad_action_is_told_before_anything_is_asked(site: CardSite) -> None:
    """Exit 3, with the actions that there are."""
    site.card("one", webUrl="https://a.example/")
    done = site.run("audit", "--accept", "404:ignore")

    assert done.code == 3
    assert "[audit] accept: '404:ignore': no such action as 'ignore'; known are ok, skip, warn, error" in done.err
