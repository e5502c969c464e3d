"""The files that other programs read: workflows, the action, the hooks."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from crawler.pipeline import weekly
from tests.ci.runner import ROOT, document
from tests.cli.site import CardSite, clean

CI = ROOT / ".github" / "workflows" / "ci.yml"
FILES = (weekly.TEMPLATE, CI, ROOT / "action.yml")
HOOKS = ROOT / ".pre-commit-hooks.yaml"


def tool(name: str, *arguments: str | Path, folder: Path = ROOT) -> str:
    """What one of the tools beside this Python says; it must be content."""
    done = subprocess.run(
        [Path(sys.executable).parent / name, *map(str, arguments)],
        cwd=folder, env=clean(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("file", "schema"),
    [(weekly.TEMPLATE, "github-workflows"), (CI, "github-workflows"), (ROOT / "action.yml", "github-actions")],
    ids=lambda value: getattr(value, "name", value),
)
def test_they_are_what_their_schemas_say(file: Path, schema: str) -> None:
    """Of SchemaStore, as check-jsonschema brings them along."""
    tool("check-jsonschema", "--builtin-schema", f"vendor.{schema}", file)


def test_zizmor_finds_nothing_in_them(tmp_path: Path) -> None:
    """No template injection, no credentials left behind, no more rights than are used."""
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    for file in FILES[:2]:
        (folder / file.name).write_bytes(file.read_bytes())
    (tmp_path / "action.yml").write_bytes(FILES[2].read_bytes())

    tool("zizmor", "--offline", "--no-progress", ".", folder=tmp_path)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_other_peoples_actions_are_pinned_to_one_commit(file: Path) -> None:
    """With the release beside it, so that a reader can tell; GitHub's own actions only, each always at the same."""
    used = re.findall(r"uses: (\S+)(.*)", file.read_text(encoding="utf-8"))

    assert used
    for name, release in used:
        assert re.fullmatch(r"actions/[\w/-]+@[0-9a-f]{40}", name), name
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", release), name


def test_each_action_is_pinned_alike_everywhere() -> None:
    """Two releases of one action would be an oversight."""
    pins = {
        (name.split("/")[1], commit)
        for file in FILES
        for name, commit in re.findall(r"uses: (\S+)@(\w+)", file.read_text(encoding="utf-8"))
    }

    assert len(pins) == len({name for name, _ in pins})


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_values_reach_the_shell_through_the_environment(file: Path) -> None:
    """An expression within a script is code that somebody else may write."""
    text = file.read_text(encoding="utf-8")
    runs = re.findall(r"^( *)(?:- )?run: (?:\|\n((?:\1 +.*\n|\n)+)|(.*))", text, re.MULTILINE)

    assert runs
    assert [run for run in runs if "${{" in "".join(run)] == []


def test_ci_checks_every_python_that_the_package_supports() -> None:
    """From `requires-python` on, and calls what developers call."""
    job = document(CI)["jobs"]["check"]

    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13", "3.14"]
    assert [step["run"] for step in job["steps"] if "run" in step][-1] == "make check"


def test_the_hooks_manifest_is_valid() -> None:
    """By pre-commit's own word."""
    tool("pre-commit", "validate-manifest", HOOKS)


def hook(site: CardSite, *files: str) -> tuple[int, str]:
    """What the hook answers for changed files: exit code, and everything it prints."""
    (row,) = yaml.safe_load(HOOKS.read_text(encoding="utf-8"))
    program, *arguments = shlex.split(row["entry"])
    assert program == "crawler"
    chosen = [
        file for file in files if re.search(row["files"], file) and not re.search(row["exclude"], file)
    ]  # as pre-commit does
    done = site.run(*arguments, *chosen)
    return done.code, done.out + done.err


def test_the_hook_is_quiet_when_all_is_well(site: CardSite) -> None:
    """Files that hold no links, or are no cards, are no fault; nothing is asked, and nothing is left behind."""
    site.card("good", webUrl="https://a.example/")
    site.card("plain", title="No links")
    (site.folder / "_news" / "notes.md").write_text("no front matter\n")
    before = sorted(site.folder.rglob("*"))

    for files in (("_news/good.md", "_news/plain.md", "_news/notes.md"), ("_news/plain.md",), ("_news/notes.md",)):
        assert hook(site, *files) == (0, "")
    assert sorted(site.folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("webUrl: https://a b.example/", 2, "invalid_url (broken)"),
        ("images: [{url: /assets/none.png}]", 2, "asset_missing (broken)"),
        ("webUrl: x\nwebUrl: y", 1, "_news/bad.md:3 two values for 'webUrl'; keep one"),
    ],
)
def test_the_hook_says_what_is_wrong_and_where(site: CardSite, text: str, code: int, message: str) -> None:
    """Though other cards are well."""
    site.card("good", webUrl="https://a.example/")
    (site.folder / "_news" / "bad.md").write_text(f"---\n{text}\n---\n")
    found, said = hook(site, "_news/good.md", "_news/bad.md")

    assert (found, message in said, "_news/bad.md:" in said) == (code, True, True), said


def test_the_hook_takes_cards_and_leaves_layouts_alone() -> None:
    """By the files that it is given."""
    (row,) = yaml.safe_load(HOOKS.read_text(encoding="utf-8"))
    paths = ("_news/a.md", "docs/_posts/2026/b.html", "_layouts/page.html", "docs/_includes/x.html", "README.md")

    assert [path for path in paths if re.search(row["files"], path) and not re.search(row["exclude"], path)] == [
        "_news/a.md",
        "docs/_posts/2026/b.html",
    ]
