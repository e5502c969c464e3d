"""A verdict and what earlier runs thought in; the link's state, and since when, out.

A link is called dead (`confirmed`) by votes: failing observations in a row, spaced by days, as many as the class of
the failure needs. The model is InternetArchiveBot's (three failures in a row, each three days after the last), with
fewer votes for what is certain and more for what mostly passes.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from crawler.model import Code, Health, Record, State, Vote


class Ballot(Record, frozen=True):
    """How many votes one class of failures needs."""

    name: str
    codes: tuple[Code, ...]
    votes: int
    span: timedelta
    """From the first counted vote to the last."""
    alone: bool = True
    """Whether votes of this class are enough without one of another."""


BALLOTS: tuple[Ballot, ...] = (
    Ballot(
        name="certain",
        codes=(Code.GONE, Code.NOT_FOUND, Code.DNS_GONE, Code.HOST_GONE, Code.ASSET_MISSING, Code.INVALID_URL),
        votes=2,
        span=timedelta(days=6),
    ),
    Ballot(name="visitor_risk", codes=(Code.PARKED, Code.USURPED), votes=2, span=timedelta(days=6)),
    Ballot(
        name="probable",
        codes=(Code.SOFT_404, Code.REDIRECT_GENERIC, Code.WRONG_TYPE, Code.IMAGE_BROKEN),
        votes=3,
        span=timedelta(days=13),
    ),
    Ballot(
        name="passing",
        codes=(Code.SERVER_ERROR, Code.TIMEOUT, Code.CONNECT_FAILED, Code.TLS_INVALID, Code.REDIRECT_LOOP),
        votes=4,
        span=timedelta(days=20),
    ),
    # A resolver that could not tell is never enough: some run must have seen the name missing, or the host down.
    Ballot(name="unclear", codes=(Code.DNS_TEMPORARY,), votes=4, span=timedelta(days=20), alone=False),
)
"""From the hardest class to the softest; where failures of several classes follow each other, the softest counts."""
FAULTS = ("passing", "unclear")
"""Classes that say that the host does not answer, not that a page is gone."""

OF_HOSTS = ("visitor_risk",)
"""Classes that are always of a host as a whole: a name in other hands is no fault behind which links wait."""

SPACING = timedelta(days=3)
"""Votes closer together than this count once."""
WINDOW = 8
"""Observations within which two changes between alive and dead make a link flaky."""

HOST_VOTES = 3
"""Votes that a link needs at least while its host fails as a whole: one fault is behind all of them."""
HOST_DAYS = 14
"""Days, by the calendar, from the first of those votes to the last; so a schedule that drifts by hours is met too."""

_BAD = (Health.UNSAFE, Health.BROKEN, Health.FAILING)
# Of codes, not of healths: every vote of every link is looked up, up to 16 a link and run.
_DEAD = frozenset(code for code in Code if code.health in _BAD)
_NEUTRAL = frozenset(code for code in Code if code.health in (Health.UNVERIFIABLE, Health.SKIPPED))
_REFUSALS = (Code.BLOCKED, Code.RATE_LIMITED, Code.AUTH_REQUIRED, Code.CONSENT_WALL, Code.LEGAL_BLOCK)
REPORTED = (*_BAD, Health.NOTICE)
"""What a report shows as something to act on."""


class Others(StrEnum):
    """How the links of a host fared in a run, as far as it matters to each of them."""

    WELL = "well"
    FAILED = "failed"  # most of them alike: one fault may be behind all, so that being dead takes longer
    REFUSED = "refused"  # some were refused and none answered: the host is up, and its faults prove nothing


class Standing(Record, frozen=True):
    """Where a link stands among its runs."""

    state: State
    since: datetime
    votes: int = 0
    """Votes for its being dead that count."""


def class_of(code: Code) -> str:
    """What failures count as alike: the ballot of a dead verdict, any other verdict by itself."""
    return _ballot(code).name if code in _DEAD else str(code)


def standing(
    code: Code,
    asked_at: datetime,
    votes: Sequence[Vote],
    *,
    others: Others = Others.WELL,
) -> Standing:
    """The state of a link judged `code` on an observation of `asked_at`; `votes`: the earlier runs', newest first.

    `others`: how the host's links fared in this run.
    """
    if code in _NEUTRAL:
        return Standing(state=State.STEADY, since=_since(asked_at, votes, lambda vote: vote.code is code))
    telling = [vote for vote in votes if vote.code not in _NEUTRAL]
    if code.health is Health.HEALTHY and all(vote.code not in _DEAD for vote in telling):
        return Standing(state=State.STEADY, since=telling[-1].asked_at if telling else asked_at)  # nearly all links
    flaky = _changes([code, *(vote.code for vote in telling)][:WINDOW]) >= 2
    if code in _DEAD:
        if class_of(code) in FAULTS:  # a host that refuses between two faults is up between them
            reached = [vote for vote in votes if vote.code not in _NEUTRAL or vote.code in _REFUSALS]
            flaky = flaky or _changes([code, *(vote.code for vote in reached)][:WINDOW]) >= 2
        return _dead(code, asked_at, votes, flaky=flaky, others=others)
    if code.health is Health.NOTICE:
        seen = bool(telling) and telling[0].code is code
        since = _since(asked_at, telling, lambda vote: vote.code is code)
        return Standing(state=State.STILL if seen else State.NEW, since=since)
    alive = 1 + _run_length(telling, alive=True)
    since = _since(asked_at, telling, lambda vote: vote.code not in _DEAD)
    fell = _run_length(telling[alive - 1 :], alive=False)
    if alive < 2 and fell >= 2:
        return Standing(state=State.RECOVERED, since=since)
    return Standing(state=State.FLAKY if flaky else State.STEADY, since=since)


def settles(code: Code, stands: Standing, asked_at: datetime, *, others: Others = Others.WELL) -> datetime | None:
    """When a link that is dead at `asked_at` may be confirmed at the earliest; None for what no run confirms."""
    if code not in _DEAD or stands.state is State.CONFIRMED:
        return None
    ballot = _ballot(code)
    slowly = others is Others.FAILED and ballot.name not in OF_HOSTS
    missing = max(1, (max(ballot.votes, HOST_VOTES) if slowly else ballot.votes) - stands.votes)
    span = max(ballot.span, timedelta(days=HOST_DAYS)) if slowly else ballot.span
    return max(asked_at + missing * SPACING, stands.since + span)


def _dead(code: Code, asked_at: datetime, votes: Sequence[Vote], *, flaky: bool, others: Others) -> Standing:
    newest = Vote(asked_at=asked_at, code=code)
    telling = [vote for vote in votes if vote.code not in _NEUTRAL]
    streak = [newest, *telling[: _run_length(telling, alive=False)]]
    counted = _spaced(_counting(newest, votes))
    # A failure of another kind long ago does not outweigh the newest: they are enough as soon as some of them are.
    enough = not (others is Others.REFUSED and class_of(code) in FAULTS) and any(
        _enough(counted[:length], more=int(flaky), others=others) for length in range(1, len(counted) + 1)
    )
    if enough:
        state = State.CONFIRMED
    elif flaky:
        state = State.FLAKY
    else:
        state = State.STILL if len(streak) > 1 else State.NEW
    return Standing(state=state, since=streak[-1].asked_at, votes=len(counted))


def _counting(newest: Vote, votes: Sequence[Vote]) -> list[Vote]:
    """The failing votes that add up, newest first, back to when the link was last seen alive.

    A host that refuses an answer is up: its faults before and after a refusal are not one fault.
    """
    counting, refused = [newest], False
    for vote in votes:
        if vote.code in _REFUSALS:
            refused = True
        if vote.code in _NEUTRAL:
            continue
        if vote.code not in _DEAD:
            break
        if refused and any(class_of(one.code) in FAULTS for one in (*counting, vote)):
            break
        counting.append(vote)
    return counting


def _spaced(votes: Sequence[Vote]) -> list[Vote]:
    """The votes without those that follow too soon upon another; of several, the softest stands for all."""
    spaced: list[Vote] = []
    for vote in votes:
        if not spaced or spaced[-1].asked_at - vote.asked_at >= SPACING:
            spaced.append(vote)
        elif _rank(vote) > _rank(spaced[-1]):
            spaced[-1] = Vote(asked_at=spaced[-1].asked_at, code=vote.code)
    return spaced


def _enough(votes: Sequence[Vote], *, more: int, others: Others) -> bool:
    """Whether so many votes, `more` than usual, confirm a death by the class of the softest of them."""
    softest = _ballot(max(votes, key=_rank).code)
    slowly = others is Others.FAILED and softest.name not in OF_HOSTS
    needed = max(softest.votes, HOST_VOTES) if slowly else softest.votes
    if len(votes) < needed + more or not any(_ballot(vote.code).alone for vote in votes):
        return False
    first, last = votes[-1].asked_at, votes[0].asked_at
    return last - first >= softest.span and (not slowly or (last.date() - first.date()).days >= HOST_DAYS)


def _rank(vote: Vote) -> int:
    """The place of a vote's class, from the hardest to the softest."""
    return BALLOTS.index(_ballot(vote.code))


def _ballot(code: Code) -> Ballot:
    return next(ballot for ballot in BALLOTS if code in ballot.codes)


def _run_length(votes: Sequence[Vote], *, alive: bool) -> int:
    """How many of the newest votes agree on alive or dead."""
    length = 0
    for vote in votes:
        if (vote.code not in _DEAD) is not alive:
            break
        length += 1
    return length


def _changes(codes: Sequence[Code]) -> int:
    dead = [code in _DEAD for code in codes]
    return sum(one is not two for one, two in itertools.pairwise(dead))


def _since(asked_at: datetime, votes: Sequence[Vote], same: Callable[[Vote], bool]) -> datetime:
    since = asked_at
    for vote in votes:
        if not same(vote):
            break
        since = vote.asked_at
    return since
