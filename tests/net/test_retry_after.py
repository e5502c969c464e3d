"""Retry-After in all its forms."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.net.retry_after import asked_wait

NOW = datetime(1994, 11, 6, 8, 49, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", 120.0),
        (" 5 ", 5.0),
        ("1.5", 1.5),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 30.0),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 30.0),
        ("Sun Nov  6 08:49:37 1994", 30.0),
        ("999999999999", 999999999999.0),
        (None, None),
        ("", None),
        ("0", None),
        ("-5", None),
        ("soon", None),
        ("3s", None),
        ("1e9", None),
        ("9" * 5_000, None),
        ("Sun, 06 Nov 1994 08:48:00 GMT", None),
        ("Sun, 40 Nov 1994 08:49:37 GMT", None),
        ("Sun, 06 Nov 99999 08:49:37 GMT", None),
    ],
)
def test_seconds_and_the_three_dates(value: str | None, wait: float | None) -> None:
    """Seconds and the date forms of RFC 9110, 5.6.7 are a wait; nonsense and the past are none."""
    assert asked_wait(value, NOW) == wait


@given(st.text(max_size=60))
def test_nothing_makes_it_raise(value: str) -> None:
    """Whatever a server writes is a positive wait or none."""
    wait = asked_wait(value, NOW)

    assert wait is None or wait > 0
