"""Putting the full text together: it grows in pieces, and each one is looked into for each word of a question."""

import asyncio
from typing import Final

from sqlalchemy import Connection, func, select

from bot.store.engine import Database
from bot.store.fulltext import FullText
from bot.store.models import articles
from bot.store.reading import Reading
from bot.store.schema import TIDIED, put

CHANGED: Final = 0.1
"""Share of the articles that have to change before it is done again: it writes the whole index anew."""

PAUSE: Final = 0.1
"""Seconds between two steps, as long as one takes: who waits for the write lock in another process asks for it now and then."""


async def tidy(database: Database, fulltext: FullText) -> bool:
    """Put the full text together if it changed much; tell whether it did.

    Others write between the steps. What is cut short is begun again by the next call.
    """

    def changed(connection: Connection) -> tuple[int, float]:
        reading = Reading(connection, database)
        total = connection.scalar(select(func.count()).select_from(articles)) or 0
        position = reading.position()
        return position, (position - int(reading.meta(TIDIED) or 0)) / max(total, 1)

    position, share = await database.read(changed, snapshot=True)
    if share < CHANGED:
        return False
    more, begins = True, True
    while more:
        async with database.writing() as connection:
            more, begins = await fulltext.merge(connection, begins=begins), False
        await asyncio.sleep(PAUSE)
    async with database.writing() as connection:
        await put(connection, TIDIED, str(position))
    return True
