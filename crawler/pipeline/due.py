"""A link and its past in; whether it is asked, and how, out. And what a "not modified" carries over."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import msgspec

from crawler.history.records import LinkPast, RunRow
from crawler.model import Answered, Code, Failure, FailureKind, Health, Kind, Link, Observation, Purpose, Request, Want

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
    code = past.code_before
    if run.max_age <= 0 or code is None or code.health is not Health.HEALTHY or past.last is None:
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
    """How a link is asked: where the last answer was sound, so that what has not changed is not read again."""
    link = past.link
    if link.asset is not None:
        return Request(url=link.asset, want=_want(link), purpose=Purpose.ASSET)
    last = _sound(past)
    if last is None:
        return Request(url=link.url, want=_want(link))
    validators = _validators(last)
    # A validator that has changed says more than a length that has not.
    length = None if validators else _decoded_length(last)
    return Request(url=link.url, want=_want(link), headers=validators, known_length=length)


def in_full(request: Request) -> Request:
    """The same, whatever earlier answers allow."""
    return msgspec.structs.replace(request, headers=(), known_length=None)


def _want(link: Link) -> Want:
    return Want.IMAGE if link.kind is Kind.IMAGE else Want.PAGE


def _sound(past: LinkPast) -> Observation | None:
    """The last answer, if its facts may stand for another run."""
    code = past.code_before
    if code is None or code.health not in (Health.HEALTHY, Health.NOTICE):
        return None  # soft 404s and parked pages have validators too
    last = past.last
    if last is None or last.revalidated >= FULL_EVERY - 1:
        return None
    return None if last.hops or not isinstance(last.outcome, Answered) else last


def _validators(last: Observation) -> tuple[tuple[str, str], ...]:
    """If-None-Match outranks If-Modified-Since (RFC 9110, 13.1.3); both are sent, as browsers do."""
    if not isinstance(last.outcome, Answered):
        return ()
    sent = (("if-none-match", last.outcome.header("etag")), ("if-modified-since", last.outcome.header("last-modified")))
    return tuple((name, value) for name, value in sent if value)


def _decoded_length(last: Observation) -> int | None:
    """Bytes of a sound image that was decoded whole."""
    return last.image.bytes if last.image and last.complete and not last.image.broken else None


def confirms(observation: Observation) -> bool:
    """Whether an answer may stand for an earlier one: a 304, or the head of an image."""
    if not isinstance(observation.outcome, Answered):
        return False
    return observation.outcome.status == 304 or (observation.image is not None and not observation.complete)


def carried(observation: Observation, last: Observation | None) -> Observation:
    """A 304, or an image's head, with the facts of the answer that it confirms; anything else as it is."""
    if last is None or not confirms(observation):
        return observation
    outcome, before = observation.outcome, last.outcome
    if not isinstance(outcome, Answered) or not isinstance(before, Answered):
        return observation
    if outcome.status == 304:
        names = {name for name, _ in outcome.headers}
        kept = tuple((name, value) for name, value in before.headers if name not in names)
        outcome = msgspec.structs.replace(outcome, headers=(*outcome.headers, *kept))
    elif not _same_image(observation, last):
        return observation
    return msgspec.structs.replace(
        observation,
        outcome=outcome,
        page=last.page,
        features=last.features,
        image=last.image,
        digest=last.digest,
        sample=last.sample,
        complete=last.complete,
        revalidated=last.revalidated + 1,
    )


def _same_image(head: Observation, decoded: Observation) -> bool:
    """Whether format, size and length are those of an image that was decoded whole."""
    if head.image is None or decoded.image is None or not decoded.complete:
        return False
    new, old = head.image, decoded.image
    return (new.format, new.width, new.height, new.bytes, new.broken) == (
        old.format,
        old.width,
        old.height,
        old.bytes,
        old.broken,
    )


def accepted(observation: Observation) -> bool:
    """A success is nothing to ask again, whatever its body says: what it says is judged at the end."""
    return isinstance(observation.outcome, Answered) and observation.outcome.status in (200, 304)


MISSING = (Code.NOT_FOUND, Code.GONE)
"""What is asked once more where it was not so the last time."""
_DEAD = (Health.UNSAFE, Health.BROKEN, Health.FAILING)


def new(past: LinkPast) -> bool:
    """Whether a link was not bad the last time."""
    return past.code_before is None or past.code_before.health not in _DEAD


_TRANSIENT = (FailureKind.DNS_NOT_FOUND,)
"""Not failing by verdict, but never believed at the first time."""


def transient(observation: Observation) -> bool:
    """Whether it failed in a way that is asked once more, whatever the verdict."""
    return isinstance(observation.outcome, Failure) and observation.outcome.kind in _TRANSIENT
