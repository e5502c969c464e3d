"""The first bytes of a body in, out whether they begin something that is no page."""

from __future__ import annotations

import re

# File signatures (https://mimesniff.spec.whatwg.org/#matching-a-mime-type-pattern, and those of common downloads).
_SIGNATURES = (
    b"%PDF-",
    b"PK\x03\x04",
    b"\x89PNG\r\n",
    b"\xff\xd8\xff",
    b"GIF87a",
    b"GIF89a",
    b"RIFF",
    b"BM",
    b"\x00\x00\x01\x00",
    b"II*\x00",
    b"MM\x00*",
    b"\x1f\x8b\x08",
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"ID3",
    b"OggS\x00",
    b"fLaC",
    b"wOFF",
    b"wOF2",
    b"\x7fELF",
    b"\x1aE\xdf\xa3",
    b"\xff\x0a",
    b"\x00\x00\x00\x0cJXL ",
    b"%!PS-Adobe-",
    b"\xd0\xcf\x11\xe0",
)
_ISO_MEDIA = re.compile(rb"\A....ftyp", re.DOTALL)


def looks_binary(start: bytes) -> bool:
    """Whether a body that starts so is an image, a document, a font, an archive or a recording."""
    if start.startswith(_SIGNATURES):
        return not start.startswith(b"BM") or b"\x00" in start[2:14]
    return _ISO_MEDIA.match(start) is not None
