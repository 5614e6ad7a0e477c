"""What guilds chose, kept beside the articles: nothing of their members but the id of who changed each setting last."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.models import guild_settings
from bot.store.records import Choice

_GUILDS_AT_ONCE = 500
"""Ids in one statement; SQLite takes 32,766 parameters (limits of sqlite.org), older ones 999."""

# Read for every message: SQLAlchemy takes longer to put a statement together than SQLite to answer it.
_CHOSEN = select(guild_settings.c.name, guild_settings.c.value, guild_settings.c.changed_by).where(
    guild_settings.c.guild_id == bindparam("guild")
)


def read(connection: Connection, guild: int) -> dict[str, Choice]:
    """Return the settings that a guild chose, by name."""
    found = connection.execute(_CHOSEN, {"guild": guild})
    return {row.name: Choice(row.value, row.changed_by) for row in found}


async def write(
    connection: AsyncConnection, guild: int, name: str, *, value: str | None, user: int, now: datetime
) -> None:
    """Keep one setting of a guild, and who changed it; without a value nothing of it is kept."""
    table = guild_settings.c
    await connection.execute(delete(guild_settings).where(table.guild_id == guild, table.name == name))
    if value is not None:
        row = {"guild_id": guild, "name": name, "value": value, "changed_by": user, "changed": now}
        await connection.execute(insert(guild_settings).values(row))


def known(connection: Connection) -> Mapping[int, datetime | None]:
    """Return when the bot left each guild of which something is kept; None where it is, as far as is known."""
    query = select(guild_settings.c.guild_id, guild_settings.c.left).distinct()
    return {row.guild_id: row.left for row in connection.execute(query)}


async def mark(connection: AsyncConnection, guilds: Iterable[int], left: datetime | None) -> None:
    """Note when the bot left some guilds, or that it is there again."""
    ids = list(guilds)
    for start in range(0, len(ids), _GUILDS_AT_ONCE):
        chosen = guild_settings.c.guild_id.in_(ids[start : start + _GUILDS_AT_ONCE])
        await connection.execute(update(guild_settings).where(chosen).values(left=left))


async def forget(connection: AsyncConnection, before: datetime) -> None:
    """Delete what is kept of guilds that the bot left before a moment."""
    await connection.execute(delete(guild_settings).where(guild_settings.c.left < before))
