"""The wordings of not-found pages."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from crawler.health.phrases import HINTS, PATTERNS, Group, groups_of, may_match, says_not_found, tells_not_found
from crawler.health.words import fold

GROUPS = groups_of((files("crawler.health") / "not_found.json").read_bytes())
OWN = {
    "en": "The page you are looking for doesn't exist",
    "de": "Der gesuchte Artikel existiert nicht",
    "fr": "La page que vous cherchez n'existe plus",
    "es": "La página que buscas ya no existe",
    "pt": "A página que você procura não existe",
    "it": "La pagina richiesta non esiste",
    "ro": "Pagina căutată nu a fost găsită",
    "ca": "La pàgina no existeix",
    "nl": "De pagina bestaat niet meer",
    "sv": "Sidan finns inte",
    "da nb": "Siden finnes ikke",
    "fi": "Sivua ei löydy",
    "pl": "Strona, której szukasz, nie istnieje",
    "cs sk": "Stránka neexistuje",
    "sl hr sr": "Stranica ne postoji",
    "ru": "Такой страницы не существует",
    "uk": "Сторінка не існує",
    "el": "Η σελίδα δεν υπάρχει",
    "hu": "Az oldal nem létezik",
    "tr": "Aradığınız sayfa mevcut değil",
    "vi": "Trang bạn tìm không tồn tại",
    "id ms": "Halaman yang Anda cari tidak ditemukan",
    "zh": "您访问的页面不存在",
    "ja": "お探しのページは見つかりませんでした",
    "ko": "존재하지 않는 페이지를 찾을 수 없습니다",
    "th": "ไม่พบหน้าที่คุณต้องการ",
    "ar": "الصفحة التي تبحث عنها غير موجودة",
    "fa": "صفحه مورد نظر شما یافت نشد",
    "he": "העמוד שחיפשת לא נמצא",
}


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.source)
def test_each_group_names_its_source_and_licence(group: Group) -> None:
    """And holds more than a handful of languages."""
    assert group.source
    assert group.licence
    assert len(group.titles) > 10


@pytest.mark.parametrize(
    "title", sorted({title for group in GROUPS for titles in group.titles.values() for title in titles})
)
def test_each_title_is_known(title: str) -> None:
    """Alone, shouted, with a number before it."""
    assert says_not_found(fold(title))
    if title != "Gone":  # said of much else, too
        assert says_not_found(fold(f"404 – {title.upper()}"))
        assert tells_not_found(fold(f"Harbour Log. {title} Back to the front page"))


@pytest.mark.parametrize(
    "sentence", sorted({text for group in GROUPS for texts in group.sentences.values() for text in texts})
)
def test_each_sentence_is_known(sentence: str) -> None:
    """In running text."""
    assert tells_not_found(fold(f"Harbour Log {sentence}"))


@pytest.mark.parametrize(("languages", "sentence"), OWN.items())
def test_what_people_write_by_themselves_is_known(languages: str, sentence: str) -> None:
    """One wording for each language of the table."""
    assert tells_not_found(fold(sentence))
    assert languages in {row for row, _ in PATTERNS}


def test_each_language_is_tried() -> None:
    """No row of the table is left out."""
    assert {languages for languages, _ in PATTERNS} == set(OWN)


@pytest.mark.parametrize(
    "text",
    [
        "404", "Error 404", "HTTP Error 404.0 - Not Found", "410 Gone", "Oops! Page not found", "Cannot GET /news",
        "We can't seem to find the Suppers page", "This page has vanished", "No such page",
        "Sorry, that page isn't here", "This video is no longer available",
    ],
)  # fmt: skip
def test_english_headings(text: str) -> None:
    """The number alone, error pages of servers, and what people make of it."""
    assert says_not_found(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        "Page", "Found", "404 days at sea", "Room 404", "Lost and found", "The missing piece", "Gone with the wind",
        "How to design a page for what was not found and still be liked by those who came",
        "What to do when the page you wanted is not found", "Finding the page", "Error bars", "Not everything is lost",
        "Seite an Seite", "Wrong Turn", "Historic site is lost", "A video was removed",
        "Seite an Seite geht es nicht mehr",
         "Nichts gefunden, nichts verloren", "Wo der Strand nicht zu finden ist",
    ],
)  # fmt: skip
def test_headings_that_say_something_else(text: str) -> None:
    """A number in a title, a word of a wording, an essay on the subject."""
    assert not says_not_found(fold(text))


@pytest.mark.parametrize(
    "text", ["You took a wrong turn", "The article was removed", "You followed a broken link", "Nothing to see here"]
)
def test_hints_count_in_running_text_only(text: str) -> None:
    """As a heading they may be about something else."""
    assert tells_not_found(fold(text))
    assert not says_not_found(fold(text))


ASCII = st.characters(min_codepoint=32, max_codepoint=126)


def _may_be_ascii(pattern: str) -> bool:
    """Whether it can hold in ASCII at all."""
    try:
        st.from_regex(pattern, alphabet=ASCII).validate()
    except InvalidArgument:
        return False
    return True


@pytest.mark.parametrize(
    "pattern",
    [pattern for _, pattern in (*PATTERNS, *HINTS) if _may_be_ascii(pattern)],
)
@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_a_look_for_stems_passes_over_nothing(pattern: str, data: st.DataObject) -> None:
    """Whatever a row may find in ASCII has one of the stems, so that most titles need no row at all."""
    text = data.draw(st.from_regex(pattern, alphabet=ASCII))
    found = re.search(pattern, text)

    assert found is None or may_match(found[0])


def test_other_scripts_are_never_passed_over() -> None:
    """Stems are of the Latin script only."""
    assert may_match("страница")
    assert not may_match("council of harbour 1 opens the bridge")
