"""A date as a page wrote it in, ISO 8601 out: with its offset if one was given, a plain day if no more is known.

What is ambiguous is not guessed: 03/04/2021 is the fourth of March or the third of April, so it is no date here.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

EARLIEST, LATEST = 1990, 2100
"""Years between which a page can have been published."""
FARTHEST = 15 * 60
"""Minutes from UTC that a zone can be away."""

_ISO = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)(?:(?:T|\s+|,\s*)(\d\d?):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(?:\s*([ap])\.?m\b\.?)?"
    r"\s*(Z|UTC|GMT|[+-]\d\d?:?\d\d|[+-]\d\d)?)?"
    r"(?![\d:])",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?(Z|[+-]\d{4})?)?\Z")
_SECONDS = re.compile(r"[1-9]\d{8,9}(?:\d{3})?(?:\.\d+)?")
_MAIL = re.compile(r"(?:[A-Za-z]{3},\s*)?\d\d? [A-Za-z]{3} \d{4} \d\d:\d\d")
_PATH = re.compile(r"/((?:19|20)\d\d)[/-]?(\d\d)[/-]?(\d\d)(?=[/_-]|\Z)")
_FOLDERS = re.compile(r"/((?:19|20)\d\d)/(\d\d?)/(\d\d?)/")
_YEAR_FIRST = re.compile(r"\b(\d{4})[/.](\d\d?)[/.](\d\d?)\b")
_YEAR_LAST = re.compile(r"\b(\d\d?)([/.-])\s?(\d\d?)\2\s?(\d{4})\b")
_SHORT_YEAR = re.compile(r"\b(\d\d?)\.\s?(\d\d?)\.\s?(\d\d)\b(?!\.)")
_UNIX = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2})\s+(\d\d?) (\d\d:\d\d:\d\d) (?:[A-Z]{3,4} )?(\d{4})")
_CJK = re.compile(r"(\d{4})\s*[年년]\s*(\d\d?)\s*[月월]\s*(\d\d?)\s*[日일]")
_NAMED = re.compile(
    r"\b(\d\d?)(?:st|nd|rd|th|er|\.|º)?[\s-]+(?:de\s+|of\s+)?([^\W\d_]{3,12})\.?,?[\s-]+(?:de\s+|del\s+)?(\d{4})\b"
)
_NAMED_FIRST = re.compile(r"\b([^\W\d_]{3,12})\.?\s+(\d\d?)(?:st|nd|rd|th)?,?\s+(\d{4})\b")
_CLOCK = re.compile(r"\b(\d\d?):(\d\d)(?::(\d\d))?\s*([ap]\.?m\.?)?(?:\s*(Z|UTC|GMT|[+-]\d\d:?\d\d))?", re.IGNORECASE)

# By their first letters, in English, German, French, Spanish, Italian, Portuguese, Dutch, Polish and Scandinavian.
_MONTHS = (
    "jan sty ene gen",
    "feb fév fev lut",
    "mar mär mrz maa",
    "apr avr abr kwi",
    "may mai maj mei mag",
    "jun jui cze giu",
    "jul lip lug",
    "aug aoû aou ago sie",
    "sep set wrz",
    "oct okt out ott paź",
    "nov lis",
    "dec dez déc dic gru",
)
_MONTH = {start: number for number, starts in enumerate(_MONTHS, 1) for start in starts.split()}
# "juin" and "juillet" share their first three letters.
_LONGER = {"juil": 7, "juin": 6}


def iso(written: str | None) -> str | None:
    """The first date in `written` as ISO 8601, or None if there is none, or none that means one day only."""
    text = (written or "").strip()[:200]
    if len(text) < 6:
        return None
    for read in (_iso, _compact, _epoch, _rfc, _unix, _spelled):
        found = read(text)
        if found:
            return found
    return None


def alone(written: str) -> str | None:
    """The date that `written` is, or None if it says anything else too."""
    return iso(written) if len(written) <= _ALONE and not _WORDS.search(written) else None


_ALONE = 30
_WORDS = re.compile(r"[^\W\d_]+(?:\W+[^\W\d_]+){2}")  # a date has two at most, of its day and its month


def from_path(path: str) -> str | None:
    """The day that a URL path names as `/2021/06/21/`, `/2021-06-21-` or `/20210621/`."""
    match = _PATH.search(path) or _FOLDERS.search(path)
    return _day(int(match[1]), int(match[2]), int(match[3])) if match else None


def _iso(text: str) -> str | None:
    match = _ISO.search(text)
    if not match:
        return None
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    if match[4] is None:
        return _day(year, month, day)
    return _moment(year, month, day, _hour(match[4], match[7]), int(match[5]), int(match[6] or 0), match[8])


def _compact(text: str) -> str | None:
    match = _COMPACT.match(text)
    if not match:
        return None
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    if match[4] is None:
        return _day(year, month, day)
    return _moment(year, month, day, int(match[4]), int(match[5]), int(match[6] or 0), match[7])


def _epoch(text: str) -> str | None:
    if not _SECONDS.fullmatch(text):
        return None
    seconds = int(text.split(".")[0])
    moment = datetime.fromtimestamp(seconds / 1000 if seconds > 10**11 else seconds, UTC)
    return _checked(moment.replace(microsecond=0))


def _rfc(text: str) -> str | None:
    """The dates of HTTP and mail (RFC 5322, 3.3)."""
    if not _MAIL.match(text):
        return None
    try:
        return _checked(parsedate_to_datetime(text))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _unix(text: str) -> str | None:
    """The form of date(1) and of Java's Date; zone names are not unique, so the day alone is taken."""
    match = _UNIX.match(text)
    return _day(int(match[4]), _month(match[1].lower()), int(match[2])) if match else None


def _spelled(text: str) -> str | None:
    lower = text.lower()
    if match := _YEAR_FIRST.search(lower) or _CJK.search(lower):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif match := _NAMED.search(lower):
        year, month, day = int(match[3]), _month(match[2]), int(match[1])
    elif match := _NAMED_FIRST.search(lower):
        year, month, day = int(match[3]), _month(match[1]), int(match[2])
    elif match := _YEAR_LAST.search(lower):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        if match[2] == "." or first > 12 or first == second:
            day, month = first, second
        elif second > 12:
            month, day = first, second
        else:
            return None
    elif match := _SHORT_YEAR.search(lower):  # dots are written where the day comes first
        year, month, day = _century(int(match[3])), int(match[2]), int(match[1])
    else:
        return None
    clock = _CLOCK.search(lower, match.end()) or _CLOCK.search(lower)
    if not clock:
        return _day(year, month, day)
    hour = _hour(clock[1], clock[4])
    return _moment(year, month, day, hour, int(clock[2]), int(clock[3] or 0), clock[5]) or _day(year, month, day)


def _hour(written: str, half: str | None) -> int:
    """The hour of the day; `half` begins with a or p where the clock has twelve of them."""
    return int(written) % 12 + 12 * (half[0].lower() == "p") if half else int(written)


def _century(year: int) -> int:
    """The year that two digits stand for, as POSIX reads them (strptime, %y)."""
    return year + (1900 if year >= _FIRST_SHORT else 2000)


_FIRST_SHORT = 69


def _month(name: str) -> int:
    return _LONGER.get(name[:4]) or _MONTH.get(name[:3]) or 0


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return datetime(year, month, day, tzinfo=UTC).date().isoformat() if EARLIEST <= year < LATEST else None
    except ValueError:
        return None


def _moment(year: int, month: int, day: int, hour: int, minute: int, second: int, zone: str | None) -> str | None:
    try:
        moment = datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001 - the zone is written behind it
    except ValueError:
        return None
    written = _checked(moment)
    if written is None or zone is None:
        return written
    return written + offset if (offset := _offset(zone)) else None


def _offset(zone: str) -> str | None:
    """A zone as ISO 8601 writes it, or None if there is none so far away."""
    if zone[0] not in "+-":
        return "Z"
    digits = zone[1:].replace(":", "")
    digits = digits.zfill(2) + "00" if len(digits) <= 2 else digits.zfill(4)
    hours, minutes = divmod(int(digits[:2]) * 60 + int(digits[2:]), 60)
    if hours * 60 + minutes > FARTHEST:
        return None
    return f"{zone[0]}{hours:02}:{minutes:02}" if hours or minutes else "Z"


def _checked(moment: datetime) -> str | None:
    if not EARLIEST <= moment.year < LATEST:
        return None
    return moment.isoformat().replace("+00:00", "Z")
