"""Looking for damage in a store."""

from sqlalchemy import exists, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.engine import Database
from bot.store.fulltext import FullText
from bot.store.models import articles, reports, teasers


async def differences(database: Database, fulltext: FullText) -> list[str]:
    """Say what is wrong with a store: an empty list is well. Reads all of it, and keeps writers waiting."""
    # FTS5's own check is written as an INSERT, and so needs the write lock.
    async with database.writing() as connection:
        found = [] if database.postgres else await _sqlite(connection)
        found += await _teasers(connection)
        found += await _stories(connection)
        return found + await fulltext.differences(connection)


async def _sqlite(connection: AsyncConnection) -> list[str]:
    said = list(await connection.scalars(text("PRAGMA integrity_check")))
    found = [f"database: {line}" for line in said if line != "ok"]
    loose = await connection.execute(text("PRAGMA foreign_key_check"))
    return found + [f"{row[0]}: row {row[1]} leads to a row of {row[2]} that is missing" for row in loose]


async def _teasers(connection: AsyncConnection) -> list[str]:
    found: list[str] = []
    for column in (teasers.c.article_id, teasers.c.target_id):
        query = select(teasers.c.article_id, teasers.c.position).where(
            ~exists().where(articles.c.id == column)
        )
        loose = await connection.execute(query)
        found += [f"article {row.article_id}: teaser {row.position} leads to nothing" for row in loose]
    return found


async def _stories(connection: AsyncConnection) -> list[str]:
    first = reports.alias()
    query = select(reports.c.article_id).where(exists().where(first.c.article_id == reports.c.story_id))
    chained = await connection.scalars(query.order_by(reports.c.article_id))
    return [f"article {id_}: the first report of its story is itself another one's" for id_ in chained]
