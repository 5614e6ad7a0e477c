"""Feeds, kept beside the articles: their addresses, how they are, and which of their entries were passed over."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.failures import KnownFeed, UnknownFeed
from bot.store.claims import end, expect
from bot.store.engine import Database
from bot.store.models import articles, feeds, files, tombstones
from bot.store.records import PASSED_OVER, UNREAD, Claim, FeedRow, FileEntry
from bot.store.rows import ANY_ID, chunks

T = TypeVar("T")

_READING = 3
"""Polls that read at a time. The pool keeps five connections (SQLAlchemy's QueuePool); those beyond are opened
and closed for each use, which takes longer than the reading."""


class FeedTable:
    """The store's feeds. Each call is one short transaction; all raise StoreErrors."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turns = asyncio.Semaphore(_READING)

    async def _read(self, question: Callable[[Connection], T]) -> T:
        async with self._turns:
            return await self._database.read(question)

    async def all(self) -> list[FeedRow]:
        """Return every feed, in the order of their ids."""
        return await self._read(_all)

    async def get(self, id_: int) -> FeedRow:
        """Return a feed; raise UnknownFeed."""
        return await self._read(lambda connection: _one(connection, id_))

    async def add(
        self, *, url: str, key: bytes, take: str, full_text: bool, user: int | None, now: datetime
    ) -> FeedRow:
        """Add a feed that is to be polled at once; raise KnownFeed if one with that key is there."""
        async with self._database.writing() as connection:
            known = await _with_key(connection, key)
            if known is not None:
                raise KnownFeed(id=known)
            row = {
                "url": url,
                "key": key,
                "full_text": full_text,
                "added_by": user,
                "added": now,
                "take": take,
                "paused": False,
                "next_poll": now,
                "failures": 0,
                "told": False,
            }
            id_ = await connection.scalar(insert(feeds).values(row).returning(feeds.c.id))
            return await connection.run_sync(_one, int(id_ or 0))

    async def change(self, id_: int, change: Callable[[FeedRow], FeedRow]) -> FeedRow:
        """Change a feed as it stands now, whoever changed it meanwhile, and return it; raise UnknownFeed.

        An address that another feed has is not taken.
        """
        async with self._database.writing() as connection:
            return await _change(connection, id_, change)

    async def settle(self, claim: Claim, change: Callable[[FeedRow], FeedRow]) -> FeedRow:
        """Change a feed by what a poll found, as `change` does, and end the poll's claim; raise ClaimLost."""
        async with self._database.writing() as connection:
            await end(connection, claim)
            return await _change(connection, claim.feed, change)

    async def remove(self, id_: int) -> FeedRow:
        """Forget a feed and which entries it had; its articles stay. Raise UnknownFeed; return what it was."""
        async with self._database.writing() as connection:
            row = await connection.run_sync(_one, id_)
            await connection.execute(delete(feeds).where(feeds.c.id == id_))
            await connection.execute(delete(files).where(files.c.root == row.root))
            return row

    async def put_off(self, id_: int, now: datetime, until: datetime) -> None:
        """Let a feed that is due not be due before `until`."""
        query = update(feeds).where(feeds.c.id == id_, feeds.c.next_poll <= now)
        async with self._database.writing() as connection:
            await connection.execute(query.values(next_poll=until))

    async def known(self, root: str, paths: Iterable[str]) -> dict[str, FileEntry]:
        """Return what became of entries of a feed, by their paths; those never seen are missing."""
        return await self._read(lambda connection: _known(connection, root, paths))

    async def settled(self, url_keys: Iterable[bytes]) -> set[bytes]:
        """Return which addresses are those of articles whose text is there, or that were removed."""
        return await self._read(lambda connection: _settled(connection, url_keys))

    async def pass_over(self, claim: Claim, paths: Iterable[str]) -> None:
        """Note which entries a feed had that nobody wanted, and that this was decided; raise ClaimLost."""
        async with self._database.writing() as connection:
            await expect(connection, claim)
            row = await connection.run_sync(_one, claim.feed)
            entries = [FileEntry(row.root, path, UNREAD, None, PASSED_OVER) for path in dict.fromkeys(paths)]
            for chunk in chunks(entries):
                here = (files.c.root == row.root, files.c.path.in_([entry.path for entry in chunk]))
                await connection.execute(delete(files).where(*here))
                await connection.execute(insert(files), [asdict(entry) for entry in chunk])
            await connection.execute(update(feeds).where(feeds.c.id == row.id).values(take=None))


def _all(connection: Connection) -> list[FeedRow]:
    return [FeedRow(*row) for row in connection.execute(select(feeds).order_by(feeds.c.id))]


def _known(connection: Connection, root: str, paths: Iterable[str]) -> dict[str, FileEntry]:
    query = select(files).where(files.c.root == root)
    return {
        row.path: FileEntry(*row)
        for chunk in chunks(dict.fromkeys(paths))
        for row in connection.execute(query.where(files.c.path.in_(chunk)))
    }


def _settled(connection: Connection, url_keys: Iterable[bytes]) -> set[bytes]:
    text = select(articles.c.url_key).where(articles.c.paragraphs.is_not(None))
    gone = select(tombstones.c.url_key).where(tombstones.c.lifted.is_(None))
    found: set[bytes] = set()
    for chunk in chunks(dict.fromkeys(url_keys)):
        found.update(connection.scalars(text.where(articles.c.url_key.in_(chunk))))
        found.update(connection.scalars(gone.where(tombstones.c.url_key.in_(chunk))))
    return found


def _one(connection: Connection, id_: int) -> FeedRow:
    if id_ in ANY_ID:
        for row in connection.execute(select(feeds).where(feeds.c.id == id_)):
            return FeedRow(*row)
    raise UnknownFeed(id=id_)


async def _change(connection: AsyncConnection, id_: int, change: Callable[[FeedRow], FeedRow]) -> FeedRow:
    was = await connection.run_sync(_one, id_)
    row = change(was)
    if row.key != was.key and await _with_key(connection, row.key) is not None:
        row = replace(row, url=was.url, key=was.key)
    before, after = asdict(was), asdict(row)
    changed = {name: value for name, value in after.items() if value != before[name]}
    if changed:
        await connection.execute(update(feeds).where(feeds.c.id == id_).values(changed))
    return row


async def _with_key(connection: AsyncConnection, key: bytes) -> int | None:
    id_: int | None = await connection.scalar(select(feeds.c.id).where(feeds.c.key == key))
    return id_
