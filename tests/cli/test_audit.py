"""`crawler audit` as a user runs it: real processes, real sockets, real files."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess
import time
from pathlib import Path

import pytest

from crawler.commands import AT_ONCE
from crawler.demo.web import Reply, Routes, page, redirect, serving
from tests.cli.site import INTERRUPTED, CardSite, clean, command, wait_for

GOOD = "https://a.example/good"
BAD = "https://b.example/bad"
ROUTES: Routes = {"a.example/good": page("Good", description="All is well"), "b.example/bad": Reply(status=404)}


def test_a_healthy_site_ends_with_0(site: CardSite) -> None:
    """Reports are written, the summary is on standard output, nothing but progress on standard error."""
    site.card("one", webUrl=GOOD)
    with serving(ROUTES) as web:
        site.config(web)
        done = site.run("audit")

    assert (done.code, done.err) == (0, "")
    assert "1 card, 1 link" in done.out
    assert site.verdicts() == {GOOD: "ok"}
    assert "reports/report.json" in done.out
    assert (site.folder / "reports" / "report.md").exists()


def test_findings_end_with_2_and_name_card_line_field_and_reason(site: CardSite) -> None:
    """What `--fail-on` names decides."""
    site.card("one", title="One", webUrl=BAD)
    with serving(ROUTES) as web:
        site.config(web)
        done = site.run("audit")
        relaxed = site.run("audit", "--fail-on", "unsafe")
        strict = site.run("audit", "--fail-on", "healthy")

    assert (done.code, relaxed.code, strict.code) == (2, 0, 0)
    assert "_news/one.md:3 webUrl" in done.out
    assert "not_found" in done.out
    assert "there is no such page (404)" in done.out


def test_paths_on_the_command_line_beat_the_config(site: CardSite) -> None:
    """A partial run asks only what it is told to."""
    site.card("one", webUrl=GOOD)
    site.card("two", webUrl=BAD)
    with serving(ROUTES) as web:
        site.config(web)
        done = site.run("audit", "_news/one.md")

    assert done.code == 0
    assert site.verdicts() == {GOOD: "ok"}


def test_an_unreadable_card_is_listed_and_the_run_goes_on(site: CardSite) -> None:
    """With line and reason."""
    site.card("one", webUrl=GOOD)
    (site.folder / "_news" / "two.md").write_text("---\nwebUrl: x\nwebUrl: y\n---\n")
    with serving(ROUTES) as web:
        site.config(web)
        done = site.run("audit")

    assert done.code == 0
    assert site.report()["unreadable"] == [
        {"path": "_news/two.md", "line": 3, "because": "two values for 'webUrl'; keep one"}
    ]
    assert "_news/two.md:3" in done.out
    assert "1 card could not be read, so its links were not checked." in done.out.split("\n\n")[0]


def test_unreadable_cards_count_where_they_are_named(site: CardSite) -> None:
    """As a flag and in the file, for audits, hooks and reports; against another run only what could be read there."""
    site.card("one", webUrl=GOOD)
    two = site.folder / "_news" / "two.md"
    named = ("--fail-on", "unreadable")
    with serving(ROUTES) as web:
        site.config(web)
        clean_run = site.run("audit", *named)
        two.write_text("---\nwebUrl: x\nwebUrl: y\n---\n")
        plain, flagged, hook = site.run("audit"), site.run("audit", *named), site.run("audit", "--check", *named)
        site.config(web, more='[audit]\nfail_on = ["unreadable"]\n')
        filed = site.run("audit")
    report, new = site.run("report", *named), site.run("report", "2", "--against", "1", *named)
    old, gone = site.run("report", "3", "--against", "2", *named), site.run("report", "1", "--against", "2", *named)

    assert (clean_run.code, plain.code, flagged.code, hook.code, filed.code) == (0, 0, 2, 2, 2)
    assert (report.code, new.code, old.code, gone.code) == (2, 2, 0, 0)
    assert "Cards that could not be read: 1\n\n_news/two.md:3 two values for 'webUrl'; keep one\n" in new.out
    assert "could not be read" not in old.out


def test_dump_lists_links_without_asking(site: CardSite) -> None:
    """One line each, stable, tab-separated."""
    site.card("one", webUrl=GOOD, originalUrl="https://c.example/", ampWebUrl="mailto:a@b.example")
    with serving(ROUTES) as web:
        site.config(web)
        done = site.run("audit", "--dump")

        assert web.hits == []
    assert done.code == 0
    assert [line.split("\t") for line in done.out.splitlines()] == [
        [GOOD, "page", "_news/one.md:2:9", "webUrl", ""],
        ["https://c.example/", "page", "_news/one.md:3:14", "originalUrl", ""],
        ["mailto:a@b.example", "amp", "_news/one.md:4:12", "ampWebUrl", "mailto: is not asked over HTTP"],
    ]


def test_offline_opens_no_socket(site: CardSite) -> None:
    """Files and syntax are checked, links are `offline`."""
    site.card("one", webUrl=GOOD, website="https://a b.example/")
    (site.folder / "_news" / "two.md").write_text("---\nimages:\n  - url: /assets/none.jpg\n---\n")
    with serving(ROUTES) as web:
        site.config(web)
        done = site.run("audit", "--offline")

        assert web.hits == []
    assert done.code == 2
    assert site.verdicts() == {
        GOOD: "offline",
        "/assets/none.jpg": "asset_missing",
        "https://a b.example/": "invalid_url",
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["audit", "--timeout", "x"],
            "argument --timeout/-t: 'x' is no time; write seconds, such as 5, or 500ms, 5s or 2m",
        ),
        (
            ["audit", "--max-duration", "30"],
            "max_duration: expected a number and s, m, h, d or w, such as 30m, got '30'",
        ),
        (["audit", "--max-duration", "30min"], "expected a number and s, m, h, d or w, such as 30m, got '30min'"),
        (["audit", "--max-retries", "x"], "argument --max-retries: 'x' is no whole number, such as 5"),
        (
            ["audit", "--timeout", "-1"],
            "timeout: expected a number of seconds above 0 and up to 86400, such as 3, got -1.0",
        ),
        (["audit", "--nonsense"], "unrecognized arguments: --nonsense"),
        (["nonsense"], "invalid choice: 'nonsense'"),
        (["audit", "--ofline"], "unrecognized arguments: --ofline; did you mean --offline; see"),
        (["adit"], "did you mean audit; see"),
        ([], "the following arguments are required: COMMAND"),
        (["audit", "--config", "none.toml"], "there is no such file"),
        (["audit", "--fail-on", "brokn"], "did you mean 'broken'?"),
        (["audit", "--format", "pdf"], "no such thing as 'pdf'"),
        (["audit", "--format", ","], "',' names no report; known are html"),
        (["audit", "--accept", "ok"], "'ok' is no status code or range"),
        (["audit", "--exclude", "("], "is no regular expression"),
        (["audit", "--header", "nonsense"], "argument --header/-H: 'nonsense' is no header; write 'NAME: VALUE'"),
        (["explain", "nonsense"], "a relative address where an absolute one is needed"),
    ],
)
def test_bad_usage_ends_with_3(site: CardSite, arguments: list[str], message: str) -> None:
    """A bad flag included: 2 means findings here."""
    site.card("one", webUrl=GOOD)
    done = site.run(*arguments)

    assert done.code == 3, done.err
    assert message in done.err
    assert "Traceback" not in done.err


def test_a_run_that_means_nothing_ends_with_1(site: CardSite) -> None:
    """No cards, no links, an unreadable folder: a misconfiguration is no healthy site."""
    assert (site.run("audit").code, "no cards under" in site.run("audit").err) == (1, True)
    site.card("one", title="no links")
    assert (site.run("audit").code, "no links in them" in site.run("audit").err) == (1, True)
    done = site.run("audit", "nowhere/")
    assert done.code == 1
    assert "nowhere" in done.err


def test_an_output_folder_that_cannot_be_written_ends_with_1(site: CardSite) -> None:
    """And says which, and what to do."""
    site.card("one", webUrl=GOOD)
    (site.folder / "taken").touch()
    with serving(ROUTES) as web:
        site.config(web)
        done = site.run("audit", "--output", "taken")

    assert done.code == 1
    assert "taken" in done.err
    assert "Traceback" not in done.err


def test_ctrl_c_ends_within_two_seconds_and_keeps_what_was_learnt(site: CardSite) -> None:
    """Exit 130, reports of what is known, and a word that this is not all; the next run asks the rest."""
    site.card("one", webUrl=GOOD)
    site.card("two", webUrl="https://slow.example/")
    with serving({**ROUTES, "slow.example/": [Reply(hang="head"), page("At last")]}) as web:
        # One slot: when the slow one is asked, the answer to the other has been heard.
        slot = "[network]\ntimeout = 30.0\nhost_request_interval = 0.0\nmax_concurrency = 1\n"
        site.config(web, network=slot)
        with subprocess.Popen(
            command("audit"), cwd=site.folder, env=clean(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            wait_for(process, lambda: web.count("slow.example/") == 1)
            process.send_signal(signal.SIGINT)
            started = time.monotonic()
            out, err = process.communicate(timeout=20)
            took = time.monotonic() - started

        assert (process.returncode, err) == (130, INTERRUPTED)
        assert took < 2.0
        assert site.verdicts() == {GOOD: "ok", "https://slow.example/": "deferred"}
        assert "report.json" in out
        before = web.count("a.example/good")
        assert site.run("audit").code == 0
        assert web.count("a.example/good") == before
    assert site.verdicts() == {GOOD: "ok", "https://slow.example/": "ok"}


def test_ctrl_c_amid_thousands_of_links_waits_for_no_judgement(site: CardSite) -> None:
    """Exit 130 without a report, but with what to do next; what was answered is saved."""
    card = "".join(f"  - webUrl: https://h{number}.example/\n" for number in range(AT_ONCE + 1))
    site.card("one", title="One")
    (site.folder / "_news" / "many.md").write_text(f"---\ntitle: Many\nrelated:\n{card}---\n", encoding="utf-8")
    with serving({"*": Reply(delay=0.2)}) as web:
        site.config(web, network="[network]\nhost_request_interval = 0.0\n")
        with subprocess.Popen(
            command("audit", "--no-progress"), cwd=site.folder, env=clean(), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            wait_for(process, lambda: len(web.hits) >= 200)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
        known = site.run("report", "--format", "json", "--output", "-")

    assert (process.returncode, out) == (130, "")
    assert err == f"{INTERRUPTED}`crawler report` shows what is known so far.\n"
    assert not (site.folder / "reports").exists()
    assert json.loads(known.out)["summary"]["verdict"]["deferred"] > 0


def test_hostile_pages_and_cards_reach_no_terminal(site: CardSite) -> None:
    """Escapes and overrides from the web, from cards and from file names are not printed raw."""
    evil = "\x1b[31mred\x1b[0m\u202egnp"
    site.card("one", webUrl="https://a.example/x", title=evil, website=f"https://b.example/{evil} {evil}")
    site.card("evil\x1b[2J", webUrl=BAD)
    with serving({"a.example/x": redirect(f"https://{evil}.example/"), "*": Reply(status=404)}) as web:
        site.config(web)
        audit = site.run("audit", "-v")
        explain = site.run("explain", "https://a.example/x")

    for text in (audit.out, audit.err, explain.out, (site.folder / "reports" / "report.md").read_text()):
        assert "\x1b" not in text
        assert "\u202e" not in text


def test_quiet_prints_nothing_and_verbose_every_problem(site: CardSite) -> None:
    """Of many problems the 50 worst are printed, unless all are asked for; the reports hold them all."""
    for number in range(60):
        site.card(f"card-{number}", website=f"nowhere/{number}")
    quiet, plain, verbose = (site.run("audit", "--offline", *flags) for flags in (("-q",), (), ("-v",)))

    assert (quiet.code, quiet.out, quiet.err) == (2, "", "")
    view = "reports/report.html#change=still&change=same&health=unsafe&health=broken&health=failing"
    assert f"10 more: see {view}\n" in plain.out
    assert "more: see" not in verbose.out
    assert all(f"nowhere/{number}\n" in verbose.out for number in range(60))
    assert set(site.verdicts().values()) == {"invalid_url"}


def test_a_reader_that_goes_away_is_no_error(site: CardSite) -> None:
    """`crawler audit --dump | head -1` ends quietly."""
    for number in range(2_000):
        site.card(f"card-{number}", webUrl=f"https://a.example/{'x' * 100}/{number}")
    shell = f"{shlex.join(command('audit', '--dump'))} | head -1"
    done = subprocess.run(
        ["sh", "-c", shell], cwd=site.folder, env=clean(), capture_output=True, text=True, check=False
    )

    assert done.stderr == ""
    assert done.stdout.count("\n") == 1


def test_explain_shows_one_link_in_full(site: CardSite) -> None:
    """Hops, evidence, metadata with the rule that found it, and the verdict; as JSON too. Nothing is stored."""
    with serving({"a.example/old": redirect("/good"), **ROUTES}) as web:
        site.config(web)
        shown = site.run("explain", "http://a.example/old")
        parsed = json.loads(site.run("explain", "--json", "http://a.example/old").out)

    assert shown.code == 0
    for text in ("http://a.example/old", "301", "moved", "permanent_redirect", "All is well [og:description]"):
        assert text in shown.out
    assert parsed["verdict"] == "moved"
    assert parsed["page"]["title"] == "Good"
    assert not (site.folder / ".crawler").exists()


def test_explain_shows_what_else_was_asked(site: CardSite) -> None:
    """What decided a verdict is an answer like the first."""
    routes: Routes = {"a.example/": page("", status=403), "*": page("404", status=404)}
    with serving(routes) as web:
        site.config(web)
        shown = site.run("explain", "https://a.example/lost")
        (answer,) = json.loads(site.run("explain", "--json", "https://a.example/lost").out)["answers"]

    assert "Asked about it\n  control     403 https://a.example/\n" in shown.out
    assert (answer["purpose"], answer["status"], answer["error"]) == ("control", 403, None)


def test_flags_beat_the_environment_which_beats_the_config(site: CardSite) -> None:
    """Seen from the server: the user agent that was sent."""
    site.card("one", webUrl=GOOD)
    with serving(ROUTES) as web:
        site.config(web, network=FAST_WITH_AGENT)
        site.run("audit")
        site.run("audit", environment={"CRAWLER_NETWORK_USER_AGENT": "from-environment"})
        site.run("audit", "--user-agent", "from-flag", environment={"CRAWLER_NETWORK_USER_AGENT": "from-environment"})
        agents = [dict(hit.headers).get("user-agent") for hit in web.hits]

    assert agents == ["from-config", "from-environment", "from-flag"]


FAST_WITH_AGENT = "[network]\nhost_request_interval = 0.0\nuser_agent = 'from-config'\n"


def test_help_teaches_by_example(site: CardSite) -> None:
    """Every command has examples or needs none, and the exit codes are told."""
    top, audit = site.run("--help"), site.run("audit", "--help")

    assert (top.code, audit.code) == (0, 0)
    for text in (top.out, audit.out):
        assert "examples:" in text
        assert "130  interrupted" in text


def test_the_folder_of_the_config_is_what_paths_are_relative_to(site: CardSite, tmp_path: Path) -> None:
    """Wherever the command is started."""
    site.card("one", webUrl=BAD)
    (tmp_path / "elsewhere").mkdir()
    with serving(ROUTES) as web:
        site.config(web)
        other = CardSite(tmp_path / "elsewhere")
        done = other.run("audit", "--config", "../config.toml")

    assert done.code == 2
    assert site.report()["findings"][0]["places"][0]["path"] == "_news/one.md"


def test_of_two_audits_at_once_the_second_says_who_holds_the_lock(site: CardSite) -> None:
    """Together they would ask every host twice as fast as is polite."""
    site.card("one", webUrl="https://slow.example/")
    with serving({"slow.example/": [Reply(hang="head"), page("At last")]}) as web:
        site.config(web, network="[network]\ntimeout = 30.0\nhost_request_interval = 0.0\n")
        with subprocess.Popen(
            command("audit", "-q"), cwd=site.folder, env=clean(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as first:
            wait_for(first, lambda: bool(web.hits))
            second = site.run("audit")
            first.send_signal(signal.SIGINT)
            first.communicate(timeout=20)

    assert second.code == 1
    assert f"another run (process {first.pid}) is using this history" in second.err
    assert first.returncode == 130
