"""The bytes of a page and its Content-Type in, the name of its encoding and its text as UTF-8 out.

The order is the HTML Standard's (13.2.3.2, https://html.spec.whatwg.org/#determining-the-character-encoding): byte
order mark, HTTP, a declaration in the first 1,024 bytes. Labels mean what the Encoding Standard says they mean:
`iso-8859-1` is windows-1252 and `gb2312` is gb18030, as in every browser; a label it does not know is ignored.
"""

from __future__ import annotations

import codecs
import re

PRESCAN = 1_024
"""Bytes in which a declaration must stand."""
LATE = 65_536
"""Bytes in which a browser that has guessed still changes its mind when it meets a declaration."""

# Python's codec for each encoding of the standard, and the labels that mean it (https://encoding.spec.whatwg.org/
# #names-and-labels). Where Python has the wider variant that browsers use (cp932 for shift_jis, cp949 for euc-kr,
# gb18030 for gbk, big5hkscs for big5), that one stands here. The labels of the standard's "replacement" encoding are
# left out, so they count as unknown.
_ENCODINGS = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8",
    "utf-16-le": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le",
    "utf-16-be": "unicodefffe utf-16be",
    "cp866": "866 cp866 csibm866 ibm866",
    "iso8859-2": "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2",
    "iso8859-3": "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3",
    "iso8859-4": "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4",
    "iso8859-5": "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988",
    "iso8859-6": "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e "
    "iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987",
    "iso8859-7": "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597 iso_8859-7 "
    "iso_8859-7:1987 sun_eu_greek",
    "iso8859-8": "csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso8859-8 iso88598 "
    "iso_8859-8 iso_8859-8:1988 visual csiso88598i iso-8859-8-i logical",
    "iso8859-10": "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6",
    "iso8859-13": "iso-8859-13 iso8859-13 iso885913",
    "iso8859-14": "iso-8859-14 iso8859-14 iso885914",
    "iso8859-15": "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9",
    "iso8859-16": "iso-8859-16",
    "koi8-r": "cskoi8r koi koi8 koi8-r koi8_r",
    "koi8-u": "koi8-ru koi8-u",
    "mac-roman": "csmacintosh mac macintosh x-mac-roman",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "cp874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874",
    "cp1250": "cp1250 windows-1250 x-cp1250",
    "cp1251": "cp1251 windows-1251 x-cp1251",
    "cp1252": "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 "
    "iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252",
    "cp1253": "cp1253 windows-1253 x-cp1253",
    "cp1254": "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5 "
    "windows-1254 x-cp1254",
    "cp1255": "cp1255 windows-1255 x-cp1255",
    "cp1256": "cp1256 windows-1256 x-cp1256",
    "cp1257": "cp1257 windows-1257 x-cp1257",
    "cp1258": "cp1258 windows-1258 x-cp1258",
    "gb18030": "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk gb18030",
    "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
    "euc-jp": "cseucpkdfmtjapanese euc-jp x-euc-jp",
    "iso2022-jp": "csiso2022jp iso-2022-jp",
    "cp932": "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis",
    "cp949": "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 "
    "windows-949",
}
LABELS = {label: codec for codec, labels in _ENCODINGS.items() for label in labels.split()}
"""Label, lower-case -> Python codec."""

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xfe\xff", "utf-16-be"), (b"\xff\xfe", "utf-16-le"))
_HTTP = re.compile(r"charset\s*=\s*[\"']?\s*([^\s\"';,]+)", re.IGNORECASE)
_META = re.compile(rb"<!--.*?(?:-->|\Z)|<meta[\s/]([^>]*)", re.IGNORECASE | re.DOTALL)
_DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([^\s\"';>/]+)", re.IGNORECASE)
_CONTENT = re.compile(rb"""content\s*=\s*(?:"[^"]*"|'[^']*')""", re.IGNORECASE)
_XML = re.compile(rb"""\A<\?xml[^>]*?encoding\s*=\s*["']([^"'\s]+)""")


def codec_of(label: str) -> str | None:
    """Python's codec for a label as pages write it, or None for a label that the Encoding Standard does not know."""
    return LABELS.get(label.strip("\t\n\f\r ").lower())


def encoding_of(body: bytes, content_type: str | None) -> str:
    """Python's name of the encoding that a browser would read `body` in."""
    for mark, codec in _MARKS:
        if body.startswith(mark):
            return codec
    written = _HTTP.search(content_type or "")
    told = codec_of(written[1]) if written else None
    if told:
        return told
    found = _declared(body[:PRESCAN])
    # Two steps beyond the standard. Bytes that are valid UTF-8 and not ASCII are hardly ever anything else, so they
    # outweigh a `<meta>` that was left behind when the page was converted. And where nobody says, a browser guesses
    # by locale, which ends at windows-1252, but reloads when it meets a late declaration.
    if found != "utf-8" and not (found and body.isascii()) and is_utf8(body):
        return "utf-8"
    return found or _declared(body[:LATE]) or "cp1252"


def is_utf8(body: bytes) -> bool:
    """Whether the bytes are UTF-8, a character cut off at the very end notwithstanding."""
    if body.isascii():  # found in a fifth of the time
        return True
    try:
        codecs.utf_8_decode(body, "strict", False)
    except UnicodeDecodeError:
        return False
    return True


def as_utf8(body: bytes, content_type: str | None) -> bytes:
    """The page re-encoded as UTF-8, without byte order mark; what does not decode becomes U+FFFD."""
    codec = encoding_of(body, content_type)
    if codec == "utf-8":
        return body.removeprefix(codecs.BOM_UTF8)
    text = body.decode(codec, "replace").removeprefix("\ufeff")
    return text.encode("utf-8", "replace")


def _declared(head: bytes) -> str | None:
    """The encoding that a `<meta>` outside comments, or else the XML declaration, names."""
    for match in _META.finditer(head):
        written = match[1] or b""
        # `content` counts beside http-equiv="Content-Type" only: a description may speak of charset=latin1.
        label = _DECLARED.search(written if b"content-type" in written.lower() else _CONTENT.sub(b"", written))
        codec = label and codec_of(label[1].decode("ascii", "replace"))
        if codec:
            # The bytes were read as ASCII to get here, so they cannot be UTF-16 (HTML Standard, 13.2.3.3).
            return "utf-8" if codec.startswith("utf-16") else codec
    xml = _XML.match(head)
    codec = codec_of(xml[1].decode("ascii", "replace")) if xml else None
    return "utf-8" if codec and codec.startswith("utf-16") else codec
