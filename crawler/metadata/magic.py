"""The first bytes of a body in, out whether they begin something that is no page."""

from __future__ import annotations

import re

SIGNATURE_BYTES = 32
"""Bytes that are enough to tell."""

# File signatures (https://mimesniff.spec.whatwg.org/#matching-a-mime-type-pattern, and those of common downloads).
_SIGNATURES = (
    *(b"%PDF-", b"%!PS-Adobe-", b"\xd0\xcf\x11\xe0"),  # documents; Office before 2007
    *(
        b"PK\x03\x04",
        b"\x1f\x8b\x08",
        b"Rar!\x1a\x07",
        b"7z\xbc\xaf\x27\x1c",
        b"\x28\xb5\x2f\xfd",
    ),  # archives, new Office
    *(b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*", b"\x00\x00\x01\x00"),  # images
    *(b"\xff\x0a", b"\x00\x00\x00\x0cJXL "),  # JPEG XL
    *(b"RIFF", b"ID3", b"OggS\x00", b"fLaC", b"\x1aE\xdf\xa3"),  # WebP, AVI and WAV; sound; WebM
    *(b"wOFF", b"wOF2", b"\x7fELF", b"MZ\x90\x00"),  # fonts, programs
)
_BITMAP = re.compile(rb"\ABM.{4}\x00\x00\x00\x00", re.DOTALL)
_ISO_MEDIA = re.compile(rb"\A\x00\x00.{2}ftyp", re.DOTALL)  # MP4, HEIC, AVIF


def looks_binary(start: bytes) -> bool:
    """Whether a body that starts so is an image, a document, a font, an archive or a recording."""
    if start.startswith(b"<"):  # as nearly all pages do
        return False
    return start.startswith(_SIGNATURES) or bool(_BITMAP.match(start) or _ISO_MEDIA.match(start))
