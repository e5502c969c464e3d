"""Slots in one by one, a list within bounds out; what front matter may not exceed, and the error for what is malformed.

A card's front matter is a page of text. What is larger is an accident or an attack (ten lines of YAML aliases can
stand for a billion values), so it is refused with a reason instead of filling the memory.
"""

from __future__ import annotations

from crawler.model import Slot

MAX_FILE = 64 * 2**20
"""Bytes of a whole file."""
MAX_FRONT_MATTER = 2**20
"""Characters between the fences."""
MAX_VALUES = 10_000
"""Slots of one card, values behind aliases included."""
MAX_DEPTH = 64
"""Collections within collections."""
MAX_ROUTE = 1_000
"""Characters of one route."""


class MalformedError(Exception):
    """Front matter that cannot be read; `line` counts from 1 in the file."""

    def __init__(self, line: int, because: str) -> None:
        super().__init__(because)
        self.line, self.because = line, because


class SlotList:
    """Slots in the order of the file, no more than MAX_VALUES."""

    def __init__(self) -> None:
        self.slots: list[Slot] = []
        self._added = 0  # counts what was cut again too: the bound is on the work

    def add(self, slot: Slot) -> None:
        """Append `slot`; raises MalformedError past the bound."""
        self._added += 1
        if self._added > MAX_VALUES:
            raise MalformedError(slot.line, f"the front matter holds more than {MAX_VALUES:,} values")
        self.slots.append(slot)

    def cut(self, first: int) -> list[Slot]:
        """Take the slots from index `first` on out of the list."""
        taken = self.slots[first:]
        del self.slots[first:]
        return taken


def check(route: str, depth: int, line: int) -> None:
    """Raise MalformedError for a node that hangs too deep or behind absurd keys."""
    if depth > MAX_DEPTH:
        raise MalformedError(line, f"the front matter is nested more than {MAX_DEPTH} levels deep")
    if len(route) > MAX_ROUTE:
        raise MalformedError(line, f"the keys that lead to this value are longer than {MAX_ROUTE:,} characters")
