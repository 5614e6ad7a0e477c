"""SQLite: its pragmas, and a driver that asks its thread once where aiosqlite asks it ten times."""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, Self, cast

import aiosqlite
from sqlalchemy import Connection, event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import StoreBusy

WAIT: Final = 10
"""Seconds to wait for another process's write lock, or for PostgreSQL to answer."""

TURN: Final = 30
"""Seconds to wait for a connection that reads while others have all of them."""

READERS: Final = 4
"""Connections that read at a time, each with a thread. Others wait for their turn: more threads would not be done
sooner, and a connection that is opened for one question costs more than the question."""

_READ_CACHE: Final = 8 * 1024
"""KiB of pages that a connection that reads may keep; the system's own cache has the others."""

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


class Readers:
    """Connections that read, lent out in turn.

    They are kept out of SQLAlchemy's pool: to take one there, begin, commit and give it back takes longer than most
    questions.
    """

    def __init__(self, url: URL) -> None:
        """Take the URL; nothing is connected yet."""
        # Transactions are begun and ended here, not by SQLAlchemy.
        engine = _engine(url, cache=_READ_CACHE, pool_size=READERS)
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._turns = asyncio.Semaphore(READERS)
        self._idle: list[tuple[AsyncConnection, _Connection]] = []

    @asynccontextmanager
    async def reading(self, *, snapshot: bool) -> AsyncIterator[AsyncConnection]:
        """Lend a connection, with `snapshot` one that sees one state; raise StoreBusy if none is free for TURN seconds."""
        try:
            async with asyncio.timeout(TURN):
                await self._turns.acquire()
        except TimeoutError as error:
            raise StoreBusy from error
        try:
            connection, driver = self._idle.pop() if self._idle else await self._connect()
            if snapshot:
                driver.begin_reading()
            try:
                yield connection
            except BaseException:
                # Whoever was cancelled may have left a statement behind.
                await asyncio.shield(_discard(connection))
                raise
            if snapshot:
                driver.end_reading()
            self._idle.append((connection, driver))
        finally:
            self._turns.release()

    async def _connect(self) -> tuple[AsyncConnection, "_Connection"]:
        opening = asyncio.ensure_future(self._open())
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            # Half open it would be left behind; whoever comes next has use for it.
            opening.add_done_callback(self._keep)
            await asyncio.wait({opening})
            raise

    def _keep(self, opened: asyncio.Future[tuple[AsyncConnection, "_Connection"]]) -> None:
        if not opened.cancelled() and opened.exception() is None:
            self._idle.append(opened.result())

    async def _open(self) -> tuple[AsyncConnection, "_Connection"]:
        connection = await self._engine.connect()
        driver = (await connection.get_raw_connection()).driver_connection
        return connection, cast("_Connection", driver)

    async def close(self) -> None:
        """Close the connections that nobody has."""
        while self._idle:
            connection, _ = self._idle.pop()
            await connection.close()
        await self._engine.dispose()


async def _discard(connection: AsyncConnection) -> None:
    await connection.invalidate()
    await connection.close()


def writer(url: URL) -> AsyncEngine:
    """Make the engine whose transactions hold the write lock from their beginning; one at a time."""
    engine = _engine(url, cache=_WRITE_CACHE, pool_size=1)

    @event.listens_for(engine.sync_engine, "begin")
    def _on_begin(connection: Connection) -> None:
        # A deferred transaction that reads before it writes fails at once when another one wrote in between.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _engine(url: URL, *, cache: int, pool_size: int) -> AsyncEngine:
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
    engine = create_async_engine(
        url, async_creator=connect, hide_parameters=True, pool_size=pool_size, max_overflow=0
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        # The driver's own idea of when a transaction begins is left out: the engines say it.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        # What was acknowledged survives a power cut: in WAL mode, only FULL flushes at each commit.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute(f"PRAGMA cache_size = -{cache}")
        cursor.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT}")
        cursor.close()

    return engine


class _Connection(aiosqlite.Connection):
    """A connection that rolls back before it closes, and reads in one turn of its thread.

    SQLite keeps a closed connection, and the lock that it holds, for as long as one of its cursors is not
    finished (https://www.sqlite.org/c3ref/close.html). Where a caller was cancelled, that is the cursor in its
    traceback, until the garbage is collected.
    """

    _to_begin = False
    """Whether the next statement begins a transaction that reads; the connection's thread looks, and changes it."""

    def begin_reading(self) -> None:
        """Let the next statement begin a transaction that reads."""
        self._to_begin = True

    def end_reading(self) -> None:
        """End it, without waiting: the thread takes what it is given in turn, and what follows sees the end."""
        if self._to_begin:
            # Nothing was asked: none was begun, and none is to be.
            self._to_begin = False
        elif self._running:
            self._tx.put_nowait((None, self._conn.rollback))

    def cursor(self) -> "_Cursor":  # type: ignore[override] # can be awaited and entered, as its parent's can
        """Return a cursor, without asking the thread for it."""
        return _Cursor(self)

    def ask(self, sql: str, parameters: Any, *, many: bool) -> tuple[sqlite3.Cursor, list[Any]]:
        """Execute a statement and fetch all its rows. In the connection's own thread."""
        if self._to_begin:
            self._to_begin = False
            self._conn.execute("BEGIN")
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
