"""The example site, as `make demo` audits it."""

from __future__ import annotations

from crawler.demo.exhibits import EXHIBITS
from tests.cli.site import CardSite


def test_every_exhibit_gets_the_verdict_that_it_shows(site: CardSite) -> None:
    """Each kind of field and fault of the example, through the command that people type first."""
    done = site.run("demo", "example", "--no-progress")
    example = CardSite(site.folder / "example")

    assert (done.code, done.err) == (0, "")
    assert example.verdicts() == {exhibit.url: str(exhibit.verdict) for exhibit in EXHIBITS}
    assert "example/reports/report.json" in done.out
    assert [row["path"] for row in example.report()["unreadable"]] == ["_news/2026-09-30-unclosed.md"]


def test_what_could_be_repaired_is_shown(site: CardSite) -> None:
    """As a diff after the audit, with what waits for another audit, and with what that means."""
    done = site.run("demo", "example", "--no-progress")
    example = CardSite(site.folder / "example")
    shown = example.run("fix", "--unconfirmed")

    assert shown.out.count("diff --git a/_news/2026-09-04-dredging-begins.md") == 1
    assert shown.out in done.out
    assert "of what has moved the next one, of what is dead those of a week or more" in done.out


def test_a_folder_of_somebody_elses_is_left_alone(site: CardSite) -> None:
    """The demo writes only where nothing else is."""
    (site.folder / "mine").mkdir()
    (site.folder / "mine" / "thesis.md").touch()
    done = site.run("demo", "mine")

    assert done.code == 1
    assert "holds something other than the example site" in done.err
    assert [path.name for path in (site.folder / "mine").iterdir()] == ["thesis.md"]
