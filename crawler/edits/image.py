"""A picture that a card cannot show in, another one of its page out; and the real size of one that it can."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.edits.addresses import lasts, secured
from crawler.edits.case import Case, Change, Row, Subject, Terms, is_kept, until_confirmed, until_seen_twice
from crawler.model import Answered, Code, Disposition, Image, Kind, Observation, Place, Purpose, Repair
from crawler.settings import FixSettings

TOLERANCE = 1
"""Pixels by which a declared size may differ from the real one."""
MOST = 3
"""Candidates that are asked for one picture at the most."""
STALE = "; the site's own copy (isCached) then shows another picture"

_YOUTUBE = re.compile(r"(https?://(?:i\d?\.ytimg\.com|img\.youtube\.com)/vi(?:_webp)?/[\w-]+/)(\w+)(\.(?:jpg|webp))$")
_SIZES = ("maxresdefault", "sddefault", "hqdefault", "mqdefault")
"""YouTube's thumbnails from the largest; the first two do not exist for every video (i.ytimg.com, 2026-11)."""
_GREY = (120, 90)
"""What YouTube shows in place of a thumbnail that it does not have."""


def candidates(case: Case, terms: Terms) -> tuple[str, ...]:
    """The pictures that may take the place of the case's, or be the first of its card, best first."""
    return tuple(one for one in offered(case, terms) if one not in case.shown)[:MOST]


def offered(case: Case, terms: Terms) -> tuple[str, ...]:
    """All of them, those that the card shows already included."""
    if is_wanting(case.place, terms.fix):
        return _shared_by(case.subject, case.place)
    if case.place.kind is not Kind.IMAGE or not (_is_dead(case) or _is_suspicious(case)):
        return ()
    url = case.subject.link.url
    steps = tuple(_smaller(url))
    found = [*_of_page(case), *steps] if case.page else steps
    return tuple(dict.fromkeys(one for one in found if one not in (url, case.place.written)))


def is_wanting(place: Place, fix: FixSettings) -> bool:
    """Whether a place is the main link of a card that is to get its first picture."""
    return place.claims.bare and fix.picture == "fill"


def _of_page(case: Case) -> tuple[str, ...]:
    """The share images of the card's own page, if that lives."""
    return _shared_by(case.page, case.place) if case.page is not None else ()


def _shared_by(page: Subject, place: Place) -> tuple[str, ...]:
    """The share images of a page that is what the card says it is.

    Beside a page or a picture over https they are wanted over https, too: browsers ask for no others there (W3C, Mixed
    Content, 4.1).
    """
    facts, answered = page.page, page.answered
    if not page.alive or facts is None or answered is None or place.path in page.drifted:
        return ()
    plain = answered.url.startswith("http:") and place.written[:5].lower() == "http:"
    images = facts.images or ((facts.image,) if facts.image else ())
    urls = dict.fromkeys(one if plain else secured(one) or one for one in images)
    return tuple(one for one in urls if lasts(one))


def _smaller(url: str) -> Iterator[str]:
    """The same video's smaller thumbnails."""
    match = _YOUTUBE.match(url)
    if match and match[2] in _SIZES:
        for size in _SIZES[_SIZES.index(match[2]) + 1 :]:
            yield f"{match[1]}{size}{match[3]}"


def observed(case: Case, url: str) -> Observation | None:
    """What answered when a candidate was asked."""
    return case.subject.answer(Purpose.CANDIDATE, url)


def is_fit(seen: Observation | None, terms: Terms) -> bool:
    """Whether what was seen is a picture for a card: whole, large enough, nobody's stand-in."""
    image = seen.image if seen else None
    if seen is None or image is None or not isinstance(seen.outcome, Answered):
        return False
    if not 200 <= seen.outcome.status <= 299 or image.broken or image.suspicious or image.format in (None, "svg"):
        return False
    width, height = image.width or 0, image.height or 0
    if (width, height) == _GREY or width < terms.fix.min_width or height < terms.fix.min_height:
        return False
    return seen.digest not in terms.placeholders


def _is_dead(case: Case) -> bool:
    return case.subject.dead


def _is_suspicious(case: Case) -> bool:
    verdict = case.verdict.code if case.verdict else case.subject.code
    return verdict is Code.IMAGE_SUSPICIOUS


def _page_image(case: Case, terms: Terms) -> tuple[Change, ...]:
    return () if case.place.claims.cached or not _is_dead(case) else _replaced(case, terms, _of_page(case), "")


def _page_image_cached(case: Case, terms: Terms) -> tuple[Change, ...]:
    return _replaced(case, terms, _of_page(case), STALE) if case.place.claims.cached and _is_dead(case) else ()


def _page_image_better(case: Case, terms: Terms) -> tuple[Change, ...]:
    note = STALE if case.place.claims.cached else ""
    return _replaced(case, terms, _of_page(case), note) if _is_suspicious(case) else ()


def _smaller_thumbnail(case: Case, terms: Terms) -> tuple[Change, ...]:
    note = STALE if case.place.claims.cached else ""
    return _replaced(case, terms, tuple(_smaller(case.subject.link.url)), note)


def _replaced(case: Case, terms: Terms, urls: tuple[str, ...], note: str) -> tuple[Change, ...]:
    """The first of several pictures that is fit, with its real size."""
    wanted = candidates(case, terms)
    url = next((one for one in urls if one in wanted and is_fit(observed(case, one), terms)), None)
    seen = observed(case, url) if url else None
    if url is None or seen is None or seen.image is None:
        return ()
    smaller = url in tuple(_smaller(case.subject.link.url))
    what = "a smaller thumbnail of the video is there" if smaller else "its page shows this one"
    code = case.verdict.code if case.verdict else case.subject.code
    trouble = f"{'poor' if _is_suspicious(case) else 'broken'} ({code})"
    because = f"the picture is {trouble}; {what} ({seen.image.width}×{seen.image.height}){note}"
    change = Change(field=case.place.field, old=case.place.written, new=url, because=because)
    return (change, *sizes(case, seen.image, "the new picture's real size", exact=True))


def _first_picture(case: Case, terms: Terms) -> tuple[Change, ...]:
    if not is_wanting(case.place, terms.fix) or (case.verdict is not None and case.verdict.code is Code.DRIFTED):
        return ()
    url = next((one for one in candidates(case, terms) if is_fit(observed(case, one), terms)), None)
    seen = observed(case, url) if url else None
    if url is None or seen is None or seen.image is None:
        return ()
    level = case.place.field[: case.place.field.rfind(".") + 1]
    if is_kept(f"{level}images[0].url", terms.fix):
        return ()
    image, because = (
        seen.image,
        f"the card has no picture; its page shows this one ({seen.image.width}×{seen.image.height})",
    )
    values = (("url", url), ("width", str(image.width)), ("height", str(image.height)))
    return tuple(Change(field=f"{level}images[0].{name}", old="", new=value, because=because) for name, value in values)


def _measured(case: Case, _: Terms) -> tuple[Change, ...]:
    return () if case.place.claims.cached or _is_elsewhere(case) else _real_size(case, "")


def _measured_elsewhere(case: Case, _: Terms) -> tuple[Change, ...]:
    note = "; but the address leads to a picture of another name"
    return _real_size(case, note) if _is_elsewhere(case) and not case.place.claims.cached else ()


def _is_elsewhere(case: Case) -> bool:
    """Whether what was measured may be another picture: sites send lost ones to a stand-in."""
    heir = case.subject.heir
    return heir is not None and not heir.slug_kept


def _measured_cached(case: Case, _: Terms) -> tuple[Change, ...]:
    note = "; the site's own copy (isCached) may be of the old size"
    return _real_size(case, note) if case.place.claims.cached else ()


def _real_size(case: Case, note: str) -> tuple[Change, ...]:
    image = case.subject.observation.image if case.subject.observation else None
    if case.verdict is None or case.verdict.code is not Code.IMAGE_SIZE_MISMATCH or image is None:
        return ()
    return sizes(case, image, f"{case.verdict.because}{note}")


def sizes(case: Case, image: Image, because: str, *, exact: bool = False) -> tuple[Change, ...]:
    """Width and height of `image` for the fields beside the picture, where they say otherwise.

    `exact`: for another picture, whose size is also added where it is missing.
    """
    claims, (beside, _, last) = case.place.claims, case.place.field.rpartition(".")
    if last != "url":
        return ()
    changes = []
    for name, said, real in (("width", claims.width, image.width), ("height", claims.height, image.height)):
        field, lines = f"{beside}.{name}", dict(claims.lines)
        if real is None or (said is None and not exact):
            continue
        if said is None and field in lines:
            continue  # what stands there is no number of pixels: somebody's own notation
        if said != real if exact else abs((said or 0) - real) > TOLERANCE:
            old = str(said) if said is not None else ""
            changes.append(Change(field=field, old=old, new=str(real), because=because, line=lines.get(field)))
    return tuple(changes)


ROWS: tuple[Row, ...] = (
    Row(
        name="image_of_page",
        kind=Repair.IMAGE,
        disposition=Disposition.SAFE,
        find=_page_image,
        waits=until_confirmed,
    ),
    Row(
        name="image_of_page_cached",
        kind=Repair.IMAGE,
        disposition=Disposition.REVIEW,
        find=_page_image_cached,
        waits=until_confirmed,
    ),
    Row(
        name="image_of_page_better",
        kind=Repair.IMAGE,
        disposition=Disposition.REVIEW,
        find=_page_image_better,
        waits=until_seen_twice,
    ),
    Row(
        name="smaller_thumbnail",
        kind=Repair.IMAGE,
        disposition=Disposition.REVIEW,
        find=_smaller_thumbnail,
        waits=until_confirmed,
    ),
    Row(name="first_picture", kind=Repair.IMAGE, disposition=Disposition.REVIEW, find=_first_picture),
    Row(name="measured_size", kind=Repair.IMAGE, disposition=Disposition.SAFE, find=_measured),
    Row(name="measured_size_elsewhere", kind=Repair.IMAGE, disposition=Disposition.REVIEW, find=_measured_elsewhere),
    Row(name="measured_size_cached", kind=Repair.IMAGE, disposition=Disposition.REVIEW, find=_measured_cached),
)
