"""A case in, what has to be asked before it can be repaired out: another picture, the https or the clean address."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from datetime import datetime, timedelta

from crawler.edits import amp, image, redirect
from crawler.edits.case import Case, Terms, is_kept
from crawler.model import Answered, Kind, Observation, Purpose, Question, Request, Want
from crawler.urls import canonical, host_of

ROUNDS = 3
"""Times that a run asks: of several candidates one after the other."""
SHARE = 0.5
"""Requests on behalf of repairs for each link that was asked, at the most."""
LATELY = timedelta(days=30)
"""For so long an https or clean address that did not answer well is not tried again."""
LEAST = 50
"""Requests that are granted however few links there are."""


def questions(case: Case, terms: Terms) -> Iterator[Question]:
    """What is not known yet; of several candidates the next, if those before it did not fit."""
    want = Want.IMAGE if case.place.kind is Kind.IMAGE else Want.PAGE
    wanted: list[tuple[Purpose, str | None, Want]] = [
        (Purpose.CANDIDATE, _next_picture(case, terms), Want.IMAGE),
        (Purpose.CANDIDATE, amp.redeclared(case) if case.place.kind is Kind.AMP else None, Want.PAGE),
    ]
    if not is_kept(case.place.field, terms.fix):
        wanted += [
            (Purpose.CLEAN, redirect.clean_target(case), want),
            (Purpose.HTTPS, redirect.https_twin(case), want),
            (Purpose.CLEAN, redirect.clean_twin(case), want),
        ]
    for purpose, url, want in wanted:
        if url is not None and case.subject.answer(purpose, url) is None and _can_be_asked(url):
            request = Request(url=url, want=want, purpose=purpose)
            yield Question(request=request, about=case.subject.link.url)


def in_vain(seen: Observation, now: datetime) -> bool:
    """Whether an address did not answer well, so lately that asking again would tell nothing new."""
    well = isinstance(seen.outcome, Answered) and 200 <= seen.outcome.status <= 299
    return not well and now - seen.asked_at < LATELY


def _next_picture(case: Case, terms: Terms) -> str | None:
    for url in image.candidates(case, terms):
        seen = image.observed(case, url)
        if seen is None:
            return url
        if image.is_fit(seen, terms):
            return None
    return None


def _can_be_asked(url: str) -> bool:
    try:
        return canonical(url) == url
    except ValueError:
        return False


def granted(wanted: Iterable[Question], *, links: int, host_budget: int, secure: Container[str] = ()) -> list[Question]:
    """As many of the questions as a run of `links` links may ask, each once.

    `host_budget` is the most for one host, 0 for no bound. `secure` are hosts that are known to answer over https: of
    any other, one address is tried before the rest is.
    """
    budget = max(LEAST, int(SHARE * links))
    tried: set[str] = set()
    chosen: list[Question] = []
    requests: set[Request] = set()
    per_host: dict[str, int] = {}
    for question in wanted:
        request = question.request
        if request not in requests:
            host = host_of(request.url)
            if len(requests) >= budget or (host_budget and per_host.get(host, 0) >= host_budget):
                continue
            if request.purpose is Purpose.HTTPS and host not in secure:
                if host in tried:
                    continue
                tried.add(host)
            requests.add(request)
            per_host[host] = per_host.get(host, 0) + 1
        chosen.append(question)
    return chosen
