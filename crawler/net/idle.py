"""Connections that were let go and taken up again in, whether there are enough of them out.

aiohttp keeps every idle connection for its lifetime, however many there are: a run that asks many hosts once would
hold thousands of useless sockets, and 1,024 open files are all that many systems grant a process.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable


class Idle:
    """Counts idle connections from above: those that servers have closed meanwhile are counted until they expire."""

    def __init__(self, most: int, lifetime: float, clock: Callable[[], float]) -> None:
        self._most, self._lifetime, self._clock = most, lifetime, clock
        self._since: deque[float] = deque()

    def enough(self) -> bool:
        """Whether the next connection should be closed after use."""
        now = self._clock()
        while self._since and self._since[0] < now - self._lifetime:
            self._since.popleft()
        return len(self._since) >= self._most

    def kept(self) -> None:
        """One more is idle."""
        self._since.append(self._clock())

    def reused(self) -> None:
        """One of them is in use again."""
        if self._since:
            self._since.popleft()
