"""A file in, a `Card` out: its bytes, and every scalar of its front matter with the span of bytes it occupies.

YAML front matter lies between the fences that Jekyll sees (lib/jekyll/document.rb); a file without a fence on its
first line is no card. A byte order mark and CRLF are accepted, and counted.
"""

from __future__ import annotations

import codecs
import hashlib
import os
import re
import stat
from pathlib import Path

from crawler.cards import data_slots, yaml_slots
from crawler.cards.bounds import MAX_FILE, MAX_FRONT_MATTER, MalformedError
from crawler.errors import CardError
from crawler.model import Card, Slot
from crawler.text import printable

# Together Jekyll's \A(---\s*\n.*?\n?)^((---|\.\.\.)\s*$\n?) without its quadratic time on a file of blank lines.
_OPENING = re.compile(rb"---[ \t\r\f\v]*\n")
_CLOSING = re.compile(r"\n(?:---|\.\.\.)\s*$\n?", re.MULTILINE | re.ASCII)  # with ^, at a fifth of the speed
_OTHER_OPENING = re.compile(rb"(?:\+{3,}|\{)[ \t\r]*$", re.MULTILINE)
_USUAL = 2**16
"""Bytes asked for at first. Asked for MAX_FILE, Python sets as much aside for each card, which takes 20 us more
(`python -m timeit "open('LICENSE', 'rb').read(2**26)"`)."""
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_card(path: Path, *, root: Path) -> Card | None:
    """The card in the file at `path`, or None if the file has no front matter.

    Raises CardError for what cannot be read: no such file, a folder (such as one that hides its cards), not UTF-8,
    broken or absurdly large front matter, a key with two values, front matter that is no mapping or is never closed;
    and for a card that is a link out of `root`.
    """
    name = name_of(path, root)
    try:
        name.encode()
    except UnicodeEncodeError:
        raise CardError(printable(name), 1, "the file's name is not UTF-8; rename it") from None
    leads_out = path.is_symlink() and not _is_below(path, root)
    try:
        card = card_of(name, _read(path))
    except MalformedError as error:
        raise CardError(name, error.line, error.because) from error.__cause__
    except CardError:
        if not leads_out:
            raise
    else:
        if card is None or not leads_out:
            return card
    # What is behind it is not of this site: it would be patched for others too.
    raise CardError(name, 1, "a link that leads out of the site's folder; put the card itself there, or name its file")


def card_of(name: str, raw: bytes) -> Card | None:
    """The card in the bytes of a file that is called `name`, or None if they have no front matter; raises CardError."""
    try:
        return _card(name, raw)
    except MalformedError as error:
        raise CardError(name, error.line, error.because) from error.__cause__


def name_of(path: Path, root: Path) -> str:
    """The path as cards carry it: relative to `root` with forward slashes, absolute if outside."""
    whole, above = os.path.abspath(path), os.path.abspath(root)  # noqa: PTH100 — without following links
    if whole.startswith(prefix := os.path.join(above, "")):  # noqa: PTH118 — nearly always, in a fifth of the time
        return whole[len(prefix) :].replace(os.sep, "/")
    absolute, base = Path(whole), Path(above)
    if not absolute.is_relative_to(base):  # unless one of the two was reached through a link
        real, base = Path(os.path.realpath(absolute.parent), absolute.name), Path(os.path.realpath(base))
        absolute = real if real.is_relative_to(base) else absolute
    return (absolute.relative_to(base) if absolute.is_relative_to(base) else absolute).as_posix()


def _is_below(path: Path, root: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))


def _read(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise MalformedError(1, _of_folder(path))
        if stat.S_ISFIFO(mode):
            raise MalformedError(1, "a pipe, not a file")  # to open one would wait for its writer
        with path.open("rb") as file:
            raw = file.read(_USUAL)
            if len(raw) == _USUAL:
                raw += file.read(MAX_FILE + 1 - _USUAL)
    except OSError as error:
        if isinstance(error, FileNotFoundError) and path.is_symlink():
            raise MalformedError(1, "a link to a file that is not there; mend the link or remove it") from error
        raise MalformedError(1, f"the file cannot be read: {error.strerror}") from error
    if len(raw) > MAX_FILE:
        raise MalformedError(1, f"the file is larger than {MAX_FILE // 2**20} MiB")
    return raw


def _of_folder(path: Path) -> str:
    try:
        os.scandir(path).close()
    except OSError as error:
        return f"the folder cannot be read: {error.strerror}; make it readable, or leave it out by .gitignore"
    return "the file cannot be read: it is a folder"


def _card(name: str, raw: bytes) -> Card | None:
    if raw.startswith(_UTF16):
        raise MalformedError(1, "the file is UTF-16; save it as UTF-8")
    shift = len(codecs.BOM_UTF8) if raw.startswith(codecs.BOM_UTF8) else 0
    opening = _OPENING.match(raw, shift)
    if not opening and not _OTHER_OPENING.match(raw, shift):
        return None
    try:
        text = raw[shift:].decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start + shift) + 1
        raise MalformedError(
            line, f"byte 0x{raw[error.start + shift]:02X} is not UTF-8; save the file as UTF-8"
        ) from None
    slots, body = _yaml(text, opening.end() - shift, shift) if opening else data_slots.slots_of(text)
    return Card(
        path=name,
        raw=raw,
        digest=hashlib.sha256(raw).hexdigest(),
        slots=slots,
        body_start=len(raw) - len(body.encode()),
    )


def _yaml(text: str, inside: int, shift: int) -> tuple[tuple[Slot, ...], str]:
    """The slots and the body of a text whose front matter begins at the index `inside`."""
    closing = _CLOSING.search(text, inside - 1)
    if not closing:
        raise MalformedError(1, "the front matter has no closing fence: a line that is just ---")
    end = closing.start() + 1
    if end > MAX_FRONT_MATTER:
        raise MalformedError(1, f"the front matter is longer than {MAX_FRONT_MATTER:,} characters")
    return yaml_slots.slots_of(text[:end], shift), text[closing.end() :]
