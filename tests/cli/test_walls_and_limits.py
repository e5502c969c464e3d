"""Refusals, limits and hiccups that other link checkers take for dead or for well, through the command line."""

from __future__ import annotations

from crawler.demo.reply import HTML, Reply, page, redirect, retry_after
from crawler.demo.web import Routes, serving
from tests.cli.site import CardSite

NETWORK = """
[network]
timeout = 3.0
host_request_interval = 0.0
max_retries = 1
retry_pause = 0.0
"""
HERE = page("How teams build apps")


def bare(status: int, **headers: str) -> Reply:
    """An answer with next to nothing in it."""
    return Reply(
        status=status,
        headers=(HTML, *((name.replace("_", "-"), value) for name, value in headers.items())),
        body=b"<title>-</title>",
    )


def cards(site: CardSite, *keys: str, field: str = "webUrl") -> list[str]:
    """One card for each address."""
    for number, key in enumerate(keys):
        site.card(f"{field}{number}", **{field: f"https://{key}"})
    return [f"https://{key}" for key in keys]


def test_a_hiccup_of_a_server_is_asked_again(site: CardSite) -> None:
    """503 or 500 and then 200 is well, and so is a connection that was reset once."""
    routes: Routes = {
        "a.test/": [Reply(status=503), HERE],
        "b.test/": [Reply(status=500), HERE],
        "c.test/": [Reply(reset="head"), HERE],
    }
    urls = cards(site, *routes)
    with serving(routes) as web:
        site.config(web, network=NETWORK)
        done = site.run("audit")

    assert (done.code, site.verdicts()) == (0, dict.fromkeys(urls, "ok")), done.out


def test_a_limit_is_kept_however_many_other_pages_answer(site: CardSite) -> None:
    """Nothing reaches the host before the time that it asked for, and then all is well."""
    urls = cards(site, *(f"a.test/{number}" for number in range(12)), "b.test/")
    with serving({"a.test/*": [HERE, retry_after(2), HERE], "*": HERE}) as web:
        site.config(web, "host_concurrency = 1\n", network=NETWORK)
        done = site.run("audit")
        hits = [hit for hit in web.hits if hit.host == "a.test"]

    assert (done.code, site.verdicts()) == (0, dict.fromkeys(urls, "ok")), done.out
    assert len(hits) == 12 + 1
    assert hits[2].at - hits[1].at >= 1.9


def test_a_limit_that_stays_is_neither_well_nor_broken(site: CardSite) -> None:
    """429, and 503 with Retry-After: unverifiable, in the report, and no reason to fail."""
    urls = cards(site, "a.test/", "b.test/")
    with serving({"a.test/": retry_after(900), "b.test/": retry_after(900, 503)}) as web:
        site.config(web, network=NETWORK)
        done = site.run("audit")
        requests = len(web.hits)

    assert (done.code, site.verdicts(), requests) == (0, dict.fromkeys(urls, "rate_limited"), 2)
    assert site.report()["summary"]["health"]["unverifiable"] == 2


def test_a_refusal_is_in_the_report_and_is_not_asked_twice(site: CardSite) -> None:
    """999, 403 with or without the mark of a wall, 202 with one: blocked, whatever page it is."""
    routes: Routes = {
        "a.test/": bare(999),
        "b.test/": bare(403, cf_mitigated="challenge"),
        "c.test/": bare(403),
        "d.test/": bare(202, x_amzn_waf_action="challenge"),
        "e.test/": bare(405, x_amzn_waf_action="captcha"),
        "f.test/": bare(406),
    }
    urls = cards(site, *routes)
    with serving(routes) as web:
        site.config(web, network=NETWORK)
        done = site.run("audit")
        methods = [hit.method for hit in web.hits]

    assert (done.code, site.verdicts()) == (0, dict.fromkeys(urls, "blocked"))
    assert methods == ["GET"] * len(routes)


def test_a_host_that_refuses_some_pages_still_says_which_are_missing(site: CardSite) -> None:
    """No status has to be accepted for that, which would hide the page that is gone."""
    routes: Routes = {"a.test/here": HERE, "a.test/closed": bare(403), "a.test/lost": bare(404)}
    here, closed, lost = cards(site, *routes)
    with serving(routes) as web:
        site.config(web, network=NETWORK)
        done = site.run("audit")

    assert (done.code, site.verdicts()) == (2, {here: "ok", closed: "blocked", lost: "not_found"})


def test_what_answers_200_and_is_not_the_page_is_told(site: CardSite) -> None:
    """An error page, and a page of HTML where a picture should be."""
    (lost,) = cards(site, "a.test/lost")
    (picture,) = cards(site, "b.test/picture.jpg", field="image")
    error = page("404 Page not found", "<h1>404 Page not found</h1>")
    with serving({"a.test/lost": error, "b.test/picture.jpg": page("Harbour")}) as web:
        site.config(web, '[cards.fields]\nimage = "image"\n', network=NETWORK)
        done = site.run("audit")

    assert (done.code, site.verdicts()) == (2, {lost: "soft_404", picture: "wrong_type"})


def test_links_that_end_at_one_page_have_their_own_ways(site: CardSite) -> None:
    """What one redirect is like says nothing of another."""
    ends = "a.test/how-teams-build-apps"
    routes: Routes = {
        "b.test/how-teams-build-apps": redirect(f"https://{ends}", 301),
        "c.test/how-teams-build-apps": redirect(f"https://{ends}", 302),
        ends: HERE,
    }
    moved, passing, there = cards(site, *routes)
    with serving(routes) as web:
        site.config(web, network=NETWORK)
        site.run("audit")

    findings = {one["url"]: one for one in site.report()["findings"]}
    assert site.verdicts() == {moved: "moved", passing: "redirected", there: "ok"}
    assert {url: [hop["status"] for hop in one["http"]["hops"]] for url, one in findings.items()} == {
        moved: [301],
        passing: [302],
        there: [],
    }
