"""Cases that link checkers get wrong, by name: audits a week apart over real sockets, one host for each case."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from crawler.demo.reply import HTML, PROSE, Reply, page, redirect, retry_after
from crawler.demo.web import Answer, Hit, LoopbackWeb, Routes, serving
from crawler.engines import engine_for
from crawler.history.writing import HistoryWriter
from crawler.model import Claims, Disposition, Finding, Health, Kind, Link, Place, Repair, RunReport, State
from crawler.pipeline.audit import Audit
from crawler.pipeline.plan import Plan
from crawler.pipeline.progress import Silent
from crawler.settings import NetworkSettings, Settings
from tests.net.dns_answerer import Say, serving_names
from tests.pipeline.fakes import MONDAY

TITLE = "How teams build apps"
ARTICLE = page(TITLE, f"<main><h1>{TITLE}</h1>{PROSE}</main>")
CHALLENGE = {"cf-mitigated": "challenge"}
CHROME = "<nav>" + '<a href="/">Harbour</a> ' * 80 + "</nav>"
SLOTS = page(
    "TIDE88: situs judi slot gacor dan togel online",
    "<h1>Bandar slot gacor</h1>" + "<p>Daftar sekarang, bonus tiap hari untuk semua pemain kami di sini.</p>" * 30,
)
SHELL = Reply(headers=(HTML,), body=b'<title>App</title><div id="root"></div><script src="/app.js"></script>')
JOKE = page("Harbour Log", "<h1>Man overboard</h1><p>No pulse here. Row back to the pier, or ask the gulls?</p>")


def bare(status: int, body: str = "", **headers: str) -> Reply:
    """An answer with next to nothing in it."""
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Reply(status=status, headers=(HTML, *named), body=body.encode())


def only_get(hit: Hit) -> Reply:
    """What servers do that have never heard of HEAD."""
    return ARTICLE if hit.method == "GET" else bare(404)


IMPERVA = bare(
    200,
    '<html><head><meta name="robots" content="noindex"></head><body><iframe id="main-iframe" src="/_Incapsula_Resource?'
    f'SWUDNSAI=31&amp;xinfo={"9-332984787-0" * 400}"></iframe></body></html>',
)

FIRST_WEEK: dict[str, Answer] = {"case01.example/story": ARTICLE, "case02.example/story": ARTICLE}
WEB: dict[str, Answer] = {
    "case01.example/story": bare(403, "<title>Just a moment...</title>", **{"cf-mitigated": "challenge"}),
    "case02.example/story": bare(429, "<title>Just a moment...</title>", **{"cf-mitigated": "challenge"}),
    "case03.example/*": bare(202, **{"x-amzn-waf-action": "challenge"}),
    "case04.example/*": bare(405, "<h1>Human Verification</h1>", **{"x-amzn-waf-action": "captcha"}),
    "case05.example/*": IMPERVA,
    "case06.example/*": bare(999),
    "case07.example/story": bare(404, "<h1>Not Found</h1>"),
    "case07.example/": bare(403),
    "case08.example/story": only_get,
    "case09.example/story": redirect("/"),
    "case09.example/": page("Case Nine", f"<h1>Welcome</h1>{PROSE}"),
    "case10.example/2019/fog-signals": redirect("/archive/"),
    "case10.example/2019/new-buoys": redirect("/archive/"),
    "case10.example/2020/gull-count": redirect("/archive/"),
    "case10.example/archive/": page("Archive", f"<h1>All articles</h1>{PROSE}"),
    "case12.example/story": redirect("/en-us/story", 302),
    "case12.example/en-us/story": ARTICLE,
    "case13.example/story": page(
        "Seite nicht gefunden | Hafenblatt",
        f"{CHROME}<main><h1>Seite nicht gefunden</h1><p>Zur Startseite</p></main><footer>{CHROME}</footer>",
        title="Hafenblatt", image="https://case13.example/logo.png", description="Nachrichten vom Hafen",
    ),
    "case14.example/story": page("404 Not Found", f"<main><h1>404 Not Found</h1>{PROSE * 25}</main>"),
    "case15.example/": page("Harbour Log", f"<h1>Harbour Log</h1>{PROSE}"),
    "case15.example/*": JOKE,
    "case16.example/*": SHELL,
    "case19.example/*": bare(200, '<script>window.onload=function(){window.location.href="/lander"}</script>'),
    "case19-sold.example/*": SLOTS,
}  # fmt: skip
URLS = (
    *(f"https://case{number:02}.example/story" for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 19)),
    *(f"https://case10.example/{path}" for path in ("2019/fog-signals", "2019/new-buoys", "2020/gull-count")),
    "https://case19-sold.example/story",
)


TITLES = {
    "https://case14.example/story": "404 Not Found: what the gulls told us",
    "https://case16.example/story": "App",
}


def link(url: str) -> Link:
    """A page that one card names and calls by a title that it may have."""
    place = Place(
        path="_news/a.md",
        line=3,
        column=9,
        field="webUrl",
        written=url,
        kind=Kind.PAGE,
        claims=Claims(title=TITLES.get(url, TITLE)),
    )
    return Link(url=url, kind=Kind.PAGE, places=(place,))


def network_of(web: LoopbackWeb) -> NetworkSettings:
    """Without the waiting."""
    return NetworkSettings(
        ca_file=str(web.ca_file), connect_to=web.connect_to, host_request_interval=0.0, retry_pause=0.0, max_retries=1
    )


def audit(network: NetworkSettings, history: HistoryWriter, week: int, urls: Sequence[str] = URLS) -> RunReport:
    """One audit of these links."""
    settings = Settings(network=network)
    now = MONDAY + timedelta(weeks=week)
    run = Audit(
        Plan(cards=1, links=tuple(link(url) for url in sorted(urls)), unreadable=()),
        settings,
        history=history,
        engine=engine_for(settings, version="1", now=lambda: now),
        progress=Silent(),
        clock=lambda: now,
        version="1",
    )
    asyncio.run(run.ask(asyncio.Event()))
    return run.conclude()


def by_url(report: RunReport) -> dict[str, Finding]:
    """The findings of a report by URL without its scheme."""
    return {finding.link.url.partition("://")[2]: finding for finding in report.findings()}


def weekly(folder: Path, urls: Sequence[str], *webs: Routes) -> Iterator[tuple[RunReport, dict[str, Finding]]]:
    """What an audit a week reports of these links, while the web changes so."""
    with serving(webs[0]) as web, HistoryWriter(folder / "history.sqlite") as history:
        for week, routes in enumerate(webs):
            web.routes = routes
            report = audit(network_of(web), history, week, urls)
            yield report, by_url(report)


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[dict[str, Finding]]]:
    """The findings of five weeks."""
    with (
        serving(WEB | FIRST_WEEK) as web,
        HistoryWriter(tmp_path_factory.mktemp("cases") / "history.sqlite") as history,
    ):
        told = [by_url(audit(network_of(web), history, 0))]
        web.routes = WEB
        told += [by_url(audit(network_of(web), history, week)) for week in range(1, 5)]
        yield told
        methods = {hit.method for hit in web.hits}
    assert methods == {"GET"}


@pytest.fixture(scope="module")
def told(weeks: list[dict[str, Finding]]) -> dict[str, Finding]:
    """The findings of the second week."""
    return weeks[1]


def said(told: dict[str, Finding], url: str) -> tuple[str, str, State]:
    """Verdict, rule and state."""
    finding = told[url]
    return finding.verdict.code.value, finding.verdict.rule, finding.state


def test_01_cloudflare_403_with_cf_mitigated_on_a_page_that_was_200(told: dict[str, Finding]) -> None:
    """A challenge says nothing of the page."""
    assert said(told, "case01.example/story") == ("blocked", "block_header", "steady")


def test_02_the_same_header_at_429(told: dict[str, Finding]) -> None:
    """It is a wall, not a rate limit."""
    assert said(told, "case02.example/story") == ("blocked", "block_header", "steady")


def test_03_aws_202_with_an_empty_body(told: dict[str, Finding]) -> None:
    """An accepted status is no answer from the site."""
    assert said(told, "case03.example/story") == ("blocked", "block_header", "steady")


def test_04_405_on_get_with_a_captcha(told: dict[str, Finding]) -> None:
    """The wall's, not the server's."""
    assert said(told, "case04.example/story") == ("blocked", "block_header", "steady")


def test_05_imperva_200_of_six_kilobytes(told: dict[str, Finding]) -> None:
    """Known by its body alone."""
    assert said(told, "case05.example/story") == ("blocked", "wall", "steady")


def test_06_linkedin_999(told: dict[str, Finding]) -> None:
    """A status of its own, on whatever host."""
    assert said(told, "case06.example/story") == ("blocked", "status_beyond_599", "steady")


def test_07_a_404_for_our_user_agent_with_a_front_page_that_answers_403(told: dict[str, Finding]) -> None:
    """The control tells."""
    assert said(told, "case07.example/story") == ("blocked", "refused_like_the_host", "steady")


def test_08_head_404_and_get_200(told: dict[str, Finding]) -> None:
    """Nothing but GET is ever sent."""
    assert said(told, "case08.example/story") == ("ok", "answered", "steady")


def test_09_a_301_to_the_front_page(told: dict[str, Finding]) -> None:
    """Permanent, and nothing of the page is there."""
    assert said(told, "case09.example/story") == ("redirect_generic", "front_page", "still")


def test_10_three_posts_that_end_at_one_archive(told: dict[str, Finding]) -> None:
    """Whatever their codes."""
    for path in ("2019/fog-signals", "2019/new-buoys", "2020/gull-count"):
        assert said(told, f"case10.example/{path}") == ("redirect_generic", "fan_in", "still")


def test_11_a_301_to_a_new_host_with_slug_and_title_kept(tmp_path: Path) -> None:
    """Moved; its address is proposed at once, and may be adopted when two runs have seen it."""
    web: dict[str, Answer] = {
        "case11.example/2021/how-teams-build-apps": redirect("https://blog.case11.example/blog/how-teams-build-apps"),
        "blog.case11.example/blog/how-teams-build-apps": ARTICLE,
    }
    url = "case11.example/2021/how-teams-build-apps"
    seen = [told[url] for _, told in weekly(tmp_path, [f"https://{url}"], web, web)]

    assert [(one.verdict.code.value, one.verdict.rule) for one in seen] == [("moved", "permanent_redirect")] * 2
    first, second = ([row for row in one.proposals if row.kind is Repair.REDIRECT] for one in seen)
    assert [row.new for row in (*first, *second)] == ["https://blog.case11.example/blog/how-teams-build-apps"] * 2
    assert [(row.disposition, row.waits_until is None) for row in (*first, *second)] == [
        (Disposition.SAFE, False),
        (Disposition.SAFE, True),
    ]


def test_12_a_302_to_a_language(told: dict[str, Finding]) -> None:
    """Healthy, and temporary: nothing to adopt."""
    assert said(told, "case12.example/story") == ("redirected", "temporary_redirect", "steady")


def test_13_seite_nicht_gefunden_with_og_tags_and_full_chrome(told: dict[str, Finding]) -> None:
    """The page's own words outweigh its finery."""
    assert said(told, "case13.example/story") == ("soft_404", "says_not_found", "still")


def test_14_an_essay_titled_404_not_found(told: dict[str, Finding]) -> None:
    """Three thousand words on the subject."""
    assert said(told, "case14.example/story") == ("ok", "answered", "steady")


def test_15_a_joke_without_keywords(told: dict[str, Finding]) -> None:
    """An address that was made up shows the same page, and the front page another."""
    assert said(told, "case15.example/story") == ("soft_404", "sibling_alike", "still")


def test_16_an_app_shell_for_all_addresses(told: dict[str, Finding]) -> None:
    """Inconclusive, so it is not called dead."""
    assert said(told, "case16.example/story") == ("ok", "app_shell", "steady")


def test_19_a_lander_and_a_gambling_site_are_alerts(told: dict[str, Finding]) -> None:
    """At once, and confirmed after a week."""
    assert said(told, "case19.example/story") == ("parked", "parking_page", "confirmed")
    assert said(told, "case19-sold.example/story") == ("usurped", "hijacked", "confirmed")


def test_17_nxdomain_once_and_back_in_the_next_run(tmp_path: Path) -> None:
    """By the word of a name server: never called gone, let alone confirmed."""
    there = "127.0.0.1"
    zone: dict[str, str | Say] = {"case17.test": there, "other.test": there}
    with (
        serving({"*": ARTICLE}) as web,
        serving_names(zone) as server,
        HistoryWriter(tmp_path / "history.sqlite") as history,
    ):
        network = NetworkSettings(
            nameservers=(server.address,), allow_private=("127.0.0.0/8",),
            host_request_interval=0.0, retry_pause=0.0, max_retries=1,
        )  # fmt: skip
        urls = [f"http://{name}:{web.http_port}/story" for name in zone]
        seen = []
        for week, gone in enumerate((False, True, False, False)):
            zone["case17.test"] = Say.NXDOMAIN if gone else there
            told = by_url(audit(network, history, week, urls))
            seen.append(said(told, f"case17.test:{web.http_port}/story"))

    assert seen == [
        ("ok", "answered", "steady"),
        ("dns_temporary", "dns_not_found", "new"),
        ("ok", "answered", "flaky"),
        ("ok", "answered", "flaky"),
    ]


def test_18_a_whole_host_503_with_a_retry_after_date_for_two_runs(tmp_path: Path) -> None:
    """One finding for the host, no link called dead, and all is well when it answers again."""
    urls = [f"https://case18.example/{number}" for number in range(4)]
    up: dict[str, Answer] = {"case18.example/*": ARTICLE}
    date = format_datetime(MONDAY + timedelta(days=36_500), usegmt=True)
    down: dict[str, Answer] = {"case18.example/*": retry_after(date, 503)}
    reports = list(weekly(tmp_path, urls, up, down, down, up))

    for report, told in reports[1:3]:
        assert [(row.host, row.verdict.value, row.links) for row in report.hosts] == [
            ("case18.example", "rate_limited", 4)
        ]
        assert {finding.verdict.code.value for finding in told.values()} == {"rate_limited"}
    assert {one.state for _, told in reports for one in told.values()} == {State.STEADY}
    assert {one.verdict.code.health for one in reports[3][1].values()} == {Health.HEALTHY}


def test_what_hides_or_lives_is_never_confirmed(weeks: list[dict[str, Finding]]) -> None:
    """However many weeks it takes; only what is gone is."""
    confirmed = {url for told in weeks for url, one in told.items() if one.state is State.CONFIRMED}

    cases = {url.partition(".")[0].partition("-")[0] for url in confirmed}
    assert cases == {"case09", "case10", "case13", "case15", "case19"}
