"""`crawler fix` as a user runs it: what an audit found out becomes a diff, or better cards."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from crawler.demo.web import serving
from tests.cli.moved import AT_ONCE, NEW, OLD, ONE, ROUTES, TWO, cards
from tests.cli.site import CardSite, clean, command, until


def raw(site: CardSite, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """A run whose outputs stay bytes."""
    return subprocess.run(
        command("fix", *arguments), cwd=site.folder, env=clean(), capture_output=True, timeout=60, check=False
    )


def test_the_diff_is_what_git_applies_and_what_apply_writes(audited: CardSite, tmp_path: Path) -> None:
    """CRLF, a path with blanks and letters beyond ASCII, and a missing last line end included."""
    copy = tmp_path / "copy"
    before = cards(audited)
    shown = raw(audited)
    copy.mkdir()
    subprocess.run(["cp", "-r", audited.folder / "_news", copy], check=True)
    subprocess.run(["git", "init", "-q", copy], check=True)
    applied = subprocess.run(["git", "apply", "-"], cwd=copy, input=shown.stdout, capture_output=True, check=False)
    written = raw(audited, "--apply")

    assert (shown.returncode, shown.stderr) == (0, b"crawler: 2 changes in 2 cards; --apply writes them\n")
    assert (applied.returncode, applied.stderr) == (0, b"")
    assert (written.returncode, written.stdout) == (0, b"")
    assert written.stderr == b"crawler: 2 changes in 2 cards written\n"
    assert cards(audited) == [one.replace(b"/news/", b"/2026/news/") for one in before]
    assert cards(audited) == cards(CardSite(copy))


def in_git(site: CardSite, diff: bytes) -> subprocess.CompletedProcess[bytes]:
    """Puts the cards of a site into git as they are, and the diff upon them."""
    for arguments in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *arguments], cwd=site.folder, check=True)
    return subprocess.run(
        ["git", "apply", "--index", "-"], cwd=site.folder, input=diff, capture_output=True, check=False
    )


@pytest.mark.skipif(os.name == "nt", reason="symbolic links of POSIX; comes back with a right to make them")
def test_the_diff_of_a_link_is_that_of_its_file(site: CardSite) -> None:
    """Git holds a link as a link; what is behind one, and what two names lead to, is patched once and by its name."""
    with serving(ROUTES) as web:
        site.config(web, AT_ONCE)
        site.card("one", title="Harbour opens", webUrl=OLD)
        site.card("two", title="Harbour opens", webUrl=OLD)
        site.card("../texts/three", title="Mole", webUrl=OLD.replace("harbour-opens", "mole"))
        (site.folder / "_news" / "three.md").symlink_to("../texts/three.md")
        site.run("audit")
    (site.folder / "_news" / "two.md").unlink()
    (site.folder / "_news" / "two.md").symlink_to("one.md")
    shown, named = raw(site), raw(site, "_news/three.md")
    applied = in_git(site, shown.stdout)

    assert shown.stderr.startswith(b"crawler: 2 changes in 2 cards; --apply writes them\n")
    assert (applied.returncode, applied.stderr) == (0, b"")
    assert b"/2026/news/harbour-opens" in (site.folder / "_news" / "one.md").read_bytes()
    assert b"/2026/news/mole" in (site.folder / "texts" / "three.md").read_bytes()
    assert named.stdout.startswith(b"diff --git a/texts/three.md b/texts/three.md\n")
    assert (site.folder / "_news" / "two.md").is_symlink()
    assert (site.folder / "_news" / "three.md").is_symlink()
    assert site.run("fix", "--apply").err.startswith("crawler: nothing to fix\n")


def test_a_second_run_changes_nothing(audited: CardSite) -> None:
    """And has nothing to fix."""
    audited.run("fix", "--apply")
    before = cards(audited)
    again = audited.run("fix", "--apply", "--check")

    assert (again.code, again.out, again.err) == (0, "", "crawler: nothing to fix\n")
    assert cards(audited) == before


def test_check_ends_with_2_if_there_is_something_to_fix(audited: CardSite) -> None:
    """Of the cards and kinds that were asked for."""
    assert audited.run("fix", "--check").code == 2
    assert audited.run("fix", "--check", "_news/two.md").code == 2
    assert audited.run("fix", "--check", "--only", "image").code == 0


def test_no_socket_is_opened(audited: CardSite) -> None:
    """Not even for a name: Python's own audit events tell."""
    watched = (
        "import sys\n"
        "sys.addaudithook(lambda event, _: event.startswith('socket.') and sys.exit(f'opened: {event}'))\n"
        "from crawler.cli import main\n"
        "sys.exit(main(['fix', '--apply', '--all', '--check']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", watched], cwd=audited.folder, env=clean(), capture_output=True, timeout=60, check=False
    )

    assert (done.returncode, done.stderr) == (2, b"crawler: 2 changes in 2 cards written\n")


def test_a_run_that_means_nothing_justifies_nothing(audited: CardSite) -> None:
    """After an audit on a day when our own network was down, there is nothing to go by."""
    with closing(sqlite3.connect(audited.folder / ".crawler" / "history.sqlite")) as database, database:
        database.execute("UPDATE runs SET void = 'our own network was down'")
    done = audited.run("fix")

    assert (done.code, done.out) == (1, "")
    assert "the last audit means nothing: our own network was down; run `crawler audit` again" in done.err


def test_a_dash_is_standard_output(audited: CardSite) -> None:
    """As for other commands; with --apply the diff of what is written."""
    shown = raw(audited)

    assert raw(audited, "--output", "-").stdout == shown.stdout
    assert raw(audited, "--output", "-", "--apply").stdout == shown.stdout
    assert not (audited.folder / "-").exists()


@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="a device of POSIX; comes back where there is one")
def test_a_device_is_written_into(audited: CardSite) -> None:
    """`--output /dev/stdout` is the same as none; the device stays one."""
    done = raw(audited, "--output", "/dev/stdout")

    assert done.stdout == raw(audited).stdout
    assert Path("/dev/stdout").is_symlink()


def test_bad_usage_ends_with_3(audited: CardSite) -> None:
    """A kind that does not exist, say."""
    done = audited.run("fix", "--only", "rediret")

    assert done.code == 3
    assert "redirect" in done.err


def test_without_a_history_there_is_nothing_to_go_by(site: CardSite) -> None:
    """It says what to do."""
    site.card("one", webUrl=OLD)
    done = site.run("fix")

    assert done.code == 1
    assert "run `crawler audit` first" in done.err


def test_what_waits_and_what_needs_review_is_said(audited: CardSite) -> None:
    """With the day of the next audit that can settle it, and the flag that shows it today."""
    config = audited.folder / "config.toml"
    config.write_text(config.read_text().replace(AT_ONCE, ""))
    done = audited.run("fix", "--check")
    shown = audited.run("fix", "--check", "--unconfirmed")

    assert (done.code, done.out) == (0, "")
    assert "nothing to fix\n" in done.err
    assert "2 more wait for another audit, the first from 20" in done.err
    assert "on; --unconfirmed shows them\n" in done.err
    assert (shown.code, shown.err) == (2, "crawler: 2 changes in 2 cards; --apply writes them\n")


def test_what_is_not_edited_is_ready_in_no_report(site: CardSite) -> None:
    """Front matter in TOML or JSON is for a hand: its repairs are shown and not counted, and `fix` says so."""
    (site.folder / "_news").mkdir()
    (site.folder / "_news" / "one.md").write_text(f'+++\ntitle = "Harbour opens"\nwebUrl = "{OLD}"\n+++\n')
    (site.folder / "_news" / "two.md").write_text(f'{{\n"title": "Harbour opens", "webUrl": "{OLD}"\n}}\n')
    with serving(ROUTES) as web:
        site.config(web, f'{AT_ONCE}excerpt = "keep"\n')
        site.run("audit")
    ((proposal, *more),) = [one["proposals"] for one in site.report()["findings"]]
    done = site.run("fix", "--check", "--all")

    assert (proposal["new"], proposal["disposition"], len(more)) == (NEW, "review", 1)
    assert proposal["because"].endswith("by hand, since front matter in TOML or JSON is not edited")
    assert "ready to merge" not in (site.folder / "reports" / "report.html").read_text()
    assert (done.code, done.out) == (0, "")
    assert "nothing to fix\n" in done.err
    assert "2 more need a hand: what is in TOML or JSON, in a block, or behind an anchor, " in done.err
    assert "an alias or a tag is not edited; the reports show them\n" in done.err


def test_a_value_in_a_block_or_behind_an_anchor_is_ready_in_no_report(site: CardSite) -> None:
    """Nor is what stands beside it; the rest of its card is repaired."""
    (site.folder / "_news").mkdir()
    card = f"---\ntitle: >-\n  Harbour\nwebUrl: &here '{OLD}'\noriginalUrl: *here\nactions:\n- url: {OLD}\n---\n"
    (site.folder / "_news" / "one.md").write_text(card)
    with serving(ROUTES) as web:
        site.config(web, f'{AT_ONCE}title = "replace"\nexcerpt = "keep"\nkeep = []\n')
        site.run("audit")
    (found,) = [{one["field"]: one for one in finding["proposals"]} for finding in site.report()["findings"]]
    done = site.run("fix", "--apply", "--all")

    assert {field: one["disposition"] for field, one in found.items()} == {
        "title": "review", "webUrl": "review", "originalUrl": "review", "actions[0].url": "safe"
    }  # fmt: skip
    assert found["title"]["because"].endswith(
        "by hand, since a block, an alias, or a value with an anchor or a tag is not edited"
    )
    assert "3 more need a hand" in done.err
    assert (site.folder / "_news" / "one.md").read_text() == card.replace(f"- url: {OLD}", f"- url: {NEW}")


def test_quiet_says_nothing_but_errors(audited: CardSite) -> None:
    """The diff is a result."""
    done = audited.run("fix", "-q")

    assert done.err == ""
    assert done.out.count("diff --git") == 2


def test_a_field_that_somebody_has_changed_is_left_and_named(audited: CardSite) -> None:
    """Other changes of the card do not matter: the fields around have moved."""
    two = audited.folder / "_news" / "two.md"
    two.write_bytes(TWO.replace(b"https://a.example/news/mole", b"https://b.example/own"))
    one = audited.folder / "_news" / "a b" / "café.md"
    one.write_bytes(ONE.replace(b"---\r\n", b"---\r\n# another line\r\n", 1))
    done = audited.run("fix", "--apply")

    assert done.code == 0
    assert "_news/two.md:5 webUrl: left as it is: changed since the audit: the field has another value" in done.err
    assert two.read_bytes() == TWO.replace(b"https://a.example/news/mole", b"https://b.example/own")
    assert b"https://a.example/2026/news/harbour-opens" in one.read_bytes()


def test_what_rests_on_an_address_that_somebody_has_changed_is_left(site: CardSite) -> None:
    """What the old page says is nothing for the new one; a repair of the address itself changes nothing of that."""
    with serving(ROUTES) as web:
        site.config(web, AT_ONCE)
        site.card("one", title="Harbour opens", webUrl=OLD)
        site.card("two", title="Mole", webUrl=OLD.replace("harbour-opens", "mole"))
        site.run("audit")
    site.run("fix", "--apply", "--only", "redirect")
    site.card("two", title="Mole", webUrl="https://b.example/own")
    done = site.run("fix", "--all", "--only", "metadata")

    assert "+excerpt: " in done.out
    assert done.out.count("diff --git") == 1
    assert "_news/two.md:3 excerpt: left as it is: changed since the audit: the address that it is about" in done.err


def test_cards_that_have_gone_or_broken_do_not_hold_up_the_others(audited: CardSite) -> None:
    """A card that cannot be read makes the exit code 1; one that was deleted does not."""
    one, two = audited.folder / "_news" / "a b" / "café.md", audited.folder / "_news" / "two.md"
    one.unlink()
    gone = audited.run("fix")
    one.write_bytes(b"---\ntitle: [\n---\n")
    broken = audited.run("fix", "--apply")

    assert (gone.code, gone.out.count("diff --git")) == (0, 1)
    assert "_news/a b/café.md:1: the file cannot be read: No such file" in gone.err
    assert broken.code == 1
    assert "_news/a b/café.md:3: broken YAML" in broken.err
    assert b"https://a.example/2026/news/mole" in two.read_bytes()


def applied_within_a_megabyte(site: CardSite, *cards: str) -> subprocess.CompletedProcess[str]:
    """`fix --apply` where no larger file can be written; blocks of `ulimit` have 512 bytes, or 1,024."""
    return subprocess.run(
        ["sh", "-c", 'ulimit -f 1000; exec "$@"', "sh", *command("fix", "--apply", *cards)],
        cwd=site.folder,
        env=clean(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.skipif(os.name == "nt", reason="limits of POSIX; comes back with a disk that can be filled")
def test_a_disk_that_is_full_for_one_card_is_not_for_the_others(audited: CardSite) -> None:
    """The card is named and stays as it was; the exit code is 1."""
    one, two = audited.folder / "_news" / "a b" / "café.md", audited.folder / "_news" / "two.md"
    large = ONE + b"x" * 2_000_000
    one.write_bytes(large)
    limited = applied_within_a_megabyte(audited)

    assert limited.returncode == 1
    assert "_news/a b/café.md: cannot be written: File too large; free some space" in limited.stderr
    assert "1 change in 1 card written" in limited.stderr
    assert one.read_bytes() == large
    assert [path.name for path in one.parent.iterdir()] == ["café.md"]
    assert b"https://a.example/2026/news/mole" in two.read_bytes()


@pytest.mark.skipif(os.name == "nt", reason="limits of POSIX; comes back with a disk that can be filled")
def test_what_could_not_be_written_is_not_nothing_to_fix(audited: CardSite) -> None:
    """After the cards that are named with their trouble nothing says that there was nothing to do."""
    path = audited.folder / "_news" / "a b" / "café.md"
    path.write_bytes(ONE + b"x" * 2_000_000)
    done = applied_within_a_megabyte(audited, str(path))

    assert done.returncode == 1
    assert "café.md: cannot be written" in done.stderr
    assert "nothing to fix" not in done.stderr


def test_a_link_is_not_followed_out_of_the_folder(audited: CardSite, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Though it was no link when the audit ran."""
    outside = tmp_path_factory.mktemp("outside") / "two.md"
    two = audited.folder / "_news" / "two.md"
    shutil.move(two, outside)
    two.symlink_to(outside)
    shown = audited.run("fix")
    done = audited.run("fix", "--apply")

    assert (shown.code, shown.out.count("diff --git")) == (1, 1)
    assert "two.md: a link that leads out of" in shown.err
    assert done.code == 1
    assert "two.md: a link that leads out of" in done.err
    assert outside.read_bytes() == TWO


def test_reasons_are_written_for_a_pull_request(audited: CardSite) -> None:
    """One text for all, or one for each card in a folder."""
    (audited.folder / "why").mkdir()
    audited.run("fix", "--reasons", "body.md")
    audited.run("fix", "--reasons", "why", "--output", "all.diff")

    body = (audited.folder / "body.md").read_text()
    assert body.startswith("## 2 changes in 2 cards\n")
    assert "`https://a.example/news/mole` becomes `https://a.example/2026/news/mole`" in body
    assert "mole" not in (audited.folder / "why" / "_news" / "a b" / "café.md.md").read_text()
    assert (audited.folder / "why" / "_news" / "two.md.md").read_text().startswith("## 1 change in 1 card\n")
    assert (audited.folder / "all.diff").read_bytes() == raw(audited).stdout


def test_reasons_go_where_the_diff_does_not(audited: CardSite) -> None:
    """Standard output is for one of them."""
    both = audited.run("fix", "--reasons", "-")
    body = audited.run("fix", "--apply", "--reasons", "-")

    assert (both.code, both.out) == (3, "")
    assert "--reasons -: standard output has the diff" in both.err
    assert body.out.startswith("## 2 changes in 2 cards\n")


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX; comes back with a file that waits for its writer")
def test_a_pipe_in_place_of_a_card_holds_nothing_up(audited: CardSite) -> None:
    """Nobody ever writes into it."""
    two = audited.folder / "_news" / "two.md"
    two.unlink()
    os.mkfifo(two)
    done = audited.run("fix")

    assert (done.code, done.out.count("diff --git")) == (1, 1)
    assert "_news/two.md:1: a pipe, not a file" in done.err


def test_two_runs_do_not_write_at_once(audited: CardSite) -> None:
    """The second is turned away, and leaves everything as it is."""
    with subprocess.Popen(
        command("fix", "-i"), cwd=audited.folder, env=clean(), stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as first:
        assert first.stderr
        until(first.stderr.fileno(), b"Make this change")
        second = audited.run("fix", "--apply")
        first.communicate(b"y\ny\n")

    assert second.code == 1
    assert f"another run (process {first.pid}) is writing cards; wait for its end" in second.err
    assert first.returncode == 0
    assert audited.run("fix", "--check").code == 0


def test_explain_shows_what_would_be_changed(audited: CardSite) -> None:
    """The proposals of the last audit, with their reason, beside what the link says now."""
    shown = audited.run("explain", OLD, environment={"CRAWLER_AUDIT_OFFLINE": "true"})

    assert NEW in shown.out
    assert "redirect (safe), rule moved_within_site" in shown.out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux; comes back where there is one")
def test_a_diff_that_cannot_be_written_is_told(audited: CardSite) -> None:
    """That it is standard output which is full, and not a card."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command("fix"),
            cwd=audited.folder,
            env=clean(),
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )

    assert done.returncode == 1
    assert done.stderr.startswith(b"crawler: standard output cannot be written: No space left on device; send it")
