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


def test_a_bad_action_is_told_before_anything_is_asked(site: CardSite) -> None:
    """Exit 3, with the actions that there are."""
    site.card("one", webUrl="https://a.example/")
    done = site.run("audit", "--accept", "404:ignore")

    assert done.code == 3
    assert "[audit] accept: '404:ignore': no such action as 'ignore'; known are ok, skip, warn, error" in done.err
