"""One answer in, the observation that is kept of it out: facts, and the evidence to judge by later."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Literal

import msgspec

from crawler.metadata.charset import as_utf8
from crawler.metadata.magic import looks_binary
from crawler.metadata.page import read_page
from crawler.model import Answered, Features, Fetched, Image, Observation, Page, Purpose, Request, Want

SMALL_PAGE = 1_500
"""Characters of visible text below which a page's body is kept: walls, parking and soft 404s are such pages."""
SAMPLE = 16_384
"""Characters kept of it."""
ERROR = 400
"""The first status that says that something is wrong."""

TitleMode = Literal["headline", "og", "keep"]


def observe(request: Request, fetched: Fetched, *, asked_at: datetime, title: TitleMode) -> Observation:
    """The observation of `request`, answered by `fetched`; `asked_at` is when it was sent."""
    page: Page | None = None
    features: Features | None = None
    image: Image | None = None
    sample = ""
    digest = None
    outcome = fetched.outcome
    if isinstance(outcome, Answered) and fetched.body:
        content_type = outcome.header("content-type")
        if request.want is Want.IMAGE and 200 <= outcome.status <= 299:
            image = _image(request, fetched, content_type)
        if request.want is Want.DATA:
            sample = _text(fetched.body, content_type)
        elif image is None or image.media == "html":
            read = read_page(
                fetched.body, content_type=content_type, url=outcome.url, complete=fetched.complete, title_mode=title
            )
            if read is not None:
                page, features = read
            # An error that is no page may name what failed ("no such app"); a sound text that is none is no evidence.
            telling = features.visible < SMALL_PAGE if features else outcome.status >= ERROR
            sample = _text(fetched.body, content_type) if telling else ""
        if fetched.complete:
            digest = hashlib.sha256(fetched.body).hexdigest()
    elif (
        isinstance(outcome, Answered) and request.want in (Want.IMAGE, Want.IMAGE_HEAD) and 200 <= outcome.status <= 299
    ):
        image = _image(request, fetched, None)
    return Observation(
        url=request.url,
        purpose=request.purpose,
        asked_at=asked_at,
        outcome=outcome,
        hops=fetched.hops,
        attempts=fetched.attempts,
        requests=fetched.requests,
        elapsed=fetched.elapsed,
        received=fetched.received,
        complete=fetched.complete,
        # What an error page says of itself is evidence (features), never metadata.
        page=page if isinstance(outcome, Answered) and 200 <= outcome.status <= 299 else None,
        features=features,
        image=image,
        digest=digest,
        sample=sample,
    )


def _image(request: Request, fetched: Fetched, content_type: str | None) -> Image:
    from crawler.metadata.image import read_image  # with Pillow, which takes 20 ms

    body = fetched.body
    image = read_image(body, content_type=content_type, complete=fetched.complete or not body, length=fetched.length)
    if not _is_shown(request, image):
        return image
    from crawler.metadata.images.thumbnail import thumbnail

    return msgspec.structs.replace(image, thumbnail=thumbnail(body, image.format))


def _is_shown(request: Request, image: Image) -> bool:
    """Whether a report shows what an image looks like: it may replace another, or people should see what is wrong."""
    return image.format is not None and (
        request.purpose is Purpose.CANDIDATE or image.broken is not None or image.suspicious is not None
    )


def _text(body: bytes, content_type: str | None) -> str:
    """The beginning of a body as text; empty for what is none."""
    if looks_binary(body):
        return ""
    return as_utf8(body, content_type)[: SAMPLE * 4].decode("utf-8", "replace")[:SAMPLE]
