"""Reading SQLite: questions that are put in threads."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar, cast

from sqlalchemy import Connection, Engine, NullPool, create_engine
from sqlalchemy.engine import URL

from bot.errors import StoreBusy
from bot.store.sqlite import WAIT, configure

T = TypeVar("T")

TURN: Final = 30
"""Seconds to wait for a connection that reads while others have all of them."""

READERS: Final = 2
"""Connections that read at a time, each with a thread. Others wait for their turn: threads take turns at the interpreter,
and so does the event loop with them. With four, the slowest of a hundred answers took one and a half times as long (100
commands a second in two processes), and with one, a question that takes long would keep all others waiting."""

_ASKED_EVERY: Final = 100_000
"""Steps of SQLite's virtual machine, some milliseconds, between two looks whether an answer is still wanted. Its own way
to interrupt a statement does nothing where that is only about to begin."""

_READ_CACHE: Final = 8 * 1024
"""KiB of pages that a connection that reads may keep; the system's own cache has the others."""


class Readers:
    """Connections that read, each in a thread: a question is put there as a whole, however many statements it has.

    Asked through an event loop, each statement would go to a thread and come back.
    """

    def __init__(self, url: URL) -> None:
        """Take the URL; nothing is connected yet."""
        path = url.database or ""
        # Transactions are begun and ended here, not by SQLAlchemy. Each reader keeps its connection.
        self._engine = create_engine(
            "sqlite://",
            creator=lambda: sqlite3.connect(path, timeout=WAIT, check_same_thread=False),
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
        )
        configure(self._engine, cache=_READ_CACHE)
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="read the store")
        self._turns = asyncio.Semaphore(READERS)
        self._idle: list[_Reader] = []

    async def read(self, question: Callable[[Connection], T], *, snapshot: bool) -> T:
        """Put a question, with `snapshot` to one state of the store; raise StoreBusy if no thread is free for TURN seconds."""
        try:
            async with asyncio.timeout(TURN) if self._turns.locked() else contextlib.nullcontext():
                await self._turns.acquire()
        except TimeoutError as error:
            raise StoreBusy from error
        reader = self._idle.pop() if self._idle else _Reader(self._engine)
        reader.wanted = True
        asked = self._threads.submit(reader.answer, question, snapshot=snapshot)
        try:
            return await asyncio.wrap_future(asked)
        finally:
            if asked.done():
                self._take_back(reader)
            else:
                # Nobody waits for the answer any more; the next question has its turn when the thread is free.
                reader.wanted = False
                loop = asyncio.get_running_loop()
                asked.add_done_callback(lambda _: self._take_back_in(loop, reader))

    def _take_back(self, reader: "_Reader") -> None:
        self._idle.append(reader)
        self._turns.release()

    def _take_back_in(self, loop: asyncio.AbstractEventLoop, reader: "_Reader") -> None:
        # A loop that is closed by now has nobody who waits for a turn.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(self._take_back, reader)

    async def close(self) -> None:
        """Wait for what is being answered, and close the connections."""
        await asyncio.to_thread(self._threads.shutdown)
        while self._idle:
            self._idle.pop().close()


class _Reader:
    """A connection that reads; it is opened by the first question."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self.wanted = True
        """Whether anybody waits for the answer; where nobody does, what takes long fails in its thread."""

    def answer(self, question: Callable[[Connection], T], *, snapshot: bool) -> T:
        """Answer in this thread. What fails costs the connection: nobody knows what it was left with."""
        try:
            connection = self._connection = self._connection or self._open()
            driver = cast("sqlite3.Connection", connection.connection.driver_connection)
            if snapshot:
                driver.execute("BEGIN")
            answer = question(connection)
            driver.rollback()
        except BaseException:
            self.close()
            raise
        return answer

    def _open(self) -> Connection:
        connection = self._engine.connect()
        driver = cast("sqlite3.Connection", connection.connection.driver_connection)
        driver.set_progress_handler(lambda: not self.wanted, _ASKED_EVERY)
        return connection

    def close(self) -> None:
        """Close the connection; another question opens a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
