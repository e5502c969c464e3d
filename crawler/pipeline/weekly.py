"""Where a site lies in its repository in, the text of its weekly GitHub workflow out."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from importlib.metadata import Distribution, PackageNotFoundError
from pathlib import Path

import crawler
from crawler.model import UNREADABLE
from crawler.text import toml

DISTRIBUTION = "cardcrawler"
WORKFLOW = ".github/workflows/weekly-link-audit.yml"
"""Where the workflow goes, relative to the top of the repository: GitHub looks nowhere else."""
TEMPLATE = Path(crawler.__file__).parent / "weekly-link-audit.yml"


def workflow(template: str, *, site: str, config: str, requirement: str, fail_on: Sequence[str]) -> str:
    """The workflow for the site in the folder `site` of its repository; `requirement` is what pip installs.

    `config` is the name of the configuration in that folder. `fail_on` is what it says under [audit]; cards that
    could not be read keep the issue open too.
    """
    names = ",".join(dict.fromkeys((*fail_on, UNREADABLE)))
    for name, value in (("SITE", site), ("CONFIG", config), ("CRAWLER", requirement), ("FAIL_ON", names)):
        quoted = toml(value)  # YAML's double-quoted style has TOML's escapes (YAML 1.2, 5.7)
        before, after = re.split(rf"(?<=^  {name}: ).*$", template, maxsplit=1, flags=re.MULTILINE)
        template = before + quoted + after
    return template


def origin() -> str | None:
    """Where this program was installed from, as pip noted it (direct_url.json, PEP 610); None for a package index."""
    try:
        return Distribution.from_name(DISTRIBUTION).read_text("direct_url.json")
    except PackageNotFoundError:  # run from its source
        return '{"url": "file:"}'


def requirement(version: str, origin: str | None) -> tuple[str, str]:
    """(what pip installs to get this very program, what the user must see to)."""
    released = f"{DISTRIBUTION}=={version}"
    if origin is None:
        return released, ""
    noted = json.loads(origin)
    url, vcs = str(noted.get("url", "")), noted.get("vcs_info")
    if vcs:
        return f"{DISTRIBUTION} @ {vcs['vcs']}+{url}@{vcs['commit_id']}", ""
    if url.startswith("https:"):
        return f"{DISTRIBUTION} @ {url}", ""
    return released, (
        f"CRAWLER in it is {released!r}; this copy came from a folder, so if that release is not on PyPI yet, put a "
        f"git+https:// address there"
    )


def top_of(folder: Path) -> Path:
    """The top of the git clone that holds `folder`, or `folder` itself."""
    return next((path for path in (folder, *folder.parents) if (path / ".git").exists()), folder)
