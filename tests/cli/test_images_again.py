"""How much of an image is read again: real processes, real sockets."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from crawler.demo.web import Reply, Routes, serving
from crawler.history.reading import History
from crawler.model import Observation
from crawler.settings import HistorySettings
from tests.cli.site import CardSite

URL = "https://a.example/picture.bmp"


def picture(width: int, height: int, *, shade: int = 0) -> bytes:
    """A BMP, whose length follows from its size: 400 x 300 pixels are 360,054 bytes."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), (shade, 0, 0)).save(out, "BMP")
    return out.getvalue()


def reply(body: bytes, **more: Any) -> Reply:
    """An image without a validator, in pieces that do not fill the socket at once."""
    return Reply(headers=(("Content-Type", "image/bmp"),), body=body, chunk=8_192, pause=0.002, **more)


SAME = picture(400, 300)


@pytest.mark.parametrize(
    ("second", "whole", "verdict"),
    [
        (reply(SAME), False, "ok"),
        (reply(picture(401, 300)), True, "ok"),
        (reply(SAME, etag='"2"'), False, "ok"),
        (reply(SAME, encoding="gzip"), True, "ok"),
        (reply(SAME[:54] + b"\0" * 100), True, "image_broken"),
    ],
    ids=["same length", "other length", "first validator", "length unknown", "damaged"],
)
def test_a_sound_image_of_the_same_length_is_read_from_its_head(
    site: CardSite, second: Reply, whole: bool, verdict: str
) -> None:
    """Whatever else comes is read and decoded whole; the facts of the first decoding stand for both runs."""
    before, after = observed(site, [reply(SAME), second])

    assert (before.received, before.complete) == (len(SAME), True)
    assert (after.revalidated == 0) == whole
    assert site.verdicts() == {URL: verdict}
    if not whole:
        assert after.received < len(SAME) / 2
        assert (after.image, after.digest) == (before.image, before.digest)


def test_an_image_with_a_validator_is_read_whole_if_that_has_changed(site: CardSite) -> None:
    """A length that has not changed says less than a validator that has."""
    changed = reply(picture(400, 300, shade=200), etag='"2"', conditional=True)
    before, after = observed(site, [reply(SAME, etag='"1"', conditional=True), changed])

    assert after.received == len(SAME)
    assert after.digest != before.digest


def test_an_image_is_decoded_again_every_fourth_time(site: CardSite) -> None:
    """Like a page that is confirmed by 304."""
    seen = observed(site, [reply(SAME)] * 5)

    assert [one.revalidated for one in seen] == [0, 1, 2, 3, 0]


def observed(site: CardSite, replies: list[Reply]) -> list[Observation]:
    """What audits of these replies stored, in order."""
    cards = site.folder / "_news"
    cards.mkdir()
    (cards / "one.md").write_text(f"---\nimages:\n  - url: {URL}\n---\n", encoding="utf-8")
    routes: Routes = {"a.example/picture.bmp": replies}
    seen = []
    with serving(routes) as web:
        site.config(web)
        for _ in replies:
            site.run("audit")
            with History(site.folder / HistorySettings().path) as history:
                last = history.latest(URL)
            assert last is not None
            seen.append(last)
    return seen
