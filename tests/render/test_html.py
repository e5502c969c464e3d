"""`report.html` holds what the findings say, within bounds, and lets none of it act."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.model import Change, Code, Health, Image, Kind, Picture, RunFacts, RunLine, State, Unreadable, Vote
from crawler.render.html_report import render
from crawler.render.html_rows import Choice, folder
from tests.render.html_page import columns, island, page
from tests.render.records import (
    EARLIER,
    HOSTILE,
    NOW,
    every_hostile,
    every_verdict,
    finding,
    observation,
    place,
    proposal,
    report,
    verdict,
)

OWN_ELEMENTS = {
    *("html", "head", "meta", "title", "link", "style", "script", "body", "header", "nav", "main", "section", "footer"),
    *("svg", "symbol", "path", "circle", "rect", "use", "g", "table", "thead", "tbody", "tr", "th", "td", "ul", "li"),
    *("h1", "h2", "p", "div", "figure", "figcaption", "a", "b", "bdi", "code", "small", "span", "strong", "time"),
}


def parsed(text: str) -> LexborHTMLParser:
    return LexborHTMLParser(text)


def one(node: LexborHTMLParser | LexborNode, selector: str) -> LexborNode:
    found = node.css_first(selector)
    assert found is not None, selector
    return found


def run_line(days: int, broken: int) -> RunLine:
    at = NOW - timedelta(days=days)
    facts = RunFacts(id=f"r{days}", started=at, finished=at, version="0", cards=1, links=9, requests=9, received=1)
    counts = {Health.BROKEN: broken, Health.HEALTHY: 9 - broken}
    return RunLine(run=facts, ended="complete", health=tuple((str(one), counts.get(one, 0)) for one in Health))


def test_the_same_findings_are_the_same_bytes() -> None:
    """Rendered twice, the report is the same text."""
    assert list(render(every_verdict())) == list(render(every_verdict()))


@pytest.mark.parametrize("run", [report, every_verdict, every_hostile], ids=["empty", "every_verdict", "hostile"])
def test_nothing_is_loaded_and_nothing_runs_but_the_page_s_own(run: object) -> None:
    """The page has the elements of its template, one script, no handler, and links to the web or into itself only."""
    tree = parsed(page(run()))  # type: ignore[operator]  # one of the builders above
    root = tree.root
    assert root is not None

    assert {node.tag for node in root.traverse(include_text=False)} <= OWN_ELEMENTS
    assert [node.attributes for node in tree.css("script")] == [{"type": "application/octet-stream", "id": "data"}, {}]
    for node in root.traverse(include_text=False):
        for name, value in node.attributes.items():
            assert not name.startswith("on")
            assert name not in ("src", "srcset", "style", "background", "action")
            if name == "href":
                assert re.match(r"https?://|#|data:,$", value or ""), value


def test_the_policy_allows_the_page_s_own_script_and_style_by_hash_alone() -> None:
    """No origin, no inline exception: what the policy lets run is what is written in the page."""
    meta = one(parsed(page(report())), "meta[http-equiv=Content-Security-Policy]")
    policy = (meta.attributes["content"] or "").split("; ")

    assert policy[0] == "default-src 'none'"
    assert "unsafe" not in " ".join(policy)
    assert {part.split()[0] for part in policy if "sha256-" in part} == {"script-src", "style-src"}
    assert "require-trusted-types-for 'script'" in policy


def test_hostile_texts_are_shown_and_cut() -> None:
    """Of a text of 100,000 characters only its beginning is in the page; control and bidi characters are not."""
    long = HOSTILE + "x" * 100_000
    run = report([finding(url=f"https://site.example/{long}", verdict=verdict(because=long))])
    text = page(run)

    assert len(island(text)) < 10_000
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069]", text + island(text))


@pytest.mark.parametrize(
    ("url", "code", "clickable"),
    [
        ("https://site.example/a?b=c&d", Code.NOT_FOUND, True),
        ("http://site.example/", Code.TIMEOUT, True),
        ("javascript:alert(1)", Code.INVALID_URL, False),
        ("data:text/html,<script>alert(1)</script>", Code.INVALID_URL, False),
        ("https://site.example/" + "a" * 9_000, Code.NOT_FOUND, False),
        ("https://site.example/", Code.PARKED, False),
    ],
)
def test_only_whole_harmless_addresses_are_links(url: str, code: Code, *, clickable: bool) -> None:
    """What is no web address, is cut, or leads visitors to somebody else cannot be clicked; links tell nobody."""
    links = parsed(page(report([finding(code, url)]))).css("#plain a")

    assert [link.attributes["href"] for link in links] == ([url] if clickable else [])
    assert all(link.attributes["rel"] == "noreferrer noopener nofollow" for link in links)


def test_the_top_says_what_needs_a_hand_what_is_new_and_what_is_fixed() -> None:
    """The heading counts what needs a hand, known problems left out; the line below what is new and fixed."""
    found = [
        finding(Code.NOT_FOUND, "https://a.example/"),
        finding(Code.GONE, "https://b.example/", state=State.STILL),
        finding(Code.OK, "https://c.example/", change=Change.FIXED, before=Code.GONE),
        finding(Code.BLOCKED, "https://d.example/"),
    ]
    tree = parsed(page(report(found, past=(run_line(7, 3),), known=(("broken", 1), ("gone", 1)))))

    assert one(tree, "h1").text() == "1 of 4 links needs a hand"
    assert " ".join(one(tree, ".lead").text().split()) == (
        "1 new since the run before, 1 fixed. 1 known problem left out."
    )
    assert "Nothing needs a hand: 0 links" in one(parsed(page(report())), "h1").text()


def test_cards_that_could_not_be_read_are_counted_at_the_top() -> None:
    """With the way to their list; a run without says nothing of it."""
    cards = tuple(Unreadable(path=f"_news/{n}.md", line=1, because="no end") for n in range(2))
    tree = parsed(page(report([finding()], unreadable=cards)))
    way = one(tree, ".lead a")

    assert way.text() == "2 cards could not be read, so their links were not checked"
    assert one(tree, way.attributes["href"] or "").text() == "Cards that could not be read: 2"
    assert not parsed(page(report([finding()]))).css(".lead a")


def test_a_first_run_says_so() -> None:
    """Without a past there is no chart over the runs, and new is explained."""
    tree = parsed(page(report([finding()])))

    assert "No run before has asked" in one(tree, ".lead").text()
    assert not tree.css(".runs")


def test_a_run_that_means_nothing_says_so_first() -> None:
    """A void run has a warning above its numbers."""
    text = page(report(void=True, void_because="our own network is down"))

    assert text.index("our own network is down") < text.index("<h1>")


def test_hosts_and_runs_are_drawn() -> None:
    """A host's bar shows what is wrong there; a run's column is as tall as what needed a hand in it."""
    found = [finding(Code.NOT_FOUND, f"https://bad.example/{n}") for n in range(3)]
    found += [finding(Code.OK, f"https://good.example/{n}") for n in range(5)]
    tree = parsed(page(report(found, past=(run_line(14, 6), run_line(7, 0)))))

    hosts = [" ".join(node.text().split()) for node in tree.css(".hosts li")]
    assert [re.sub(r"broken: \d ", "", host) for host in hosts] == ["bad.example 3 of 3"]
    assert [rect.attributes["height"] for rect in tree.css(".runs rect.broken")] == ["100.0", "50.0"]
    label = one(tree, ".runs").attributes["aria-label"]
    assert label == "Links that need a hand, run by run: 2026-11-08 6, 2026-11-15 0, 2026-11-22 3"


def test_an_offline_run_has_no_column() -> None:
    """What it did not ask would look as if it were well."""
    found = [finding(Code.OFFLINE, "https://a.example/")]
    drawn = parsed(page(report(found, past=(run_line(14, 6), run_line(7, 2)))))
    alone = parsed(page(report(found, past=(run_line(14, 6),))))

    label = one(drawn, ".runs").attributes["aria-label"]
    assert label == "Links that need a hand, run by run: 2026-11-08 6, 2026-11-15 2"
    assert not alone.css(".runs")


def test_the_worst_stand_in_plain_html() -> None:
    """Without scripts the 200 worst are there, worst first, new ones before old."""
    found = [finding(Code.TIMEOUT, f"https://slow.example/{n:03}") for n in range(150)]
    found += [finding(Code.GONE, f"https://gone.example/{n:03}", state=State.STILL) for n in range(150)]
    found += [finding(Code.PARKED, "https://parked.example/")]
    rows = parsed(page(report(found))).css("#plain tbody tr")
    codes = [one(row, "code").text() for row in rows]

    assert codes == ["parked", *["gone"] * 150, *["timeout"] * 49]


def test_every_finding_is_a_row_of_the_data() -> None:
    """The data hold every link with its verdict, in the order of the findings."""
    run = every_verdict()
    tables, rows = columns(page(run))

    assert rows["url"] == [one.link.url for one in run.findings()]
    assert [tables["codes"][code] for code in rows["code"]] == [
        [one.verdict.code, one.verdict.code.health] for one in run.findings()
    ]
    assert {len(values) for values in rows.values()} == {len(rows["url"])}


def test_a_row_says_where_what_and_since_when() -> None:
    """Places, hops, earlier runs and proposals of a link can be read back from the data."""
    url = "https://moved.example/a"
    votes = (Vote(asked_at=EARLIER, code=Code.OK),)
    found = finding(
        Code.MOVED,
        url,
        places=(place("_news/a.md", 7, field="related[3].webUrl", written=f"{url}#top"),),
        votes=votes,
        proposals=(proposal(field="related[3].webUrl", old=url),),
    )
    tables, rows = columns(page(report([found])))
    names = tables["names"]

    path, line, field, judged, written = rows["places"][0][0]
    assert (names[path], line, names[field], judged, written) == (
        "_news/a.md",
        7,
        "related[3].webUrl",
        -1,
        f"{url}#top",
    )
    assert [names[index] for index in tables["sets"][rows["fields"][0]]] == ["related[].webUrl"]
    assert [names[index] for index in tables["sets"][rows["folders"][0]]] == ["_news"]
    assert [(names[at], tables["codes"][code][0]) for at, code in tables["pasts"][rows["past"][0]]] == [
        ("2026-11-08", "ok")
    ]
    assert rows["proposals"][0][0][3:7] == [url, "https://site.example/b", "redirect", "safe"]


@pytest.mark.parametrize(
    ("path", "name"),
    [("_news/a.md", "_news"), ("_news/2020/a.md", "_news"), ("a.md", "(top folder)"), ("/abs/a.md", "(top folder)")],
)
def test_the_collection_is_the_first_folder(path: str, name: str) -> None:
    """A card belongs to the collection that its path begins with."""
    assert folder(path) == name


def test_of_too_many_the_worst_are_embedded_and_the_rest_is_counted() -> None:
    """Above the limit the data hold the worst and what was fixed, and the page says how many they are."""
    found = [finding(Code.OK, f"https://ok.example/{n:02}") for n in range(50)]
    found += [finding(Code.GONE, f"https://gone.example/{n:02}") for n in range(4)]
    found += [finding(Code.OK, "https://fixed.example/", change=Change.FIXED)]
    text = page(report(found), most_rows=8)
    tables, rows = columns(text)

    codes = [tables["codes"][code][0] for code in rows["code"]]
    assert (codes.count("gone"), codes.count("ok")) == (4, 4)
    assert "https://fixed.example/" in rows["url"]
    assert "The 8 worst of 55 links can be searched here" in text
    assert "can be searched here" not in page(report(found))


def test_no_more_is_embedded_than_the_limit() -> None:
    """However the summary and the findings differ, the limit holds."""
    choice = Choice(report().summary, 5)

    assert not any(choice.takes(finding(code)) for code in Code)


def test_pictures_are_embedded_within_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """A link's own picture stands beside the one proposed; others, odd ones, and what exceeds the budget do not."""
    url, better = "https://image.example/a.png", "https://image.example/b.png"
    found = finding(
        Code.IMAGE_SUSPICIOUS,
        url,
        kind=Kind.IMAGE,
        observation=observation(url, 200, image=Image(format="png", width=1, height=1, thumbnail="QUJD")),
        proposals=(proposal(kind="image", old=url, new=better),),
        pictures=(
            Picture(url=better, thumbnail="REVG"),
            Picture(url="https://image.example/c.png", thumbnail="R0hJ"),
        ),
    )
    _, rows = columns(page(report([found])))
    assert rows["pictures"] == [[[url, "QUJD"], [better, "REVG"]]]

    monkeypatch.setattr("crawler.render.html_rows.THUMBNAIL_BUDGET", 4)
    _, rows = columns(page(report([found])))
    assert rows["pictures"] == [[[url, "QUJD"]]]

    odd = finding(Code.OK, url, observation=observation(url, image=Image(thumbnail='"><script>')))
    assert columns(page(report([odd])))[1]["pictures"] == [0]
