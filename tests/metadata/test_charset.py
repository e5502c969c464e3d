"""The encoding that a page is read in."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.metadata.charset import LABELS, as_utf8, encoding_of
from tests.metadata.pages import both


def declared(label: str) -> bytes:
    return f'<html><head><meta charset="{label}">'.encode()


@pytest.mark.parametrize("label", sorted(LABELS))
def test_every_label_has_a_codec(label: str) -> None:
    """Python reads every encoding that the Encoding Standard names."""
    assert codecs.lookup(LABELS[label])
    assert encoding_of(b"\x81\xff", f"text/html; charset={label.upper()}") == LABELS[label]


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (codecs.BOM_UTF8 + declared("shift_jis"), "text/html; charset=iso-8859-1", "utf-8"),
        (codecs.BOM_UTF16_LE + "<p>".encode("utf-16-le"), "text/html; charset=utf-8", "utf-16-le"),
        (declared("shift_jis") + b"\x83", "text/html; charset=windows-1251", "cp1251"),
        (declared("shift_jis") + b"\x83", "text/html; charset='euc-kr'", "cp949"),
        (declared("shift_jis") + b"\x83", "text/html; charset=nonsense", "cp932"),
        (declared("visual") + b"\xe0 ", None, "iso8859-8"),
        (declared("iso-8859-1") + b"\xe9 ", None, "cp1252"),
        (declared("gb2312") + b"\xb0\xa1", None, "gb18030"),
        (declared("nonsense") + b"\xe9 ", None, "cp1252"),
        (declared("utf-16") + b"\xe9 ", None, "utf-8"),
        (b'<meta http-equiv=Content-Type content="text/html; charset=koi8-r">\xe9 ', None, "koi8-r"),
        (b'<meta name=description content="on charset=koi8-r">\xe9 ', None, "cp1252"),
        (b"<!-- <meta charset=koi8-r> --><meta charset=cp1250>\xe9 ", None, "cp1250"),
        (b'<?xml version="1.0" encoding="koi8-r"?><html>\xe9 ', None, "koi8-r"),
        (b" " * 2_000 + declared("koi8-r") + b"\xe9 ", None, "koi8-r"),
        (b" " * 2_000 + declared("koi8-r") + "é".encode(), None, "utf-8"),
        (declared("iso-8859-1") + "é".encode(), None, "utf-8"),
        (declared("iso-2022-jp") + b"\x1b$B", None, "iso2022-jp"),
        ("<p>é".encode(), None, "utf-8"),
        (b"<p>\xe9 ", None, "cp1252"),
        (b"", None, "utf-8"),
    ],
)
def test_the_order_of_declarations(body: bytes, content_type: str | None, expected: str) -> None:
    """Byte order mark, HTTP, the page's own declaration, the bytes themselves; unknown labels say nothing."""
    assert encoding_of(body, content_type) == expected


@pytest.mark.parametrize(
    ("codec", "label", "text"),
    [
        ("cp932", "Shift_JIS", "日本語の表題①"),
        ("euc-jp", "EUC-JP", "日本語の表題"),
        ("cp1252", "ISO-8859-1", "naïve “café” – €5"),
        ("cp1251", "windows-1251", "Русский заголовок"),
        ("gb18030", "gb2312", "中文标题"),
        ("cp949", "EUC-KR", "한국어 제목"),
        ("iso2022-jp", "ISO-2022-JP", "日本語の表題"),
    ],
)
def test_titles_in_legacy_encodings(codec: str, label: str, text: str) -> None:
    """A title reads the same in whatever encoding the page declares."""
    body = declared(label) + f"<title>{text}</title></head></html>".encode(codec)

    assert both(body)[0].title == text


def test_a_cut_character_is_no_reason_to_doubt() -> None:
    """A body that ends within a character is still UTF-8."""
    assert encoding_of("<p>日本".encode()[:-1], None) == "utf-8"


@given(st.binary(max_size=300), st.sampled_from(sorted(LABELS)))
def test_no_bytes_break_the_decoding(body: bytes, label: str) -> None:
    """Whatever the bytes and the label, what comes out is UTF-8, but for bytes that claim to be already."""
    html = as_utf8(body, f"text/html; charset={label}")

    assert html.decode("utf-8", "replace") is not None
    assert LABELS[label] == "utf-8" or html.decode("utf-8") is not None or body.startswith(codecs.BOM_UTF8)
