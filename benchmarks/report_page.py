"""How quickly `report.html` is made, opens, filters and sorts: with 1,000 to 100,000 links, in the system's Chromium.

    .venv/bin/python benchmarks/report_page.py [--links 50000] [--most 1000000]

`open` is from the navigation's start until the table can be used and has been painted; `filter`, `search` and `sort`
are from the change of the address until the new rows stand in the page. Each is the least of nine, and their median:
a browser shares the machine with whatever else runs. With `--most` a
report of so many links is made too: time, size, and the most memory that rendering took (findings are made while they
are read, and not kept).
"""

from __future__ import annotations

import argparse
import platform
import shutil
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent))  # the tests' records

from crawler.render.html_report import render
from tests.browser.conftest import NAMES
from tests.browser.sample import many

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TIMES = 9

OPENED = """new MutationObserver((_, observer) => {
  if (document.documentElement?.dataset.ready === undefined) return;
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => { globalThis.openedAt = performance.now(); }));
}).observe(document, { subtree: true, childList: true, attributes: true })"""

CHANGED = """(address) => {
  const started = performance.now();
  history.replaceState(null, "", address);
  dispatchEvent(new Event("hashchange"));
  document.body.offsetHeight;
  return performance.now() - started;
}"""

VIEWS = {
    "filter": ("#health=broken", "#state=new&collection=_news", "#host=site100.example"),
    "search": ("#q=canvas", "#q=timeout+review", "#q=_samples%2F2024"),
    "sort": ("#sort=where", "#sort=-since", "#sort=link"),
}


def main() -> None:
    """Measures, and prints a table."""
    arguments = argparse.ArgumentParser(description="How quickly report.html is made and used.")
    arguments.add_argument("--links", type=int, nargs="*", default=[1_000, 5_000, 50_000, 100_000])
    arguments.add_argument(
        "--most", type=int, default=0, help="links of a report that is rendered only (default: none)"
    )
    given = arguments.parse_args()
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        raise SystemExit("no Chromium on this machine")
    print(f"Python {platform.python_version()}; least of {TIMES} / median\n")
    print("   links  file MB  made s      open ms    filter ms    search ms      sort ms  elements  heap MB")
    with tempfile.TemporaryDirectory(prefix="bench-") as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for links in given.links:
            path = Path(name) / "report.html"
            started = time.perf_counter()
            path.write_text("".join(render(many(links))), encoding="utf-8")
            made = time.perf_counter() - started
            print(f"{links:8,} {path.stat().st_size / 1e6:8.2f} {made:7.1f} {_measured(browser, path)}", flush=True)
        browser.close()
    if given.most:
        print(f"\n{_rendered(given.most)}")


def _measured(browser: Browser, path: Path) -> str:
    opened = []
    for _ in range(TIMES):
        with browser.new_context(viewport={"width": 1360, "height": 900}) as context:
            opened.append(_open(context.new_page(), path))
    with browser.new_context(viewport={"width": 1360, "height": 900}) as context:
        page = context.new_page()
        _open(page, path)
        page.wait_for_timeout(3_000)  # what a search looks at is made while the reader looks at the top
        changed = [_shown(_changes(page, views)) for views in VIEWS.values()]
        elements = page.evaluate("document.querySelectorAll('*').length")
        heap = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
    return f"{_shown(opened)} {' '.join(changed)} {elements:9,} {heap:8.0f}"


def _shown(times: Iterable[float]) -> str:
    taken = tuple(times)
    return f"{f'{min(taken):.0f} / {statistics.median(taken):.0f}':>12}"


def _open(page: Page, path: Path) -> float:
    page.add_init_script(OPENED)
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-ready]")
    while (opened := page.evaluate("globalThis.openedAt")) is None:
        page.wait_for_timeout(20)
    return float(opened)


def _changes(page: Page, views: tuple[str, ...]) -> Iterator[float]:
    for _ in range(TIMES):
        for view in views:
            page.evaluate(CHANGED, "#")
            yield float(page.evaluate(CHANGED, view))


def _rendered(links: int) -> str:
    """Rendering only, chunk by chunk, as a report is written."""
    report = many(links)
    tracemalloc.start()
    started = time.perf_counter()
    size = sum(len(chunk) for chunk in render(report))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (
        f"{links:,} links: {size / 1e6:.1f} MB in {time.perf_counter() - started:.0f} s (traced), "
        f"{peak / 1e6:.0f} MB of memory at the most"
    )


if __name__ == "__main__":
    main()
