"""Dead pages looked up in the archive, over real sockets: what is asked of it, and which copy becomes a proposal."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import msgspec
import pytest

from crawler.demo.reply import HTML, PROSE, Reply, image, page, redirect, retry_after
from crawler.demo.web import Door, LoopbackWeb, serving
from crawler.engines import engine_for
from crawler.history.writing import HistoryWriter
from crawler.model import Claims, Disposition, Kind, Link, Place, Proposal, Repair, RunReport
from crawler.pipeline.audit import Audit
from crawler.pipeline.plan import Plan
from crawler.pipeline.progress import Silent
from crawler.settings import FixSettings, NetworkSettings, Settings
from tests.pipeline.fakes import MONDAY
from tests.pipeline.wayback import JSON, FakeWayback

DEAD = "https://gone.example/2020/fog"
TITLE = "How teams build apps"
SOUND = page(TITLE, f"<main><h1>{TITLE}</h1>{PROSE}</main>")
SOFT_404 = page("Page not found | Gone", "<h1>Page not found</h1><p>Go to the front page.</p>")
OTHER = page("Ten gulls and what they mean to us", f"<main><h1>Ten gulls</h1>{PROSE}</main>")
WALL = page("Just a moment...", "<h1>Checking your browser</h1><script>window._cf_chl_opt={}</script>")
HTML_AS_JSON = Reply(headers=(JSON,), body=b"<html><title>504 Gateway Time-out</title></html>")
NOTHING = Reply(headers=(JSON,), body=b'{"url": "x", "archived_snapshots": {}}')
CARD_DAY = "2020-05-17T10:00:00Z"
JUNE, MAY, APRIL = "20200601120000", "20200501120000", "20200401120000"
"""After the card's date, and two before it."""


def link(url: str = DEAD, field: str = "webUrl", **claims: object) -> Link:
    """A page that one card is about."""
    said = {"title": TITLE, "published": CARD_DAY, "main": True, "lines": (("title", 2),)} | claims
    place = Place(path="_news/a.md", line=3, column=9, field=field, written=url, kind=Kind.PAGE,
                  claims=msgspec.convert(said, Claims))  # fmt: skip
    return Link(url=url.partition("#")[0], kind=Kind.PAGE, places=(place,))


class Weeks:
    """Audits of one folder, a week apart."""

    def __init__(self, web: LoopbackWeb, history: HistoryWriter, fix: FixSettings) -> None:
        self.web, self._history, self._now = web, history, MONDAY
        network = NetworkSettings(
            ca_file=str(web.ca_file), connect_to=web.connect_to, host_request_interval=0.0, retry_pause=0.0,
            max_retries=1, timeout=1.0,
        )  # fmt: skip
        self.settings = Settings(network=network, fix=fix)

    def audit(self, *links: Link, interrupted: bool = False) -> RunReport:
        """One run; the hits before it are forgotten. `interrupted`: at its first replay, an hour before the next."""
        self.web.hits.clear()
        run = Audit(
            Plan(cards=1, links=tuple(sorted(links or (link(),), key=lambda one: one.url)), unreadable=()),
            self.settings,
            history=self._history,
            engine=engine_for(self.settings, version="1", now=lambda: self._now),
            progress=Silent(),
            clock=lambda: self._now,
            version="1",
        )
        report = asyncio.run(self._run(run, interrupted=interrupted))
        self._now += timedelta(hours=1) if interrupted else timedelta(weeks=1)
        return report

    async def _run(self, run: Audit, *, interrupted: bool) -> RunReport:
        stop = asyncio.Event()
        running = asyncio.create_task(run.ask(stop))
        while interrupted and not any(hit.target.startswith("/web/") for hit in list(self.web.hits)):  # noqa: ASYNC110 - the web lives in another thread
            await asyncio.sleep(0.01)
        if interrupted:
            stop.set()
        await running
        return run.conclude()

    def asked(self) -> list[str]:
        """What was asked of the archive: `cdx`, `available`, or the timestamp of a replay."""
        names = {"cdx": "cdx", "wayback": "available"}
        steps = [hit.target.split("/") for hit in self.web.hits if hit.host.endswith("archive.org")]
        return [names.get(step[1]) or step[2] for step in steps]


@pytest.fixture
def history(tmp_path: Path) -> Iterator[HistoryWriter]:
    with HistoryWriter(tmp_path / "history.sqlite") as history:
        yield history


def proposed(report: RunReport) -> list[Proposal]:
    """The archive's copies."""
    return [one for finding in report.findings() for one in finding.proposals if one.kind is Repair.ARCHIVE]


def audited(
    history: HistoryWriter,
    wayback: FakeWayback,
    *links: Link,
    doors: dict[str, Door] | None = None,
    archive: Literal["off", "field", "replace"] = "field",
    confirmed_only: bool = True,
) -> tuple[list[Proposal], list[str]]:
    """What one audit proposes, and what it asked of the archive."""
    settings = FixSettings(archive=archive, confirmed_only=confirmed_only)
    with serving({"gone.example/": page("Gone"), **wayback.routes}, doors=doors) as web:
        weeks = Weeks(web, history, settings)
        return proposed(weeks.audit(*links)), weeks.asked()


def address(timestamp: str, url: str = DEAD) -> str:
    """Where readers see a copy."""
    return f"https://web.archive.org/web/{timestamp}/{url}"


def test_20_wayback_says_nothing_while_its_index_has_three_rows(history: HistoryWriter) -> None:
    """The nearest is a captured soft 404, so the second is chosen."""
    held = {DEAD: [(JUNE, SOFT_404), (MAY, SOUND), (APRIL, SOUND)]}
    found, asked = audited(history, FakeWayback(held, available=NOTHING))

    assert [one.new for one in found] == [address(MAY)]
    assert asked == ["cdx", f"{JUNE}id_", f"{MAY}id_"]


def test_a_copy_is_a_new_field_of_its_card_for_a_person_to_review(history: HistoryWriter) -> None:
    """With its reason, and how long it waits for the death to be confirmed."""
    (found,), _ = audited(history, FakeWayback({DEAD: [(JUNE, SOUND)]}))

    assert (found.path, found.line, found.field, found.old) == ("_news/a.md", 3, "archiveUrl", "")
    assert (found.kind, found.disposition, found.rule) == (Repair.ARCHIVE, Disposition.REVIEW, "archived_copy")
    assert found.because == (
        "the page is dead (not_found); the Wayback Machine has a sound copy of 2020-06-01, 15 days after the card's "
        f"date, called “{TITLE}”"
    )
    assert found.waits_until == MONDAY + timedelta(days=6)


def test_a_copy_takes_the_links_place_where_that_is_wanted(history: HistoryWriter) -> None:
    """With its fragment; beside the main link any other page too."""
    main, other = link(f"{DEAD}#part"), link("https://gone.example/2020/buoys", "actions[0].url", main=False)
    held = {one.url: [(JUNE, SOUND)] for one in (main, other)}
    found, _ = audited(history, FakeWayback(held), main, other, archive="replace")

    assert [(one.field, one.old, one.new) for one in found] == [
        ("actions[0].url", other.url, address(JUNE, other.url)),
        ("webUrl", f"{DEAD}#part", address(JUNE, f"{DEAD}#part")),
    ]


@pytest.mark.parametrize(
    ("index", "asked"),
    [
        (Reply(status=503), ["cdx", "cdx", "available", f"{JUNE}id_"]),
        (HTML_AS_JSON, ["cdx", "available", f"{JUNE}id_"]),
        (Reply(headers=(JSON,), body=b"[]"), ["cdx", "available", f"{JUNE}id_"]),
        (Reply(hang="head"), ["cdx", "cdx", "available", f"{JUNE}id_"]),
        (redirect("https://archive.org/account/login"), ["cdx", "login", "available", f"{JUNE}id_"]),
        (WALL, ["cdx", "available", f"{JUNE}id_"]),
    ],
    ids=["503", "html", "empty", "slow", "redirect", "wall"],
)
def test_where_the_index_says_nothing_the_other_api_is_asked(
    history: HistoryWriter, index: Reply, asked: list[str]
) -> None:
    """Whether it fails or is empty."""
    found, steps = audited(history, FakeWayback({DEAD: [(JUNE, SOUND)]}, index=index))

    assert [one.new for one in found] == [address(JUNE)]
    assert steps == asked


@pytest.mark.parametrize("broken", ["index", "replay"])
def test_a_429_ends_the_asking_of_this_run(history: HistoryWriter, broken: str) -> None:
    """At the first request and at a later one, whatever Retry-After says: no other link is asked about."""
    others = [link(f"https://gone.example/{n}") for n in range(3)]
    held = {one.url: [(JUNE, SOUND)] for one in others}
    archive = FakeWayback(held, **{broken: retry_after(1)})  # type: ignore[arg-type]  # a Reply for either
    found, asked = audited(history, archive, *others, confirmed_only=False)

    assert found == []
    assert asked == (["cdx"] if broken == "index" else ["cdx", "cdx", "cdx", f"{JUNE}id_"])


def test_a_refused_connection_ends_it_too(history: HistoryWriter) -> None:
    """On either host."""
    held = {one: [(JUNE, SOUND)] for one in (DEAD, "https://gone.example/2")}
    found, asked = audited(
        history, FakeWayback(held), link(), link("https://gone.example/2"), doors={"web.archive.org": Door.REFUSED}
    )

    assert (found, asked) == ([], [])


@pytest.mark.parametrize(
    "bad",
    [SOFT_404, OTHER, WALL, Reply(status=503), Reply(headers=(HTML,)), redirect("https://gone.example/"),
     redirect("https://gone.example/new"), Reply(reset="head")],
    ids=["soft_404", "other_page", "wall", "503", "empty", "to_front", "moved", "reset"],
)  # fmt: skip
def test_a_capture_that_is_not_the_page_is_passed_over(history: HistoryWriter, bad: Reply) -> None:
    """An error page, another page, a wall, nothing, or a redirect that was captured."""
    told = Reply(headers=(JSON,), body=f'[["timestamp","statuscode"],["{JUNE}","200"],["{MAY}","200"]]'.encode())
    held = {
        DEAD: [(JUNE, bad), (MAY, SOUND)],
        "https://gone.example/": [(JUNE, page("Gone", f"<h1>Gone</h1>{PROSE}"))],
        "https://gone.example/new": [(JUNE, SOUND)],
    }
    found, _ = audited(history, FakeWayback(held, index=told))

    assert [one.new for one in found] == [address(MAY)]


def test_no_more_than_three_captures_are_looked_at(history: HistoryWriter) -> None:
    """And none that holds the same bytes as one that was passed over."""
    days = [f"202006{day:02}120000" for day in range(1, 8)]
    bodies = [SOFT_404, SOFT_404, OTHER, WALL, SOUND]
    found, asked = audited(history, FakeWayback({DEAD: list(zip(days, bodies, strict=False))}))

    assert found == []
    assert asked == ["cdx", f"{days[0]}id_", f"{days[2]}id_", f"{days[3]}id_"]


def test_a_copys_address_carries_the_time_at_which_it_is_shown(history: HistoryWriter) -> None:
    """Though the index listed another."""
    later = "20200603000000"
    archive = FakeWayback({DEAD: [(JUNE, SOUND), (later, SOUND)]}, moved={JUNE: later})
    found, asked = audited(history, archive)

    assert [one.new for one in found] == [address(later)]
    assert asked == ["cdx", f"{JUNE}id_", f"{later}id_"]


def test_captures_after_the_cards_date_come_before_nearer_ones(history: HistoryWriter) -> None:
    """For ninety days."""
    held = {DEAD: [("20200516120000", SOUND), ("20200801120000", SOUND), ("20200901120000", SOUND)]}
    found, _ = audited(history, FakeWayback(held))

    assert [one.new for one in found] == [address("20200801120000")]


def test_nothing_is_asked_unless_it_is_wanted(history: HistoryWriter) -> None:
    """Off by default; nor for a page that lives, a card that names a copy already, or the archive's own pages."""
    held = FakeWayback({DEAD: [(JUNE, SOUND)]})
    assert audited(history, held, archive="off") == ([], [])
    assert audited(history, held, link("https://gone.example/")) == ([], [])
    assert audited(history, held, link(lines=(("archiveUrl", 4),))) == ([], [])
    assert audited(history, held, link(main=False)) == ([], [])


def test_a_death_that_will_take_weeks_to_confirm_is_not_looked_up_yet(history: HistoryWriter) -> None:
    """Unless the settings say that one run suffices."""
    soft = {"gone.example/2020/fog": SOFT_404}
    archive = FakeWayback({DEAD: [(JUNE, SOUND)]})
    with serving({**soft, "gone.example/": page("Gone"), **archive.routes}) as web:
        waiting = Weeks(web, history, FixSettings(archive="field"))
        assert proposed(waiting.audit()) == []
        assert waiting.asked() == []
        waiting.settings = msgspec.structs.replace(
            waiting.settings, fix=FixSettings(archive="field", confirmed_only=False)
        )
        assert [one.waits_until for one in proposed(waiting.audit())] == [None]


def test_what_is_known_is_asked_once(history: HistoryWriter) -> None:
    """A copy for good, its absence for thirty days; and what is proposed follows from the run alone."""
    other = link("https://gone.example/2")
    archive = FakeWayback({DEAD: [(JUNE, SOUND)]})
    with serving({"gone.example/": page("Gone"), **archive.routes}) as web:
        weeks = Weeks(web, history, FixSettings(archive="field"))
        asked = []
        for _ in range(6):
            report = weeks.audit(link(), other)
            asked.append(weeks.asked())
            assert [one.new for one in proposed(report)] == [address(JUNE)]

    assert asked[0] == ["cdx", "cdx", "available", f"{JUNE}id_"]
    assert asked[1:] == [[], [], [], [], ["cdx", "available"]]


def test_those_dead_for_longest_come_first_and_leave_room_for_the_rest(history: HistoryWriter) -> None:
    """One link of three each week."""
    urls = [f"https://gone.example/{name}" for name in ("c", "a", "b")]
    archive = FakeWayback({url: [(JUNE, SOUND)] for url in urls})
    with serving({"gone.example/": page("Gone"), **archive.routes}) as web:
        weeks = Weeks(web, history, FixSettings(archive="off", archive_links=1))
        for count in (1, 2, 3):
            weeks.audit(*map(link, urls[:count]))
        fix = msgspec.structs.replace(weeks.settings.fix, archive="field")
        weeks.settings = msgspec.structs.replace(weeks.settings, fix=fix)
        found = [[one.new for one in proposed(weeks.audit(*map(link, urls)))] for _ in urls]

    assert found == [[address(JUNE, url) for url in sorted(urls[:count])] for count in (1, 2, 3)]


def test_what_was_looked_up_in_vain_waits_behind_the_rest(history: HistoryWriter) -> None:
    """So one link that never works takes nobody's turn."""
    urls = [f"https://gone.example/{name}" for name in "ab"]
    archive = FakeWayback(index=Reply(status=404), available=Reply(status=404))
    with serving({"gone.example/": page("Gone"), **archive.routes}) as web:
        weeks = Weeks(web, history, FixSettings())
        weeks.audit(*map(link, urls))
        weeks.settings = msgspec.structs.replace(weeks.settings, fix=FixSettings(archive="field", archive_links=1))
        asked = []
        for _ in range(3):
            weeks.audit(*map(link, urls))
            asked.append([hit.target.partition("gone.example%2F")[2][0] for hit in web.hits if "?url=" in hit.target])

    assert asked == [["a", "a"], ["b", "b"], ["a", "a"]]


def test_an_interrupted_lookup_is_gone_on_with(history: HistoryWriter) -> None:
    """What was answered is not asked again."""
    archive = FakeWayback({DEAD: [(JUNE, SOUND)]}, replay=Reply(hang="head"))
    with serving({"gone.example/": page("Gone"), **archive.routes}) as web:
        weeks = Weeks(web, history, FixSettings(archive="field"))
        first = proposed(weeks.audit(interrupted=True))
        archive.replay = None
        second = proposed(weeks.audit())
        asked = weeks.asked()

    assert (first, [one.new for one in second]) == ([], [address(JUNE)])
    assert asked == [f"{JUNE}id_"]


# ---- pictures ----

PICTURE = "https://gone.example/fog.png"


def picture(**claims: object) -> Link:
    """The picture of the same card, which is broken."""
    said = {"page_url": DEAD, "width": 800, "height": 500} | claims
    place = Place(path="_news/a.md", line=5, column=9, field="images[0].url", written=PICTURE, kind=Kind.IMAGE,
                  claims=msgspec.convert(said, Claims))  # fmt: skip
    return Link(url=PICTURE, kind=Kind.IMAGE, places=(place,))


def pictures(report: RunReport) -> dict[str, str | None]:
    """Field -> new value, of proposals for pictures."""
    found = [one for finding in report.findings() for one in finding.proposals if one.rule == "archived_picture"]
    assert {(one.kind, one.disposition) for one in found} <= {(Repair.IMAGE, Disposition.REVIEW)}
    return {one.field: one.new for one in found}


def test_a_picture_whose_page_is_gone_too_gets_its_copy(history: HistoryWriter) -> None:
    """The one that is a picture, with its real size; nearest to the date of the card."""
    held = {PICTURE: [(JUNE, page("Oops")), (MAY, image("png", 640, 400)), (APRIL, image("png", 1200, 630))]}
    archive = FakeWayback(held)
    with serving({"gone.example/": page("Gone"), **archive.routes}) as web:
        weeks = Weeks(web, history, FixSettings(archive="field"))
        found = pictures(weeks.audit(link(), picture()))
        hits = [hit.target for hit in web.hits if hit.target.startswith("/web/")]

    assert found == {
        "images[0].url": f"https://web.archive.org/web/{MAY}im_/{PICTURE}",
        "images[0].width": "640",
        "images[0].height": "400",
    }
    assert hits == [f"/web/{JUNE}id_/{PICTURE}", f"/web/{MAY}id_/{PICTURE}"]


def test_a_picture_of_a_page_that_lives_is_not_looked_up(history: HistoryWriter) -> None:
    """The page knows better."""
    archive = FakeWayback({PICTURE: [(JUNE, image("png", 640, 400))]})
    with serving({"gone.example/": page("Gone"), "gone.example/2020/fog": SOUND, **archive.routes}) as web:
        weeks = Weeks(web, history, FixSettings(archive="replace"))
        assert pictures(weeks.audit(link(), picture())) == {}
        assert weeks.asked() == []
