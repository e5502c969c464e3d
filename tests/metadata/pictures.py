"""Small pictures of every format, made here: with Pillow where it can, else by hand."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """A picture that does not compress to nothing."""
    grey = Image.effect_noise((width, height), 90)
    return Image.merge("RGB", (grey, grey.rotate(180), grey)).convert(mode)


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    """`picture` as a file of Pillow's format `kind`."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def exif(orientation: int) -> Image.Exif:
    """An EXIF block that says how to turn the picture."""
    block = Image.Exif()
    block[0x0112] = orientation
    return block


def chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int, height: int, *chunks: bytes, depth: int = 8, colour: int = 0) -> bytes:
    """A PNG of the given chunks after its header."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunks) + chunk(b"IEND", b"")


def grey_rows(width: int, height: int) -> bytes:
    """The IDAT chunk of an empty grey picture."""
    return chunk(b"IDAT", zlib.compress(bytes(height * (width + 1))))


def box(kind: bytes, *content: bytes) -> bytes:
    """A box of an ISO base media file."""
    body = b"".join(content)
    return struct.pack(">I", len(body) + 8) + kind + body


def heif(brand: bytes, *properties: bytes, items: int = 1) -> bytes:
    """A file whose primary item, the last of `items`, has the given properties; the others have the first one only."""
    own = bytes(range(1, len(properties) + 1))
    ties = b"".join(struct.pack(">HB", item, 1) + b"\x01" for item in range(1, items))
    ties += struct.pack(">HB", items, len(own)) + own
    meta = box(
        b"meta",
        bytes(4),
        box(b"pitm", bytes(4), struct.pack(">H", items)),
        box(b"iprp", box(b"ipco", *properties), box(b"ipma", bytes(4), struct.pack(">I", items), ties)),
    )
    return box(b"ftyp", brand, bytes(4), b"mif1", brand) + meta + box(b"mdat", bytes(100))


def ispe(width: int, height: int) -> bytes:
    """The property that holds the stored size."""
    return box(b"ispe", bytes(4), struct.pack(">II", width, height))


def clap(width: int, height: int) -> bytes:
    """The property that cuts the picture."""
    return box(b"clap", struct.pack(">IIIIiIiI", width, 1, height, 1, 0, 1, 0, 1))


def irot(quarters: int) -> bytes:
    """The property that turns the picture."""
    return box(b"irot", bytes([quarters]))


def jxl(width: int, height: int, *, orientation: int = 1) -> bytes:
    """The head of a JPEG XL codestream, followed by zeros."""
    fields = [(0, 1), (0, 2), (height - 1, 9), (0, 3), (0, 2), (width - 1, 9), (0, 1), (1, 1), (orientation - 1, 3)]
    bits, at = 0, 0
    for value, count in fields:
        bits |= value << at
        at += count
    return b"\xff\x0a" + bits.to_bytes(40, "little")


def tiff(width: int, height: int, *, order: str = "<", wide: bool = False, orientation: int = 1) -> bytes:
    """A TIFF (BigTIFF if `wide`) of one strip of zeros, its directory at the end."""
    strip = bytes(width * height)
    start = 16
    tags = [(256, width), (257, height), (273, start), (274, orientation), (279, len(strip))]
    mark = b"II" if order == "<" else b"MM"
    end = start + len(strip)
    if wide:
        head = mark + struct.pack(order + "HHHQ", 43, 8, 0, end)
        entries = b"".join(struct.pack(order + "HHQQ", tag, 16, 1, value) for tag, value in tags)
        return head + strip + struct.pack(order + "Q", len(tags)) + entries + bytes(8)
    head = (mark + struct.pack(order + "HI", 42, end)).ljust(start, b"\0")
    entries = b"".join(struct.pack(order + "HHII", tag, 4, 1, value) for tag, value in tags)
    return head + strip + struct.pack(order + "H", len(tags)) + entries + bytes(4)
