"""The example site: cards and web belong together, week after week."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from PIL import Image

from crawler.config import load
from crawler.demo import site
from crawler.demo.exhibits import EXHIBITS
from crawler.demo.reply import Reply
from crawler.demo.run import MARK, example, prepare
from crawler.demo.web import Answer, LoopbackWeb, serving
from crawler.errors import OutputError
from crawler.model import Code, Health
from crawler.pipeline.plan import Plan, plan
from crawler.settings import Settings
from tests.demo.client import get


def settings_of(config: Path) -> Settings:
    return load(config, folder=config.parent, environment={}, flags={}, allowed={})


def planned(config: Path) -> Plan:
    return plan(settings_of(config), (), folder=config.parent)


def first(answer: Answer) -> Reply:
    """What a route answers when asked for the first time; no route of the site is computed."""
    if isinstance(answer, Reply):
        return answer
    assert not callable(answer)
    return answer[0]


@pytest.fixture(scope="module")
def web() -> Iterator[LoopbackWeb]:
    with serving({}) as web:
        yield web


def test_cards_and_exhibits(tmp_path: Path, web: LoopbackWeb) -> None:
    """Every link of the cards is an exhibit, and every exhibit is linked from a card, also in a hidden folder."""
    links = {link.url for link in planned(prepare(tmp_path / ".crawler" / "demo", web)).links}

    assert links == {exhibit.url for exhibit in EXHIBITS}


def test_unreadable_card(tmp_path: Path, web: LoopbackWeb) -> None:
    """One card cannot be read, and its line is known."""
    found = planned(prepare(tmp_path, web)).unreadable

    assert [(each.path, each.line > 1) for each in found] == [("_news/2026-09-30-unclosed.md", True)]


def test_every_health_is_shown() -> None:
    """The first week shows links of every health, and a verdict is shown for every kind of link trouble there is."""
    shown = {exhibit.verdict for exhibit in EXHIBITS}
    # Needs a past, an unresolvable name, a run that stops, a configuration of its own or an AMP page gone wrong.
    left_out = {
        Code.USURPED,
        Code.DNS_GONE,
        Code.DNS_TEMPORARY,
        Code.ROBOTS_DISALLOWED,
        Code.DEFERRED,
        Code.OFFLINE,
        Code.AMP_MISMATCH,
    }

    assert {code.health for code in shown} == set(Health)
    assert set(Code) - shown == left_out


@pytest.mark.parametrize("number", site.WEEKS)
def test_redirects_arrive(number: int) -> None:
    """Every redirect within the example leads to a page of the example."""
    routes = site.week(number)
    hosts = {key.partition("/")[0] for key in routes}
    for key, answer in routes.items():
        location = dict(first(answer).headers).get("Location")
        if location and not location.startswith("http://169.254."):
            target = urljoin(f"https://{key}", location).partition("://")[2]
            assert target in routes, f"{key} leads to {location}"
            assert target.partition("/")[0] in hosts


def test_weeks() -> None:
    """In week 2 a page comes back, one dies and a host is down; in week 3 a picture breaks and a site changes hands."""
    keys = [
        "www.tidewater-gazette.example/news/regatta-results",
        "www.sea-school.example/lessons/splices",
        "www.harbour-cam.example/forum",
        "www.tidewater-gazette.example/news/lighthouse-lit-again",
    ]
    statuses = [[first(site.week(number)[key]).status for key in keys] for number in site.WEEKS]
    portrait = [first(site.week(number)["www.marta-lindqvist.example/portrait.webp"]) for number in site.WEEKS]
    website = [b"casino" in first(site.week(number)["www.marta-lindqvist.example/"]).body for number in site.WEEKS]

    assert statuses == [[404, 200, 200, 200], [200, 404, 503, 200], [200, 404, 200, 200]]
    assert [len(each.body) == len(portrait[0].body) for each in portrait] == [True, True, False]
    assert website == [False, False, True]
    assert site.week(4) == site.week(3)


def test_example(tmp_path: Path) -> None:
    """While the example lasts, its config.toml leads to its web, and only there."""
    with example(tmp_path) as (config, web):
        network = settings_of(config).network
        received = get(web, "www.tidewater-gazette.example/tides")

    assert network.connect_to == web.connect_to
    assert {target.rpartition(":")[0] for target in network.connect_to.values()} == {"127.0.0.1"}
    assert Path(network.ca_file).read_text().startswith("-----BEGIN CERTIFICATE-----")
    assert (received.status, received.headers["location"]) == (302, "/en/tides")


def test_assets(tmp_path: Path, web: LoopbackWeb) -> None:
    """The pictures of the site itself are there, and as large as the cards say."""
    prepare(tmp_path, web)
    pictures = [Image.open(io.BytesIO((tmp_path / asset).read_bytes())) for asset in site.ASSETS]

    assert [picture.size for picture in pictures] == [(50, 50), (50, 50)]


def test_prepare_again(tmp_path: Path, web: LoopbackWeb) -> None:
    """Preparing again restores the cards, and keeps the history."""
    prepare(tmp_path, web)
    card, history = tmp_path / "_samples" / "tide-clock.md", tmp_path / ".crawler" / "history.sqlite"
    before = card.read_bytes()
    card.write_bytes(b"changed")
    history.parent.mkdir()
    history.write_bytes(b"kept")
    prepare(tmp_path, web)

    assert (card.read_bytes(), history.read_bytes()) == (before, b"kept")


@pytest.mark.parametrize("name", ["config.toml", "_news/mine.md"])
def test_foreign_folder(tmp_path: Path, web: LoopbackWeb, name: str) -> None:
    """A folder that holds something else is left as it is."""
    mine = tmp_path / name
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("mine")
    with pytest.raises(OutputError, match="name a new or empty folder"):
        prepare(tmp_path, web)

    assert [path.read_text() for path in tmp_path.rglob("*") if path.is_file()] == ["mine"]


def test_folder_that_is_a_file(tmp_path: Path, web: LoopbackWeb) -> None:
    """A folder that cannot be written is an error with its reason."""
    (tmp_path / "file").write_text(MARK)
    with pytest.raises(OutputError, match="Not a directory"):
        prepare(tmp_path / "file", web)
