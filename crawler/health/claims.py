"""A healthy link and what each card says of it in; where card and web disagree, a verdict for that place out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

from crawler.health.evidence import Tally
from crawler.model import Code, Health, Kind, Link, Observation, Place, Record, Verdict
from crawler.text import printable
from crawler.urls import host_of

TOLERANCE = 1
"""Pixels by which a declared size may differ from the real one (rounding of vector images)."""
ALIKE = 0.6
"""Similarity below which a title, or an excerpt, is another text: far below what an edit leaves."""
UNLIKE = 0.4
"""Below this, a title alone is enough, if it was so the last time too."""
SHELL = 40
"""Visible characters below which a page shows its text only to a browser, and so none that could differ."""
SMALL = 200
"""Pixels of a side below which a picture is too small to be shown with a card (Facebook's least for share images)."""
CARDS = 3
"""Different pages whose cards show one picture before it is called a stand-in."""
YOUTUBE_GREY = (120, 90)
"""What YouTube shows in place of a thumbnail that it does not have."""
_OWN_PICTURE = re.compile(r"(?:^|\.)images\[\d+\]\.url$")
_LOGO = re.compile(r"(?:^|\.)(?:provider|affiliation)\.images\[")


class Compare(Protocol):
    """How alike texts of a card and its page are, 0 to 1; folded, and without the site's name."""

    def title(self, card: str, page: str | None, site: str | None) -> float:
        """Two titles."""

    def excerpt(self, card: str, description: str | None, lead: str | None) -> float:
        """An excerpt and what the page says."""


class Context(Record, frozen=True):
    """What the rules for places look at besides the place."""

    observation: Observation
    before: Observation | None
    """The newest observation of an earlier run."""
    pages: int
    """Different pages whose cards show the link as their own picture."""
    repeated: bool
    """The same bytes stand behind several addresses."""
    compare: Compare


class PlaceRule(Record, frozen=True):
    """One row."""

    name: str
    code: Code
    kind: Kind
    test: Callable[[Place, Context], str | None]


def judge_places(
    link: Link,
    observation: Observation | None,
    verdict: Verdict,
    *,
    before: Observation | None,
    tally: Tally,
    compare: Compare,
) -> tuple[Verdict | None, ...]:
    """One verdict or None for each of the link's places."""
    if observation is None or verdict.code.health is not Health.HEALTHY:
        return (None,) * len(link.places)
    context = Context(
        observation=observation,
        before=before,
        pages=len({place.claims.page_url for place in link.places if _is_own_picture(place)}),
        # Only pictures are looked up: what the whole run shows holds up the judging of a link.
        repeated=any(place.kind is Kind.IMAGE for place in link.places) and observation.digest in tally.repeated_images,
        compare=compare,
    )
    return tuple(None if place.excluded else _judge(place, context) for place in link.places)


def _judge(place: Place, context: Context) -> Verdict | None:
    for rule in RULES:
        because = rule.test(place, context) if place.kind is rule.kind else None
        if because is not None:
            return Verdict(code=rule.code, rule=rule.name, because=because)
    return None


def _is_own_picture(place: Place) -> bool:
    """Whether a place is the picture of a card itself, not a publisher's logo."""
    return bool(_OWN_PICTURE.search(place.field)) and not _LOGO.search(place.field)


def _youtube_grey(place: Place, context: Context) -> str | None:
    image = context.observation.image
    host = host_of(context.observation.url)
    if (
        image is None
        or (image.width, image.height) != YOUTUBE_GREY
        or not host.endswith(("ytimg.com", "img.youtube.com"))
    ):
        return None
    # Its smallest thumbnails really are of this size, and are called so.
    return (
        None if "/default." in context.observation.url else "YouTube has no thumbnail of this size and shows a grey one"
    )


def _stand_in(place: Place, context: Context) -> str | None:
    if not _is_own_picture(place):
        return None
    if context.pages >= CARDS:
        return f"the cards of {context.pages} different pages show this picture, so it is their site's stand-in"
    return "the same picture stands behind several addresses, so it is a stand-in" if context.repeated else None


def _too_small(place: Place, context: Context) -> str | None:
    image = context.observation.image
    if image is None or image.width is None or image.height is None or not _is_own_picture(place):
        return None
    if image.format == "svg" or place.claims.page_url is None:
        return None
    if image.width >= SMALL and image.height >= SMALL:
        return None
    return f"the picture is only {image.width}×{image.height}, too small to be shown with a card"


def _drifted(place: Place, context: Context) -> str | None:
    """Titles are edited for search engines, so the text must differ as well."""
    claims, page = place.claims, context.observation.page
    if page is None or not claims.excerpt or _title_alike(place, context.observation, context) >= ALIKE:
        return None
    features = context.observation.features
    if features is None or features.visible < SHELL:
        return None
    if page.description is None and not features.lead:
        return None
    if context.compare.excerpt(claims.excerpt, page.description, features.lead) >= ALIKE:
        return None
    return f"the page is now called {_quoted(page.title)}, and its text is another than the card's excerpt"


def _renamed(place: Place, context: Context) -> str | None:
    """Without an excerpt to compare, the title must be quite another, and must have been so the last time."""
    page = context.observation.page
    if page is None or place.claims.excerpt or context.before is None:
        return None
    if max(_title_alike(place, seen, context) for seen in (context.observation, context.before)) >= UNLIKE:
        return None
    return f"the page is called {_quoted(page.title)}, as it was the last time, and not as the card says"


def _title_alike(place: Place, observation: Observation, context: Context) -> float:
    """1 where there are no two titles to compare."""
    page = observation.page
    if place.claims.title is None or page is None or page.title is None:
        return 1.0
    return context.compare.title(place.claims.title, page.title, page.site_name)


def _no_amp(place: Place, context: Context) -> str | None:
    """Where `ampWebUrl` is the page itself, as it is where a site is all AMP, or has none."""
    page = context.observation.page
    if place.kind is not Kind.AMP or page is None or page.is_amp:
        return None
    return "the card's AMP address is the page itself, which is no AMP page"


def _quoted(text: str | None) -> str:
    return repr(printable(text or "", 120))


def _size(place: Place, context: Context) -> str | None:
    image, claims = context.observation.image, place.claims
    if image is None or image.width is None or image.height is None:
        return None
    if image.format == "svg":
        return None  # a drawing is shown in whatever size the card gives; its own is one of units
    pairs = ((claims.width, image.width), (claims.height, image.height))
    if all(said is None or abs(said - real) <= TOLERANCE for said, real in pairs):
        return None
    said = f"{claims.width or '?'}×{claims.height or '?'}"
    return f"the card says {said}, the image is {image.width}×{image.height}"


RULES: tuple[PlaceRule, ...] = (
    PlaceRule(name="youtube_grey", code=Code.IMAGE_SUSPICIOUS, kind=Kind.IMAGE, test=_youtube_grey),
    PlaceRule(name="declared_size_differs", code=Code.IMAGE_SIZE_MISMATCH, kind=Kind.IMAGE, test=_size),
    PlaceRule(name="stand_in_picture", code=Code.IMAGE_SUSPICIOUS, kind=Kind.IMAGE, test=_stand_in),
    PlaceRule(name="picture_too_small", code=Code.IMAGE_SUSPICIOUS, kind=Kind.IMAGE, test=_too_small),
    PlaceRule(name="amp_is_the_page", code=Code.AMP_DROPPED, kind=Kind.AMP, test=_no_amp),
    PlaceRule(name="title_and_text_differ", code=Code.DRIFTED, kind=Kind.PAGE, test=_drifted),
    PlaceRule(name="title_differs_twice", code=Code.DRIFTED, kind=Kind.PAGE, test=_renamed),
)


def worst(verdict: Verdict, places: tuple[Verdict | None, ...]) -> Verdict:
    """The link's own verdict, or the first of its places' that is worse."""
    order = list(Health)
    found = [verdict, *(place for place in places if place is not None)]
    return min(found, key=lambda one: order.index(one.code.health))
