"""A writing transaction: what an intake reads to decide, and what it writes then."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, bindparam, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.article import Teaser
from bot.store.claims import expect
from bot.store.fulltext import FullText
from bot.store.grouping import Grouping
from bot.store.models import articles, files, teasers, tombstones
from bot.store.records import Claim, Draft, FileEntry, Keys, Link, Tombstone
from bot.store.rows import article_row, chunks, draft, teaser_rows, text_of, tombstone
from bot.store.waking import CHANNEL

_LAST_ID_SQLITE = text("SELECT seq FROM sqlite_sequence WHERE name = 'articles'")
_LAST_ID_POSTGRES = text("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM articles_id_seq")
_SET_LAST_ID = text("SELECT setval('articles_id_seq', greatest(:id, last_value)) FROM articles_id_seq")
_LOG_SQLITE = text("INSERT INTO changes (article_id) SELECT value FROM json_each(:ids)")
_LOG_POSTGRES = text("INSERT INTO changes (article_id) SELECT unnest(CAST(:ids AS integer[]))")
_FORGET_FILE = delete(files).where(files.c.root == bindparam("r"), files.c.path == bindparam("p"))
_UPDATE = update(articles).where(articles.c.id == bindparam("old_id"))

ALIKE = 32
"""Stories with the same headline (or the same beginning) that a teaser is compared with: the newest.
"Morning briefing" may be the headline of thousands."""


class Writing:
    """A transaction that holds the store's write lock. What it changes is logged for those who follow."""

    def __init__(self, connection: AsyncConnection, fulltext: FullText, *, postgres: bool) -> None:
        self._connection = connection
        self._fulltext = fulltext
        self._postgres = postgres
        self._changed: dict[int, None] = {}
        self.stories = Grouping(connection, postgres=postgres)

    async def expect(self, claim: Claim | None) -> None:
        """Raise ClaimLost if what is to be written was found under a claim that another one took over."""
        if claim is not None:
            await expect(self._connection, claim)

    async def last_id(self) -> int:
        """Return the largest id that was ever given to an article."""
        query = _LAST_ID_POSTGRES if self._postgres else _LAST_ID_SQLITE
        return int(await self._connection.scalar(query) or 0)

    async def drafts_by(self, column: str, values: Iterable[object]) -> list[Draft]:
        """Return the articles and stubs that have one of the values in a column."""
        where = articles.c[column]
        return [draft(row) for row in await self._all(select(articles), where, values)]

    async def told_alike(self, keys: Sequence[Keys]) -> list[Draft]:
        """Return the articles that tell the same by the same headline and first text.

        For a story whose address is known those without one, otherwise the oldest.
        """
        # Hidden from the planners: given two lists for one index, SQLite tries every pair of them.
        fingerprint = func.coalesce(articles.c.fingerprint, articles.c.headline_key)
        oldest = select(func.min(articles.c.id)).where(text("kind = 'article'")).group_by(fingerprint)
        ids: list[int] = []
        for chunk in chunks(one for one in keys if not one.url):
            ids += await self._connection.scalars(_told(oldest, fingerprint, chunk))
        oldest = oldest.where(func.length(articles.c.url_key).is_(None))
        for chunk in chunks(one for one in keys if one.url):
            ids += await self._connection.scalars(_told(oldest, fingerprint, chunk))
        return await self.drafts_by("id", ids)

    async def alike_by(self, column: str, values: Iterable[object], *, stubs: bool = False) -> list[Draft]:
        """Return the newest ALIKE articles and stubs, or stubs only, for each of the values of a column."""
        key = articles.c[column]
        ranked = select(
            articles.c.id,
            func.row_number().over(partition_by=key, order_by=articles.c.id.desc()).label("number"),
        )
        if stubs:
            # Written out, not bound: only so do the planners see that the partial index serves.
            ranked = ranked.where(text("kind = 'stub'"))
        ids: list[int] = []
        for chunk in chunks(dict.fromkeys(value for value in values if value is not None)):
            newest = ranked.where(key.in_(chunk)).subquery()
            ids += await self._connection.scalars(select(newest.c.id).where(newest.c.number <= ALIKE))
        return await self.drafts_by("id", ids)

    async def teasers_of(self, ids: Iterable[int]) -> dict[int, tuple[Teaser, ...]]:
        """Return the teasers of articles' pages, in the page's order."""
        found: dict[int, list[Teaser]] = {}
        query = select(teasers).order_by(teasers.c.article_id, teasers.c.position)
        for row in await self._all(query, teasers.c.article_id, ids):
            found.setdefault(row.article_id, []).append(
                Teaser(headline=row.headline, text=row.text, url=row.url)
            )
        return {id_: tuple(listed) for id_, listed in found.items()}

    async def tombstones_by(self, column: str, values: Iterable[object]) -> list[Tombstone]:
        """Return the tombstones that have one of the values in a column."""
        return [tombstone(row) for row in await self._all(select(tombstones), tombstones.c[column], values)]

    async def any_tombstones(self) -> bool:
        """Tell whether there is any tombstone to look for."""
        return await self._connection.scalar(select(tombstones.c.article_id).limit(1)) is not None

    async def files_in(self, root: str, paths: Iterable[str]) -> dict[str, FileEntry]:
        """Return what became of files below a watched folder."""
        query = select(files).where(files.c.root == root)
        return {row.path: FileEntry(*row) for row in await self._all(query, files.c.path, paths)}

    async def insert(self, drafts: Sequence[Draft]) -> None:
        """Add articles and stubs under the ids they have, which must be free."""
        if not drafts:
            return
        await self._connection.execute(insert(articles), [article_row(new) for new in drafts])
        if self._postgres:
            await self._connection.execute(_SET_LAST_ID, {"id": max(new.id for new in drafts)})
        await self._fulltext.add(self._connection, [(new.id, text_of(new.page)) for new in drafts])
        self.stories.add(drafts)
        self.log(new.id for new in drafts)

    async def replace(self, pairs: Sequence[tuple[Draft, Draft]]) -> None:
        """Change articles: what each was, as it stands in the store, and what it is to be."""
        if not pairs:
            return
        rows = [article_row(new) for _, new in pairs]
        await self._connection.execute(_UPDATE, [{"old_id": row.pop("id"), **row} for row in rows])
        texts = [(old.id, text_of(old.page), text_of(new.page)) for old, new in pairs]
        moved = [(id_, before, after) for id_, before, after in texts if before != after]
        if moved:
            await self._fulltext.drop(self._connection, [(id_, before) for id_, before, _ in moved])
            await self._fulltext.add(self._connection, [(id_, after) for id_, _, after in moved])
        retold = [(old, new) for old, new in pairs if _bearing(old) != _bearing(new)]
        await self.stories.forget([old for old, _ in retold])
        self.stories.add(new for _, new in retold)
        self.log(new.id for _, new in pairs)

    async def link(self, links: Mapping[int, Sequence[Link]], *, new: Collection[int] = ()) -> None:
        """Give articles their teasers in place of those they had. Those in `new` had none."""
        for chunk in chunks(id_ for id_ in links if id_ not in new):
            await self._connection.execute(delete(teasers).where(teasers.c.article_id.in_(chunk)))
        rows = [row for id_, listed in links.items() for row in teaser_rows(id_, listed)]
        if rows:
            await self._connection.execute(insert(teasers), rows)

    async def forget_tombstones(self, ids: Iterable[int]) -> None:
        """Take tombstones away whose articles came back."""
        for chunk in chunks(ids):
            await self._connection.execute(delete(tombstones).where(tombstones.c.article_id.in_(chunk)))

    async def record(self, entries: Sequence[FileEntry]) -> None:
        """Write down what became of files."""
        if not entries:
            return
        rows = [asdict(entry) for entry in entries]
        await self._connection.execute(_FORGET_FILE, [{"r": row["root"], "p": row["path"]} for row in rows])
        await self._connection.execute(insert(files), rows)

    def log(self, ids: Iterable[int]) -> None:
        """Note articles as changed; the change log gets them at the end of the transaction."""
        self._changed.update(dict.fromkeys(ids))

    async def finish(self) -> None:
        """Find the stories of what was written, and append to the change log. The last thing before the commit."""
        await self.stories.settle()
        ids, self._changed = list(self._changed), {}
        if ids:
            if self._postgres:
                await self._connection.execute(_LOG_POSTGRES, {"ids": ids})
                await self._connection.execute(text(f"NOTIFY {CHANNEL}"))
            else:
                await self._connection.execute(_LOG_SQLITE, {"ids": json.dumps(ids)})

    async def _all(self, query: Select[Any], column: Column[Any], values: Iterable[object]) -> list[Any]:
        found: list[Any] = []
        for chunk in chunks(dict.fromkeys(value for value in values if value is not None)):
            found += (await self._connection.execute(query.where(column.in_(chunk)))).all()
        return found


def _bearing(one: Draft) -> tuple[object, ...]:
    """Return what an article's story depends on."""
    page = one.page
    return one.kind, page.headline, page.standfirst, page.paragraphs, page.source, page.published


def _told(query: Select[Any], fingerprint: ColumnElement[bytes], keys: Sequence[Keys]) -> Select[Any]:
    return query.where(
        articles.c.headline_key.in_({one.headline for one in keys}),
        fingerprint.in_({one.fingerprint for one in keys}),
    )
