"""A link over the weeks."""

from __future__ import annotations

import pytest

from crawler.health.states import BALLOTS, Others, standing
from crawler.model import Code, Health, State, Vote
from tests.health.evidence import MONDAY, weeks


def state_after(*codes: Code, every: float = 1.0) -> tuple[State, float]:
    """The state after runs a week apart, oldest first, and how many weeks ago it began."""
    now = MONDAY + weeks(every * (len(codes) - 1))
    votes = [Vote(asked_at=MONDAY + weeks(every * number), code=code) for number, code in enumerate(codes[:-1])]
    found = standing(codes[-1], now, votes[::-1])
    return found.state, (now - found.since) / weeks(1)


OK, GONE, LOST, DOWN, WALL = Code.OK, Code.GONE, Code.NOT_FOUND, Code.TIMEOUT, Code.BLOCKED
SOFT, NOTE, DIM = Code.SOFT_404, Code.DRIFTED, Code.DNS_TEMPORARY


@pytest.mark.parametrize(
    ("codes", "state", "since"),
    [
        ((OK,), State.STEADY, 0),
        ((OK, OK, OK), State.STEADY, 2),
        ((LOST,), State.NEW, 0),
        ((OK, LOST), State.NEW, 0),
        ((OK, LOST, LOST), State.CONFIRMED, 1),
        ((OK, LOST, GONE), State.CONFIRMED, 1),
        ((OK, DOWN, DOWN), State.STILL, 1),
        ((OK, DOWN, DOWN, DOWN), State.STILL, 2),
        ((OK, DOWN, DOWN, DOWN, DOWN), State.CONFIRMED, 3),
        ((OK, LOST, DOWN), State.STILL, 1),
        ((OK, SOFT, SOFT), State.STILL, 1),
        ((OK, SOFT, SOFT, SOFT), State.CONFIRMED, 2),
        ((OK, LOST, WALL, LOST), State.CONFIRMED, 2),
        ((OK, DOWN, LOST, LOST), State.CONFIRMED, 2),
        ((OK, DIM, LOST, LOST), State.CONFIRMED, 2),
        ((OK, LOST, LOST, LOST, DIM), State.CONFIRMED, 3),
        ((OK, LOST, LOST, DIM), State.STILL, 2),
        ((OK, DOWN, WALL, DOWN, WALL, DOWN, WALL, DOWN), State.FLAKY, 6),
        ((OK, DOWN, WALL, DOWN, DOWN, DOWN, DOWN), State.FLAKY, 5),
        ((OK, DOWN, WALL, DOWN, DOWN, DOWN, DOWN, DOWN), State.CONFIRMED, 6),
        ((OK, WALL, WALL, DOWN, DOWN, DOWN, DOWN), State.CONFIRMED, 3),
        ((OK, LOST, WALL), State.STEADY, 0),
        ((WALL, WALL, WALL), State.STEADY, 2),
        ((OK, LOST, LOST, OK), State.RECOVERED, 0),
        ((OK, LOST, LOST, OK, OK), State.FLAKY, 1),
        ((OK, LOST, OK, LOST), State.FLAKY, 0),
        ((OK, LOST, OK, LOST, LOST), State.FLAKY, 1),
        ((OK, LOST, OK, LOST, LOST, LOST), State.CONFIRMED, 2),
        ((NOTE,), State.NEW, 0),
        ((OK, NOTE, NOTE), State.STILL, 1),
        ((OK, NOTE, LOST), State.NEW, 0),
    ],
)
def test_the_state_follows_from_the_runs(codes: tuple[Code, ...], state: State, since: float) -> None:
    """Certain deaths need two weekly votes, passing failures four; walls neither advance nor reset deaths,

    but show that the host is up. An older failure of a softer kind does not hold the newest ones back.
    """
    assert state_after(*codes) == (state, since)


def test_runs_on_one_day_count_as_one_vote() -> None:
    """Auditing twice on a Monday confirms nothing."""
    assert state_after(OK, LOST, LOST, LOST, every=0.05)[0] is State.STILL


def test_a_resolver_that_cannot_tell_never_confirms() -> None:
    """However long it lasts."""
    assert state_after(*[Code.DNS_TEMPORARY] * 16)[0] is State.STILL


def test_what_is_unverifiable_is_never_confirmed() -> None:
    """Nor anything else that is not dead."""
    for code in Code:
        if code.health not in (Health.UNSAFE, Health.BROKEN, Health.FAILING):
            assert state_after(*[code] * 16)[0] is not State.CONFIRMED


def test_every_dead_verdict_has_exactly_one_ballot() -> None:
    """A new verdict must say how many votes it needs."""
    dead = [code for code in Code if code.health in (Health.UNSAFE, Health.BROKEN, Health.FAILING)]

    assert sorted(code for ballot in BALLOTS for code in ballot.codes) == sorted(dead)


@pytest.mark.parametrize(("runs", "state"), [(2, State.STILL), (3, State.CONFIRMED)])
def test_links_of_a_host_that_failed_as_a_whole_need_three_votes_in_a_fortnight(runs: int, state: State) -> None:
    """One fault may be behind all of them; by the calendar, so that a schedule may drift by hours."""
    now = MONDAY + weeks(runs - 1) - weeks(1 / 168)
    votes = [Vote(asked_at=MONDAY + weeks(number), code=LOST) for number in range(runs - 1)]

    assert standing(LOST, now, votes[::-1], others=Others.FAILED).state is state
    assert standing(LOST, now, votes[::-1]).state is State.CONFIRMED


def test_a_failed_host_makes_nothing_quicker() -> None:
    """Passing failures still need their four votes."""
    votes = [Vote(asked_at=MONDAY + weeks(number), code=DOWN) for number in range(2)]

    assert standing(DOWN, MONDAY + weeks(2), votes[::-1], others=Others.FAILED).state is State.STILL


def test_a_host_in_other_hands_is_no_fault_to_wait_for() -> None:
    """All links of a parked name fail together, and stay so."""
    votes = [Vote(asked_at=MONDAY, code=Code.PARKED)]

    assert standing(Code.PARKED, MONDAY + weeks(1), votes, others=Others.FAILED).state is State.CONFIRMED


@pytest.mark.parametrize(("code", "state"), [(DOWN, State.STILL), (DIM, State.STILL), (LOST, State.CONFIRMED)])
def test_faults_of_a_host_that_refuses_other_links_confirm_nothing(code: Code, state: State) -> None:
    """It is up, and lets us wait: walls do so, too."""
    votes = [Vote(asked_at=MONDAY + weeks(number), code=code if number else DOWN) for number in range(5)]

    assert standing(code, MONDAY + weeks(5), votes[::-1], others=Others.REFUSED).state is state
