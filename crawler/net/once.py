"""A key and how to find its value in, the value out: whoever asks meanwhile waits for the same finding."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Once(Generic[K, V]):
    """Findings under way, one for each key; what was found is for the caller to keep."""

    def __init__(self, find: Callable[[K], Awaitable[V]]) -> None:
        self._find = find
        self._under_way: dict[K, asyncio.Task[V]] = {}

    def __contains__(self, key: K) -> bool:
        return key in self._under_way

    async def get(self, key: K) -> V:
        """The value of `key`; one waiter that is cancelled takes nothing from the others. Raises what `find` raises."""
        task = self._under_way.get(key)
        if task is None:
            task = self._under_way[key] = asyncio.create_task(self._run(key))
            task.add_done_callback(_seen)
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Gives up what is under way."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, key: K) -> V:
        try:
            return await self._find(key)
        finally:
            del self._under_way[key]


def _seen(task: asyncio.Task[V]) -> None:
    """Looks at the exception, or asyncio complains where every waiter was cancelled."""
    if not task.cancelled():
        task.exception()
