"""Progress and the time left."""

from __future__ import annotations

import io
from collections import Counter

import pytest

from crawler.progress import BarProgress, LineProgress, Pace, duration, progress_for


class Clock:
    """Time that the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_busiest_host_tells_the_time_left() -> None:
    """Ten small hosts are long done while the big one is still asked, a link a second."""
    hosts = Counter({"big.example": 100, **{f"h{number}.example": 1 for number in range(10)}})
    pace = Pace(hosts, interval=1.0, now=0.0)
    for number in range(10):
        pace.asked(f"h{number}.example")
    for _ in range(10):
        pace.asked("big.example")

    assert pace.left(10.0) == pytest.approx(90.0)
    for _ in range(90):
        pace.asked("big.example")
    assert pace.left(100.0) is None


def test_nothing_is_foretold_before_anything_is_known() -> None:
    """A guess from nothing is worth nothing."""
    assert Pace({"a.example": 5}, interval=1.0, now=0.0).left(3.0) is None


def test_without_a_terminal_a_line_is_said_every_ten_seconds() -> None:
    """And nothing in between."""
    stream, clock = io.StringIO(), Clock()
    with LineProgress(stream, interval=1.0, clock=clock) as progress:
        progress.phase("asking", {"a.example": 40})
        for _ in range(25):
            clock.now += 1
            progress.asked("a.example")

    assert stream.getvalue().splitlines() == [
        "crawler: asking: 10 of 40, about 30 s left",
        "crawler: asking: 20 of 40, about 20 s left",
    ]


def test_waiting_is_said_at_once() -> None:
    """Or the user would think that it hangs."""
    stream = io.StringIO()
    with LineProgress(stream, interval=1.0, clock=Clock()) as progress:
        progress.waiting(60)

    assert stream.getvalue() == "crawler: waiting 60 s before what failed is asked once more\n"


def test_the_stream_decides_between_bar_and_lines() -> None:
    """A bar is for terminals only."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    bar = progress_for(terminal, interval=1.0, colour=False)
    with bar:
        bar.phase("asking", {"a.example": 2})
        bar.asked("a.example")
        bar.waiting(3)
        bar.note("[red]not markup[/red]")

    assert isinstance(bar, BarProgress)
    assert "[red]not markup[/red]" in terminal.getvalue()
    assert isinstance(progress_for(io.StringIO(), interval=1.0, colour=False), LineProgress)


@pytest.mark.parametrize(("seconds", "text"), [(0.2, "1 s"), (89, "89 s"), (150, "2 min"), (7_500, "2 h 5 min")])
def test_durations_are_told_as_people_do(seconds: float, text: str) -> None:
    """No one wants 7,500 s."""
    assert duration(seconds) == text
