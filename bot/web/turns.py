"""Turns: so many at a time for each host."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary


class Turns:
    """At most `at_once` holders of each name; hosts that nobody waits for are forgotten."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def at(self, name: str) -> AsyncIterator[None]:
        """Wait for a turn and hold it; first come, first served."""
        turn = self._turns.get(name) or asyncio.Semaphore(self._at_once)
        self._turns[name] = turn
        async with turn:
            yield
