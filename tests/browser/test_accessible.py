"""`report.html` by axe-core's rules."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.browser.conftest import Open
from tests.browser.sample import small
from tests.render.records import every_verdict


@pytest.fixture(scope="module")
def axe() -> str:
    """The text of axe-core."""
    spec = find_spec("axe_playwright_python")
    if spec is None or spec.origin is None:
        pytest.skip("axe-core is not installed: pip install '.[test]' brings it")
    return (Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_rule_is_broken(open_report: Open, axe: str, scheme: str, width: int) -> None:
    """In the light and in the dark, wide and narrow, with the details open and closed, axe-core finds no violation."""
    for run, address in (
        (every_verdict(), ""),
        (small(), ""),
        (small(), "#verdict=image_suspicious&link=https://pictures.example/old.png"),
    ):
        page = open_report(run, address, color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True)
        page.evaluate(axe)
        result = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")

        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in result["violations"]] == []
        assert len(result["passes"]) > 20
