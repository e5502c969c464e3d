"""How two runs differ in, short rows for reports that people read out; as few as are shown, however many there are."""

from __future__ import annotations

from crawler.model import Code, Difference, Record, Turn, Turned
from crawler.render.worst import LONGEST_URL, concerned
from crawler.text import printable

TITLES: dict[Turn, str] = {
    Turn.NEW: "New",
    Turn.CHANGED: "Changed",
    Turn.FIXED: "Fixed",
    Turn.GONE: "No longer on a card",
}
"""What is shown, in this order; what is still the same is only counted."""
UNREADABLE_TITLE = "Cards that could not be read"
"""Of those that the other run could read, or did not have."""


class Row(Record, frozen=True):
    """One link, cut to what is read at a glance; its texts are printable."""

    url: str
    code: Code
    """Of what is gone, the verdict then."""
    was: Code | None
    """The verdict then, if it was another."""
    because: str
    path: str
    line: int
    field: str
    further: int
    """Places beyond the one named."""


def rows_of(difference: Difference, limit: int) -> dict[Turn, list[Row]]:
    """The first `limit` links of each turn, sorted by URL; read in one pass."""
    found: dict[Turn, list[Row]] = {turn: [] for turn in TITLES}
    for turned in difference.rows():
        if turned.turn in found and len(found[turned.turn]) < limit:
            found[turned.turn].append(_row(turned))
    return found


def _row(turned: Turned) -> Row:
    finding, before = turned.finding, turned.before
    places = concerned(finding)
    first, verdict = places[0]
    return Row(
        url=printable(finding.link.url, LONGEST_URL),
        code=finding.verdict.code,
        was=before.verdict.code if before and turned.turn is not Turn.GONE else None,
        because=printable(verdict.because, 500),
        path=printable(first.path, 1_000),
        line=first.line,
        field=printable(first.field, 200),
        further=max(0, len(places) - 1),
    )
