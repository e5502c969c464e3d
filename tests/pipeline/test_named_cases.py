"""Cases that link checkers get wrong, by name: two audits a week apart over real sockets, one host for each case."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from crawler.demo.reply import HTML, PROSE, Reply, page, redirect
from crawler.demo.web import Answer, Hit, LoopbackWeb, serving
from crawler.engines import engine_for
from crawler.history.writing import HistoryWriter
from crawler.model import Claims, Finding, Kind, Link, Place, RunReport, State
from crawler.pipeline.audit import Audit
from crawler.pipeline.plan import Plan
from crawler.pipeline.progress import Silent
from crawler.settings import NetworkSettings, Settings
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


def audit(web: LoopbackWeb, history: HistoryWriter, week: int) -> RunReport:
    """One audit of all cases."""
    network = NetworkSettings(
        ca_file=str(web.ca_file), connect_to=web.connect_to, host_request_interval=0.0, retry_pause=0.0, max_retries=1
    )
    settings = Settings(network=network)
    now = MONDAY + timedelta(weeks=week)
    run = Audit(
        Plan(cards=1, links=tuple(link(url) for url in sorted(URLS)), unreadable=()),
        settings,
        history=history,
        engine=engine_for(settings, version="1", now=lambda: now),
        progress=Silent(),
        clock=lambda: now,
        version="1",
    )
    return asyncio.run(run.run(asyncio.Event())).report


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Finding]]:
    """The findings of the second week, by URL without its scheme."""
    with (
        serving(WEB | FIRST_WEEK) as web,
        HistoryWriter(tmp_path_factory.mktemp("cases") / "history.sqlite") as history,
    ):
        audit(web, history, 0)
        web.routes = WEB
        report = audit(web, history, 1)
        yield {finding.link.url.partition("://")[2]: finding for finding in report.findings()}
        methods = {hit.method for hit in web.hits}
    assert methods == {"GET"}


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
