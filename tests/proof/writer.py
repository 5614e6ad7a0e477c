"""A process that goes on changing everything that a store keeps, and tells what the store is after each change.

`python -m tests.proof.writer FOLDER SEED`: the store is in FOLDER, or where NEWSDESK_DATABASE_URL says.
"""

import asyncio
import hashlib
import itertools
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.article import Page, Teaser
from bot.desk import Desk
from bot.errors import NewsError
from bot.settings import Settings
from bot.store.engine import Database
from tests.databases import take_in
from tests.proof.victim import say

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
GUILDS, USER, APPLICATION = range(1, 6), 7, 9
_MOST = 120
"""Articles from which on more are removed than come."""

_TABLES = {
    False: "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name",
    True: "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename",
}
"""By whether it is PostgreSQL. On SQLite, the tables below the full text are among them."""


def state(connection: Connection) -> str:
    """Return a digest of every row of every table."""
    names = connection.scalars(text(_TABLES[connection.dialect.name == "postgresql"]))
    digest = hashlib.sha256()
    for name in names.all():
        rows = connection.execute(text(f'SELECT * FROM "{name}"'))  # noqa: S608 - a name of the database's own
        digest.update(f"{name} {sorted(repr(tuple(row)) for row in rows)}".encode())
    return digest.hexdigest()


def page(number: int, version: int, *, source: str = "Press") -> Page:
    """Make up an article that teases the one before, and one that never comes."""
    return Page(
        headline=f"Ward {number} gets its ferry number {number * 7}",
        standfirst=f"The ferry of ward {number} left pier {number * 3} at last, with {number * 5} on board.",
        paragraphs=(f"This is version {version}.", f"Its captain had waited {number} days for the tide."),
        published=NOON + timedelta(hours=number),
        source=source,
        url=f"https://{source.lower()}.example/stories/{number}",
        teasers=(
            Teaser(headline=f"Ward {number - 1} gets its ferry number {(number - 1) * 7}"),
            Teaser(headline=f"Orchard {number} blooms early", text="In all of the wards..."),
        ),
    )


class Writer:
    """Changes a store at random."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self._desk = desk
        self._rng = random.Random(seed)
        self._numbers = itertools.count(seed * 10_000)
        self._ids: list[int] = []
        self._removed: list[int] = []
        self._last = 0

    async def write(self) -> None:
        """Make one change."""
        kinds = [self._add, self._edit, self._choose, self._feed, self._note, self._remove, self._undo]
        weights = [6, 3, 2, 2, 1, 3 if len(self._ids) < _MOST else 12, 1]
        (change,) = self._rng.choices(kinds, weights)
        try:
            await change()
        except NewsError as error:
            say(failed=type(error).__name__)

    async def _add(self) -> None:
        self._last = next(self._numbers)
        # Of some stories there are two reports.
        sources = ["Press", "Gazette"][: self._rng.choice([1, 1, 2])]
        pages = [page(self._last, 1, source=source) for source in sources]
        self._ids += [one.id for one in await take_in(self._desk.store, *pages) if one.id]

    async def _edit(self) -> None:
        await take_in(self._desk.store, page(self._last, self._rng.randint(2, 9)))

    async def _remove(self) -> None:
        for _ in range(min(len(self._ids), self._rng.randint(1, 3))):
            id_ = self._ids.pop(self._rng.randrange(len(self._ids)))
            await self._desk.remove([id_], "in the way")
            self._removed.append(id_)

    async def _undo(self) -> None:
        if self._removed:
            await self._desk.restore([self._removed.pop()])

    async def _choose(self) -> None:
        guild = self._rng.choice(GUILDS)
        match self._rng.randrange(3):
            case 0:
                await self._desk.guilds.change(guild, "prefix", self._rng.choice("!?.-"), USER, NOON)
            case 1:
                await self._desk.guilds.left(guild, NOON)
            case 2:
                await self._desk.guilds.forget(NOON + timedelta(days=31))

    async def _feed(self) -> None:
        known = await self._desk.feeds.list()
        if len(known) < 3:
            await self._desk.feeds.add_unseen(f"https://press.example/{next(self._numbers)}.rss", user=USER)
        else:
            feed = self._rng.choice(known)
            await self._rng.choice(
                [self._desk.feeds.pause, self._desk.feeds.resume, self._desk.feeds.remove]
            )(feed.id)

    async def _note(self) -> None:
        await self._desk.identifies.take(APPLICATION, NOON + timedelta(seconds=self._rng.randrange(10_000)))
        await self._desk.store.drop_texts(datetime.now(UTC) - timedelta(seconds=2))


def tell_states() -> None:
    """Tell what the store is at the end of each writing transaction: other writers wait for its lock meanwhile."""
    writing = Database.writing

    @asynccontextmanager
    async def told(database: Database) -> AsyncIterator[AsyncConnection]:
        async with writing(database) as connection:
            yield connection
            say(state=await connection.run_sync(state))

    Database.writing = told  # type: ignore[method-assign, assignment]  # it is called as the one that it stands for


async def write(folder: Path, seed: int) -> None:
    """Write until killed."""
    tell_states()
    async with Desk.open(Settings(data_dir=folder / "data", seeds_dir=None), search=False) as desk:
        writer = Writer(desk, seed)
        say(did="open")
        while True:
            await writer.write()


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1]), int(sys.argv[2])))
