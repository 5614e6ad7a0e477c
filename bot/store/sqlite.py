"""SQLite: its pragmas, and the connection that writes: it asks its thread once where aiosqlite asks it ten times."""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, Self

import aiosqlite
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

WAIT: Final = 10
"""Seconds to wait for another process's write lock, or for PostgreSQL to answer."""

_WRITE_CACHE: Final = 64 * 1024
"""KiB of pages that the connection that writes may keep. The keys of identity are spread at random over their
indexes: with SQLite's 2 MB a mass intake reads each page again and again."""

_CHECKPOINT: Final = 8_000
"""Pages in the WAL (32 MB) before they are written back. A mass intake touches the same pages of its
indexes in every batch: with SQLite's 1,000 it wrote each of them back each time."""

_PAUSE: Final = 0.05
"""Seconds between two attempts to switch to WAL mode."""


def switch_to_wal(path: Path) -> None:
    """Put a file into WAL mode, which it then keeps; raise sqlite3.Error."""
    deadline = time.monotonic() + WAIT
    while True:
        try:
            with contextlib.closing(sqlite3.connect(path, timeout=WAIT)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                return
        except sqlite3.OperationalError as error:
            # When two processes switch at once, SQLite fails one of them without waiting.
            locked = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not locked or time.monotonic() > deadline:
                raise
        time.sleep(_PAUSE)  # in a thread of its own: SQLite offers nothing to wait for here


def writer(url: URL) -> AsyncEngine:
    """Make the engine whose transactions hold the write lock from their beginning; one at a time."""
    engine = _asynchronous(url)
    configure(engine.sync_engine, cache=_WRITE_CACHE)

    @event.listens_for(engine.sync_engine, "begin")
    def _on_begin(connection: Connection) -> None:
        # A deferred transaction that reads before it writes fails at once when another one wrote in between.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _asynchronous(url: URL) -> AsyncEngine:
    async def connect() -> aiosqlite.Connection:
        connection = _Connection(
            lambda: sqlite3.connect(url.database or "", timeout=WAIT), iter_chunk_size=64
        )
        connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy sees to it for connections of its own making
        # A caller that is cancelled while the driver connects would leave behind what nobody closes.
        connecting = asyncio.ensure_future(connection)
        try:
            return await asyncio.shield(connecting)
        except asyncio.CancelledError:
            connecting.add_done_callback(lambda _: connection.stop())
            raise

    # An error's parameters are what readers asked for, and tracebacks go to the log.
    return create_async_engine(url, async_creator=connect, hide_parameters=True, pool_size=1, max_overflow=0)


def configure(engine: Engine, *, cache: int) -> None:
    """Set up each connection of an engine as all of ours are, with a cache of so many KiB."""

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        # The driver's own idea of when a transaction begins is left out: those who use it say it.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        # What was acknowledged survives a power cut: in WAL mode, only FULL flushes at each commit.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute(f"PRAGMA cache_size = -{cache}")
        cursor.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT}")
        cursor.close()


class _Connection(aiosqlite.Connection):
    """A connection that rolls back before it closes, and executes a statement in one turn of its thread.

    SQLite keeps a closed connection, and the lock that it holds, for as long as one of its cursors is not
    finished (https://www.sqlite.org/c3ref/close.html). Where a caller was cancelled, that is the cursor in its
    traceback, until the garbage is collected.
    """

    def cursor(self) -> "_Cursor":  # type: ignore[override] # can be awaited and entered, as its parent's can
        """Return a cursor, without asking the thread for it."""
        return _Cursor(self)

    def ask(self, sql: str, parameters: Any, *, many: bool) -> tuple[sqlite3.Cursor, list[Any]]:
        """Execute a statement and fetch all its rows. In the connection's own thread."""
        # A cursor that is not finished would keep its lock.
        with contextlib.closing(self._conn.cursor()) as cursor:
            (cursor.executemany if many else cursor.execute)(sql, parameters)
            return cursor, cursor.fetchall() if cursor.description else []

    async def close(self) -> None:
        """Roll back, close, and end the thread."""
        self._let_go()
        await super().close()

    def stop(self) -> asyncio.Future[Any] | None:
        """Do the same without waiting for it. What was stopped before has no thread any more that would answer."""
        if not self._running:
            return None
        self._let_go()
        return super().stop()

    def _let_go(self) -> None:
        if self._connection is not None and self._running:
            self._tx.put_nowait((None, self._connection.rollback))
            self._tx.put_nowait((None, self._connection.close))


class _Cursor(aiosqlite.Cursor):
    """Has all its rows as soon as its statement was executed."""

    _conn: _Connection
    _cursor: sqlite3.Cursor

    def __init__(self, connection: _Connection) -> None:
        # The database's own cursor is made in the thread, with the first statement.
        self._conn = connection
        self._rows: list[Any] = []

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> Self:
        """Execute a statement, and fetch all its rows."""
        self._cursor, self._rows = await self._execute(self._conn.ask, sql, parameters or (), many=False)
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> Self:
        """Execute a statement for each of several parameters."""
        self._cursor, self._rows = await self._execute(self._conn.ask, sql, parameters, many=True)
        return self

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]

    async def fetchall(self) -> list[Any]:
        """Return the rows."""
        return self._rows

    async def close(self) -> None:
        """Do nothing: what was executed is closed."""
