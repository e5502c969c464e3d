"""What a maintainer does with `report.html`, done in a browser."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.model import Code, RunReport, Unreadable
from tests.browser.conftest import Open
from tests.browser.sample import MOVED, many, small
from tests.render.records import every_hostile, every_verdict, finding, report, verdict

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[test]'").expect


def rows(page: Page) -> list[str]:
    """The addresses in the table, as they are drawn."""
    return [text.strip() for text in page.locator(".row .open").all_inner_texts()]


def choose(page: Page, title: str, value: str) -> None:
    page.locator("fieldset", has=page.get_by_text(title, exact=True)).get_by_label(value).first.click()


def found(page: Page) -> str:
    return page.locator(".found").inner_text()


def test_the_top_and_the_table_are_there(open_report: Open) -> None:
    """Opened from disk, the page says what needs a hand, and lists all links, worst first."""
    page = open_report(small())

    assert page.locator("h1").inner_text() == "5 of 9 links need a hand"
    assert found(page) == "9 links"
    assert rows(page)[:4] == ["parked.example/", "gone.example/other", "gone.example/story", "slow.example/"]
    assert not page.locator("#plain").is_visible()
    cells = page.locator(".row").nth(1).locator("[role=cell]").all_inner_texts()
    assert [cell.split("\n") for cell in cells] == [
        ["not_found", "new"],
        ["gone.example/other", "the evidence says not found"],
        ["_news/a.md:3", "webUrl"],
        ["2026-11-22"],
    ]


def test_facets_narrow_the_list(open_report: Open) -> None:
    """Values of one facet are alternatives, facets are conditions; each value says how many links it would show."""
    page = open_report(small())
    choose(page, "Health", "broken")
    assert rows(page) == ["gone.example/other", "gone.example/story"]
    assert found(page) == "2 of 9 links"

    choose(page, "Health", "failing")
    assert rows(page) == ["gone.example/other", "gone.example/story", "slow.example/"]

    choose(page, "Collection", "_learning")
    assert rows(page) == ["gone.example/story"]
    health = page.locator("fieldset").first.locator("li").all_inner_texts()
    assert [text.split() for text in health] == [["broken", "1"], ["failing", "0"], ["healthy", "3"]]

    page.get_by_role("button", name="Show all").click()
    assert found(page) == "9 links"


@pytest.mark.parametrize(
    ("title", "value", "hits"),
    [
        ("Verdict", "gone", 1),
        ("State", "confirmed", 1),
        ("Since the run before", "new", 3),
        ("Proposed change", "safe", 2),
        ("Kind", "image", 1),
        ("Field", "related[].webUrl", 1),
        ("Host", "gone.example", 2),
    ],
)
def test_every_facet_works(open_report: Open, title: str, value: str, hits: int) -> None:
    """Health, verdict, state, change, proposed change, kind, collection, field and host can be chosen."""
    page = open_report(small())
    choose(page, title, value)

    assert len(rows(page)) == hits


def test_search_finds_addresses_reasons_titles_and_cards(open_report: Open) -> None:
    """Every word must occur, in any case, in address, reason, verdict, title or place."""
    page = open_report(small())
    for text, hits in (
        ("STORY", ["gone.example/story"]),
        ("_learning/f.md:7", ["moved.example/a"]),
        ("page that moved", ["moved.example/a"]),
        ("gone says other", ["gone.example/other"]),
        ("nothing at all", []),
    ):
        page.get_by_label("Search", exact=True).fill(text)
        expect(page.locator(".row .open")).to_have_text(hits)


def test_columns_sort(open_report: Open) -> None:
    """A column's button sorts by it, pressed again the other way round, and says so."""
    page = open_report(small())
    by_link = sorted(one.link.url.removeprefix("https://") for one in small().findings())
    page.get_by_role("button", name="Link").click()
    assert rows(page) == by_link
    assert page.locator("[aria-sort]").get_attribute("aria-sort") == "ascending"

    page.get_by_role("button", name="Link").click()
    assert rows(page) == by_link[::-1]
    assert page.locator("[aria-sort]").get_attribute("aria-sort") == "descending"

    page.get_by_role("button", name="Where").click()
    assert rows(page)[:2] == ["gone.example/story", "moved.example/a"]
    page.get_by_role("button", name="Since").click()
    assert rows(page)[0] == "gone.example/story"


def test_the_address_is_the_view(open_report: Open) -> None:
    """What is chosen stands in the address; the address opened anew shows the same, a link's details included."""
    page = open_report(small())
    choose(page, "Health", "broken")
    page.get_by_role("button", name="Link").click()
    assert page.evaluate("location.hash") == "#health=broken&sort=link"

    page = open_report(small(), "#health=broken&health=failing&q=example&sort=-link")
    assert rows(page) == ["slow.example/", "gone.example/story", "gone.example/other"]
    assert page.get_by_label("Search", exact=True).input_value() == "example"

    page = open_report(small(), f"#health=broken&link={MOVED}")
    assert page.locator("#panel-title").inner_text() == MOVED


@pytest.mark.parametrize(
    "address", ["#links", "#health=nonsense&sort=__proto__", "#link=nowhere", "#%E0%A4%A&=&&q=%00"]
)
def test_a_bad_address_does_no_harm(open_report: Open, address: str) -> None:
    """What the address names and the report has not leaves a page that works."""
    page = open_report(small(), address)

    page.get_by_role("button", name="Show all").click() if page.locator("text=Show all").is_visible() else None
    assert found(page) == "9 links"


def test_the_top_leads_into_the_table(open_report: Open) -> None:
    """The numbers at the top, and a host's name, show their links."""
    page = open_report(small())
    page.locator(".tile", has_text="need a hand").click()
    assert found(page) == "5 of 9 links"
    page.locator(".legend a", has_text="healthy").click()
    assert found(page) == "3 of 9 links"
    page.locator(".hosts a", has_text="gone.example").click()
    assert found(page) == "2 of 9 links"
    page.go_back()
    assert found(page) == "3 of 9 links"


def test_a_row_opens_with_all_that_is_known(open_report: Open) -> None:
    """Hops, reason and rule, earlier runs, card lines and the change with what differs marked."""
    page = open_report(small())
    page.get_by_role("button", name="moved.example/a").click()
    panel = page.get_by_role("dialog")
    assert panel.locator(".hops li").all_inner_texts() == [f"301 {MOVED}", "200 https://moved.example/b"]
    assert panel.locator("mark").all_inner_texts() == ["a", "b"]
    assert "safe to merge" in panel.inner_text()
    assert "_learning/f.md:7" in panel.locator(".places").inner_text()
    assert "rule_of_moved" in panel.inner_text()

    page.keyboard.press("Escape")
    page.get_by_role("button", name="gone.example/story").click()
    assert [text.split() for text in panel.locator(".past li").all_inner_texts()] == [
        ["ok", "2026-11-01"],
        ["gone", "2026-11-08"],
        ["gone", "2026-11-15"],
        ["gone", "this", "run"],
    ]


def test_next_and_back_walk_through_the_details(open_report: Open) -> None:
    """From an open row the next one is a button away, and Back closes the details."""
    page = open_report(small())
    page.get_by_role("button", name="gone.example/other").click()
    page.get_by_role("button", name="Next").click()
    assert page.locator("#panel-title").inner_text() == "https://gone.example/story"
    page.get_by_role("button", name="Previous").click()
    assert page.locator("#panel-title").inner_text() == "https://gone.example/other"
    page.go_back()
    page.wait_for_selector("dialog", state="hidden")
    assert page.evaluate("location.hash") in ("", "#")


def test_a_picture_stands_beside_its_replacement(open_report: Open) -> None:
    """Both are drawn from the page itself."""
    page = open_report(small(), "#verdict=image_suspicious")
    page.locator(".row .open").click()
    images = page.locator(".pair img")

    page.evaluate("Promise.all([...document.querySelectorAll('.pair img')].map((image) => image.decode()))")
    assert images.evaluate_all("(all) => all.map((image) => image.naturalWidth)") == [40, 40]
    assert page.locator(".pair figcaption").all_inner_texts() == ["Now", "Proposed"]


def test_a_row_is_copied_as_markdown(open_report: Open) -> None:
    """The clipboard holds the verdict, the address, the reason, the places and the change, as an item of a list."""
    page = open_report(small(), f"#link={MOVED}")
    page.get_by_role("button", name="Copy as Markdown").click()
    page.wait_for_selector("text=Copied")

    assert page.evaluate("navigator.clipboard.readText()") == (
        "- `moved` (healthy, steady) `https://moved.example/a`: `the evidence says moved`\n"
        "  - `_learning/f.md:7` `webUrl`\n"
        "  - redirect (safe) at `_learning/f.md:7 webUrl`: `https://moved.example/b`\n"
    )


def test_the_view_is_downloaded_as_csv(open_report: Open, tmp_path: Path) -> None:
    """What is shown comes as a table; what looks like a formula does not run in a spreadsheet."""
    found = [
        finding(Code.GONE, "https://a.example/", verdict=verdict(Code.GONE, because='=HYPERLINK("x"), "y"')),
        finding(Code.OK),
    ]
    page = open_report(report(found), "#health=broken")
    with page.expect_download() as started:
        page.get_by_role("button", name="Download CSV").click()
    path = tmp_path / "links.csv"
    started.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))

    assert [(line["url"], line["verdict"], line["because"]) for line in lines] == [
        ("https://a.example/", "gone", '\'=HYPERLINK("x"), "y"')
    ]


def test_all_of_it_by_keyboard(open_report: Open) -> None:
    """A slash searches, arrows walk, Enter opens, Escape closes and leaves the reader where he was; c copies."""
    page = open_report(small())
    page.keyboard.press("/")
    page.keyboard.type("gone")
    expect(page.locator(".row")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    focused = "document.activeElement.innerText"
    assert page.evaluate(focused) == "gone.example/story"
    page.keyboard.press("Enter")
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog").is_visible()
    assert page.evaluate(focused) == "gone.example/story"
    page.keyboard.press("c")
    page.wait_for_selector("text=Copied")
    assert "https://gone.example/story" in page.evaluate("navigator.clipboard.readText()")
    page.keyboard.press("Home")
    assert page.evaluate(focused) == "gone.example/other"
    assert page.locator(".row .open[tabindex='0']").count() == 1  # Tab leaves the table at once


def test_many_rows_are_drawn_as_they_are_needed(open_report: Open) -> None:
    """Of 20,000 links only those on the screen are in the page; the last can be reached, and search still finds."""
    page = open_report(many(20_000))
    assert found(page) == "20,000 links"
    assert page.locator(".row").count() < 60
    assert page.get_by_role("table").get_attribute("aria-rowcount") == "20001"

    page.locator(".row .open").first.focus()
    page.keyboard.press("End")
    page.wait_for_selector("[aria-rowindex='20001']")
    assert page.locator(".row").count() < 60
    page.get_by_label("Search", exact=True).fill("-0012345")
    expect(page.locator(".row")).to_have_count(1)
    assert "-0012345" in rows(page)[0]


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_colours_follow_the_system(open_report: Open, scheme: str, *, dark: bool) -> None:
    """On a dark system the page is dark."""
    page = open_report(small(), color_scheme=scheme)
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert (colour == "rgb(255, 255, 255)") is not dark


@pytest.mark.parametrize("run", [every_verdict, every_hostile, small], ids=["every_verdict", "hostile", "small"])
def test_it_fits_a_phone(open_report: Open, run: Callable[[], RunReport]) -> None:
    """At a width of 390 pixels nothing has to be scrolled sideways, in the table or in the details."""
    page = open_report(run(), viewport={"width": 390, "height": 800})
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390

    page.locator(".row .open").first.click()
    assert page.evaluate("document.querySelector('dialog').scrollWidth") <= 390


def test_it_is_read_without_scripts(open_report: Open) -> None:
    """With scripts off the summary and the worst links are there, and no control that would do nothing."""
    page = open_report(every_verdict(), java_script_enabled=False)

    assert page.locator("h1").is_visible()
    assert page.locator("#plain tbody tr").first.is_visible()
    assert page.locator(".tiles, .loading, #explorer").filter(visible=True).count() == 0


def test_it_is_read_in_an_old_browser(open_report: Open) -> None:
    """Where data cannot be unpacked the plain list stays, and the page says why."""
    page = open_report(small(), init="delete globalThis.DecompressionStream")

    assert page.locator("#plain tbody tr").count() == 5
    assert "This browser cannot open the table" in page.locator("#plain").inner_text()


def test_it_is_printed_without_controls(open_report: Open) -> None:
    """On paper stand the summary and the worst links, dark on white."""
    page = open_report(small(), color_scheme="dark")
    page.emulate_media(media="print")

    assert page.locator("#plain tbody tr").first.is_visible()
    assert page.locator("#explorer, .tiles").filter(visible=True).count() == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_too_many_links_are_said_to_be_too_many(open_report: Open) -> None:
    """Above the limit the worst are in the table, and the page says how many there are."""
    page = open_report(many(3_000), most_rows=500)

    assert found(page) == "500 links"
    assert "The 500 worst of 3,000 links" in page.locator("#links").inner_text()


HOSTILE_ADDRESSES = (
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "https://x.example/\"'><img src=x>",
)


def test_hostile_texts_do_nothing(open_report: Open) -> None:
    """Whatever titles, addresses and reasons say, every row opens, nothing runs, and only web addresses are links."""
    bad = "</script><img src=https://bad.example/ onerror=alert(1)><script>alert(1)</script>"
    found = [
        finding(Code.INVALID_URL, url, verdict=verdict(Code.INVALID_URL, because=bad)) for url in HOSTILE_ADDRESSES
    ]
    found += list(every_hostile().findings())
    page = open_report(report(found))
    page.locator(".row .open").first.click()
    for _ in range(len(found) - 1):
        page.get_by_role("button", name="Next").click()
    hrefs = page.evaluate("[...document.links].map((link) => link.href)")

    assert all(href.startswith(("https://", "http://", "file:")) for href in hrefs)
    assert page.locator("#explorer img, dialog img").count() == 0
    assert page.locator("script").count() == 1  # the data have been taken out


def test_an_unsafe_address_is_not_a_link(open_report: Open) -> None:
    """What leads visitors to somebody else is shown, and cannot be clicked."""
    page = open_report(small(), "#verdict=parked")
    page.locator(".row .open").click()

    assert page.get_by_role("dialog").locator("a").count() == 0


def test_the_top_leads_to_the_cards_that_could_not_be_read(open_report: Open) -> None:
    """Past a table of many rows, and the table stays as it was chosen."""
    cards = tuple(Unreadable(path=f"_news/{n}.md", line=1, because="no end") for n in range(200))
    page = open_report(report([finding(Code.GONE), finding(Code.OK)], unreadable=cards), "#health=broken")
    before = found(page)
    page.locator(".lead a").click()

    page.evaluate("new Promise((done) => setTimeout(done))")  # what a click on a number does comes as late
    expect(page.locator("#h-unreadable")).to_be_in_viewport()
    assert found(page) == before
