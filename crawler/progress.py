"""What the pipeline does, shown on standard error: a bar on a terminal, a line now and then elsewhere.

The time left is the busiest host's: each host is asked at its own pace, so the one with the most links left bounds
the run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

LINE_EVERY = 10.0
"""Seconds between lines where there is no terminal."""
LOOK_EVERY = 0.2
"""Seconds between estimates of the time left on one: each looks at all hosts, of which there may be 100,000."""


class Pace:
    """Counts what is done by host, and tells the time left."""

    def __init__(self, hosts: Mapping[str, int], *, interval: float, now: float) -> None:
        self._left = dict(hosts)
        self._done = dict.fromkeys(hosts, 0)
        self._interval, self._started = interval, now
        self.total = sum(hosts.values())
        self.done = 0

    def asked(self, host: str) -> None:
        """One link of `host` is done."""
        self._left[host] = self._left.get(host, 1) - 1
        self._done[host] = self._done.get(host, 0) + 1
        self.done += 1

    def left(self, now: float) -> float | None:
        """Seconds to the end, or None while nothing is known."""
        if not self.done or self.done >= self.total:
            return None
        host = max(self._left, key=self._left.__getitem__)
        passed = now - self._started
        pace = passed / self._done[host] if self._done[host] else passed / self.done
        overall = passed / self.done * (self.total - self.done)
        # The whole cannot be done before its busiest host, nor faster than the run has been so far.
        return max(self._left[host] * max(pace, self._interval), min(overall, passed * 10))


class LineProgress:
    """A line every ten seconds; silence if there is nothing to say."""

    def __init__(self, stream: TextIO, *, interval: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._interval, self._clock = stream, interval, clock
        self._name, self._pace = "", Pace({}, interval=interval, now=clock())
        self._said = clock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held open."""

    def phase(self, name: str, hosts: Mapping[str, int]) -> None:
        """A phase begins."""
        self._name, self._pace = name, Pace(hosts, interval=self._interval, now=self._clock())

    def waiting(self, seconds: float) -> None:
        """Said at once, since nothing else will be for a while."""
        self.note(f"waiting {seconds:.0f} s before what failed is asked once more")

    def asked(self, host: str) -> None:
        """One link is done."""
        self._pace.asked(host)
        now = self._clock()
        if now - self._said >= LINE_EVERY:
            left = self._pace.left(now)
            rest = f", about {duration(left)} left" if left is not None else ""
            self.note(f"{self._name}: {self._pace.done} of {self._pace.total}{rest}")

    def note(self, message: str) -> None:
        """Prints one line."""
        self._said = self._clock()
        with suppress(OSError):  # whoever read along has gone: no reason to end a run
            self._stream.write(f"crawler: {message}\n")
            self._stream.flush()


class BarProgress:
    """A bar on a terminal (rich), gone when the run is over."""

    def __init__(self, stream: TextIO, *, interval: float, colour: bool) -> None:
        # Here, since a run in a pipe must not pay for it.
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        console = Console(file=stream, no_color=not colour, highlight=False)
        self._bar: RichProgress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:.0f} of {task.total:.0f}"),
            TextColumn("{task.fields[rest]}"),
            console=console,
            transient=True,
        )
        self._interval = interval
        self._pace = Pace({}, interval=interval, now=time.monotonic())
        self._task: TaskID | None = None
        self._looked = -LOOK_EVERY

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def phase(self, name: str, hosts: Mapping[str, int]) -> None:
        """A phase begins, with a bar of its own."""
        self._pace = Pace(hosts, interval=self._interval, now=time.monotonic())
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(name, total=self._pace.total, rest="")

    def waiting(self, seconds: float) -> None:
        """Said in place of the time left."""
        if self._task is not None:
            self._bar.update(self._task, rest=f"waiting {seconds:.0f} s, then what failed is asked once more")

    def asked(self, host: str) -> None:
        """One link is done."""
        self._pace.asked(host)
        now = time.monotonic()
        if self._task is not None and (now - self._looked >= LOOK_EVERY or self._pace.done == self._pace.total):
            self._looked = now
            left = self._pace.left(now)
            rest = f"about {duration(left)} left" if left is not None else ""
            self._bar.update(self._task, completed=self._pace.done, rest=rest)

    def note(self, message: str) -> None:
        """A line above the bar."""
        self._bar.console.print(message, markup=False)


def duration(seconds: float) -> str:
    """`8 s`, `3 min`, `2 h 5 min`."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def progress_for(stream: TextIO, *, interval: float, colour: bool) -> LineProgress | BarProgress:
    """The display that suits the stream."""
    if stream.isatty():
        return BarProgress(stream, interval=interval, colour=colour)
    return LineProgress(stream, interval=interval)
