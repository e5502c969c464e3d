"""A verdict that tells nothing of the page and earlier votes in, the verdict with the age of the last good answer out.

What is hidden is never called dead, however long it stays so; but after eight weeks somebody should look.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from crawler.model import Health, Verdict, Vote

LOOK_AFTER = timedelta(weeks=8)
"""Time without a good answer after which a person is asked to look."""
_SOME_TIME = timedelta(days=1)
"""Runs on one day say nothing of how long a link has been hidden."""
_GOOD = (Health.HEALTHY, Health.NOTICE)


def aged(verdict: Verdict, votes: Sequence[Vote], *, now: datetime) -> Verdict:
    """`verdict` with what earlier runs saw, if it is unverifiable and there were any; `votes`: newest first."""
    if verdict.code.health is not Health.UNVERIFIABLE or not votes:
        return verdict
    good = next((vote.asked_at for vote in votes if vote.code.health in _GOOD), None)
    if good is not None:
        told = f"its last good answer was {_ago(now - good)}"
    elif now - votes[-1].asked_at < _SOME_TIME:
        return verdict
    else:
        told = f"no good answer is known in {_long(now - votes[-1].asked_at)}"
    if now - (good or votes[-1].asked_at) >= LOOK_AFTER:
        told += ", so look at it in a browser"
    return msgspec.structs.replace(verdict, because=f"{verdict.because}; {told}")


def _ago(age: timedelta) -> str:
    return f"{_long(age)} ago"


def _long(age: timedelta) -> str:
    count, unit = (age.days // 7, "week") if age.days >= 14 else (age.days, "day")
    return f"{count} {unit}{'' if count == 1 else 's'}" if count else "less than a day"
