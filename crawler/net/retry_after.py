"""A Retry-After header in, seconds out."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_SECONDS = re.compile(r"\d{1,12}(\.\d+)?")


def asked_wait(value: str | None, now: datetime) -> float | None:
    """The seconds from `now` (aware UTC) that a Retry-After asks for; None if it asks for nothing that makes sense.

    Seconds or an HTTP-date in one of its three forms (RFC 9110, 10.2.3 and 5.6.7). The past is no answer either.
    """
    text = (value or "").strip()
    if _SECONDS.fullmatch(text):
        return float(text) or None
    try:
        when = parsedate_to_datetime(text)
        wait = (when if when.tzinfo else when.replace(tzinfo=UTC)) - now  # asctime has no zone; it is UTC
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return wait.total_seconds() if wait.total_seconds() > 0 else None
