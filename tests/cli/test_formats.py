"""`--format` and `--output`, and what GitHub Actions is told."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from crawler.demo.web import Reply, Routes, page, serving
from crawler.render import FORMATS
from crawler.render.write import SUMMARY_BUDGET
from tests.cli.site import CardSite

GOOD, BAD = "https://a.example/good", "https://b.example/bad"
ROUTES: Routes = {"a.example/good": page("Good"), "b.example/bad": Reply(status=404)}


@pytest.fixture
def audited(site: CardSite) -> CardSite:
    """A site with one stored run: a good link, and a bad one on line 3."""
    site.card("one", webUrl=GOOD, originalUrl=BAD)
    with serving(ROUTES) as web:
        site.config(web)
        site.run("audit")
    for path in (site.folder / "reports").iterdir():
        path.unlink()
    return site


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_every_format_at_once(audited: CardSite) -> None:
    """`--format` repeats and takes lists, and beats `[reports] formats`."""
    first, *rest = FORMATS
    done = audited.run("report", "--format", first, "--format", ",".join(rest), "--output", "out")

    assert done.code == 0, done.err
    assert names(audited.folder / "out") == {row.file for row in FORMATS.values()}
    audited.run("report", "-f", "csv")
    assert names(audited.folder / "reports") == {"report.csv"}


def test_a_file_of_ones_own(audited: CardSite) -> None:
    """With one format, a name with a suffix is the report itself, in a folder that is made for it."""
    done = audited.run("report", "--format", "sarif", "--output", "new/links.sarif")

    assert names(audited.folder / "new") == {"links.sarif"}
    assert json.loads((audited.folder / "new" / "links.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert "Reports: new/links.sarif" in done.out
    assert not names(audited.folder / "reports")


def test_standard_output_holds_the_report_alone(audited: CardSite) -> None:
    """So that it can be piped; the exit code tells what --fail-on asks for."""
    done = audited.run("report", "--format", "csv", "--output", "-", "--fail-on", "broken")

    assert done.code == 2
    assert {row["url"] for row in csv.DictReader(io.StringIO(done.out))} == {GOOD, BAD}
    assert not names(audited.folder / "reports")


@pytest.mark.parametrize("output", ["-", "links.sarif"])
def test_one_file_takes_one_format(audited: CardSite, output: str) -> None:
    """Two reports in one file would be none."""
    done = audited.run("report", "--format", "sarif,csv", "--output", output)

    assert done.code == 3
    assert f"--output {output} takes one report; name it with --format" in done.err


def test_sarif_points_at_the_card_line(audited: CardSite) -> None:
    """Line and columns are those of the address within its quotes."""
    done = audited.run("report", "--format", "sarif", "--output", "-")
    (result,) = json.loads(done.out)["runs"][0]["results"]

    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "_news/one.md"},
        "region": {"startLine": 3, "startColumn": 15, "endLine": 3, "endColumn": 15 + len(BAD)},
    }


def test_github_gets_annotations_and_a_summary(audited: CardSite) -> None:
    """With `--format github`, the summary of the step is appended to what other commands have written."""
    summary = audited.folder / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    done = audited.run(
        "report", "--format", "github", "--output", "-", environment={"GITHUB_STEP_SUMMARY": str(summary)}
    )
    text = summary.read_text(encoding="utf-8")

    assert done.out.startswith("::error file=_news/one.md,line=3,col=14,title=Page not found::")
    assert text.startswith("before\n# Link audit\n")
    assert BAD in text


def test_a_summary_that_is_full_is_left_alone(audited: CardSite) -> None:
    """GitHub would refuse all of it."""
    summary = audited.folder / "summary.md"
    summary.write_bytes(b"x" * SUMMARY_BUDGET)
    done = audited.run("report", "--format", "github", environment={"GITHUB_STEP_SUMMARY": str(summary)})

    assert summary.stat().st_size == SUMMARY_BUDGET
    assert "no room is left in the summary of this step" in done.err


def test_without_the_format_the_summary_is_nobodys(audited: CardSite) -> None:
    """Other formats write to no file that they were not asked for."""
    summary = audited.folder / "summary.md"
    audited.run("report", "--format", "json", environment={"GITHUB_STEP_SUMMARY": str(summary)})

    assert not summary.exists()
