"""Telling whoever added a feed that it was paused for its failures, and that it is well again: each once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeAlias

from bot.errors import StoreError
from bot.failures import UnknownFeed
from bot.feeds.schedule import notice
from bot.store.records import FeedRow
from bot.store.store import Store

log = logging.getLogger(__name__)

Callback: TypeAlias = Callable[[FeedRow, bool], Awaitable[None]]
"""Given a feed, and whether it is well again."""


class Notices:
    """What is to be told stands in the store, so that it is neither lost nor said twice by a restart."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._alone = asyncio.Lock()
        self.callback: Callback | None = None

    async def tell_all(self) -> None:
        """Tell what there is to tell of any feed."""
        try:
            rows = await self._store.feeds.all()
        except StoreError as error:
            log.warning("Nobody is told yet how feeds are: %s", error)
            return
        for row in rows:
            await self.tell(row)

    async def tell(self, row: FeedRow) -> None:
        """Tell what there is to tell of a feed. What cannot be told is told after its next poll."""
        if self.callback is None or notice(row) is None:
            return
        async with self._alone:
            try:
                row = await self._store.feeds.get(row.id)
                well = notice(row)
                if well is None:
                    return
                await self.callback(row, well)
                await self._store.feeds.change(row.id, lambda known: replace(known, told=not well))
            except UnknownFeed:
                return
            except Exception:
                log.exception("How feed %d is could not be told", row.id)
