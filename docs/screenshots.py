"""The demo's web in, the pictures of the README out: the terminal as SVG, the page in both schemes as PNG.

`make screenshots` runs it; it needs Chromium and takes some 40 seconds.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.text import Text

from crawler.demo.run import example

IMAGES = Path(__file__).parent / "images"
COLUMNS, LINES = 100, 38
WIDTH, HEIGHT = 1240, 860
# Rich's own asks another host for a font; a picture must load nothing.
SVG = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" font-family="ui-monospace, Menlo, Consolas, \
monospace" font-size="{char_height}px">
<style>{styles}</style>
<defs><clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g>{matrix}</g>
</g>
</svg>
"""


def main() -> None:
    """Audits the example week after week and takes the pictures of the last."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "site"
        for week in (1, 2, 3):
            with example(folder, week) as (config, _):
                out = audited(config)
        terminal(out)
        page(folder / "reports" / "report.html")


def audited(config: Path) -> str:
    """What `crawler audit` prints on a terminal."""
    crawler = shutil.which("crawler", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    done = subprocess.run(  # noqa: S603 - this very program
        ["script", "--quiet", "--return", "--command", f"{crawler} audit --no-progress", os.devnull],  # noqa: S607
        cwd=config.parent,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS), "LINES": str(LINES)},
        capture_output=True,
        text=True,
        check=False,  # 2: there are findings, as there should be
    )
    return done.stdout


def terminal(out: str) -> None:
    """The beginning and the end of a summary, as SVG."""
    lines = out.replace("\r\n", "\n").rstrip("\n").split("\n")
    shown = [*lines[: LINES - 6], "…", *lines[-5:]]
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), color_system="standard", force_terminal=True)
    console.print(Text("$ crawler audit", style="bold"))
    for line in shown:
        console.print(Text.from_ansi(line), overflow="ignore", crop=True)
    console.save_svg(str(IMAGES / "terminal.svg"), title="crawler audit", code_format=SVG, unique_id="terminal")


def page(report: Path) -> None:
    """report.html as a reader meets it, light and dark."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            tab = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme=scheme)  # type: ignore[arg-type]
            tab.goto(report.as_uri())
            tab.wait_for_timeout(500)
            tab.screenshot(path=IMAGES / f"report-{scheme}.png")
        browser.close()


if __name__ == "__main__":
    main()
