"""Being woken when a process changed the store: by NOTIFY on PostgreSQL; on SQLite, time passes."""

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Final, cast

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.engine import Database

if TYPE_CHECKING:
    import psycopg

log = logging.getLogger(__name__)

CHANNEL: Final = "newsdesk_changes"
"""What writers notify when they append to the change log, with their commit."""


class Waking:
    """Waits for the next change. It only saves time: what is missed is found when the time is up."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._errors = (database.engine.dialect.loaded_dbapi.Error, SQLAlchemyError, OSError)
        self._connection: AsyncConnection | None = None
        self._failed = False

    async def wait(self, seconds: float) -> None:
        """Return when the store was changed, after `seconds` at the latest; a database that fails only makes it wait."""
        if not self._database.postgres:
            await asyncio.sleep(seconds)
            return
        try:
            listening = await self._listen()
            async with contextlib.aclosing(listening.notifies(timeout=seconds, stop_after=1)) as notified:
                async for _ in notified:
                    pass
            self._failed = False
        except self._errors as error:
            if not self._failed:
                log.warning("Changes of other processes are looked for, not told: %s", type(error).__name__)
            self._failed = True
            await self.close()
            await asyncio.sleep(seconds)

    async def _listen(self) -> "psycopg.AsyncConnection":
        if self._connection is None:
            # Outside of any transaction: within one, nothing is heard of.
            engine = self._database.engine.execution_options(isolation_level="AUTOCOMMIT")
            self._connection = await engine.connect()
            await self._connection.execute(text(f"LISTEN {CHANNEL}"))
        return cast(
            "psycopg.AsyncConnection", (await self._connection.get_raw_connection()).driver_connection
        )

    async def close(self) -> None:
        """Listen no more."""
        connection, self._connection = self._connection, None
        if connection is not None:
            # Not back into the pool: it would go on listening there.
            with contextlib.suppress(*self._errors):
                await connection.invalidate()
            await connection.close()
