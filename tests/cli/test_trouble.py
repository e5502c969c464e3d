"""Ordinary trouble around a run: told in a sentence, with the documented exit code, and never with a traceback."""

from __future__ import annotations

import os
import shlex
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from crawler.demo.web import Routes, page, serving
from tests.cli.site import CardSite, clean, command

GOOD = "https://a.example/good"
ROUTES: Routes = {"a.example/good": page("Good")}


def shell(site: CardSite, line: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", line], cwd=site.folder, env=clean(), capture_output=True, text=True, check=False, timeout=60
    )


def test_a_loop_of_links_among_the_assets_is_a_missing_file(site: CardSite) -> None:
    """The run goes on."""
    (site.folder / "assets").mkdir()
    (site.folder / "assets" / "loop.jpg").symlink_to("loop.jpg")
    (site.folder / "_news").mkdir()
    (site.folder / "_news" / "one.md").write_text("---\nimages:\n  - url: /assets/loop.jpg\n---\n")
    done = site.run("audit", "--offline")

    assert (done.code, done.err) == (2, "")
    assert site.verdicts() == {"/assets/loop.jpg": "asset_missing"}


def test_a_run_in_which_no_card_can_be_read_is_no_healthy_site(site: CardSite) -> None:
    """The cards are listed, and the exit code is 1."""
    (site.folder / "_news").mkdir()
    (site.folder / "_news" / "one.md").write_bytes(b"---\nwebUrl: https://a.example/\xe9\n---\n")
    done = site.run("audit")

    assert done.code == 1
    assert "_news/one.md" in done.out
    assert len(site.report()["unreadable"]) == 1


@pytest.mark.parametrize("paths", [[], ["_news/gone.md", "_news/one.md", "_news/out.md"]])
def test_links_that_lead_out_or_nowhere_are_told(site: CardSite, paths: list[str]) -> None:
    """Whether they are found or named; the other cards are audited."""
    site.card("one", webUrl=GOOD)
    site.card("../outside/secret", webUrl="https://b.example/")
    config = "[cards]\npaths = ['_news']\n"
    inner = CardSite(site.folder / "inner")
    inner.folder.mkdir()
    (site.folder / "_news").rename(inner.folder / "_news")
    inner.config(more=config)
    (inner.folder / "_news" / "out.md").symlink_to(site.folder / "outside" / "secret.md")
    (inner.folder / "_news" / "gone.md").symlink_to("nowhere.md")
    inner.run("audit", "--offline", *paths)
    report = inner.report()

    assert [finding["url"] for finding in report["findings"]] == [GOOD]
    assert [(row["path"], row["because"].partition(";")[0]) for row in report["unreadable"]] == [
        ("_news/gone.md", "a link to a file that is not there"),
        ("_news/out.md", "a link that leads out of the site's folder"),
    ]


POWERLESS = (
    ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search")
    if os.geteuid() == 0
    else ()
)
"""What takes from root, for a command, the right to read what its mode forbids."""


@pytest.mark.skipif(
    bool(POWERLESS) and not shutil.which("setpriv"), reason="root reads all; runs for others, or on Linux"
)
def test_a_folder_that_cannot_be_read_is_listed_and_the_run_goes_on(site: CardSite) -> None:
    """As a card that cannot be read is; `crawler init` counts it; a folder that is named itself stops the run."""
    site.card("one", webUrl="/a.pdf")
    locked = site.folder / "_news" / "locked"
    locked.mkdir(mode=0)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*POWERLESS, *command(*arguments)],
            cwd=site.folder,
            env=clean(),
            capture_output=True,
            text=True,
            check=False,
        )

    try:
        done, named, first = run("audit", "--offline"), run("audit", "_news/locked"), run("init")
    finally:
        locked.chmod(0o755)

    assert (done.returncode, done.stderr) == (2, "")
    assert site.report()["unreadable"] == [
        {
            "path": "_news/locked",
            "line": 1,
            "because": "the folder cannot be read: Permission denied; make it readable, or leave it out by .gitignore",
        }
    ]
    assert (named.returncode, named.stderr.count("\n")) == (1, 1)
    assert named.stderr.endswith(
        "locked: the folder cannot be read: Permission denied; make it readable, or leave it out\n"
    )
    assert (first.returncode, "1 card cannot be read" in first.stdout) == (0, True)


def test_paths_of_the_config_are_relative_to_it_and_those_of_flags_to_the_working_folder(site: CardSite) -> None:
    """`ca_file` lies beside the config; `--output` is where the user stands."""
    site.card("one", webUrl=GOOD)
    (site.folder / "below").mkdir()
    with serving(ROUTES) as web:
        site.config(web)
        config = site.folder / "config.toml"
        (site.folder / "ca.pem").write_bytes(web.ca_file.read_bytes())
        config.write_text(config.read_text().replace(str(web.ca_file), "ca.pem"))
        done = CardSite(site.folder / "below").run("audit", "--config", "../config.toml", "--output", "out")

    assert (done.code, done.err) == (0, "")
    assert (site.folder / "below" / "out" / "report.json").exists()


def test_a_terminal_without_our_letters_ends_no_run(site: CardSite) -> None:
    """What its encoding does not have is shown escaped."""
    site.card("one", title="“One”", webUrl="https://exämple.com/“one”", ampWebUrl="“two”")
    done = site.run("audit", "--offline", environment={"PYTHONIOENCODING": "ascii"})

    assert "\\u201ctwo\\u201d" in done.out
    assert "Traceback" not in done.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux; comes back where there is one")
@pytest.mark.parametrize("buffering", ["", "PYTHONUNBUFFERED=1 "])
@pytest.mark.parametrize(
    "command_line",
    [
        "audit --dump",
        "audit --offline",
        "audit --offline --format json --output -",
        "report --format jsonl --output -",
        "history",
        "baseline list",
        "init --print",
        "--help",
        "audit --help",
        "--version",
    ],
)
def test_an_output_that_cannot_be_written_is_told(site: CardSite, command_line: str, buffering: str) -> None:
    """A full disk, say; and that it is standard output which is full."""
    site.card("one", webUrl="http://a.example:80/%7Egood", title="“One”")
    site.run("baseline", "add", GOOD, "--reason", "moves", "--owner", "ann")
    site.run("audit", "--offline")
    done = shell(site, f"{buffering}{shlex.join(command(*command_line.split()))} > /dev/full")

    assert done.returncode == 1
    assert done.stderr.startswith("crawler: standard output cannot be written: No space left on device; send it")
    assert done.stderr.count("\n") == 1


def test_closed_outputs_end_no_run(site: CardSite) -> None:
    """Whoever starts us may have closed them."""
    site.card("one", webUrl=GOOD)
    done = shell(site, f"{shlex.join(command('audit', '--offline'))} >&- 2>&-")

    assert done.returncode == 0
    assert (site.folder / "reports" / "report.json").exists()


@pytest.mark.parametrize("damage", ["no database", "cut", "pages of noise"])
def test_a_damaged_history_is_told_with_what_to_do(site: CardSite, damage: str) -> None:
    """By every command that opens it; the file is left alone."""
    site.card("one", webUrl=GOOD)
    site.run("audit", "--offline")
    path = site.folder / ".crawler" / "history.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = path.read_bytes()
    noise = bytes(range(1, 256)) * (len(data) // 255)
    damaged = {"no database": b"junk", "cut": data[:3000], "pages of noise": data[:4096] + noise[: len(data) - 4096]}
    path.write_bytes(damaged[damage])
    entry = ("--reason", "moves", "--owner", "ann")
    commands = [
        ("audit", "--offline"), ("report",), ("history",), ("history", GOOD), ("fix",), ("baseline", "prune"),
        ("baseline", "add", GOOD, *entry), ("explain", GOOD),
    ]  # fmt: skip
    for arguments in commands:
        done = site.run(*arguments, environment={"CRAWLER_AUDIT_OFFLINE": "true"})

        assert done.code == 1, arguments
        assert "history.sqlite: the history cannot be " in done.err, arguments
        assert "; restore it from a backup, or move it away" in done.err
        assert done.err.endswith("the next audit begins a new one\n")
        assert path.read_bytes() == damaged[damage]


def test_addresses_that_are_no_text_are_bad_usage(site: CardSite) -> None:
    """Bytes that are not UTF-8 come from a shell as surrogates."""
    for name in ("explain", "history"):
        done = subprocess.run(
            [*command(name), b"https://a.example/\xff"], cwd=site.folder, env=clean(), capture_output=True, check=False
        )
        assert done.returncode == 3
        assert (
            b"argument URL: 'https://a.example/\xef\xbf\xbd' is not UTF-8; write what is not ASCII as %xx"
            in done.stderr
        )
        assert b"Traceback" not in done.stderr


def test_items_of_a_list_can_be_links(site: CardSite) -> None:
    """`links[]` names them."""
    (site.folder / "_news").mkdir()
    (site.folder / "_news" / "one.md").write_text(
        "---\nlinks:\n  - https://a.example/1\n  - https://a.example/2\n---\n"
    )
    site.config(more='[cards.fields]\n"links[]" = "page"\n')
    done = site.run("audit", "--dump")

    assert [line.split("\t")[0] for line in done.out.splitlines()] == ["https://a.example/1", "https://a.example/2"]


def test_a_page_of_the_site_itself_is_not_called_a_missing_file(site: CardSite) -> None:
    """Without `site_url` nobody knows where it is served."""
    site.card("one", webUrl="/about/", originalUrl="/files/report.pdf")
    site.run("audit", "--offline")

    assert site.verdicts() == {"/about/": "excluded", "/files/report.pdf": "asset_missing"}


@pytest.mark.parametrize(
    "value", ["max_duration = '99999999999999w'", "fail_on = []\n[network]\nhost_request_interval = inf"]
)
def test_impossible_values_are_refused(site: CardSite, value: str) -> None:
    """With the key."""
    site.card("one", webUrl=GOOD)
    (site.folder / "config.toml").write_text(f"[audit]\n{value}\n")
    done = site.run("audit", "--offline")

    assert done.code == 3, done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("[cards]\nsite_root = 'nowhere'\n", "site_root: 'nowhere' is no folder"),
        (
            "[cards.fields]\nwebUrll = false\n",
            "'webUrll' = false: there is no such row to switch off; did you mean 'webUrl'?",
        ),
    ],
)
def test_settings_that_would_mislead_are_refused(site: CardSite, config: str, message: str) -> None:
    """Before anything is called missing, or left unasked, for a slip of the pen."""
    site.card("one", webUrl=GOOD)
    (site.folder / "config.toml").write_text(config)
    done = site.run("audit", "--offline")

    assert done.code == 3
    assert message in done.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[network]\n\nallow_private = ['x']", r"config.toml:3: [network] allow_private: 'x' does not appear"),
        ("[network]\nconnect_to = { a = 'b' }", r"config.toml:2: [network] connect_to: 'a' = 'b': expected"),
        ("[network.connect_to]\na = 'b'", r"config.toml:2: [network] connect_to: 'a' = 'b': expected"),
        ("[network]\nheaders = { Host = 'b' }", r"config.toml:2: [network] headers: 'Host' says"),
        (
            "[hosts.'b.example']\nheaders = { Host = 'b' }",
            r"""config.toml:2: [hosts."b.example"] headers: 'Host' says""",
        ),
        ("[network]\n[audit]\naccept = ['600..500']", r"config.toml:3: [audit] accept: '600..500' holds"),
        ("[cards.fields]\n'a' = false", r"config.toml:2: [cards] fields: 'a' = false: there is no such row"),
    ],
)
def test_a_setting_that_a_room_refuses_is_told_with_file_and_line(site: CardSite, text: str, message: str) -> None:
    """Though the room knows neither, and before anything is asked."""
    site.card("one", webUrl="https://a.example/")
    (site.folder / "config.toml").write_text(text, encoding="utf-8")
    done = site.run("audit")

    assert (done.code, done.out) == (3, "")
    assert message in done.err, done.err
    assert site.run("audit", "--accept", "9", "--dump").err.startswith("crawler: command line: [audit] accept: '9' is")


def test_what_is_said_is_no_command_to_a_runner(site: CardSite) -> None:
    """Names of files and addresses of cards are printed so that the runner of a CI job obeys none of them."""
    folder = site.folder / "::stop-commands::x"
    folder.mkdir()
    (folder / "a.md").write_text('---\nwebUrl: "https://a b/##[add-mask]a"\n---\n')
    missing, checked = site.run("audit", "::group::y"), site.run("audit", "--offline", "--check", folder.name)
    listed = site.run("audit", "--dump", folder.name)
    lines = f"{missing.err}{checked.out}{checked.err}{listed.out}".splitlines()

    assert "there is no such file" in missing.err
    assert checked.code == 2
    assert [line for line in lines if line.lstrip().startswith("::") or "##[" in line] == []
