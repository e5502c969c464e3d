"""Second questions in, what earlier runs learnt of them taken over into this one: what still counts is not asked again.

So a stored run holds all that its proposals rest on, and nothing that still counts is pruned with an old run.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from crawler.edits.archive_search import still_counts
from crawler.edits.questions import in_vain
from crawler.history.records import RunRow
from crawler.history.writing import HistoryWriter
from crawler.model import Failure, Purpose, Question
from crawler.urls import host_of

SPELLINGS = (Purpose.HTTPS, Purpose.CLEAN)
"""What is asked of another spelling of a link's own address."""


def recall(question: Question, history: HistoryWriter, run: RunRow, *, now: datetime) -> bool:
    """Takes over what the archive said in an earlier run, if that still counts; whether it did."""
    known = history.answered(run, question.request.url, question.request.purpose)
    if known is None or not still_counts(known, now):
        return False
    history.add(run, known, about=question.about)
    return True


def without_vain(wanted: Sequence[Question], history: HistoryWriter, run: RunRow, *, now: datetime) -> list[Question]:
    """`wanted` without other spellings that were asked in vain lately: a host without https is not tried every week."""
    told = history.answers(run, Purpose.HTTPS)
    rest, insecure = [], {host_of(seen.url) for _, seen in told if isinstance(seen.outcome, Failure)}
    for question in wanted:
        request = question.request
        known = history.answered(run, request.url, request.purpose) if request.purpose in SPELLINGS else None
        if known is None or not in_vain(known, now):
            rest.append(question)
            continue
        history.add(run, known, about=question.about)
        if request.purpose is Purpose.HTTPS and isinstance(known.outcome, Failure):
            insecure.add(host_of(request.url))
    history.flush()
    return [one for one in rest if one.request.purpose is not Purpose.HTTPS or host_of(one.request.url) not in insecure]
