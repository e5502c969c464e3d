"""What fingerprints look at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.health.sight import Where, shown, sight_of, signs
from crawler.model import FailureKind, Observation, Purpose
from tests.health.evidence import MONDAY, URL, failed
from tests.health.pages import ARTICLE, found, html, seen

ROW = signs("a test", "2026-11", ("word", "nobody", Where.TEXT, r"\bharbour\b"))


@pytest.mark.parametrize(
    ("title", "segments"),
    [
        ("Page not found | Harbour Log", ("page not found", "harbour log")),
        ("Page not found - Harbour Log", ("page not found", "harbour log")),
        ("404 — Harbour · Log", ("404", "harbour", "log")),
        ("页面不存在｜港口", ("页面不存在", "港口")),
        ("Harbour: a log", ("harbour", "a log")),
        ("Well-kept harbour", ("well kept harbour",)),
        ("", ()),
    ],
)
def test_titles_have_segments(title: str, segments: tuple[str, ...]) -> None:
    """Between bars, dashes, dots and colons; a hyphen within a word is none of them."""
    sight = sight_of(seen(html(title=title)))

    assert sight is not None
    assert sight.segments == segments


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>One</p><p>two</p>", "One two"),
        ("a<!-- b --><script>c</script><style>d</style>e", "a e"),
        ("<head><title>a</title></head>b", "b"),
        ("a &amp; b &#46;", "a & b ."),
        ("a<script>never closed", "a"),
        ("<header>a</header>", "a"),
        ("a <b", "a"),
        ("1 < 2", "1"),
    ],
)
def test_the_text_is_what_a_page_shows(source: str, text: str) -> None:
    """Without scripts, styles, comments and the head."""
    assert " ".join(shown(source).split()) == text


@given(st.text(alphabet="<>/!- abscriptyle\"'&;#1", max_size=300))
def test_any_source_has_a_text(source: str) -> None:
    """However broken it is; no tag is left in it."""
    assert isinstance(shown(source), str)


def test_signs_count_on_small_pages_and_on_errors() -> None:
    """An article is one at any length of its sentences, unless the answer says that something is wrong."""
    article = html(ARTICLE * 3)

    assert found(seen(html("<p>The harbour</p>")), ROW) == ["word"]
    assert found(seen(article), ROW) == []
    assert found(seen(article.replace(">", "> harbour ", 3), status=403), ROW) == ["word"]


def test_no_answer_has_no_sight() -> None:
    """Nothing is looked for where nothing came."""
    nothing = Observation(url=URL, purpose=Purpose.LINK, asked_at=MONDAY, outcome=failed(FailureKind.TIMEOUT))

    assert sight_of(nothing) is None
    assert sight_of(None) is None
