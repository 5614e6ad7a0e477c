"""What guilds chose, kept beside the articles: nothing of their members but the id of who changed it last."""

from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.models import guilds


async def read(connection: AsyncConnection, guild: int) -> str | None:
    """Return a guild's record; None if it chose nothing."""
    record: str | None = await connection.scalar(select(guilds.c.settings).where(guilds.c.id == guild))
    return record


async def write(connection: AsyncConnection, guild: int, record: str, user: int, now: datetime) -> None:
    """Keep a guild's record, and who changed it."""
    await connection.execute(delete(guilds).where(guilds.c.id == guild))
    row = {"id": guild, "settings": record, "changed_by": user, "changed": now, "left": None}
    await connection.execute(insert(guilds).values(row))


async def known(connection: AsyncConnection) -> list[int]:
    """Return the guilds of which something is kept and that the bot was in when it was last seen there."""
    return list(await connection.scalars(select(guilds.c.id).where(guilds.c.left.is_(None))))


async def mark(connection: AsyncConnection, guild: int, left: datetime | None) -> None:
    """Note when the bot left a guild, or that it is there again."""
    await connection.execute(update(guilds).where(guilds.c.id == guild).values(left=left))


async def forget(connection: AsyncConnection, before: datetime) -> None:
    """Delete what is kept of guilds that the bot left before a moment."""
    await connection.execute(delete(guilds).where(guilds.c.left < before))
