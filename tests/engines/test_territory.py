"""Who owns which site, and whose turn is under way: the ledger on its own."""

from __future__ import annotations

import pytest

from crawler.engines.messages import Adopt, Down, Overheard, Slower, TurnGiven, TurnOver, TurnSent, TurnWanted, Yours
from crawler.engines.shards import Keys
from crawler.engines.territory import Territory
from crawler.net.gate import Mark

KEYS = Keys()  # the list takes a tenth of a second to read
TICKET = (1, 7)


class Ledger:
    """A territory in which worker 0 owns example.org, and what it sends."""

    def __init__(self) -> None:
        self.now = 100.0
        self.sent: list[tuple[int, Down]] = []
        self.of = Territory(
            KEYS, clock=lambda: self.now, send=lambda worker, message: self.sent.append((worker, message))
        )
        self.of.give("example.org", 0)

    def news(self) -> list[tuple[int, Down]]:
        """What was sent since the last look."""
        sent, self.sent = self.sent, []
        return sent


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def test_a_turn_goes_from_the_owner_to_whoever_wants_it(ledger: Ledger) -> None:
    """And what becomes of it goes back."""
    wanted, given = TurnWanted(TICKET, "www.example.org"), TurnGiven(TICKET, None)
    sent, over = TurnSent(TICKET), TurnOver(TICKET, 429, "30")

    ledger.of.pass_on(1, wanted)
    ledger.of.pass_on(0, given)
    ledger.of.pass_on(1, sent)
    ledger.of.pass_on(1, over)

    assert ledger.news() == [(0, wanted), (1, given), (0, sent), (0, over)]


def test_a_site_that_nobody_owns_goes_to_whoever_asks_first(ledger: Ledger) -> None:
    """From then on, others borrow its turns there."""
    ledger.of.pass_on(1, TurnWanted(TICKET, "new.net"))
    ledger.of.pass_on(0, TurnWanted((0, 1), "www.new.net"))

    assert ledger.news() == [(1, Yours(TICKET)), (1, TurnWanted((0, 1), "www.new.net"))]
    assert ledger.of.owner("new.net") == 1


def test_what_becomes_of_a_lost_owners_turn_concerns_the_next(ledger: Ledger) -> None:
    """Whoever borrowed it may still send its request: the next owner leaves the interval after it, and minds a 429."""
    over = TurnOver(TICKET, 429, "60")
    ledger.of.pass_on(1, TurnWanted(TICKET, "www.example.org"))
    ledger.of.pass_on(0, TurnGiven(TICKET, None))
    ledger.of.lose(0)
    ledger.of.give("example.org", 2)
    ledger.news()
    ledger.of.pass_on(1, TurnSent(TICKET))
    ledger.of.pass_on(1, over)

    assert ledger.news() == [(2, Overheard("www.example.org", None)), (2, Overheard("www.example.org", over))]


def test_a_site_without_an_owner_rests_after_a_lost_owners_turn(ledger: Ledger) -> None:
    """Whoever has the site next leaves the interval after the request that was under way."""
    ledger.of.pass_on(1, TurnWanted(TICKET, "www.example.org"))
    ledger.of.pass_on(0, TurnGiven(TICKET, None))
    ledger.of.lose(0)
    ledger.now += 3.0
    ledger.of.pass_on(1, TurnSent(TICKET))
    ledger.now += 1.0
    ledger.news()
    ledger.of.give("example.org", 2)

    assert ledger.news() == [(2, Adopt("example.org", 1.0, ()))]


def test_what_a_host_answers_while_nobody_owns_its_site_is_kept(ledger: Ledger) -> None:
    """Whoever has the site next minds it."""
    over = TurnOver(TICKET, 429, "20")
    ledger.of.pass_on(1, TurnWanted(TICKET, "www.example.org"))
    ledger.of.pass_on(0, TurnGiven(TICKET, None))
    ledger.of.lose(0)
    ledger.of.pass_on(1, TurnSent(TICKET))
    ledger.of.pass_on(1, over)
    ledger.news()
    ledger.of.give("example.org", 2)

    assert ledger.news() == [(2, Adopt("example.org", 0.0, ())), (2, Overheard("www.example.org", over))]


def test_a_lost_owners_turns_are_wanted_of_the_next(ledger: Ledger) -> None:
    """Who was waiting gets the site itself if nobody else has it, with a rest, and with what its hosts asked for."""
    mark = Mark(host="www.example.org", interval=2.0, wait=30.0, asked=30.0, streak=1, deferred=None)
    ledger.of.learn([mark])
    ledger.of.pass_on(1, TurnWanted(TICKET, "www.example.org"))
    ledger.news()
    ledger.now += 10
    ledger.of.lose(0)

    assert ledger.news() == [(1, Adopt("example.org", 0.0, (mark.later(10.0),))), (1, Yours(TICKET))]


def test_a_lost_borrowers_turn_ends(ledger: Ledger) -> None:
    """Or the host's slot would stay taken; one that was given meanwhile goes back at once."""
    ledger.of.pass_on(1, TurnWanted(TICKET, "example.org"))
    ledger.of.lose(1)
    ledger.of.pass_on(0, TurnGiven(TICKET, None))

    assert ledger.news() == [(0, TurnWanted(TICKET, "example.org")), (0, TurnOver(TICKET)), (0, TurnOver(TICKET))]


def test_a_deferred_host_ends_the_wish(ledger: Ledger) -> None:
    """There is no turn to give back."""
    ledger.of.pass_on(1, TurnWanted(TICKET, "example.org"))
    ledger.of.pass_on(0, TurnGiven(TICKET, 3_600.0))
    ledger.of.pass_on(1, TurnOver(TICKET))

    assert ledger.news() == [(0, TurnWanted(TICKET, "example.org")), (1, TurnGiven(TICKET, 3_600.0))]


def test_a_crawl_delay_reaches_the_owner(ledger: Ledger) -> None:
    """Whoever read it."""
    ledger.of.pass_on(1, Slower("www.example.org", 5.0))
    ledger.of.pass_on(0, Slower("www.example.org", 5.0))

    assert ledger.news() == [(0, Slower("www.example.org", 5.0))]


def test_the_site_of_a_lost_worker_comes_with_a_rest(ledger: Ledger) -> None:
    """As long ago as it was lost, whenever somebody takes it over."""
    ledger.of.lose(0)
    ledger.now += 2.5
    ledger.of.give("example.org", 1)

    assert ledger.news() == [(1, Adopt("example.org", 2.5, ()))]
