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
    about: str
    """What it is, for `--help` and the docs."""
    readers: str
    """Who reads it, for the docs."""
    limits: str
    """How large it gets and what is left out then, for the docs."""


FORMATS: dict[str, Format] = {
    "html": Format(
        file="report.html",
        module="crawler.render.html_report",
        about="one page that opens from disk: search, facets, every link's evidence and proposed changes",
        readers="people, in a browser",
        limits="the 100,000 worst links, and pictures of 6 MB; what is left out is counted",
    ),
    "json": Format(
        file="report.json",
        module="crawler.render.json_report",
        about="every link with all that is known of it, one finding a line",
        readers="programs; its JSON Schema is `crawler/render/report.schema.json`",
        limits="none",
    ),
    "jsonl": Format(
        file="report.jsonl",
        module="crawler.render.jsonl_report",
        about="the same as JSON Lines: the run, then each finding",
        readers="`jq`, DuckDB, pandas, log collectors",
        limits="none",
    ),
    "csv": Format(
        file="report.csv",
        module="crawler.render.csv_report",
        about="a table with one row for each place of each link",
        readers="spreadsheets, pandas, SQLite",
        limits="a cell ends after 32,000 characters",
    ),
    "markdown": Format(
        file="report.md",
        module="crawler.render.markdown_report",
        about="counts first, then the worst; fits an issue or a job summary",
        readers="people, on GitHub, GitLab or in an editor",
        limits="60,000 bytes; what is left out is counted",
    ),
    "sarif": Format(
        file="report.sarif",
        module="crawler.render.sarif_report",
        about="SARIF 2.1.0: alerts that survive when lines move, with proposed fixes",
        readers="GitHub code scanning, SARIF viewers of editors",
        limits="the 5,000 worst problems: GitHub keeps no more",
    ),
    "junit": Format(
        file="report.junit.xml",
        module="crawler.render.junit_report",
        about="JUnit XML: a failed test for each problem, a passed one for each clean card",
        readers="GitLab, Jenkins, and most other CI systems",
        limits="the 5,000 worst problems and 50,000 clean cards: GitLab takes 30 MB and 250,000 elements",
    ),
    "rdjson": Format(
        file="report.rdjson",
        module="crawler.render.rdjson_report",
        about="reviewdog's diagnostics, with proposed changes as suggestions",
        readers="`reviewdog -f=rdjson`: comments and suggestions on a pull request",
        limits="none",
    ),
    "gitlab": Format(
        file="report.gitlab.json",
        module="crawler.render.gitlab_report",
        about="GitLab's Code Quality report",
        readers="GitLab merge requests (`artifacts:reports:codequality`)",
        limits="none",
    ),
    "github": Format(
        file="report.github.txt",
        module="crawler.render.github_report",
        about="workflow commands that annotate card lines; with $GITHUB_STEP_SUMMARY set, the job summary too",
        readers="GitHub Actions, when the lines are printed to the log of a step",
        limits="10 annotations of each level: GitHub shows no more of a step; a summary where it fits into 900 KiB",
    ),
    "lychee": Format(
        file="report.lychee.json",
        module="crawler.render.lychee_report",
        about="the JSON of lychee 0.24, for dashboards that read it",
        readers="what reads `lychee --format json`",
        limits="successful and excluded links are counted, not listed, as lychee does without -v",
    ),
}
"""Every format by its name in `[reports] formats` and `--format`."""

DIFFERENCES: dict[str, Format] = {
    "json": Format(
        file="difference.json",
        module="crawler.render.difference_json",
        about="what is new, changed, fixed and gone, one link a line",
        readers="programs; its JSON Schema is `crawler/render/difference.schema.json`",
        limits="none",
    ),
    "markdown": Format(
        file="difference.md",
        module="crawler.render.difference_markdown",
        about="the same for people",
        readers="people, on GitHub, GitLab or in an editor",
        limits="60,000 bytes; what is left out is counted",
    ),
}
"""The formats of `crawler report --against`."""
