"""action.yml: its shell steps, run as GitHub runs them, against a web on loopback."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from crawler.demo.web import Reply, page, serving
from tests.ci.runner import ROOT, Runner, document
from tests.cli.site import CardSite

ACTION = document(ROOT / "action.yml")
STEPS = ACTION["runs"]["steps"]
ROUTES = {
    "a.example/good": page("Good", headers=(("ETag", '"1"'),)),
    "b.example/bad": Reply(status=404),
}


def run(site: CardSite, **inputs: str) -> tuple[int, dict[str, str], Runner]:
    """One use of the action in the site's folder: exit code, the action's outputs, the runner."""
    temporary = site.folder.parent / f"{site.folder.name}-temp"
    temporary.mkdir(exist_ok=True)
    defaults = {name: row["default"] for name, row in ACTION["inputs"].items()}
    assert inputs.keys() <= defaults.keys()
    runner = Runner(
        workspace=site.folder,
        temporary=temporary,
        path=f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        context={"inputs": {**defaults, "version": "installed", **inputs}, "steps": {}},
    )
    code = runner.run(STEPS)
    return code, {name: runner.value(row["value"]) for name, row in ACTION["outputs"].items()}, runner


@pytest.fixture
def checked(site: CardSite) -> CardSite:
    """A site with a good and a bad link."""
    site.card("one", webUrl="https://a.example/good")
    site.card("two", webUrl="https://b.example/bad")
    return site


def test_it_finds_its_memory_the_second_time(checked: CardSite) -> None:
    """Counts, reports and summary come out; the next run knows what stood before and asks conditionally."""
    with serving(ROUTES) as web:
        checked.config(web)
        first, outputs, runner = run(checked)
        again, later, _ = run(checked)
        conditional = [hit for hit in web.hits if hit.header("if-none-match") == '"1"']

    assert (first, again) == (2, 2), runner.log
    assert outputs["unreadable"] == "0"
    assert {name: outputs[name] for name in ("exit-code", "cards", "links", "broken", "unsafe", "new")} == {
        "exit-code": "2",
        "cards": "2",
        "links": "2",
        "broken": "1",
        "unsafe": "0",
        "new": "1",
    }
    assert (later["new"], later["fixed"], len(conditional)) == ("0", "0", 1)
    assert Path(outputs["report"]).parent == Path(outputs["reports"])
    assert Path(outputs["report"]).is_file()
    assert "`not_found`" in runner.summary
    assert "::error file=_news/two.md,line=2," in runner.log
    assert (checked.folder / ".crawler" / "history.sqlite").is_file()


def test_lines_are_shown_where_the_repository_has_them(site: CardSite) -> None:
    """A site in a folder of its repository is annotated there."""
    below = CardSite(site.folder / "a & b")
    below.card("two", webUrl="https://b.example/bad")
    with serving(ROUTES) as web:
        below.config(web)
        _, outputs, runner = run(site, config="a & b/config.toml")

    assert outputs["broken"] == "1", runner.log
    assert "::error file=a & b/_news/two.md,line=2," in runner.log


def test_findings_need_not_fail_the_step(checked: CardSite) -> None:
    """The exit code is an output all the same."""
    with serving(ROUTES) as web:
        checked.config(web)
        code, outputs, runner = run(checked, fail="false", annotate="false")

    assert (code, outputs["exit-code"], runner.summary, "::error" in runner.log) == (0, "2", "", False)


def test_an_audit_that_means_nothing_always_fails(site: CardSite) -> None:
    """No cards, or a bad configuration; no counts are made up, and none of an earlier run are told."""
    temporary = site.folder.parent / f"{site.folder.name}-temp" / "link-audit"
    temporary.mkdir(parents=True)
    (temporary / "report.json").write_text("{}")
    code, outputs, _ = run(site, fail="false")
    wrong, told, _ = run(site, fail="false", args="--fail-on nonsense")

    assert (code, outputs["exit-code"], outputs["broken"]) == (1, "1", "")
    assert (wrong, told["exit-code"]) == (3, "3")


def test_paths_and_arguments_are_words_not_code(checked: CardSite) -> None:
    """Blanks, quotes and signs of the shell stay what they are."""
    evil = "_news/a $(touch pwned) ' b.md"
    (checked.folder / evil).write_text("---\nwebUrl: https://a.example/good\n---\n")
    with serving(ROUTES) as web:
        checked.config(web)
        code, outputs, runner = run(
            checked,
            paths=f"{evil}\n\n_news/one.md",
            args="--exclude 'no such; touch pwned' --user-agent \"a b\"",
            format="markdown",
            output="out put",
            config="./config.toml",
        )
        agents = {hit.header("user-agent") for hit in web.hits}

    assert (code, outputs["cards"], outputs["links"]) == (0, "2", "1"), runner.log
    assert (outputs["report"], agents) == ("out put/report.md", {"a b"})
    assert not (checked.folder / "pwned").exists()


def test_a_quote_that_is_not_closed_stops_it(checked: CardSite) -> None:
    """Before anything is asked: an audit without its arguments would be another one."""
    code, _, runner = run(checked, args="--exclude 'linkedin")

    assert (code, "No closing quotation" in runner.log) == (1, True)
    assert not (checked.folder / ".crawler").exists()


def test_every_output_is_made_and_every_input_is_used() -> None:
    """An input that no step reads, or an output that no step writes, would be a promise not kept."""
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    written = "\n".join(step.get("run", "") for step in STEPS)

    assert [name for name in ACTION["inputs"] if f"inputs.{name} " not in text] == []
    for name, row in ACTION["outputs"].items():
        assert row["value"] == f"${{{{ steps.audit.outputs.{name} }}}}"
        assert f"{name}=" in written or f'"{name}"' in written


def test_every_shell_step_names_its_shell() -> None:
    """A composite action has no default."""
    assert {step["shell"] for step in STEPS if "run" in step} == {"bash"}
