"""Taking articles out of the store, and letting them come back."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.article import Kind
from bot.errors import RemovedArticle, UnknownArticle
from bot.store.fulltext import FullText
from bot.store.models import articles, feeds, files, teasers, tombstones
from bot.store.records import UNREAD
from bot.store.rows import chunks, draft, full_text, possible
from bot.store.writing import Writing

_EXAMPLE = "newsdesk search Syria"
_ORPHANED = "no page teases it any more"
_REMOVED = "removed"


class Removal:
    """Removes and restores within one writing transaction."""

    def __init__(self, connection: AsyncConnection, fulltext: FullText, writing: Writing) -> None:
        self._connection = connection
        self._fulltext = fulltext
        self._writing = writing

    async def remove(self, ids: Iterable[int], reason: str, now: datetime) -> list[int]:
        """Remove articles, and the stubs that only they teased; return the ids of all that went.

        Raises UnknownArticle or RemovedArticle for the first id that there is nothing to remove of.
        """
        wanted = list(dict.fromkeys(ids))
        await self._expect(wanted)
        targets = await self._ids(teasers.c.target_id, teasers.c.article_id, wanted)
        pages = await self._ids(teasers.c.article_id, teasers.c.target_id, wanted)
        await self._bury(wanted, reason, now, lifted=None)
        # Their teasers went with their targets: when one comes back, they shall be looked at again.
        for chunk in chunks(pages):
            await self._connection.execute(
                update(articles).where(articles.c.id.in_(chunk)).values(content_hash=None)
            )
        self._writing.log(pages)
        orphans: list[int] = []
        for chunk in chunks(dict.fromkeys(targets)):
            teased = exists().where(teasers.c.target_id == articles.c.id)
            query = select(articles.c.id).where(
                articles.c.id.in_(chunk), articles.c.kind == Kind.STUB, ~teased
            )
            orphans += await self._connection.scalars(query)
        # Nothing speaks against these: the next page that teases one brings it back under its id.
        await self._bury(orphans, _ORPHANED, now, lifted=now)
        return wanted + orphans

    async def of_source(self, name: str) -> list[int]:
        """Return the ids of all articles of a source, whose name is compared without regard to case."""
        names = await self._connection.scalars(select(articles.c.source).distinct())
        same = [known for known in names if known is not None and known.casefold() == name.casefold()]
        return list(
            await self._connection.scalars(
                select(articles.c.id).where(articles.c.source.in_(same)).order_by(articles.c.id)
            )
        )

    async def restore(self, ids: Iterable[int], now: datetime) -> list[int]:
        """Lift the tombstones of articles; return the ids of those that were lifted.

        Ids of articles that are in the store are passed over. Raises UnknownArticle for the first id that
        was never given.
        """
        wanted = list(dict.fromkeys(ids))
        buried = await self._ids(tombstones.c.article_id, tombstones.c.article_id, wanted)
        stored = await self._ids(articles.c.id, articles.c.id, wanted)
        for id_ in wanted:
            if id_ not in buried and id_ not in stored:
                raise UnknownArticle(id=id_, example=_EXAMPLE)
        lifted: list[int] = []
        for chunk in chunks(buried):
            standing = (tombstones.c.article_id.in_(chunk), tombstones.c.lifted.is_(None))
            lifted += await self._connection.scalars(select(tombstones.c.article_id).where(*standing))
            await self._connection.execute(update(tombstones).where(*standing).values(lifted=now))
        if lifted:
            # Whatever told of these stories, or teased them, is read again: files at the next start, feeds when
            # they are next polled, even if they did not change.
            await self._connection.execute(update(files).values(content_hash=UNREAD))
            await self._connection.execute(update(feeds).values(etag=None, modified=None))
        return lifted

    async def _expect(self, ids: Sequence[int]) -> None:
        stored = await self._ids(articles.c.id, articles.c.id, ids)
        missing = next((id_ for id_ in ids if id_ not in stored), None)
        if missing is None:
            return
        query = select(tombstones.c.removed).where(tombstones.c.article_id.in_(possible([missing])))
        removed = await self._connection.scalar(query)
        if removed is None:
            raise UnknownArticle(id=missing, example=_EXAMPLE)
        raise RemovedArticle(id=missing, date=removed.isoformat())

    async def _ids(self, wanted: Any, column: Any, ids: Iterable[int]) -> dict[int, None]:
        found: dict[int, None] = {}
        for chunk in chunks(possible(ids)):
            found.update(
                dict.fromkeys(await self._connection.scalars(select(wanted).where(column.in_(chunk))))
            )
        return found

    async def _bury(self, ids: Sequence[int], reason: str, now: datetime, *, lifted: datetime | None) -> None:
        for chunk in chunks(ids):
            rows = (await self._connection.execute(select(articles).where(articles.c.id.in_(chunk)))).all()
            texts = [(row.id, full_text(row.headline, row.standfirst, row.paragraphs)) for row in rows]
            await self._fulltext.drop(self._connection, texts)
            await self._writing.stories.forget([draft(row) for row in rows])
            # Teasers go with the articles they lead from and to.
            await self._connection.execute(delete(articles).where(articles.c.id.in_(chunk)))
            await self._connection.execute(
                insert(tombstones),
                [
                    {
                        "article_id": row.id,
                        "kind": row.kind,
                        "url_key": row.url_key,
                        "fingerprint": row.fingerprint,
                        "headline_key": row.headline_key,
                        "lead_key": row.lead_key,
                        "removed": now.date(),
                        "reason": reason,
                        "lifted": lifted,
                    }
                    for row in rows
                ],
            )
            await self._connection.execute(
                update(files).where(files.c.article_id.in_(chunk)).values(reason=_REMOVED)
            )
        self._writing.log(ids)
