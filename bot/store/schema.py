"""The schema's life: migrations run inside the program, and a store newer than the program is refused."""

from uuid import uuid4

from sqlalchemy import Connection, delete, func, insert, inspect, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.engine import Database
from bot.store.fulltext import FullText
from bot.store.grouping import RULES, regroup
from bot.store.models import changes, meta
from bot.text import NORMALISER

REVISION = "0005"
"""The newest migration."""
CHANGES_KEPT = 100_000
"""Rows of the change log that a start leaves. A reader further behind loads everything, which takes a
million articles two seconds: about what reading that many changes takes."""

_STORIES = f"{NORMALISER}.{RULES}"
"""The rules by which articles are grouped to stories; they work on normalised words."""

PRUNED = "changes_pruned"
"""The key in meta of the last change that is no longer in the log."""
TIDIED = "tidied"
"""The key in meta of the last change when the full text was put together."""


async def make_current(database: Database, fulltext: FullText) -> None:
    """Migrate to this program's schema, index and group anew what other rules did, and prune the change log.

    Safe when several processes start at once. A store that is current already is only read.
    Raises StoreTooNew for a schema that this program does not know.
    """
    if await database.read(_is_current):
        return
    from bot.store.migrating import migrate  # noqa: PLC0415 - slow to load, and most starts find nothing to do

    async with database.writing() as connection:
        await connection.run_sync(lambda connected: migrate(connected, _revision(connected)))
        rows = await connection.execute(select(meta.c.key, meta.c.value))
        known: dict[str, str] = {row.key: row.value for row in rows}
        if "store_id" not in known:
            await connection.execute(insert(meta), {"key": "store_id", "value": uuid4().hex})
        if known.get("normaliser") != str(NORMALISER):
            await fulltext.rebuild(connection)
            await put(connection, "normaliser", str(NORMALISER))
            await put(connection, TIDIED, "0")
        if known.get("stories") != _STORIES:
            await regroup(connection, postgres=database.postgres)
            await put(connection, "stories", _STORIES)
        await _prune(connection, int(known.get(PRUNED, "0")))


async def put(connection: AsyncConnection, key: str, value: str) -> None:
    """Write one value of meta."""
    await connection.execute(delete(meta).where(meta.c.key == key))
    await connection.execute(insert(meta), {"key": key, "value": value})


def _is_current(connection: Connection) -> bool:
    if _revision(connection) != REVISION:
        return False
    rules = select(meta.c.key, meta.c.value).where(meta.c.key.in_(("normaliser", "stories")))
    known = {row.key: row.value for row in connection.execute(rules)}
    logged = connection.scalar(select(func.count()).select_from(changes))
    current = known == {"normaliser": str(NORMALISER), "stories": _STORIES}
    return current and (logged or 0) <= 2 * CHANGES_KEPT


async def _prune(connection: AsyncConnection, pruned: int) -> None:
    kept = select(changes.c.seq).order_by(changes.c.seq.desc()).offset(CHANGES_KEPT).limit(1)
    last = await connection.scalar(kept)
    if last is not None and last > pruned:
        await connection.execute(delete(changes).where(changes.c.seq <= last))
        await put(connection, PRUNED, str(last))


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return revision
