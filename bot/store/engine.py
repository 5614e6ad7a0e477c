"""Connections: the database URL, and how reading and writing transactions begin."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import StoreUnavailable
from bot.secrecy import without_parameters
from bot.store.border import border
from bot.store.readers import Readers
from bot.store.sqlite import WAIT, switch_to_wal, writer

T = TypeVar("T")

WRITERS: Final = 0x6E657773_64657368
"""The PostgreSQL advisory lock that every writing transaction holds to its end, so that sequence numbers
of the change log become visible in their order: "newsdesh" in ASCII, within a signed 64-bit integer."""

_SEVERAL_HOSTS: Final = re.compile(
    r"(?P<scheme>postgres[^:]*://)(?P<user>[^/?#]*@)?(?P<hosts>[^/?#@]+,[^/?#@]+)(?P<database>/[^?#]*)?(?:\?(?P<query>.*))?"
)

_LOST: Final = {
    "tcp_user_timeout": int(WAIT * 1000),
    "keepalives_idle": int(WAIT),
    "keepalives_interval": 3,
    "keepalives_count": 3,
}
"""When a connection is given up whose other end fell silent: its machine died, or is cut off (libpq's parameters,
milliseconds and seconds). Left to itself, Linux takes a quarter of an hour to tell."""

_DRIVERS: Final = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
}


class Database:
    """The engine, and the two ways to use it: read() and writing()."""

    def __init__(self, url: str) -> None:
        """Take the URL; nothing is connected yet. Raises StoreUnavailable if it is no URL of a database we speak to."""
        with border():
            try:
                parsed = make_url(_with_hosts_apart(url))
            except ValueError as error:
                raise ArgumentError(str(error)) from error
            parsed = parsed.set(drivername=_DRIVERS.get(parsed.drivername, parsed.drivername))
        self.address = without_parameters(parsed.render_as_string(hide_password=True))
        """The URL without its password, for people."""
        self.postgres = parsed.get_backend_name() == "postgresql"
        if parsed.drivername not in _DRIVERS.values():
            raise StoreUnavailable(
                cause="its URL must begin with sqlite+aiosqlite:// or postgresql+psycopg://"
            )
        self.path = None if self.postgres else Path(parsed.database or "")
        with border():
            self.engine: AsyncEngine = _postgres(parsed) if self.postgres else writer(parsed)
            """What writes."""
            self._readers = _PostgresReaders(self.engine) if self.postgres else Readers(parsed)
        # One writer at a time in this process waits in line instead of polling for the database's lock.
        self._line = asyncio.Lock()

    async def read(self, question: Callable[[Connection], T], *, snapshot: bool = True) -> T:
        """Answer a question with a connection that sees one state of the store for as long as it takes.

        Without `snapshot` each statement sees the latest state, and nothing has to be begun or ended. A question to
        SQLite is put in a thread: it can take its time with what it has read, and has nothing to do with the event loop.
        """
        with border():
            return await self._readers.read(question, snapshot=snapshot)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that holds the write lock from its beginning; commit it at the end.

        Raises StoreBusy when another process keeps the lock for more than WAIT seconds.
        """
        with border():
            async with self._line, self.engine.begin() as connection:
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
            await asyncio.to_thread(switch_to_wal, self.path)

    async def close(self) -> None:
        """Close every connection."""
        await self._readers.close()
        await self.engine.dispose()


class _PostgresReaders:
    """What Readers are, on PostgreSQL, whose driver asks without a thread."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._snapshot = engine.execution_options(isolation_level="REPEATABLE READ")
        self._latest = engine.execution_options(isolation_level="AUTOCOMMIT")

    async def read(self, question: Callable[[Connection], T], *, snapshot: bool) -> T:
        async with self._snapshot.begin() if snapshot else self._latest.connect() as connection:
            return await connection.run_sync(question)

    async def close(self) -> None:
        """Leave the connections to their engine."""


def _with_hosts_apart(url: str) -> str:
    """Write several hosts, as PostgreSQL's own addresses have them (h1:5432,h2:5432), as SQLAlchemy reads them."""
    match = _SEVERAL_HOSTS.fullmatch(url)
    if match is None:
        return url
    query = "&".join(f"host={host}" for host in match["hosts"].split(","))
    rest = match["query"]
    return f"{match['scheme']}{match['user'] or ''}{match['database'] or '/'}?{query}{f'&{rest}' if rest else ''}"


def _postgres(url: URL) -> AsyncEngine:
    arguments: dict[str, Any] = {"options": "-c timezone=UTC"}
    if "connect_timeout" not in url.query:
        arguments["connect_timeout"] = WAIT
    arguments |= {name: value for name, value in _LOST.items() if name not in url.query}
    # A restarted server leaves dead connections in the pool; they are found out before they are used.
    return create_async_engine(url, connect_args=arguments, pool_pre_ping=True, hide_parameters=True)
