"""A patched site is still the site: Jekyll builds the same pages from it, but for the patched values."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.site import CardSite, clean

FIELDS = (
    *("title", "name", "excerpt", "publishedDateTime", "updatedDateTime", "originalUrl", "webUrl", "ampWebUrl"),
    *("cdnAmpWebUrl", "website", "type", "quality", "heat", "price", "published", "removed", "provider", "secured"),
    *("affiliation", "topics", "images", "related", "actions", "twitter", "linkedin"),
)
LAYOUT = "{" + ", ".join(f'"{name}": {{{{ page.{name} | jsonify }}}}' for name in FIELDS)
CONFIG = """
collections: {news: {output: true}, learning: {output: true}, communities: {output: true}, people: {output: true}}
defaults: [{scope: {path: ""}, values: {layout: all}}]
exclude: [reports, .crawler]
"""

pytestmark = [
    pytest.mark.jekyll,
    pytest.mark.skipif(shutil.which("jekyll") is None, reason="needs jekyll on the PATH; comes back with it"),
]


def built(site: Path, into: Path) -> dict[str, Any]:
    """Every page that Jekyll makes of the cards, as data: path -> what Jekyll takes the front matter to say."""
    done = subprocess.run(
        ["jekyll", "build", "--quiet", "--disable-disk-cache", "--source", str(site), "--destination", str(into)],
        cwd=into.parent,
        env=clean({"LANG": "C.UTF-8"}),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {
        page.relative_to(into).as_posix(): json.loads(page.read_text(encoding="utf-8"))
        for page in sorted(into.rglob("*.html"))
    }


def flat(node: object, route: str = "") -> dict[str, Any]:
    """Route -> value of nested data."""
    if isinstance(node, dict):
        parts = [flat(child, f"{route}.{key}" if route else key) for key, child in node.items()]
    elif isinstance(node, list):
        parts = [flat(child, f"{route}[{index}]") for index, child in enumerate(node)]
    else:
        return {route: node}
    return {key: value for part in parts for key, value in part.items()}


@pytest.mark.timeout(300)
def test_a_patched_site_builds_the_same_pages_but_for_the_patched_values(site: CardSite) -> None:
    """Texts stay texts and numbers numbers for Jekyll's own YAML reader; no page comes, goes or breaks."""
    site.run("demo", "example", "--no-progress", "--quiet")
    example = CardSite(site.folder / "example")
    (example.folder / "_config.yml").write_text(CONFIG)
    (example.folder / "_layouts").mkdir()
    (example.folder / "_layouts" / "all.html").write_text(LAYOUT + ', "content": {{ content | jsonify }}}\n')
    before = built(example.folder, site.folder / "before")
    done = example.run("fix", "--apply", "--all", "--unconfirmed")
    after = built(example.folder, site.folder / "after")

    assert (done.code, "left as it is" in done.err) == (0, False), done.err
    changed = {
        (page, route): flat(after[page]).get(route)
        for page in before
        for route in flat(before[page]).keys() | flat(after[page]).keys()
        if flat(before[page]).get(route) != flat(after[page]).get(route)
    }
    proposals = [one for finding in example.report()["findings"] for one in finding["proposals"]]
    assert before.keys() == after.keys()
    assert changed == {(page_of(one["path"]), one["field"]): typed(one["field"], one["new"]) for one in proposals}
    assert len(changed) >= 8


def page_of(card: str) -> str:
    """`_news/a.md` -> `news/a.html`."""
    return card.removeprefix("_").removesuffix(".md") + ".html"


def typed(field: str, value: str | None) -> str | int | None:
    """What a field is for Jekyll."""
    return int(value) if value is not None and field.endswith(("width", "height")) else value
