"""Who polls a feed: a claim that ends by itself, and without which nothing of a poll is written."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.failures import UnknownFeed
from bot.store.engine import Database
from bot.store.models import claims, feeds
from bot.store.records import Claim
from bot.store.rows import ANY_ID

_WRONG_CLOCK = 2
"""How many leases from now a claim may end. One that ends later was written by a clock that is wrong, and keeps nobody
from a feed."""


class ClaimLost(Exception):
    """Somebody else polls the feed by now, or it was removed. Nothing was changed."""


class ClaimTable:
    """The claims on feeds; a feed has one at most. Each call is short; all raise StoreErrors."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, now: datetime, limit: int, lease: timedelta) -> list[Claim]:
        """Claim the feeds whose time has come and that nobody polls, longest overdue first."""
        free = or_(
            claims.c.until.is_(None), claims.c.until <= now, claims.c.until > now + _WRONG_CLOCK * lease
        )
        query = (
            select(feeds.c.id)
            .join_from(feeds, claims, claims.c.feed_id == feeds.c.id, isouter=True)
            .where(feeds.c.next_poll <= now, free)
            .order_by(feeds.c.next_poll, feeds.c.id)
        )
        first = query.limit(1)
        if await self._database.read(lambda connection: connection.scalar(first), snapshot=False) is None:
            return []
        async with self._database.writing() as connection:
            ids = list(await connection.scalars(query.limit(limit)))
            return await _claim(connection, ids, now + lease)

    async def take(self, id_: int, now: datetime, lease: timedelta) -> Claim:
        """Claim a feed now, whoever had it, and whenever it is due; raise UnknownFeed."""
        async with self._database.writing() as connection:
            if (
                id_ not in ANY_ID
                or await connection.scalar(select(feeds.c.id).where(feeds.c.id == id_)) is None
            ):
                raise UnknownFeed(id=id_)
            (claim,) = await _claim(connection, [id_], now + lease)
            return claim

    async def renew(self, held: Iterable[Claim], until: datetime) -> None:
        """Make claims end later, those that were not lost."""
        async with self._database.writing() as connection:
            await connection.execute(update(claims).where(_are(held)).values(until=until))

    async def give_back(self, held: Iterable[Claim]) -> None:
        """End claims, so that others take the feeds over at once."""
        async with self._database.writing() as connection:
            await connection.execute(delete(claims).where(_are(held)))


async def expect(connection: AsyncConnection, claim: Claim) -> None:
    """Raise ClaimLost unless a claim holds until the end of this writing transaction.

    One that has run out holds until another one is made.
    """
    if await connection.scalar(select(claims.c.feed_id).where(_are([claim]))) is None:
        raise ClaimLost


async def end(connection: AsyncConnection, claim: Claim) -> None:
    """End a claim together with what its poll found; raise ClaimLost."""
    await expect(connection, claim)
    await connection.execute(delete(claims).where(_are([claim])))


async def _claim(connection: AsyncConnection, ids: list[int], until: datetime) -> list[Claim]:
    made = [Claim(id_, uuid4().hex) for id_ in ids]
    if made:
        await connection.execute(delete(claims).where(claims.c.feed_id.in_(ids)))
        rows = [{"feed_id": one.feed, "token": one.token, "until": until} for one in made]
        await connection.execute(insert(claims), rows)
    return made


def _are(held: Iterable[Claim]) -> ColumnElement[bool]:
    return claims.c.token.in_([claim.token for claim in held])
