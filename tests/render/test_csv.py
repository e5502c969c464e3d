"""`report.csv` is read back as it was meant, and no cell of it is a formula."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from crawler.model import RunReport
from crawler.render.csv_report import COLUMNS, cell
from tests.render.formats import rendered
from tests.render.records import every_verdict, finding, place, proposal, report


def rows(run: RunReport) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(rendered("csv", run), newline="")))


def test_each_place_is_a_row() -> None:
    """With every column; the verdict is the place's own where it has one."""
    run = every_verdict()
    read = rows(run)

    assert len(read) == sum(len(found.link.places) for found in run.findings())
    assert all(tuple(row) == COLUMNS for row in read)
    sizes = [row["verdict"] for row in read if row["url"] == "https://image.example/a.jpg"]
    assert sizes == ["image_size_mismatch", "ok"]


@given(st.text(st.characters(), max_size=40))
def test_no_cell_is_a_formula(text: str) -> None:
    """Whatever a card or page says, no cell begins with a sign that spreadsheets calculate with, or breaks a line."""
    shown = cell(text)

    assert shown[:1] not in tuple("=+-@\t\r＝＋－＠")
    assert len(shown.splitlines()) <= 1


def test_a_proposal_stands_beside_its_place() -> None:
    """What concerns another field of the card stands there too, with its field."""
    change = proposal(field="title", kind="metadata", old="", new="A title, with a comma")
    (row,) = rows(report([finding(places=(place(),), proposals=(change,))]))

    assert (row["proposal"], row["proposed_field"], row["proposed"]) == ("metadata", "title", "A title, with a comma")
