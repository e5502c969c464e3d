"""Cases for repairs, made short."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from crawler.edits.case import Case, Heir, Subject, Terms
from crawler.edits.propose import propose
from crawler.metadata.amp import cache_url
from crawler.metadata.compare import title_similarity
from crawler.model import (
    Answered,
    Claims,
    Code,
    Hop,
    Image,
    Kind,
    Link,
    Observation,
    Page,
    Place,
    Proposal,
    Purpose,
    State,
    Verdict,
)
from crawler.settings import FixSettings

NOW = datetime(2026, 11, 23, 4, 17, tzinfo=UTC)
OLD = "https://site.example/news/harbour-opens"
PICTURE = "https://site.example/harbour.png"


def seen(
    url: str = OLD,
    *,
    final: str | None = None,
    status: int = 200,
    hops: tuple[int, ...] = (),
    page: Page | None = None,
    image: Image | None = None,
    purpose: Purpose = Purpose.LINK,
    digest: str | None = None,
    asked_at: datetime = NOW,
) -> Observation:
    """One observation; `hops` are the statuses of the redirecting answers."""
    return Observation(
        url=url,
        purpose=purpose,
        asked_at=asked_at,
        outcome=Answered(url=final or url, status=status),
        hops=tuple(Hop(url=url, status=one) for one in hops),
        page=page,
        image=image,
        digest=digest,
    )


def picture(width: int = 1200, height: int = 630, **more: Any) -> Image:
    """A sound picture."""
    return Image(format="png", width=width, height=height, **more)


def subject(
    observation: Observation | None,
    code: Code = Code.OK,
    *,
    kind: Kind = Kind.PAGE,
    url: str | None = None,
    rule: str = "",
    state: State = State.STEADY,
    since: datetime = NOW,
    **more: Any,
) -> Subject:
    """A link as a run left it."""
    address = url or (observation.url if observation else OLD)
    link = Link(url=address, kind=kind, places=())
    return Subject(link=link, code=code, rule=rule, state=state, since=since, observation=observation, **more)


def moved(to: str, *, code: Code = Code.MOVED, status: int = 301, url: str = OLD, **heir: Any) -> Subject:
    """A link that redirects to `to`, seen so twice."""
    known = {"same_site": True, "slug_kept": True, "title_likeness": 1.0, **heir}
    observation = seen(url, final=to, hops=(status,), page=Page(title="Harbour opens"))
    return subject(observation, code, before=observation, heir=Heir(url=to, **known))


def case(
    about: Subject,
    *,
    field: str = "webUrl",
    kind: Kind = Kind.PAGE,
    written: str | None = None,
    verdict: Code | None = None,
    page: Subject | None = None,
    amp: Subject | None = None,
    **claims: Any,
) -> Case:
    """A place of a link."""
    place = Place(
        path="_news/a.md",
        line=7,
        column=9,
        field=field,
        written=written or about.link.url,
        kind=kind,
        claims=Claims(**claims),
    )
    judged = Verdict(code=verdict, rule="rule", because="the reason") if verdict else None
    return Case(place=place, subject=about, verdict=judged, page=page, amp=amp)


def terms(**fix: Any) -> Terms:
    """Repairs by these settings; metadata is left alone unless they say otherwise."""
    quiet = dict.fromkeys(("title", "excerpt", "published", "updated", "provider"), "keep")
    settings = FixSettings(**{**quiet, **fix})
    return Terms(fix=settings, cache_url=cache_url, similarity=title_similarity)


def proposed(one: Case, **fix: Any) -> dict[str, Proposal]:
    """The proposals for a case, by field."""
    found = propose(one, terms(**fix))
    assert len({proposal.field for proposal in found}) == len(found)
    return {proposal.field: proposal for proposal in found}


def news(one: Case, **fix: Any) -> dict[str, str | None]:
    """Field -> new value."""
    return {field: proposal.new for field, proposal in proposed(one, **fix).items()}
