"""What the database knows: runs, and the past of every link."""

from __future__ import annotations

import itertools
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from crawler.errors import CrawlerError, OutputError
from crawler.history.records import LinkPast, RunRow, Told
from crawler.history.schema import MIGRATIONS, migrate
from crawler.history.trouble import advised
from crawler.model import Code, Link, Observation, Purpose, Unreadable, Vote

_decode_link = msgspec.json.Decoder(Link).decode
_decode_observation = msgspec.json.Decoder(Observation).decode
VOTES = 16
"""Earlier verdicts of a link that are looked at."""
_CODES = {str(code): code for code in Code}
_OF_LINKS = (Purpose.LINK, Purpose.ASSET)
_LINKS = (
    "SELECT urls.id, link_records.record, "
    "(SELECT max(earlier.run) FROM links AS earlier WHERE earlier.url = links.url AND earlier.run < links.run) "
    # By the index of the addresses, so that nothing has to be sorted, which takes a copy of all records.
    "FROM urls CROSS JOIN links ON links.url = urls.id "
    "JOIN link_records ON link_records.id = links.record WHERE links.run = ?"
)
"""The links of a run, each with the last earlier run that held it."""
TOGETHER = 200
"""Links whose past is looked up at once: a statement for each of them takes three times as long."""
_OBSERVED = "SELECT about, purpose, record FROM observations WHERE about IN ({}) AND run = ? ORDER BY about, id"
_LAST = (
    "SELECT urls.id, (SELECT record FROM observations WHERE about = urls.id AND run < ? AND purpose IN (?, ?) "
    "ORDER BY run DESC, id DESC LIMIT 1) FROM urls WHERE urls.id IN ({})"
)
_CODE = (
    "SELECT urls.id, (SELECT code FROM verdicts WHERE url = urls.id AND run < ? ORDER BY run DESC LIMIT 1) "
    "FROM urls WHERE urls.id IN ({})"
)
_VOTES = "SELECT url, asked_at, code FROM verdicts WHERE url IN ({}) AND run BETWEEN ? AND ? ORDER BY url, run DESC"
_FIRST = "SELECT number FROM runs WHERE number < ? AND void IS NULL ORDER BY number DESC LIMIT 1 OFFSET ?"
"""The first of the runs that hold all votes of a link that each of them asked."""


class History:
    """The database of one site, for reading."""

    def __init__(self, path: Path) -> None:
        """Opens the database; raises OutputError if that fails, CrawlerError if there is none."""
        self.path = path
        if not path.exists():
            raise CrawlerError(f"{path}: there is no history yet; run `crawler audit` first")
        self._db = self._open()

    def _open(self) -> sqlite3.Connection:
        """For reading only, wherever the file lies: on a medium that cannot be written it is taken as unchanging."""
        address = f"{self.path.resolve().as_uri()}?mode=ro"
        failed: sqlite3.Error | None = None
        for query in ("", "&immutable=1"):
            try:
                database = connect(address + query)
                (version,) = database.execute("PRAGMA user_version").fetchone()
            except sqlite3.OperationalError as error:
                failed = error
                continue
            except sqlite3.Error as error:
                failed = error
                break
            if version < len(MIGRATIONS):
                raise CrawlerError(f"{self.path}: written by an older version; run `crawler audit` once to bring it up")
            migrate(database, str(self.path))  # refuses what is newer
            return database
        because = advised(failed) if failed else ""
        raise OutputError(f"{self.path}: the history cannot be read: {because}") from failed

    def close(self) -> None:
        """Lets go of the file."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def runs(self, limit: int = -1) -> Iterator[RunRow]:
        """Stored runs, newest first."""
        for row in self._db.execute("SELECT * FROM runs ORDER BY number DESC LIMIT ?", (limit,)).fetchall():
            yield run_of(row)

    def run(self, identity: str | None = None) -> RunRow:
        """The run with this id or number, or the newest; raises CrawlerError if there is none."""
        if identity is None:
            row = self._db.execute("SELECT * FROM runs ORDER BY number DESC LIMIT 1").fetchone()
        else:
            row = self._db.execute(
                "SELECT * FROM runs WHERE id = ? OR CAST(number AS TEXT) = ?", (identity, identity)
            ).fetchone()
        if row is None:
            what = (
                f"no run {identity!r} in the history; `crawler history` lists them" if identity else "no run is stored"
            )
            raise CrawlerError(f"{self.path}: {what}")
        return run_of(row)

    def before(self, run: RunRow) -> RunRow | None:
        """The last earlier run that was finished and means something."""
        row = self._db.execute(
            "SELECT * FROM runs WHERE number < ? AND finished IS NOT NULL AND void IS NULL "
            "ORDER BY number DESC LIMIT 1",
            (run.number,),
        ).fetchone()
        return run_of(row) if row else None

    def counts(self, runs: Collection[RunRow]) -> dict[int, tuple[int, dict[Code, int]]]:
        """Of each run, by number: the links that it held, and how many that it asked have which verdict."""
        if not runs:
            return {}
        # One pass for all runs: the verdicts lie by link, so that each run alone would read them all.
        span = min(run.number for run in runs), max(run.number for run in runs)
        links = dict(
            self._db.execute("SELECT run, count(*) FROM links WHERE run BETWEEN ? AND ? GROUP BY run", span).fetchall()
        )
        counted: dict[int, tuple[int, dict[Code, int]]] = {run.number: (links.get(run.number, 0), {}) for run in runs}
        for run, code, count in self._db.execute(
            "SELECT run, code, count(*) FROM verdicts WHERE run BETWEEN ? AND ? GROUP BY run, code", span
        ):
            if run in counted:
                counted[run][1][Code(code)] = count
        return counted

    def stale(self, run: RunRow, rules: str, limit: int = VOTES) -> tuple[RunRow, ...]:
        """The newest runs before `run` whose cached verdicts other rules made, oldest first."""
        rows = self._db.execute(
            "SELECT * FROM runs WHERE number IN (SELECT number FROM runs WHERE number < ? AND void IS NULL "
            "ORDER BY number DESC LIMIT ?) AND rules IS NOT ? ORDER BY number",
            (run.number, limit, rules),
        ).fetchall()
        return tuple(map(run_of, rows))

    def unreadable(self, run: RunRow) -> tuple[Unreadable, ...]:
        """The cards that a run could not read."""
        rows = self._db.execute(
            "SELECT path, line, because FROM unreadable WHERE run = ? ORDER BY path, line", (run.number,)
        )
        return tuple(Unreadable(path=path, line=line, because=because) for path, line, because in rows)

    def links(self, run: RunRow) -> Iterator[LinkPast]:
        """Every link of a run with its observations and its past, sorted by URL."""
        return self._pasts(run, self._db.execute(f"{_LINKS} ORDER BY urls.url", (run.number,)))

    def links_naming(self, run: RunRow, text: str) -> Iterator[LinkPast]:
        """The links of a run whose URLs hold `text`, such as those of one host, sorted by URL."""
        found = self._db.execute(f"{_LINKS} AND instr(urls.url, ?) ORDER BY urls.url", (run.number, text))
        return self._pasts(run, found)

    def links_of(self, run: RunRow, urls: Iterable[str]) -> Iterator[LinkPast]:
        """The links of a run that have one of these URLs, sorted by URL."""
        rest = iter(sorted(urls))
        while some := tuple(itertools.islice(rest, TOGETHER)):
            marks = ", ".join("?" * len(some))
            yield from self._pasts(
                run, self._db.execute(f"{_LINKS} AND urls.url IN ({marks}) ORDER BY urls.url", (run.number, *some))
            )

    def link(self, run: RunRow, url: str) -> LinkPast | None:
        """One link of a run."""
        return next(self._pasts(run, self._db.execute(f"{_LINKS} AND urls.url = ?", (run.number, url))), None)

    def link_after(self, run: RunRow, url: str) -> LinkPast | None:
        """One link of a run as a run that follows it sees it, before that has asked anything; to be kept."""
        found = self._db.execute(f"{_LINKS} AND urls.url = ?", (run.number, url))
        past = next(self._pasts(msgspec.structs.replace(run, number=run.number + 1), found), None)
        if past is None:
            return None
        earlier = Told(last=past.last, code=past.code_before, votes=past.votes)
        return msgspec.structs.replace(past, earlier=earlier)

    def latest(self, url: str) -> Observation | None:
        """The newest observation of a link in any run that means something."""
        row = self._db.execute(
            "SELECT record FROM observations JOIN urls ON urls.id = about WHERE urls.url = ? AND purpose IN (?, ?) "
            "ORDER BY observations.run DESC, observations.id DESC LIMIT 1",
            (url, *_OF_LINKS),
        ).fetchone()
        return _decode_observation(row[0]) if row else None

    def asked(self, run: RunRow) -> Iterator[Observation]:
        """The observations of links that a run holds already, oldest first."""
        for (record,) in self._db.execute(
            "SELECT record FROM observations WHERE run = ? AND purpose IN (?, ?) ORDER BY id",
            (run.number, *_OF_LINKS),
        ):
            yield _decode_observation(record)

    def answers(self, run: RunRow, purpose: Purpose) -> Iterator[tuple[str, Observation]]:
        """(the link on whose behalf it was asked, answer) of every second question of one purpose in a run."""
        for about, record in self._db.execute(
            "SELECT urls.url, record FROM observations JOIN urls ON urls.id = about WHERE run = ? AND purpose = ? "
            "ORDER BY observations.id",
            (run.number, purpose),
        ):
            yield about, _decode_observation(record)

    def answered(self, run: RunRow, url: str, purpose: Purpose) -> Observation | None:
        """The newest answer to a second question in any run before `run`."""
        row = self._db.execute(
            "SELECT record FROM observations JOIN urls ON urls.id = observations.url "
            "WHERE urls.url = ? AND run < ? AND purpose = ? ORDER BY run DESC, observations.id DESC LIMIT 1",
            (url, run.number, purpose),
        ).fetchone()
        return _decode_observation(row[0]) if row else None

    def observations(self, url: str) -> Iterator[tuple[RunRow, Observation]]:
        """Every time that a URL was asked, newest first."""
        rows = self._db.execute(
            "SELECT observations.run, record FROM observations JOIN urls ON urls.id = observations.url "
            "WHERE urls.url = ? ORDER BY observations.run DESC, observations.id DESC",
            (url,),
        ).fetchall()
        runs = {run.number: run for run in self.runs()}
        for number, record in rows:
            yield runs[number], _decode_observation(record)

    def _pasts(self, run: RunRow, links: sqlite3.Cursor) -> Iterator[LinkPast]:
        """Rows of `_LINKS` as records: what belongs to them is looked up for many at once, or when it is wanted."""
        while rows := links.fetchmany(TOGETHER):
            urls = [row[0] for row in rows]
            marks = ", ".join("?" * len(urls))
            asked: defaultdict[int, list[Observation]] = defaultdict(list)
            answers: defaultdict[int, list[Observation]] = defaultdict(list)
            for url, purpose, record in self._db.execute(_OBSERVED.format(marks), (*urls, run.number)):
                (asked if purpose in _OF_LINKS else answers)[url].append(_decode_observation(record))
            before = _Before(self._db, run, urls)
            for url, record, planned in rows:
                yield LinkPast(
                    link=_decode_link(record),
                    asked=tuple(asked[url]),
                    answers=tuple(answers[url]),
                    earlier=_Stored(before, url),
                    planned=planned,
                )


class _Before:
    """What runs before `run` left of some links, looked up for all of them once it is wanted of one.

    Of the five looks that a run takes at its links, two want the last observations, and one the votes, which take half
    of the time of a look where there are many.
    """

    def __init__(self, database: sqlite3.Connection, run: RunRow, urls: Sequence[int]) -> None:
        self._db, self._run, self._urls = database, run.number, urls
        self._marks = ", ".join("?" * len(urls))

    @cached_property
    def last(self) -> dict[int, bytes | None]:
        """The newest observation of each link."""
        rows = self._db.execute(_LAST.format(self._marks), (self._run, *_OF_LINKS, *self._urls))
        return dict(rows.fetchall())

    @cached_property
    def codes(self) -> dict[int, Code | None]:
        """The newest verdict on each link."""
        rows = self._db.execute(_CODE.format(self._marks), (self._run, *self._urls))
        return {url: _CODES[code] if code is not None else None for url, code in rows}

    @cached_property
    def votes(self) -> defaultdict[int, list[tuple[str, str]]]:
        """(when it was come by, verdict) of each link, newest first."""
        votes: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
        (first,) = self._db.execute(_FIRST, (self._run, VOTES - 1)).fetchone() or (0,)
        # All rows of a year take twice as long as those of the newest runs, which are enough for most links.
        for oldest, newest in ((first, self._run - 1), (0, first - 1)):
            some = [url for url in self._urls if len(votes[url]) < VOTES] if newest > 0 else []
            marks = ", ".join("?" * len(some))
            for url, asked_at, code in self._db.execute(_VOTES.format(marks), (*some, oldest, newest)):
                votes[url].append((asked_at, code))
        return votes


class _Stored:
    """One link's part of it, as records."""

    def __init__(self, before: _Before, url: int) -> None:
        self._before, self._url = before, url

    @cached_property
    def last(self) -> Observation | None:
        record = self._before.last[self._url]
        return _decode_observation(record) if record is not None else None

    @property
    def code(self) -> Code | None:
        return self._before.codes[self._url]

    @cached_property
    def votes(self) -> tuple[Vote, ...]:
        return msgspec.convert(self._before.votes[self._url][:VOTES], tuple[Vote, ...])


def connect(address: str) -> sqlite3.Connection:
    """A connection that commits when told, and waits for others."""
    return sqlite3.connect(address, isolation_level=None, timeout=10.0, check_same_thread=False, uri=True)


def time_text(moment: datetime) -> str:
    """UTC ISO 8601 with microseconds: sorts as text."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def run_of(row: tuple[Any, ...]) -> RunRow:
    """A row of `runs` as a record."""
    number, identity, started, touched, finished, version, cards, requests, received, max_age, ended, void, _rules = row
    return RunRow(
        number=number, id=identity, started=datetime.fromisoformat(started), touched=datetime.fromisoformat(touched),
        finished=datetime.fromisoformat(finished) if finished else None, version=version, cards=cards,
        requests=requests, received=received, max_age=max_age,
        ended=ended,void=void,
    )  # fmt: skip
