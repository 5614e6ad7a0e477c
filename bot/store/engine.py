"""Connections: the database URL, SQLite's pragmas, and how reading and writing transactions begin."""

import asyncio
import contextlib
import re
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import aiosqlite
from sqlalchemy import Connection, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import StoreUnavailable
from bot.store.border import border

WAIT: Final = 10
"""Seconds to wait for another process's write lock, or for PostgreSQL to answer."""

WRITERS: Final = 0x6E657773_64657368
"""The PostgreSQL advisory lock that every writing transaction holds to its end, so that sequence numbers
of the change log become visible in their order: "newsdesh" in ASCII, within a signed 64-bit integer."""

_CACHE: Final = 64 * 1024
"""KiB of pages that a SQLite connection may keep. The keys of identity are spread at random over their
indexes: with SQLite's 2 MB a mass intake reads each page again and again."""

_CHECKPOINT: Final = 8_000
"""Pages in the WAL (32 MB) before they are written back. A mass intake touches the same pages of its
indexes in every batch: with SQLite's 1,000 it wrote each of them back each time."""

_PAUSE: Final = 0.05
"""Seconds between two attempts to switch to WAL mode."""

_SEVERAL_HOSTS: Final = re.compile(
    r"(?P<scheme>postgres[^:]*://)(?P<user>[^/?#]*@)?(?P<hosts>[^/?#@]+,[^/?#@]+)(?P<database>/[^?#]*)?(?:\?(?P<query>.*))?"
)

_DRIVERS: Final = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
}


class Database:
    """The engine, and the two ways to use it: reading() and writing()."""

    def __init__(self, url: str) -> None:
        """Take the URL; nothing is connected yet. Raises StoreUnavailable if it is no URL of a database we speak to."""
        with border():
            try:
                parsed = make_url(_with_hosts_apart(url))
            except ValueError as error:
                raise ArgumentError(str(error)) from error
            parsed = parsed.set(drivername=_DRIVERS.get(parsed.drivername, parsed.drivername))
        self.address = parsed.render_as_string(hide_password=True)
        """The URL without its password, for people."""
        self.postgres = parsed.get_backend_name() == "postgresql"
        if parsed.drivername not in _DRIVERS.values():
            raise StoreUnavailable(
                cause="its URL must begin with sqlite+aiosqlite:// or postgresql+psycopg://"
            )
        self.path = None if self.postgres else Path(parsed.database or "")
        with border():
            self.engine = _postgres(parsed) if self.postgres else _sqlite(parsed)
        self._reader: AsyncEngine = self.engine
        self._writer: AsyncEngine = self.engine.execution_options(newsdesk_writing=True)
        if self.postgres:
            # One snapshot for all statements of a reading transaction, as SQLite's WAL gives.
            self._reader = self.engine.execution_options(isolation_level="REPEATABLE READ")
        # One writer at a time in this process waits in line instead of polling for the database's lock.
        self._line = asyncio.Lock()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Open a connection that sees one state of the store for as long as it is open."""
        with border():
            async with self._reader.begin() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that holds the write lock from its beginning; commit it at the end.

        Raises StoreBusy when another process keeps the lock for more than WAIT seconds.
        """
        with border():
            async with self._line, self._writer.begin() as connection:
                if self.postgres:
                    await connection.execute(text(f"SET LOCAL lock_timeout = '{int(WAIT * 1000)}ms'"))
                    await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITERS})
                yield connection

    async def make_ready(self) -> None:
        """Make the folder of a SQLite file, and put the file into WAL mode, which it then keeps."""
        if self.path is None:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable(cause=f"{self.path.parent}: {error.strerror}") from error
        with border():
            await asyncio.to_thread(_switch_to_wal, self.path)

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def _with_hosts_apart(url: str) -> str:
    """Write several hosts, as PostgreSQL's own addresses have them (h1:5432,h2:5432), as SQLAlchemy reads them."""
    match = _SEVERAL_HOSTS.fullmatch(url)
    if match is None:
        return url
    query = "&".join(f"host={host}" for host in match["hosts"].split(","))
    rest = match["query"]
    return f"{match['scheme']}{match['user'] or ''}{match['database'] or '/'}?{query}{f'&{rest}' if rest else ''}"


def _switch_to_wal(path: Path) -> None:
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


class _Connection(aiosqlite.Connection):
    """A connection that rolls back before it closes.

    SQLite keeps a closed connection, and the lock that it holds, for as long as one of its cursors is not
    finished (https://www.sqlite.org/c3ref/close.html). Where a caller was cancelled, that is the cursor in its
    traceback, until the garbage is collected.
    """

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


def _sqlite(url: URL) -> AsyncEngine:
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
    engine = create_async_engine(url, async_creator=connect, hide_parameters=True)
    core = engine.sync_engine

    @event.listens_for(core, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        # The driver's own idea of when a transaction begins is left out: _on_begin says it.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        # What was acknowledged survives a power cut: in WAL mode, only FULL flushes at each commit.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute(f"PRAGMA cache_size = -{_CACHE}")
        cursor.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT}")
        cursor.close()

    @event.listens_for(core, "begin")
    def _on_begin(connection: Connection) -> None:
        # A deferred transaction that reads before it writes fails at once when another one wrote in between.
        writing = connection.get_execution_options().get("newsdesk_writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _postgres(url: URL) -> AsyncEngine:
    arguments: dict[str, Any] = {"options": "-c timezone=UTC"}
    if "connect_timeout" not in url.query:
        arguments["connect_timeout"] = WAIT
    # A restarted server leaves dead connections in the pool; they are found out before they are used.
    return create_async_engine(url, connect_args=arguments, pool_pre_ping=True, hide_parameters=True)
