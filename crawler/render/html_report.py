"""A run's report in, `report.html` out: one file that needs no network, no server and, to be read, no scripts.

Jinja2 escapes all that is shown. The table's data come as base64 text (`html_rows`), which cannot end its element, and
the page's policy lets nothing run but its own script and nothing be loaded at all.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from crawler.model import Change, Code, Health, RunReport
from crawler.render import FORMATS
from crawler.render.html_overview import Tally
from crawler.render.html_rows import MOST_ROWS, Choice, Packer
from crawler.render.words import MEANINGS, count, moment, not_read
from crawler.render.worst import NEEDS_A_HAND, Row, Worst, worst
from crawler.text import printable

WORST = 200
"""Findings that stand in the page as plain HTML: for readers without scripts, and for paper."""
_SIDE = 200
"""Rows of the lists of hosts and of cards that could not be read."""
_LONGEST_LINK = 2_000
"""Characters shown of a URL in a plain row."""
_FOLDER = Path(__file__).parent / "html"
_SCRIPTS = ("dom.js", "details.js", "takeaway.js", "report.js")
"""What the page runs, one after the other, as one script."""


def render(report: RunReport, *, most_rows: int = MOST_ROWS) -> Iterator[str]:
    """The file, a piece at a time; the findings are read once, and at most `most_rows` of them are embedded."""
    packer, tally = Packer(Choice(report.summary, most_rows)), Tally()
    found = worst(tally.watch(packer.watch(report.findings())), NEEDS_A_HAND, WORST)
    overview = tally.overview(report)
    style, script = _own("report.css"), "".join(map(_own, _SCRIPTS))
    yield from _template().generate(
        report=report,
        run=report.run,
        overview=overview,
        health=dict(report.summary.health),
        state=dict(report.summary.state),
        worst=_worst(found),
        fixed=found.fixed,
        hosts=report.hosts[:_SIDE],
        unreadable=report.unreadable[:_SIDE],
        rows=packer.rows,
        left_out=overview.links - packer.rows,
        everything=FORMATS["json"].file,
        style=Markup(style),  # noqa: S704 - our own files
        script=Markup(script),  # noqa: S704
        policy=_policy(style, script),
        data=packer.data(),
    )


def _worst(found: Worst) -> tuple[Row, ...]:
    rows = [row for health in NEEDS_A_HAND for row in found.of(health)]
    return tuple(rows[:WORST])


def _policy(style: str, script: str) -> str:
    """No request to anywhere, no script or style but our own, and no text that becomes markup."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {_hash(script)}",
            f"style-src {_hash(style)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _own(name: str) -> str:
    """One of the files beside the template; its own bytes, whatever the line ends of the disk."""
    return (_FOLDER / name).read_text(encoding="utf-8")


def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "printable": printable,
        "moment": moment,
        "count": count,
        "not_read": not_read,
        "number": "{:,}".format,
    }
    environment.globals |= {"Health": Health, "Code": Code, "Change": Change, "MEANINGS": MEANINGS}
    environment.tests["clickable"] = _clickable
    return environment.get_template("report.html")


def _clickable(row: Row) -> bool:
    """Whether an address may be a link: asked for over HTTP, shown whole, and nobody's trap."""
    return (
        row.url.startswith(("http://", "https://"))
        and len(row.url) <= _LONGEST_LINK
        and row.code.health is not Health.UNSAFE
    )
