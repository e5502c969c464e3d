"""What makes two texts one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.health.words import fold, likeness, overlap, words


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Página no encontrada!", "pagina no encontrada"),
        ("PAGINA  NO\nENCONTRADA", "pagina no encontrada"),
        ("We can’t find it", "we cant find it"),
        ("We can't find it", "we cant find it"),
        ("Ｆｕｌｌｗｉｄｔｈ", "fullwidth"),
        ("Straße", "strasse"),
        ("SAYFA BULUNAMADI", "sayfa bulunamadi"),
        ("Sayfa bulunamadı", "sayfa bulunamadi"),
        ("İstanbul", "istanbul"),
        ("Η σελίδα δεν βρέθηκε", "η σελιδα δεν βρεθηκε"),
        ("Страница не найдена", "страница не найдена"),
        ("ページが見つかりません。", "ページが見つかりません"),
        ("पृष्ठ नहीं मिला", "पृष्ठ नहीं मिला"),
        ("صفحه\u200cای", "صفحهای"),
        ("404_not-found", "404 not found"),
        ("…!?", ""),
    ],
)
def test_texts_are_compared_folded(written: str, folded: str) -> None:
    """Without case, accents, punctuation and what is invisible."""
    assert fold(written) == folded


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    """So that wordings and pages meet in one form."""
    once = fold(text)

    assert fold(once) == once
    assert "  " not in once


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ("How teams build apps", "How teams build apps", 1.0, 1.0),
        ("How teams build apps", "How teams build apps - Power Blog", 0.7, 0.9),
        ("How teams build apps", "Page not found", 0.0, 0.0),
        ("", "Page not found", 0.0, 0.0),
        ("日本語のページ", "日本語のページ一覧", 0.7, 1.0),
        ("日本語のページ", "別の記事", 0.0, 0.2),
    ],
)
def test_titles_are_alike_by_their_words(one: str, other: str, low: float, high: float) -> None:
    """The cosine of their sets of words; pairs of characters where words have no blanks."""
    assert low <= likeness(one, other) <= high
    assert likeness(one, other) == likeness(other, one)


def test_words_of_scripts_without_blanks_are_pairs() -> None:
    """Thai, Chinese and Japanese do not show where a word ends."""
    assert words("找不到页面 now") == {"找不", "不到", "到页", "页面", "now"}


@given(st.text(max_size=80), st.text(max_size=80))
def test_overlap_is_a_share(one: str, other: str) -> None:
    """Whole for one text, symmetric for two."""
    assert overlap(one, one) == 1.0
    assert 0.0 <= overlap(one, other) == overlap(other, one) <= 1.0


@given(st.text(st.characters(max_codepoint=127), max_size=60))
def test_ascii_is_folded_like_all_else(text: str) -> None:
    """Most texts are ASCII and take a shorter way, to the same words."""
    assert fold(text) == fold(f"{text} é").removesuffix("e").rstrip()
