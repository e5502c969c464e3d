"""Of images that a report shows, small pictures are made; of all others none."""

from __future__ import annotations

import base64
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow
from PIL import PngImagePlugin

from crawler.engines.observe import observe
from crawler.metadata.images.formats import identify
from crawler.metadata.images.thumbnail import thumbnail
from crawler.model import Answered, Fetched, Image, Purpose, Request, Want
from tests.metadata.pictures import noise, png, saved

URL = "https://pictures.example/a"


def opened(text: str | None) -> Pillow.Image:
    assert text is not None
    return Pillow.open(io.BytesIO(base64.b64decode(text, validate=True)), formats=["webp"])


@pytest.mark.parametrize("name", ["jpeg", "png", "gif", "webp", "avif", "bmp"])
def test_every_format_that_browsers_show_has_one(name: str) -> None:
    """A picture of any of these formats becomes a WebP that fits 160 x 120 and keeps its shape."""
    small = opened(thumbnail(saved(Pillow.new("RGB", (400, 200), "teal"), name), name))

    assert small.size == (160, 80)


def test_a_photograph_keeps_to_the_size() -> None:
    """What hardly compresses takes 6,000 bytes at the most, or is left out."""
    text = thumbnail(saved(noise(1200, 900), "jpeg"), "jpeg")

    assert text is None or len(base64.b64decode(text)) <= 6_000


def test_what_is_transparent_stays_so() -> None:
    """A logo without a background has none in the small picture."""
    small = opened(thumbnail(saved(Pillow.new("RGBA", (300, 300), (0, 0, 0, 0)), "png"), "png"))

    assert small.mode == "RGBA"


@pytest.mark.parametrize("name", ["jpeg", "png"])
def test_of_a_file_that_breaks_off_the_beginning_is_shown(name: str) -> None:
    """Half a picture is shown as half a picture."""
    whole = saved(noise(320, 240), name)
    small = opened(thumbnail(whole[: len(whole) // 2], name))

    assert small.size == (160, 120)
    assert len(small.crop((0, 0, 160, 20)).getcolors(10_000) or []) > 10


def test_texts_and_frames_are_not_looked_at() -> None:
    """A PNG that is valid but for its texts makes no decoder stumble."""
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "x" * 5_000_000, zip=True)

    assert thumbnail(saved(Pillow.new("RGB", (20, 20)), "png", pnginfo=texts), "png")


@pytest.mark.parametrize(
    ("data", "name"), [(b"", "jpeg"), (b"GIF89a", "gif"), (b"<svg/>", "svg"), (png(9_000, 9_000), "png"), (b"x", None)]
)
def test_of_what_cannot_be_decoded_there_is_none(data: bytes, name: str | None) -> None:
    """Damaged files, formats without a decoder and pictures too large to decode have no small picture."""
    assert thumbnail(data, name) is None


@given(st.binary(max_size=300), st.sampled_from(["jpeg", "png", "gif", "webp", "avif", "bmp"]))
def test_hostile_bytes_do_no_harm(data: bytes, name: str) -> None:
    """Whatever follows a signature, nothing is raised."""
    head = saved(Pillow.new("RGB", (8, 8)), name)[:40]

    assert identify(head) is not None
    thumbnail(head + data, name)


def observed(body: bytes, *, purpose: Purpose = Purpose.LINK, type_: str = "image/png") -> Image:
    request = Request(url=URL, want=Want.IMAGE, purpose=purpose)
    fetched = Fetched(outcome=Answered(url=URL, status=200, headers=(("content-type", type_),)), body=body)
    image = observe(request, fetched, asked_at=datetime(2026, 11, 22, tzinfo=UTC), title="headline").image
    assert image is not None
    return image


def test_pictures_are_made_only_where_they_are_shown() -> None:
    """A sound image of a card has none; a candidate, a mislabelled and a broken one have."""
    sound = saved(noise(40, 30), "png")

    assert observed(sound).thumbnail is None
    assert observed(sound, purpose=Purpose.CANDIDATE).thumbnail is not None
    assert observed(sound, type_="text/html").thumbnail is not None
    assert observed(sound[: len(sound) // 2]).thumbnail is not None
    assert observed(b"<html>", purpose=Purpose.CANDIDATE).thumbnail is None
