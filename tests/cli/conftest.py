"""Sites to audit, and one that has been."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import pytest

from crawler.demo.web import serving
from tests.cli.moved import AT_ONCE, ONE, ROUTES, TWO
from tests.cli.site import CardSite

signal.signal(signal.SIGINT, signal.default_int_handler)
"""A suite that a script starts in the background ignores Ctrl-C, and so would the commands that it starts."""


@pytest.fixture
def site(tmp_path: Path) -> CardSite:
    """An empty folder."""
    return CardSite(tmp_path)


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two cards whose pages have moved, after an audit."""
    site = CardSite(tmp_path_factory.mktemp("original"))
    (site.folder / "_news" / "a b").mkdir(parents=True)
    (site.folder / "_news" / "a b" / "café.md").write_bytes(ONE)
    (site.folder / "_news" / "two.md").write_bytes(TWO)
    with serving(ROUTES) as web:
        site.config(web, AT_ONCE)
        assert site.run("audit").code == 0
    return site.folder


@pytest.fixture
def audited(original: Path, tmp_path: Path) -> CardSite:
    """A copy of it for one test; no web is there any more."""
    shutil.copytree(original, tmp_path / "site")
    return CardSite(tmp_path / "site")
