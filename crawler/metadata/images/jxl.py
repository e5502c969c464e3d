"""JPEG XL in (bare codestream or container), its displayed size out (ISO 18181-1 annex D, 18181-2)."""

from __future__ import annotations

from crawler.metadata.images import boxes
from crawler.metadata.images.header import DamagedError, Header, MoreNeededError, take

_CODESTREAM = b"\xff\x0a"
_RATIOS = {1: (1, 1), 2: (12, 10), 3: (4, 3), 4: (3, 2), 5: (16, 9), 6: (5, 4), 7: (2, 1)}
_ANYWHERE = 1 << 62
_HEAD = 64  # bytes: far more than size and orientation can take


def measure(data: bytes) -> Header:
    """The size, turned as the codestream asks."""
    if data.startswith(_CODESTREAM):
        return _codestream(data[:_HEAD])
    for box in boxes.boxes(data, 0, _ANYWHERE):
        if box.kind in (b"jxlc", b"jxlp"):
            start = box.start + (4 if box.kind == b"jxlp" else 0)  # a part begins with its number
            if take(data, start, 2) != _CODESTREAM:
                raise DamagedError("the codestream has no signature")
            return _codestream(data[start : min(start + _HEAD, box.end)])
    raise DamagedError("no codestream")


class _Bits:
    """Numbers of any length from the low end of the first byte on."""

    def __init__(self, data: bytes) -> None:
        self._left, self._count = int.from_bytes(data, "little"), 8 * len(data)

    def take(self, count: int) -> int:
        if count > self._count:
            raise MoreNeededError
        number = self._left & (1 << count) - 1
        self._left >>= count
        self._count -= count
        return number

    def side(self, small: int) -> int:
        """A side of the picture: in units of 8 if the picture is `small`, else of 9, 13, 18 or 30 bits."""
        return 8 * (self.take(5) + 1) if small else self.take((9, 13, 18, 30)[self.take(2)]) + 1

    def size(self) -> tuple[int, int]:
        small = self.take(1)
        height = self.side(small)
        ratio = _RATIOS.get(self.take(3))
        return (height * ratio[0] // ratio[1] if ratio else self.side(small)), height


def check(data: bytes) -> str | None:
    """Whether a container's boxes are all there; a bare codestream has no marks to tell by."""
    return None if data.startswith(_CODESTREAM) else boxes.cut(data)


def _codestream(data: bytes) -> Header:
    bits = _Bits(data[len(_CODESTREAM) :])
    width, height = bits.size()
    animated = False
    if not bits.take(1) and bits.take(1):  # not all default, and extra fields
        if bits.take(3) >= 4:  # orientation less one
            width, height = height, width
        if bits.take(1):
            bits.size()  # the intrinsic size, which browsers do not use
        animated = not bits.take(1) and bool(bits.take(1))  # behind a preview we do not look
    return Header(format="jxl", width=width, height=height, animated=animated, pixels=width * height)
