"""The headlines in memory, kept in step with the store."""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from bot.desk.memory import give_back
from bot.errors import StoreError
from bot.meanwhile import meanwhile
from bot.search import Headlines, Row, snapshot
from bot.search.parts import Builder, Columns
from bot.search.snapshot import Unusable
from bot.store.store import Store
from bot.text import words

log = logging.getLogger(__name__)

FOLLOW_EVERY = 0.25
"""Seconds between two looks at the change log, if nobody tells of a change before. What the CLI changes is to be
served within a second."""
AT_ONCE = 200
"""Headlines taken into the index between two turns of the event loop: about 10 ms."""

KEPT_FROM = 20_000
"""Headlines from which on a snapshot is kept. Fewer are indexed within half a second."""
RENEWED_FROM = 5_000
"""Changes since the snapshot from which on it is renewed at the end: the next start would take half a second
to catch up on them."""
_FAR_BEHIND = 20_000
_FAR_BEHIND_SHARE = 10
"""Changes, and the part of all headlines, behind which a snapshot is older than it is worth: to catch up on
them takes about as long as to begin anew."""
_COMPARED = 200
"""Headlines on either side of the highest id that are compared when a snapshot is read."""


class LiveHeadlines:
    """The index of headlines, loaded from the store and following its change log."""

    def __init__(self, store: Store, snapshot_file: Path | None = None) -> None:
        """Serve a store's headlines; without a `snapshot_file` they are read from the store at each start."""
        self._store = store
        self._snapshot = snapshot_file
        self._store_id = ""
        self._position = 0
        self._built_at = 0
        """The position that the index stood for when it was built: what a snapshot of it stands for."""
        self._changing = asyncio.Lock()
        self._work: asyncio.Task[None] | None = None
        self.index = Headlines.build(())

    def __len__(self) -> int:
        return len(self.index)

    @property
    def seen(self) -> int:
        """The store's latest change that the headlines have; 0 if they were never loaded."""
        return self._position

    async def load(self, progress: Callable[[int], None] = lambda _: None) -> None:
        """Load all headlines, from the snapshot if there is one that fits; `progress` is told how many were read."""
        self._store_id = await self._store.meta_get("store_id") or ""
        async with self._changing:
            if not await self._restore():
                await self._build(progress)
        await self.catch_up()

    async def _restore(self) -> bool:
        path = self._snapshot
        if path is None:
            return False
        try:
            index, position = await asyncio.to_thread(snapshot.read, path, store=self._store_id)
            await self._reach(index, position)
            await self._see_that_it_fits(index)
        except FileNotFoundError:
            return False
        except Unusable as reason:
            log.warning("%s is made anew: %s.", path, reason)
            with contextlib.suppress(OSError):
                path.unlink()
            return False
        return True

    async def _reach(self, index: Headlines, position: int) -> None:
        """Bring a snapshot's index up to the store's latest change and serve it; raise Unusable if it is too old."""
        behind = await self._store.position() - position
        if behind > max(_FAR_BEHIND, len(index) // _FAR_BEHIND_SHARE):
            raise Unusable("it is too old")
        self.index, self._built_at, self._position = index, position, position
        if not await self._apply_changes():
            raise Unusable("it is older than the store's change log, or of another time of the store")

    async def _see_that_it_fits(self, index: Headlines) -> None:
        """Compare what a store that was put back to an earlier state, and went on, has otherwise; raise Unusable.

        `newsdesk db check` compares everything.
        """
        stats = await self._store.stats()
        last = index.highest_id
        looked_at = range(max(1, last - _COMPARED), last + _COMPARED)
        stored = {id_: words(headline) for id_, headline, *_ in await self._store.headlines_of(looked_at)}
        indexed = {id_: index.headline_words(id_) for id_ in looked_at if id_ in index}
        # Others may write meanwhile: what came in this very moment is no reason.
        if await self._store.position() == self._position and (
            stored != indexed or stats.articles + stats.stubs != len(index)
        ):
            raise Unusable("it does not fit the store")

    async def _build(self, progress: Callable[[int], None]) -> None:
        position = await self._store.position()
        builder = Builder()
        async for batch in self._store.headlines():
            await asyncio.to_thread(builder.add, itertools.starmap(_row, batch))
            progress(len(builder))
        self.index = Headlines(await asyncio.to_thread(builder.parts))
        del builder
        await asyncio.to_thread(give_back)
        self._built_at = self._position = position
        if self._worth_keeping:
            self._start(partial(self._write, self.index.columns(), position))

    async def catch_up(self) -> None:
        """Bring the headlines in memory up to the store's latest change."""
        async with self._changing:
            if not await self._apply_changes():
                await self._build(lambda _: None)
        if self.index.wants_folding:
            self._start(self._fold)

    async def _apply_changes(self) -> bool:
        """Apply the change log to the index; return whether it reaches back far enough."""
        while True:
            changes = await self._store.changes(self._position)
            if changes is None:
                return False
            changed, position = changes
            if not changed:
                return True
            rows = list(itertools.starmap(_row, await self._store.headlines_of(changed)))
            self.index.drop(set(changed) - {row.id for row in rows})
            for start in range(0, len(rows), AT_ONCE):
                self.index.put(rows[start : start + AT_ONCE])
                await asyncio.sleep(0)
            self._position = position

    @property
    def _worth_keeping(self) -> bool:
        return self._snapshot is not None and len(self.index) >= KEPT_FROM

    def _start(self, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Do some work in the background, unless some is being done."""
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(work(), name="renew the headline index")

    async def _fold(self) -> None:
        """Build the index anew beside the one in use, and keep it in the snapshot."""
        unfolded, position = self.index, self._position
        folded = await asyncio.to_thread(unfolded.folded)
        if self._worth_keeping:
            await self._write(folded.columns(), position)
        async with self._changing:
            followed = False
            while not followed:
                followed = folded.follow(unfolded, AT_ONCE)
                await asyncio.sleep(0)
            # If everything was loaded anew meanwhile, that is newer.
            if self.index is unfolded:
                self.index, self._built_at = folded, position
        del unfolded
        await asyncio.to_thread(give_back)

    async def _write(self, columns: Columns, position: int) -> None:
        path = self._snapshot
        if path is None:
            return
        try:
            await asyncio.to_thread(snapshot.write, path, columns, store=self._store_id, position=position)
        except OSError as error:
            log.warning("%s cannot be written, so the next start takes longer: %s", path, error.strerror)

    async def close(self) -> None:
        """Finish what is being written; renew the snapshot if the next start would have much to catch up on."""
        if self._work is not None:
            await self._work
        if self._worth_keeping and self._position - self._built_at > RENEWED_FROM:
            await self._fold()

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Follow the change log meanwhile, so that what any process changes is served within a second."""
        async with meanwhile(self._follow(), "follow the change log"):
            yield

    async def _follow(self) -> None:
        failed = False
        async with self._store.waking() as waking:
            while True:
                try:
                    await self.catch_up()
                    failed = False
                except StoreError as error:
                    # The store may come back; what was loaded is served until then. Said once, not at each look.
                    if not failed:
                        log.warning("The headlines cannot follow the store: %s", error)
                    failed = True
                await waking.wait(FOLLOW_EVERY)

    async def behind(self) -> int:
        """Count the changes in the store that the index has not seen."""
        return await self._store.position() - self._position

    async def differences(self) -> list[str]:
        """Compare the index with the store; return every difference in a sentence."""
        found: list[str] = []
        seen = 0
        async for batch in self._store.headlines():
            seen += len(batch)
            for row in itertools.starmap(_row, batch):
                if row.id not in self.index:
                    found.append(f"Article {row.id} is missing from the headline index.")
                elif self.index.headline_words(row.id) != words(row.headline):
                    found.append(f"Article {row.id} has another headline in the headline index.")
                elif self.index.facts(row.id) != (row.newness, row.source, row.published):
                    found.append(f"Article {row.id} has another source or date in the headline index.")
        if seen != len(self.index):
            found.append(f"The headline index has {len(self.index)} entries, the store {seen}.")
        return found


def _row(id_: int, headline: str, published: datetime | None, added: datetime, source: str | None) -> Row:
    when = None if published is None else int(published.timestamp())
    newness = int(added.timestamp()) if when is None else when
    return Row(id_, headline, newness, source, when)
