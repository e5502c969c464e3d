"""`crawler init` as a new user meets it: real processes in a folder with a few cards."""

from __future__ import annotations

import shlex
import subprocess
import tomllib
from pathlib import Path

from crawler.demo.web import Reply, Routes, page, redirect, serving
from tests.cli.site import FAST, CardSite

WORKFLOW = ".github/workflows/weekly-link-audit.yml"


STORY = page("Page of one", text="A story about the page of one. " * 30)
ROUTES: Routes = {
    "a.example/old/page-of-one": redirect("/new/page-of-one", 301),
    "a.example/new/page-of-one": STORY,
    "a.example/gone": Reply(status=404),
}


def test_from_an_empty_folder_to_repaired_cards(site: CardSite) -> None:
    """Every step works as the README says, and says what comes next."""
    said = [site.run(*command) for command in (("audit",), ("init",), ("fix",))]
    site.card("one", title="Page of one", webUrl="https://a.example/old/page-of-one")
    site.card("two", title="Gone", webUrl="https://a.example/gone")
    before, init = site.run("fix"), site.run("init")
    with serving(ROUTES) as web:
        text = (site.folder / "config.toml").read_text(encoding="utf-8")
        targets = ", ".join(f'"{name}" = "{to}"' for name, to in web.connect_to.items())
        network = f'{FAST}ca_file = "{web.ca_file}"\nconnect_to = {{ {targets} }}\n'
        (site.folder / "config.toml").write_text(text.replace("\n[network]\n", network), encoding="utf-8")
        audit = site.run("audit")
    diff, later, written = (
        site.run("fix"),
        site.run("fix", "--unconfirmed"),
        site.run("fix", "--unconfirmed", "--apply"),
    )

    assert [done.code for done in said] == [1, 1, 1]
    assert "start `crawler init` in the folder of the site" in said[0].err
    assert "a card is a .md, .markdown or .html file that begins with front matter" in said[1].err
    assert "run `crawler audit` first" in said[2].err
    assert (before.code, "run `crawler audit` first" in before.err) == (1, True)
    assert (init.code, init.err) == (0, "")
    assert init.out.startswith("Found 2 cards: _news/**/*.md 2\n2 links on 1 host\n\nWrote config.toml.\n\nNext:\n")
    for command in ("crawler audit --offline", "crawler audit ", "crawler init --workflow"):
        assert f"  {command}" in init.out
    assert audit.code == 2
    assert "_news/two.md:3 webUrl\n  NEW not_found (broken)" in audit.out
    assert "Reports: reports/report.html\n" in audit.out
    assert "https://a.example/gone" in (site.folder / "reports" / "report.html").read_text(encoding="utf-8")
    assert (diff.code, diff.out) == (0, "")
    assert "--unconfirmed" in diff.err
    assert '+webUrl: "https://a.example/new/page-of-one"' in later.out
    assert written.code == 0
    assert "https://a.example/new/page-of-one" in (site.folder / "_news" / "one.md").read_text(encoding="utf-8")


def test_what_is_there_stays(site: CardSite) -> None:
    """Exit 1 with what to do instead; --print writes nothing, --force replaces."""
    site.card("one", webUrl="https://a.example/")
    mine = "[cards]\npaths = ['mine']\n"
    (site.folder / "config.toml").write_text(mine)
    refused, shown = site.run("init"), site.run("init", "--print")

    assert (refused.code, refused.out) == (1, "")
    assert "config.toml is there already and stays as it is; `crawler init --print`" in refused.err
    assert (site.folder / "config.toml").read_text() == mine
    assert tomllib.loads(shown.out)["cards"]["paths"] == ["_news/**/*.md"]
    assert site.run("init", "--force", "-q").out == ""
    assert (site.folder / "config.toml").read_text() == shown.out


def test_a_folder_without_cards_ends_with_1(site: CardSite) -> None:
    """And nothing is written."""
    (site.folder / "README.md").write_text("# Nothing here\n")
    done = site.run("init", "--workflow")

    assert done.code == 1
    assert "no cards with links here" in done.err
    assert sorted(path.name for path in site.folder.iterdir()) == ["README.md"]


def test_the_workflow_goes_to_the_top_of_the_clone(site: CardSite) -> None:
    """Where GitHub looks, naming the folder of the site; the configuration that is there stays."""
    subprocess.run(["git", "init", "-q", str(site.folder)], check=True)
    docs = CardSite(site.folder / "docs")
    docs.card("one", webUrl="https://a.example/")
    (docs.folder / "config.toml").write_text(mine := '[audit]\nfail_on = ["gone"]\n')
    done, again = docs.run("init", "--workflow"), docs.run("init", "--workflow")

    assert (done.code, done.err) == (0, "")
    assert '  SITE: "docs"\n' in (site.folder / WORKFLOW).read_text()
    assert '  FAIL_ON: "gone,unreadable"\n' in (site.folder / WORKFLOW).read_text()
    assert (docs.folder / "config.toml").read_text() == mine
    assert "add .crawler/ and reports/ to .gitignore" in done.out
    assert (again.code, f"{WORKFLOW} is there already" in again.err) == (1, True)


def test_another_file_can_be_named(site: CardSite) -> None:
    """The cards are sought in its folder."""
    site.card("one", webUrl="https://a.example/")
    (site.folder / "elsewhere").mkdir()
    done = CardSite(site.folder / "elsewhere").run("init", "--config", "../links.toml")

    assert done.code == 0
    assert f"  crawler audit --config {shlex.quote(str(site.folder / 'links.toml'))}" in done.out
    assert (site.folder / "links.toml").exists()


def test_the_workflow_reads_the_file_that_was_named(site: CardSite) -> None:
    """And whoever follows the last lines commits both."""
    site.card("one", webUrl="https://a.example/")
    done = site.run("init", "--workflow", "--config", "links.toml")

    assert (done.code, done.err) == (0, "")
    assert '  CONFIG: "links.toml"\n' in (site.folder / WORKFLOW).read_text()
    assert f"  commit and push links.toml and {WORKFLOW}:" in done.out


def test_what_cannot_be_written_is_told(site: CardSite) -> None:
    """With the path and the reason."""
    site.card("one", webUrl="https://a.example/")
    (site.folder / ".github").touch()
    workflow, nowhere = site.run("init", "--workflow"), site.run("init", "--config", "nowhere/config.toml")

    assert (workflow.code, nowhere.code) == (1, 1)
    assert f"{WORKFLOW}: cannot be written: Not a directory" in workflow.err
    assert nowhere.err == "crawler: nowhere: there is no such folder\n"


def test_names_of_files_reach_no_terminal(site: CardSite) -> None:
    """Escapes in a folder's name are not printed raw."""
    folder = site.folder / "_a\x1b[31m\u202e"
    folder.mkdir()
    (folder / "a.md").write_text("---\nwebUrl: https://a.example/\n---\n")
    done = site.run("init")

    assert done.code == 0
    assert not {"\x1b", "\u202e"} & set(done.out + Path(site.folder / "config.toml").read_text(encoding="utf-8"))
