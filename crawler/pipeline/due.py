"""A link and its past in; whether it is asked, and how, out. And what a "not modified" carries over."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import msgspec

from crawler.history.records import LinkPast, RunRow
from crawler.model import Answered, Failure, FailureKind, Health, Kind, Link, Observation, Purpose, Request, Want

FULL_EVERY = 4
"""Runs after which a page is read in full again: some servers answer 304 for what is dead."""
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_JITTER = 0.2
"""Share by which `max_age` differs from link to link, so that a site does not come due all at once."""


def age(text: str) -> timedelta:
    """`7d` -> seven days; the settings have checked the form."""
    return timedelta(seconds=int(text[:-1]) * _UNITS[text[-1]])


def askable(link: Link) -> bool:
    """Whether there is anything to ask."""
    return link.invalid is None and link.excluded is None


def fresh(past: LinkPast, run: RunRow) -> bool:
    """Whether a healthy answer of an earlier run still counts in `run`."""
    if run.max_age <= 0 or past.last is None or not past.votes or past.votes[0].code.health is not Health.HEALTHY:
        return False
    # The same for each run of a link, different from link to link.
    noise = int.from_bytes(hashlib.blake2b(past.link.url.encode("utf-8", "replace"), digest_size=4).digest()) / 2**32
    limit = timedelta(seconds=run.max_age * (1 + _JITTER * (2 * noise - 1)))
    return past.last.asked_at > run.started - limit


def was_left(past: LinkPast, before: RunRow) -> bool:
    """Whether the run before knew the link and did not ask it, or was told by its host to wait too long."""
    last = past.last
    if last is None or last.asked_at < before.started:
        return True
    return isinstance(last.outcome, Failure) and last.outcome.kind is FailureKind.DEFERRED


def request_for(past: LinkPast) -> Request:
    """How a link is asked: conditionally where the last answer was sound and brought a validator."""
    link = past.link
    if link.asset is not None:
        return Request(url=link.asset, want=_want(link), purpose=Purpose.ASSET)
    return Request(url=link.url, want=_want(link), headers=_validators(past))


def _want(link: Link) -> Want:
    return Want.IMAGE if link.kind is Kind.IMAGE else Want.PAGE


def _validators(past: LinkPast) -> tuple[tuple[str, str], ...]:
    """If-None-Match outranks If-Modified-Since (RFC 9110, 13.1.3); both are sent, as browsers do."""
    last = past.last
    if last is None or not past.votes or last.revalidated >= FULL_EVERY - 1:
        return ()
    if past.votes[0].code.health not in (
        Health.HEALTHY,
        Health.NOTICE,
    ):  # soft 404s and parked pages have validators too
        return ()
    if last.hops or not isinstance(last.outcome, Answered):
        return ()
    sent = (("if-none-match", last.outcome.header("etag")), ("if-modified-since", last.outcome.header("last-modified")))
    return tuple((name, value) for name, value in sent if value)


def carried(observation: Observation, last: Observation | None) -> Observation:
    """A 304 with the facts of the answer that it confirms; anything else as it is."""
    outcome = observation.outcome
    if not isinstance(outcome, Answered) or outcome.status != 304 or last is None:
        return observation
    if not isinstance(last.outcome, Answered):
        return observation
    names = {name for name, _ in outcome.headers}
    kept = tuple((name, value) for name, value in last.outcome.headers if name not in names)
    return msgspec.structs.replace(
        observation,
        outcome=msgspec.structs.replace(outcome, headers=(*outcome.headers, *kept)),
        page=last.page,
        features=last.features,
        image=last.image,
        digest=last.digest,
        sample=last.sample,
        complete=last.complete,
        revalidated=last.revalidated + 1,
    )
