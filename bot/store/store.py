"""The store, as everyone else sees it: articles in and out as frozen dataclasses, StoreErrors, nothing else."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Self, TypeVar

from sqlalchemy import Connection

from bot.article import Article, Listing
from bot.related import Probe
from bot.store import ageing, guilds, tidying
from bot.store.backup import back_up
from bot.store.checking import differences
from bot.store.claims import ClaimTable
from bot.store.engine import Database
from bot.store.feeds import FeedTable
from bot.store.fts5 import Fts5
from bot.store.fulltext import FullText, distinct, weightiest
from bot.store.reading import HeadlineRow, Reading
from bot.store.records import Choice, FileEntry, Stats
from bot.store.removing import Removal
from bot.store.rows import ANY_ID
from bot.store.schema import make_current, put
from bot.store.tsvector import Tsvector
from bot.store.waking import Waking
from bot.store.writing import Writing

T = TypeVar("T")

HEADLINES_AT_ONCE = 20_000
"""Rows in a batch of headlines(): on PostgreSQL some 10 ms of work between two turns of the event loop."""


class Store:
    """Every query of Newsdesk. Each call is one short transaction; all raise StoreErrors.

    Words are the normalised ones of bot.text.words. Ids that no article has are left out of what many
    ids ask for.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.feeds = FeedTable(database)
        self.claims = ClaimTable(database)
        self._fulltext: FullText = Tsvector() if database.postgres else Fts5()

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator[Self]:
        """Open the store at a database URL, made or migrated if need be, and close it in the end.

        Raises StoreTooNew if a newer Newsdesk wrote it.
        """
        database = Database(url)
        try:
            await database.make_ready()
            store = cls(database)
            await make_current(database, store._fulltext)
            yield store
        finally:
            await database.close()

    @property
    def address(self) -> str:
        """The database's URL, fit to be shown: without its password."""
        return self._database.engine.url.render_as_string(hide_password=True)

    async def headlines(self) -> AsyncIterator[list[HeadlineRow]]:
        """Read every headline, by id, in batches; each batch is a transaction of its own.

        Take position() before, and catch up with changes() after it, to miss nothing.
        """
        last = 0
        while True:
            batch = await self._headlines_after(last)
            if not batch:
                return
            yield batch
            last = batch[-1][0]

    async def _headlines_after(self, last: int) -> list[HeadlineRow]:
        return await self._read(lambda reading: reading.headlines_after(last, HEADLINES_AT_ONCE))

    async def headlines_of(self, ids: Iterable[int]) -> list[HeadlineRow]:
        """Read the headlines of some articles; those missing are not in the store (any more)."""
        return await self._read(lambda reading: reading.headlines_of(ids))

    async def listings(self, ids: Iterable[int]) -> list[Listing]:
        """Return listings in the order of the ids."""
        return await self._read(lambda reading: reading.listings(ids))

    async def article(self, id_: int) -> Article | None:
        """Return an article or stub, with its page's teasers in their order."""
        return await self._read(lambda reading: reading.article(id_), snapshot=True)

    async def with_address(self, key: bytes) -> int | None:
        """Return the newest article whose canonical URL has a key."""
        return await self._read(lambda reading: reading.with_address(key))

    async def teased(self, id_: int) -> list[Listing]:
        """Return the stories that an article's page teased, each once, in the page's order."""
        return await self._read(lambda reading: reading.teased(id_), snapshot=True)

    async def reports(self, stories: Iterable[int]) -> dict[int, list[int]]:
        """Return the ids of every report of stories, given those of their first ones: the first, then the others."""
        return await self._read(lambda reading: reading.reports(stories))

    async def reports_listed(self, story: int) -> list[Listing]:
        """Return the reports of one story, given the id of its first one: oldest id first."""
        return await self._read(lambda reading: reading.reports_listed(story), snapshot=True)

    async def tombstone(self, id_: int) -> date | None:
        """Return the day when an article was removed; None if it is in the store or never was."""
        return await self._read(lambda reading: reading.removed(id_))

    async def text_search(
        self, words: Iterable[str], limit: int, *, exclude: Collection[int] = (), ids: range = ANY_ID
    ) -> list[int]:
        """Find the articles whose text has all words, newest id first, without those in `exclude`.

        Only ids within `ids`, a range without gaps, are looked at.
        """
        terms = distinct(words)
        if not terms or limit < 1 or not ids:
            return []
        most = limit + len(exclude)
        found = await self._ask(lambda connection: self._fulltext.all_of(connection, terms, most, ids))
        left_out = frozenset(exclude)
        return [id_ for id_ in found if id_ not in left_out][:limit]

    async def text_candidates(self, probes: Iterable[Probe], limit: int) -> list[int]:
        """Find articles by their texts: those that probes weigh most in, in the order of how much that is for their length.

        The cosine is about the share of a text that speaks of a story: else the longest would come first.
        """
        wanted = [(forms, probe.weight) for probe in probes if (forms := distinct(probe.forms))]
        if not wanted or limit < 1:
            return []
        groups = [forms for forms, _ in wanted]
        postings = await self._ask(lambda connection: self._fulltext.postings(connection, groups))
        heavy = await asyncio.to_thread(weightiest, postings, [weight for _, weight in wanted], limit)
        sizes = await self._ask(lambda connection: self._fulltext.sizes(connection, list(heavy)))
        return sorted(heavy, key=lambda id_: -heavy[id_] / math.sqrt(max(sizes.get(id_, 1), 1)))

    async def texts(self, ids: Iterable[int]) -> dict[int, str]:
        """Return headline, standfirst and paragraphs of articles as one text each."""
        return await self._read(lambda reading: reading.texts(ids))

    async def position(self) -> int:
        """Return the number of the latest change, from which changes() tells what came since."""
        return await self._read(lambda reading: reading.position())

    async def changes(self, after: int) -> tuple[list[int], int] | None:
        """Return the articles added, changed or removed after a position, and the new position.

        Many changes come in several calls. None means that the log does not reach back so far: take a new
        position() and load everything.
        """
        return await self._read(lambda reading: reading.changes(after), snapshot=True)

    async def stats(self) -> Stats:
        """Count what is in the store."""
        return await self._read(lambda reading: reading.stats(), snapshot=True)

    async def newest(self) -> datetime | None:
        """Return when an article was last added; None if there is none."""
        return await self._read(lambda reading: reading.newest())

    async def files(self, root: str) -> dict[str, FileEntry]:
        """Return what became of every file of a watched folder, by path."""
        return await self._read(lambda reading: reading.files(root))

    async def meta_get(self, key: str) -> str | None:
        """Return a value that was set before."""
        return await self._read(lambda reading: reading.meta(key))

    async def meta_set(self, key: str, value: str) -> None:
        """Keep a value beside the articles."""
        async with self._database.writing() as connection:
            await put(connection, key, value)

    async def meta_change(self, key: str, change: Callable[[str | None], str]) -> None:
        """Change a value in one transaction, given what it was."""
        async with self._database.writing() as connection:
            known = await connection.run_sync(lambda sync: Reading(sync, self._database).meta(key))
            await put(connection, key, change(known))

    async def guild(self, guild: int) -> dict[str, Choice]:
        """Return what a guild chose, by the settings' names."""
        return await self._ask(lambda connection: guilds.read(connection, guild))

    async def guilds(self) -> Mapping[int, datetime | None]:
        """Return when the bot left each guild that chose something; None for those that it did not leave."""
        return await self._ask(guilds.known)

    async def set_guild(self, guild: int, name: str, value: str | None, user: int, now: datetime) -> None:
        """Keep what a guild chose for one setting, and which user chose it; None forgets both."""
        async with self._database.writing() as connection:
            await guilds.write(connection, guild, name, value=value, user=user, now=now)

    async def mark_guilds(self, left_or_joined: Iterable[int], left: datetime | None) -> None:
        """Note when the bot left guilds; None when it is there again."""
        async with self._database.writing() as connection:
            await guilds.mark(connection, left_or_joined, left)

    async def forget_guilds(self, before: datetime) -> None:
        """Delete what guilds chose that the bot left before a moment."""
        async with self._database.writing() as connection:
            await guilds.forget(connection, before)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Writing]:
        """Open a transaction to read and write in; it is committed at the end and undone by an exception."""
        async with self._database.writing() as connection:
            writing = Writing(connection, self._fulltext, postgres=self._database.postgres)
            yield writing
            await writing.finish()

    @asynccontextmanager
    async def waking(self) -> AsyncIterator[Waking]:
        """Give what waits for changes of other processes."""
        waking = Waking(self._database)
        try:
            yield waking
        finally:
            await waking.close()

    async def remove(self, ids: Iterable[int], reason: str) -> list[int]:
        """Remove articles and leave their tombstones; return the ids of all that went.

        With an article go its text, its teasers, the teasers that lead to it, and the stubs that nothing
        teases any more. All or nothing: raises UnknownArticle or RemovedArticle for the first id that
        cannot be removed.
        """
        async with self._removal() as removal:
            return await removal.remove(ids, reason, datetime.now(UTC))

    async def remove_source(self, name: str, reason: str) -> list[int]:
        """Remove all articles of a source, as remove() does. Case does not matter in the name."""
        async with self._removal() as removal:
            return await removal.remove(await removal.of_source(name), reason, datetime.now(UTC))

    async def restore(self, ids: Iterable[int]) -> list[int]:
        """Let removed articles come back, under their old ids, when their pages are next seen.

        Returns the ids for which that is new. Raises UnknownArticle for an id that was never given.
        """
        async with self._removal() as removal:
            return await removal.restore(ids, datetime.now(UTC))

    async def drop_texts(self, before: datetime) -> int:
        """Drop all but headline and lead of the articles that were added before a moment; return how many had more.

        Their keys and stories stay, and the same pages do not bring the texts back. In several transactions.
        """
        return await ageing.drop_texts(self._database, self._fulltext, before)

    async def tidy(self) -> bool:
        """Put the full text together if a tenth of the articles changed since that was done; tell whether it was done now.

        Until then a new store, or one after a mass intake, answers more slowly. In several transactions.
        """
        return await tidying.tidy(self._database, self._fulltext)

    async def backup(self, path: Path) -> None:
        """Copy the store into a new file, consistent even while others write.

        Raises BackupExists rather than overwrite a file, and BackupElsewhere on PostgreSQL.
        """
        await back_up(self._database, path)

    async def check(self) -> list[str]:
        """Look for damage: what the database says of itself, the full text, the teasers. Empty is well."""
        return await differences(self._database, self._fulltext)

    async def _read(self, question: Callable[[Reading], T], *, snapshot: bool = False) -> T:
        return await self._ask(
            lambda connection: question(Reading(connection, self._database)), snapshot=snapshot
        )

    async def _ask(self, question: Callable[[Connection], T], *, snapshot: bool = False) -> T:
        return await self._database.read(question, snapshot=snapshot)

    @asynccontextmanager
    async def _removal(self) -> AsyncIterator[Removal]:
        async with self._database.writing() as connection:
            writing = Writing(connection, self._fulltext, postgres=self._database.postgres)
            yield Removal(connection, self._fulltext, writing)
            await writing.finish()
