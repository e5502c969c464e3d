"""Items in, the same out, with pauses in which others have their turn: so that an interrupt is heard amid long work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

T = TypeVar("T")

AT_ONCE = 50
"""Links that are judged between two pauses: some 5 ms, in which no answer is heard."""


async def in_turn(items: Iterable[T]) -> AsyncIterator[T]:
    """The items, each when it is wanted."""
    for number, item in enumerate(items):
        if number % AT_ONCE == 0:
            await asyncio.sleep(0)
        yield item
