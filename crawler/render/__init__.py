"""A run's report in, one text per format out; nothing is judged here, and nothing here holds all findings.

A format is one module with `render(report: RunReport) -> Iterator[str]`, whose chunks joined are the file, and one
row of FORMATS. The modules are loaded when they are used, so that `--help` pays for none of them.
"""

from crawler.model import Record


class Format(Record, frozen=True):
    """One kind of report file."""

    file: str
    """Its name within the reports' folder."""
    module: str
    """The module that holds its `render`."""


FORMATS: dict[str, Format] = {
    "html": Format(file="report.html", module="crawler.render.html_report"),
    "json": Format(file="report.json", module="crawler.render.json_report"),
    "markdown": Format(file="report.md", module="crawler.render.markdown_report"),
}
"""Every format by its name in `[reports] formats` and `--format`."""
