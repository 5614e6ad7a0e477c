"""The headlines in memory, kept in step with the store."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from bot.errors import StoreError
from bot.search import Headlines, Row
from bot.store.store import Store
from bot.text import words

log = logging.getLogger(__name__)

FOLLOW_EVERY = 0.25
"""Seconds between two looks at the change log. What the CLI changes is to be served within a second."""
AT_ONCE = 200
"""Headlines taken into the index between two turns of the event loop: about 10 ms."""


class LiveHeadlines:
    """The index of headlines, loaded from the store and following its change log."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._position = 0
        self.index = Headlines.build(())

    def __len__(self) -> int:
        return len(self.index)

    async def load(self, progress: Callable[[int], None] = lambda _: None) -> None:
        """Load all headlines into memory anew; `progress` is told how many were read."""
        position = await self._store.position()
        rows: list[Row] = []
        async for batch in self._store.headlines():
            rows += [_row(*row) for row in batch]
            progress(len(rows))
        self.index = await asyncio.to_thread(Headlines.build, rows)
        self._position = position

    async def catch_up(self) -> None:
        """Bring the headlines in memory up to the store's latest change."""
        while True:
            changes = await self._store.changes(self._position)
            if changes is None:
                await self.load()
                return
            changed, position = changes
            if not changed:
                return
            rows = [_row(*row) for row in await self._store.headlines_of(changed)]
            self.index.drop(set(changed) - {row.id for row in rows})
            for start in range(0, len(rows), AT_ONCE):
                self.index.put(rows[start : start + AT_ONCE])
                await asyncio.sleep(0)
            self._position = position
            await self._fold()

    async def _fold(self) -> None:
        if self.index.wants_folding:
            unfolded = self.index
            folded = await asyncio.to_thread(unfolded.folded)
            folded.follow(unfolded)
            self.index = folded

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Follow the change log meanwhile, so that what any process changes is served within a second."""
        task = asyncio.create_task(self._follow(), name="follow the change log")
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _follow(self) -> None:
        failed = False
        while True:
            try:
                await self.catch_up()
                failed = False
            except StoreError as error:
                # The store may come back; what was loaded is served until then. Said once, not four times a second.
                if not failed:
                    log.warning("The headlines cannot follow the store: %s", error)
                failed = True
            await asyncio.sleep(FOLLOW_EVERY)

    async def behind(self) -> int:
        """Count the changes in the store that the index has not seen."""
        return await self._store.position() - self._position

    async def differences(self) -> list[str]:
        """Compare the index with the store; return every difference in a sentence."""
        found: list[str] = []
        seen = 0
        async for batch in self._store.headlines():
            seen += len(batch)
            for id_, headline, *_ in batch:
                if id_ not in self.index:
                    found.append(f"Article {id_} is missing from the headline index.")
                elif self.index.headline_words(id_) != words(headline):
                    found.append(f"Article {id_} has another headline in the headline index.")
        if seen != len(self.index):
            found.append(f"The headline index has {len(self.index)} entries, the store {seen}.")
        return found


def _row(id_: int, headline: str, published: datetime | None, added: datetime, source: str | None) -> Row:
    when = None if published is None else int(published.timestamp())
    newness = int(added.timestamp()) if when is None else when
    return Row(id_, headline, newness, source, when)
