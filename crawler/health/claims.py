"""A healthy link and what each card says of it in; where card and web disagree, a verdict for that place out."""

from __future__ import annotations

from crawler.model import Code, Health, Kind, Link, Observation, Place, Verdict

TOLERANCE = 1
"""Pixels by which a declared size may differ from the real one (rounding of vector images)."""


def judge_places(link: Link, observation: Observation | None, verdict: Verdict) -> tuple[Verdict | None, ...]:
    """One verdict or None for each of the link's places."""
    if observation is None or verdict.code.health is not Health.HEALTHY:
        return (None,) * len(link.places)
    return tuple(_judge(place, observation) for place in link.places)


def _judge(place: Place, observation: Observation) -> Verdict | None:
    if place.kind is Kind.IMAGE:
        return _size(place, observation)
    return None


def _size(place: Place, observation: Observation) -> Verdict | None:
    image, claims = observation.image, place.claims
    if image is None or image.width is None or image.height is None:
        return None
    pairs = ((claims.width, image.width), (claims.height, image.height))
    if all(said is None or abs(said - real) <= TOLERANCE for said, real in pairs):
        return None
    said = f"{claims.width or '?'}×{claims.height or '?'}"
    return Verdict(
        code=Code.IMAGE_SIZE_MISMATCH,
        rule="declared_size_differs",
        because=f"the card says {said}, the image is {image.width}×{image.height}",
    )


def worst(verdict: Verdict, places: tuple[Verdict | None, ...]) -> Verdict:
    """The link's own verdict, or the first of its places' that is worse."""
    order = list(Health)
    found = [verdict, *(place for place in places if place is not None)]
    return min(found, key=lambda one: order.index(one.code.health))
