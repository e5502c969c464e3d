"""What is printed is readable at its width, can be copied, and never acts on the terminal."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.model import Change, Code, Hop, Kind, State, Unreadable
from crawler.render.explain import explain, explain_json
from crawler.render.terminal import EVERYTHING, Shown, summary
from crawler.render.terminal_text import cells, wrap
from crawler.text import inert, printable
from tests.render.records import (
    EARLIER,
    HOSTILE,
    every_hostile,
    every_verdict,
    finding,
    observation,
    page,
    place,
    report,
    verdict,
)

SGR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("colour", [False, True])
def test_data_never_acts_on_the_terminal(*, colour: bool) -> None:
    """Of control and format characters only our own line ends and, when asked for, colours are printed."""
    run = every_hostile()
    texts = [summary(run, colour=colour, width=80, paths=[HOSTILE])]
    texts += [explain(found, colour=colour, width=80) for found in run.findings()]

    for text in texts:
        assert ("\x1b" in text) is colour
        for line in SGR.sub("", text).split("\n"):
            assert printable(f"|{line}|", 100_000) == f"|{line}|"


def obeyed(line: str) -> bool:
    """Whether the runner of a CI job takes a line of its log for a command (ActionCommand.cs of actions/runner)."""
    return line.lstrip().startswith("::") or re.search(r"##\w*\[", line) is not None


@given(st.text(":#[]a v\t\n", max_size=40))
def test_no_line_is_a_command_to_a_runner(text: str) -> None:
    """What is printed may be kept as the log of a job: no line is obeyed there, and only blanks are added."""
    assert not any(map(obeyed, inert(text).split("\n")))
    assert inert(text).replace(" ", "") == text.replace(" ", "")
    assert inert(inert(text)) == inert(text)


@pytest.mark.parametrize(
    "said", ["::set-output name=code::0", "##[set-output name=code;]0", "##vso[task.setvariable variable=a]b"]
)
def test_hostile_words_are_no_commands_wherever_lines_break(said: str) -> None:
    """A server's, a page's or a path's words that a job's log would obey are shown, at any width, and not obeyed."""
    for before in range(40):
        spot = place(f"{said}/{said}.md", 9, field=said)
        found = finding(
            Code.GONE, "https://a.example/", places=(spot,), verdict=verdict(Code.GONE, because="a " * before + said)
        )
        texts = summary(report([found]), colour=False, width=40, paths=[said]), explain(found, colour=False, width=40)

        assert not any(obeyed(line) for text in texts for line in text.split("\n"))


def test_colours_change_nothing_else() -> None:
    """Without its colours the coloured summary is the plain one, and the plain layout is ASCII."""
    plain = summary(every_verdict(), colour=False, width=80, paths=["reports/report.json"])

    assert SGR.sub("", summary(every_verdict(), colour=True, width=80, paths=["reports/report.json"])) == plain
    assert plain.isascii()


def test_addresses_stand_alone_and_whole() -> None:
    """A URL of 3,000 characters can be copied from its own line, at any width."""
    url = "https://site.example/" + "a/" * 1500
    hops = (Hop(url=url, status=301),)
    found = finding(url=url, observation=observation(url, hops=hops))

    assert url in summary(report([found]), colour=False, width=20, paths=[]).replace(" ", "").split("\n")
    assert explain(found, colour=False, width=20).replace(" ", "").split("\n").count(url) >= 3


def test_every_problem_names_its_card_and_line() -> None:
    """Each problem starts with card and line, its state and verdict follow; new ones first, cards in order."""
    run = report(
        [
            finding(Code.GONE, "https://a.example/", places=(place("_news/b.md", 9),)),
            finding(Code.TIMEOUT, "https://b.example/", places=(place("_news/a.md", 5),)),
            finding(
                Code.GONE, "https://c.example/", places=(place("_news/b.md", 2),), state=State.CONFIRMED, since=EARLIER
            ),
        ]
    )
    lines = summary(run, colour=False, width=80, paths=[]).split("\n")

    assert [line for line in lines if line.startswith("_news/")] == [
        "_news/a.md:5 webUrl",
        "_news/b.md:9 webUrl",
        "_news/b.md:2 webUrl",
    ]
    assert "  CONFIRMED gone (broken) since 2026-11-08" in lines


def test_the_limit_keeps_the_worst() -> None:
    """Of more problems than are asked for, the worst are shown, and how many are not."""
    found = [
        finding(code, f"https://{n}.example/", places=(place(f"_news/{n}.md"),))
        for n, code in enumerate([Code.TIMEOUT, Code.DRIFTED, Code.PARKED, Code.GONE])
    ]
    text = summary(report(found), colour=False, width=80, shown=Shown(problems=2), paths=["report.json"])

    assert re.findall(r"^_news/\d", text, re.MULTILINE) == ["_news/2", "_news/3"]
    assert text.count("1 more: see the reports.") == 2


def test_every_card_that_could_not_be_read_can_be_shown() -> None:
    """Ten are, and how to see the others is said; likewise of problems where no report holds them."""
    cards = tuple(Unreadable(path=f"_news/{n:02}.md", line=1, because="no end") for n in range(16))
    found = [finding(Code.GONE, f"https://{n}.example/") for n in range(51)]
    some = summary(report(found, unreadable=cards), colour=False, width=80, paths=[])
    every = summary(report(found, unreadable=cards), colour=False, width=80, shown=EVERYTHING, paths=[])

    assert (some.count("no end"), every.count("no end")) == (10, 16)
    assert "_news/09.md:1 no end\nand 6 more: -v prints them all.\n" in some
    assert "\n1 more: -v prints them all.\n" in some
    assert " more" not in every


def test_nothing_to_act_on_is_said() -> None:
    """A run without problems says so, and what nobody can tell is counted all the same."""
    text = summary(report([finding(Code.OK), finding(Code.BLOCKED)]), colour=False, width=80, paths=[])

    assert "Nothing to act on.\n" in text
    assert "site.example blocked: 1 link\n" in text
    unreadable = (Unreadable(path="_news/a.md", line=1, because="no end"),)
    assert "Nothing" not in summary(report(unreadable=unreadable), colour=False, width=80, paths=[])


def test_a_place_with_another_verdict_says_so() -> None:
    """Where the places of a link differ, each names its own verdict."""
    found = finding(
        Code.IMAGE_SIZE_MISMATCH,
        kind=Kind.IMAGE,
        places=(place(), place("_news/b.md", 3)),
        place_verdicts=(verdict(Code.IMAGE_SIZE_MISMATCH), verdict(Code.DRIFTED)),
    )

    assert "  also _news/b.md:3 webUrl drifted\n" in summary(report([found]), colour=False, width=80, paths=[])


def test_a_long_title_is_cut() -> None:
    """An explanation is for reading: of a title of 100 kB it shows the start."""
    assert len(explain(finding(observation=observation(page=page(title="t" * 100_000))), colour=False, width=80)) < 3000


def test_an_explanation_as_json_is_the_finding_and_its_evidence() -> None:
    """The keys are those of `report.json`, and `evidence` holds headers, rules and features."""
    row = json.loads(explain_json(finding(observation=observation(page=page()))))

    assert list(row)[-3:] == ["proposals", "evidence", "answers"]
    assert row["evidence"]["headers"][0] == ["server", "test"]
    assert row["evidence"]["page"]["rules"] == {"title": "og:title", "lang": "html[lang]"}
    assert json.loads(explain_json(finding(observation=None)))["evidence"] is None


@given(st.text(st.sampled_from("ab \u4e2d\u0301\U0001f600-")), st.integers(1, 120))
def test_wrapped_lines_fit_and_lose_nothing(text: str, width: int) -> None:
    """Lines keep to the width in cells, wide characters counted twice, and nothing but blanks is lost."""
    wrapped = wrap(text, width, "  ")

    assert all(cells(line) <= max(width, 40) for line in wrapped.split("\n"))
    assert "".join(wrapped.split()) == "".join(text.split())


def test_new_comes_first_and_fixed_is_named() -> None:
    """What a maintainer reads on Monday: what is new, what is still there, what was mended."""
    run = report(
        [
            finding(Code.GONE, "https://a.example/", state=State.STILL, since=EARLIER),
            finding(Code.NOT_FOUND, "https://b.example/"),
            finding(Code.OK, "https://c.example/", state=State.STEADY, change=Change.FIXED, before=Code.TIMEOUT),
        ]
    )
    text = summary(run, colour=False, width=80, paths=[])
    titles = [line for line in text.split("\n") if line.startswith(("New:", "Still there:", "Fixed:"))]

    assert titles == ["New: 1", "Still there: 1", "Fixed: 1"]
    assert "ok (healthy) since 2026-11-22, was timeout" in text
