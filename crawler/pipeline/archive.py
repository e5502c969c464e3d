"""A run's dead links in, what the archive holds of them asked and judged out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from datetime import datetime

import msgspec

from crawler.edits import wayback
from crawler.edits.archive_search import ROUNDS, granted
from crawler.health.evidence import Evidence, Tally
from crawler.health.judge import judge
from crawler.history.records import LinkPast
from crawler.model import Code, Kind, Purpose, Question, Request

Wanted = Callable[[Collection[str] | None], Iterable[tuple[datetime, Question]]]
"""(waiting since, question) of what is to be asked next, of some links or of all."""


async def rounds(
    wanted: Wanted,
    *,
    links: int,
    recall: Callable[[Question], bool],
    ask: Callable[[Sequence[tuple[str, Request]]], Awaitable[None]],
) -> None:
    """Asks about as many as `links` links until nothing is left to be asked of them; 0 for all.

    `recall` takes over what an earlier run learnt, if it can. That is done for all links first, so that those which
    are known use up no other's turn.
    """
    about: set[str] | None = None
    for _ in range(ROUNDS):
        about = {question.about for _, question in list(wanted(about)) if recall(question)}
    about = None
    for _ in range(ROUNDS):
        asked = granted(wanted(about), links)
        about = {question.about for question in asked}
        await ask([(question.about, question.request) for question in asked if not recall(question)])


def capture_codes(past: LinkPast) -> tuple[tuple[str, Code], ...]:
    """(URL, verdict) of each copy of a link's page that the archive has shown, judged alone as if seen on the web.

    A run's tally says nothing of the past, and what the user makes of the host today neither.
    """
    if not past.answers:
        return ()
    link = msgspec.structs.replace(past.link, kind=Kind.PAGE, asset=None, invalid=None, excluded=None)
    codes = []
    for answer in past.answers:
        is_page = answer.purpose is Purpose.ARCHIVE and answer.image is None
        replay = wayback.replayed(answer) if is_page else None
        if replay is not None:
            _, page = replay
            verdict = judge(Evidence(link=link, observation=page, tally=Tally(resolved_hosts=1)))
            codes.append((answer.url, verdict.code))
    return tuple(codes)
