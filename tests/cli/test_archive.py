"""`crawler audit --archive`, as a process."""

from __future__ import annotations

import pytest

from crawler.demo.reply import PROSE, page
from crawler.demo.web import serving
from tests.cli.site import CardSite
from tests.pipeline.wayback import FakeWayback

DEAD = "https://gone.example/2020/fog"
TITLE = "How teams build apps"
HELD = FakeWayback({DEAD: [("20200601120000", page(TITLE, f"<main><h1>{TITLE}</h1>{PROSE}</main>"))]})
COPY = f"https://web.archive.org/web/20200601120000/{DEAD}"


def proposals(site: CardSite) -> list[tuple[str, str, str]]:
    """(field, new, kind) of each in the last report."""
    found = [one for finding in site.report()["findings"] for one in finding["proposals"]]
    return [(one["field"], one["new"], one["kind"]) for one in found]


@pytest.mark.parametrize(
    ("config", "arguments", "expected"),
    [
        ("", (), []),
        ("", ("--archive",), [("archiveUrl", COPY, "archive")]),
        ('[fix]\narchive = "replace"\n', ("--archive",), [("webUrl", COPY, "archive")]),
        ('[fix]\narchive = "field"\narchive_field = "copy"\n', (), [("copy", COPY, "archive")]),
        ('[fix]\narchive = "field"\n', ("--check",), None),
        ('[fix]\narchive = "field"\n', ("--offline",), []),
    ],
)
def test_the_archive_is_asked_when_it_is_wanted(
    site: CardSite, config: str, arguments: tuple[str, ...], expected: list[tuple[str, str, str]] | None
) -> None:
    """By flag or setting, never in a hook or offline; the flag adds a field unless the setting says otherwise."""
    site.card("one", title=TITLE, publishedDateTime="2020-05-17T10:00:00Z", webUrl=DEAD)
    with serving({"gone.example/": page("Gone"), **HELD.routes}) as web:
        site.config(web, config)
        done = site.run("audit", *arguments)
        asked = any(hit.host.endswith("archive.org") for hit in web.hits)

    assert done.code in (0, 2), done.err
    assert asked is bool(expected)
    if expected is not None:
        assert proposals(site) == expected


def test_a_card_that_names_a_copy_gets_no_other(site: CardSite) -> None:
    """Whatever stands there, and nothing is asked."""
    site.card("one", title=TITLE, webUrl=DEAD, archiveUrl="")
    with serving({"gone.example/": page("Gone"), **HELD.routes}) as web:
        site.config(web)
        site.run("audit", "--archive")
        asked = [hit.host for hit in web.hits]

    assert set(asked) == {"gone.example"}
    assert proposals(site) == []


def test_a_merged_copy_is_proposed_no_more(site: CardSite) -> None:
    """`fix` writes the field beneath the dead link, and neither it nor the next audit has anything to add."""
    site.card("one", title=TITLE, publishedDateTime="2020-05-17T10:00:00Z", webUrl=DEAD)
    with serving({"gone.example/": page("Gone"), **HELD.routes}) as web:
        site.config(web)
        site.run("audit", "--archive")
        written = site.run("fix", "--only", "archive", "--all", "--unconfirmed", "--apply")
        web.hits.clear()
        site.run("audit", "--archive")
        asked = {hit.host for hit in web.hits}
    again = site.run("fix", "--all", "--unconfirmed")

    card = (site.folder / "_news" / "one.md").read_text(encoding="utf-8")
    assert f'webUrl: "{DEAD}"\narchiveUrl: "{COPY}"\n' in card, written.err
    assert (asked, again.out) == ({"gone.example"}, "")


def test_a_stored_run_proposes_what_it_learnt(site: CardSite) -> None:
    """Rendered again without the flag and without a request."""
    site.card("one", title=TITLE, publishedDateTime="2020-05-17", webUrl=DEAD)
    with serving({"gone.example/": page("Gone"), **HELD.routes}) as web:
        site.config(web)
        site.run("audit", "--archive")
    site.run("report")

    assert proposals(site) == [("archiveUrl", COPY, "archive")]
