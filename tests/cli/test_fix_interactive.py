"""`crawler fix --interactive` as a user answers it: which changes are made, one by one."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest

from tests.cli.moved import ONE, TWO, cards
from tests.cli.site import CardSite, clean, command, until


@pytest.mark.parametrize(
    ("answers", "changed"), [("y\nn\n", [True, False]), ("n\ny\n", [False, True]), ("a\n", [True, True]),
                             ("q\n", [False, False]), ("y\nq\n", [True, False]), ("y\n", [True, False]),
                             ("?\nx\ns\ny\nn\n", [True, False]), ("", [False, False])],
)  # fmt: skip
def test_changes_are_chosen_one_by_one(audited: CardSite, answers: str, changed: list[bool]) -> None:
    """With the keys of `git add --patch`; the end of the input is `q`."""
    before = cards(audited)
    done = subprocess.run(
        command("fix", "--interactive"), cwd=audited.folder, env=clean(), input=answers.encode(), capture_output=True,
        timeout=60, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (0, b"")
    assert [old != new for old, new in zip(before, cards(audited), strict=True)] == changed
    text = done.stderr.decode()
    assert "(1/2) Make this change [y,n,a,s,q,?]? " in text
    assert ("y - make this change" in text) == ("?" in answers)
    assert ("crawler: no change was chosen" in text) == (changed == [False, False])
    assert ("\nVerdict\n" in text) == ("s" in answers)


@pytest.mark.parametrize("line", ["printf '\\377\\nq\\n' | {}", "{} <&-"])
def test_answers_that_are_no_text_are_no_answers(audited: CardSite, line: str) -> None:
    """Rubbish is asked again, a closed input is `q`."""
    done = subprocess.run(
        ["sh", "-c", line.format(" ".join(command("fix", "-i")))], cwd=audited.folder, env=clean(),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.endswith("crawler: no change was chosen\n")


def test_chosen_changes_become_a_diff_where_that_is_wanted(audited: CardSite) -> None:
    """No card is written then."""
    before = cards(audited)
    done = subprocess.run(
        command("fix", "-i", "--output", "chosen.diff"), cwd=audited.folder, env=clean(), input=b"n\ny\n",
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 0
    assert cards(audited) == before
    text = (audited.folder / "chosen.diff").read_text()
    assert (text.count("diff --git"), text.count("+++ b/_news/two.md")) == (1, 1)


@pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals of POSIX; comes back with ConPTY")
def test_a_terminal_sees_colours_and_can_answer(audited: CardSite) -> None:
    """On a pseudo-terminal, where input and outputs are one."""
    ours, theirs = os.openpty()
    with subprocess.Popen(
        command("fix", "-i"), cwd=audited.folder, env=clean({"TERM": "xterm"}), stdin=theirs, stdout=theirs,
        stderr=theirs,
    ) as process:  # fmt: skip
        os.close(theirs)
        seen = until(ours, b"(1/2) Make this change\x1b[0m [y,n,a,s,q,?]? ")
        os.write(ours, b"y\n")
        until(ours, b"(2/2) Make this change")
        os.write(ours, b"n\n")
        until(ours, b"1 change in 1 card written")
        assert process.wait(30) == 0
    os.close(ours)

    assert b"\x1b[31m-webUrl: 'https://a.example/news/harbour-opens'\x1b[0m" in seen
    assert cards(audited) == [ONE.replace(b"/news/", b"/2026/news/"), TWO]


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX; comes back with Ctrl-C events")
def test_an_interrupted_run_leaves_whole_cards(audited: CardSite) -> None:
    """What was said yes to before is done; the rest is as it was."""
    with subprocess.Popen(
        command("fix", "-i"), cwd=audited.folder, env=clean(), stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stderr
        until(process.stderr.fileno(), b"(1/2) Make this change")
        process.stdin.write(b"y\n")
        process.stdin.flush()
        until(process.stderr.fileno(), b"(2/2) Make this change [y,n,a,s,q,?]? ")
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr.read() == b"\ncrawler: interrupted; 1 change written\n"

    assert cards(audited) == [ONE.replace(b"/news/", b"/2026/news/"), TWO]


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX; comes back with Ctrl-C events")
@pytest.mark.parametrize("more", [(), ("--output", "chosen.diff")])
def test_an_interrupt_before_anything_is_written_says_so(audited: CardSite, more: tuple[str, ...]) -> None:
    """Neither a card nor a half of a diff."""
    before = cards(audited)
    with subprocess.Popen(
        command("fix", "-i", *more), cwd=audited.folder, env=clean(), stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stderr
        until(process.stderr.fileno(), b"(1/2) Make this change [y,n,a,s,q,?]? ")
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr.read() == b"\ncrawler: interrupted; nothing written\n"

    assert cards(audited) == before
    assert not (audited.folder / "chosen.diff").exists()
