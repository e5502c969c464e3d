"""Short ways to say what a rule gets to see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from crawler.health.evidence import Evidence, Tally
from crawler.health.policy import Policy
from crawler.model import (
    Answered,
    Failure,
    FailureKind,
    Features,
    Hop,
    Image,
    Kind,
    Link,
    Observation,
    Page,
    Purpose,
)

URL = "https://a.example/story"
MONDAY = datetime(2026, 11, 2, 6, tzinfo=UTC)


def weeks(count: float) -> timedelta:
    """So many weeks."""
    return timedelta(weeks=count)


def link(kind: Kind = Kind.PAGE, **more: object) -> Link:
    """A link without places."""
    return Link(url=URL, kind=kind, places=(), **more)  # type: ignore[arg-type]  # the tests name fields of Link


def answer(
    status: int,
    *,
    headers: dict[str, str] | None = None,
    hops: tuple[Hop, ...] = (),
    page: Page | None = None,
    features: Features | None = None,
    image: Image | None = None,
    purpose: Purpose = Purpose.LINK,
    url: str = URL,
) -> Observation:
    """An observation with an answer."""
    outcome = Answered(url=url, status=status, headers=tuple((headers or {}).items()))
    return Observation(
        url=URL, purpose=purpose, asked_at=MONDAY, outcome=outcome, hops=hops, page=page, features=features, image=image
    )


def failed(kind: FailureKind) -> Failure:
    """A failure of the link's own host."""
    return Failure(kind=kind, detail="as the socket says", url=URL)


def seen(
    observation: Observation | Failure | None,
    *,
    about: Link | None = None,
    before: tuple[Failure, ...] = (),
    tally: Tally | None = None,
    policy: Policy | None = None,
) -> Evidence:
    """Evidence of one observation."""
    if isinstance(observation, Failure):
        observation = Observation(url=URL, purpose=Purpose.LINK, asked_at=MONDAY, outcome=observation)
    return Evidence(
        link=about or link(),
        observation=observation,
        failures_before=before,
        tally=tally or Tally(resolved_hosts=3),
        policy=policy or Policy(),
    )
