"""What is stored is found again, whatever happens in between."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.errors import CrawlerError, OutputError
from crawler.history.reading import VOTES, History
from crawler.history.schema import MIGRATIONS
from crawler.history.writing import HistoryWriter
from crawler.model import Answered, Code, Kind, Link, Observation, Place, Purpose, Unreadable

NOW = datetime(2026, 11, 2, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
RULES = "rules-1"


def link(url: str) -> Link:
    place = Place(path="a.md", line=3, column=9, field="webUrl", written=url, kind=Kind.PAGE)
    return Link(url=url, kind=Kind.PAGE, places=(place,))


def seen(url: str, status: int = 200, *, at: datetime = NOW, purpose: Purpose = Purpose.LINK) -> Observation:
    outcome = Answered(url=url, status=status, headers=(("etag", '"x"'),))
    return Observation(url=url, purpose=purpose, asked_at=at, outcome=outcome)


def one_run(
    history: HistoryWriter, now: datetime, *observations: Observation, codes: dict[str, Code] | None = None
) -> str:
    run = history.begin(now=now, version="1", resume_within=HOUR, max_age=timedelta())
    history.plan(run, [link(one.url) for one in observations], [])
    for one in observations:
        history.add(run, one)
    history.finish(run, now=now + HOUR, cards=1)
    history.remember_verdicts(run, RULES, [(url, now, code) for url, code in (codes or {}).items()])
    return run.id


def test_a_run_comes_back_as_it_was_stored(tmp_path: Path) -> None:
    """Links, observations, unreadable cards and figures survive closing and opening."""
    path = tmp_path / "below" / "history.sqlite"
    first, second = seen("https://a.example/"), seen("https://b.example/", 404)
    broken = Unreadable(path="c.md", line=2, because="two values")
    with HistoryWriter(path) as history:
        run = history.begin(now=NOW, version="1", resume_within=HOUR, max_age=timedelta(days=7))
        history.plan(run, [link(first.url), link(second.url)], [broken])
        history.add(run, second)
        history.add(run, first)
        history.count(run, now=NOW, requests=5, received=700)
        history.finish(run, now=NOW + HOUR, cards=2)
    with History(path) as history:
        stored = history.run()
        pasts = list(history.links(stored))

        assert [past.link for past in pasts] == [link(first.url), link(second.url)]
        assert [past.asked for past in pasts] == [(first,), (second,)]
        assert (stored.cards, stored.requests, stored.received, stored.max_age) == (2, 5, 700, 604_800.0)
        assert (stored.started, stored.finished) == (NOW, NOW + HOUR)
        assert history.unreadable(stored) == (broken,)


def test_the_past_of_a_link_is_its_last_observation_and_its_votes(tmp_path: Path) -> None:
    """Newest first; this run's own verdicts are no votes."""
    url = "https://a.example/"
    with HistoryWriter(tmp_path / "h.sqlite") as history:
        for week, code in enumerate((Code.OK, Code.NOT_FOUND, Code.GONE)):
            at = NOW + timedelta(weeks=week)
            one_run(history, at, seen(url, 200 + week, at=at), codes={url: code})
        past = next(history.links(history.run()))

        assert [vote.code for vote in past.votes] == [Code.NOT_FOUND, Code.OK]
        assert past.last is not None
        assert past.last.asked_at == NOW + timedelta(weeks=1)
        assert history.before(history.run()) == history.run("2")


def test_the_newest_votes_of_a_link_are_found_however_long_ago(tmp_path: Path) -> None:
    """Sixteen of them, whether each run asked the link or only some did."""
    always, seldom = "https://a.example/", "https://b.example/"
    with HistoryWriter(tmp_path / "h.sqlite") as history:
        for week in range(40):
            at = NOW + timedelta(weeks=week)
            codes = {always: Code.OK} | ({seldom: Code.GONE} if week % 2 else {})
            one_run(history, at, seen(always, at=at), seen(seldom, at=at), codes=codes)
        first, second = (past.votes for past in history.links(history.run()))

        assert [vote.asked_at for vote in first] == [NOW + timedelta(weeks=38 - ago) for ago in range(VOTES)]
        assert [vote.asked_at for vote in second] == [NOW + timedelta(weeks=37 - 2 * ago) for ago in range(VOTES)]


def test_what_is_to_be_kept_outlives_the_history(tmp_path: Path) -> None:
    """What earlier runs left of a link is read when it is wanted, but for who keeps it longer."""
    url = "https://a.example/"
    with HistoryWriter(tmp_path / "h.sqlite") as history:
        one_run(history, NOW, seen(url), codes={url: Code.OK})
        past = history.link_after(history.run(), url)

    assert past is not None
    assert (past.last, past.code_before, len(past.votes)) == (seen(url), Code.OK, 1)


def test_answers_to_second_questions_belong_to_the_link_they_were_asked_for(tmp_path: Path) -> None:
    """They are no observations of the link itself."""
    url, control = "https://a.example/x", "https://a.example/"
    with HistoryWriter(tmp_path / "h.sqlite") as history:
        run = history.begin(now=NOW, version="1", resume_within=HOUR, max_age=timedelta())
        history.plan(run, [link(url)], [])
        history.add(run, seen(url, 404))
        history.add(run, seen(control, 403, purpose=Purpose.CONTROL), about=url)
        history.flush()
        past = next(history.links(run))

        assert [one.url for one in past.asked] == [url]
        assert [one.url for one in past.answers] == [control]


def test_an_interrupted_run_is_gone_on_with_while_it_is_young(tmp_path: Path) -> None:
    """What it has asked is not asked again; after `resume_within` a new run begins."""
    url = "https://a.example/"
    with HistoryWriter(tmp_path / "h.sqlite") as history:
        first = history.begin(now=NOW, version="1", resume_within=HOUR, max_age=timedelta())
        history.plan(first, [link(url)], [])
        history.add(first, seen(url))
        history.finish(first, now=NOW, cards=1, ended="interrupted")
        again = history.begin(now=NOW + HOUR, version="1", resume_within=HOUR, max_age=timedelta())
        history.plan(again, [link(url), link("https://b.example/")], [])

        assert again.id == first.id
        assert [len(past.asked) for past in history.links(again)] == [1, 0]
        later = history.begin(now=NOW + 3 * HOUR, version="1", resume_within=HOUR, max_age=timedelta())
        assert later.id != first.id


def test_a_void_run_leaves_no_trace_but_its_row(tmp_path: Path) -> None:
    """Our own outage is nobody's failure."""
    url = "https://a.example/"
    with HistoryWriter(tmp_path / "h.sqlite") as history:
        one_run(history, NOW, seen(url), codes={url: Code.OK})
        run = history.begin(now=NOW + HOUR, version="1", resume_within=timedelta(), max_age=timedelta())
        history.plan(run, [link(url)], [])
        history.add(run, seen(url, 500, at=NOW + HOUR))
        run = history.finish(run, now=NOW + HOUR, cards=1, void="no network")

        assert run.void == "no network"
        assert history.latest(url) == seen(url)
        assert next(history.links(run)).asked == ()


def test_pruning_forgets_old_runs_and_what_only_they_needed(tmp_path: Path) -> None:
    """The file does not grow for ever."""
    path = tmp_path / "h.sqlite"
    with HistoryWriter(path) as history:
        for week in range(4):
            at = NOW + timedelta(weeks=week)
            one_run(history, at, seen(f"https://a.example/{week}", at=at))
        history.prune(2)

        assert [run.number for run in history.runs()] == [4, 3]
    with sqlite3.connect(path) as database:
        urls = [url for (url,) in database.execute("SELECT url FROM urls ORDER BY url")]
        assert urls == ["https://a.example/2", "https://a.example/3"]
        assert database.execute("SELECT count(*) FROM link_records").fetchone() == (2,)
    database.close()


def test_verdicts_of_other_rules_are_stale(tmp_path: Path) -> None:
    """They are to be made anew, oldest first."""
    with HistoryWriter(tmp_path / "h.sqlite") as history:
        for week in range(3):
            at = NOW + timedelta(weeks=week)
            one_run(history, at, seen("https://a.example/", at=at), codes={"https://a.example/": Code.OK})
        newest = history.run()

        assert history.stale(newest, RULES) == ()
        assert [run.number for run in history.stale(newest, "rules-2")] == [1, 2]


def test_a_second_writer_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    """Two audits at once would ask every host twice as fast as is polite."""
    script = (
        "import sys; from pathlib import Path; from crawler.history.writing import HistoryWriter\n"
        "history = HistoryWriter(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    path = tmp_path / "h.sqlite"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(CrawlerError, match=rf"another run \(process {holder.pid}\) is using this history"):
            HistoryWriter(path)
        with History(path) as reader:
            assert list(reader.runs()) == []
        holder.kill()
    HistoryWriter(path).close()


def test_what_cannot_be_opened_is_told_with_what_to_do(tmp_path: Path) -> None:
    """No database, not a database, a newer one, a folder that cannot be made."""
    with pytest.raises(CrawlerError, match="there is no history yet; run `crawler audit` first"):
        History(tmp_path / "none.sqlite")
    (tmp_path / "text.sqlite").write_text("this is no database, but it is long enough to be read as one" * 100)
    with pytest.raises(OutputError, match=r"cannot be opened: file is not a database; restore it .*, or move it away"):
        HistoryWriter(tmp_path / "text.sqlite")
    with pytest.raises(OutputError, match=r"cannot be read: file is not a database; restore it .*, or move it away"):
        History(tmp_path / "text.sqlite")
    (tmp_path / "folder.sqlite").mkdir()
    with pytest.raises(OutputError, match=r"cannot be opened: unable to open .*; check that the folder is writable"):
        HistoryWriter(tmp_path / "folder.sqlite")
    with sqlite3.connect(tmp_path / "new.sqlite") as database:
        database.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    database.close()
    with pytest.raises(CrawlerError, match="newer version"):
        HistoryWriter(tmp_path / "new.sqlite")
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be made"):
        HistoryWriter(tmp_path / "file" / "h.sqlite")


def test_a_full_disk_is_told_and_what_was_stored_stays(tmp_path: Path) -> None:
    """A batch that does not fit is rolled back whole."""
    path = tmp_path / "h.sqlite"
    with HistoryWriter(path) as history:
        one_run(history, NOW, seen("https://a.example/"))
        run = history.begin(now=NOW + HOUR, version="1", resume_within=timedelta(), max_age=timedelta())
        pages = history._db.execute("PRAGMA page_count").fetchone()[0]
        history._db.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(OutputError, match="is the disk full"):
            history.plan(run, [link(f"https://a.example/{number}") for number in range(2_000)], [])

        assert len(list(history.links(history.run("1")))) == 1
