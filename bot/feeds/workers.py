"""Outside documents are read in processes of their own, which are killed when they take too long or too much memory."""

import asyncio
import multiprocessing
import resource
from collections.abc import AsyncIterator, Callable
from concurrent.futures import TimeoutError as Overdue
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Self, TypeVar, cast

from pebble import ProcessExpired, ProcessPool

from bot.article import Page
from bot.errors import PageError
from bot.failures import Unreadable
from bot.feeds.reading import Feed, read_feed
from bot.pages import read_page

DEADLINE = 10.0
"""Seconds that a document may take. The slowest of 38 real feeds takes a third of a second."""
MEMORY = 1024 * 1024 * 1024
"""Bytes of addresses that a process may have; some 300 MB are taken by libraries before it reads anything."""

Read = TypeVar("Read")


class Workers:
    """Reads feeds and pages in other processes. Make it with `Workers.open`."""

    def __init__(self, pool: ProcessPool, deadline: float) -> None:
        self._pool = pool
        self._deadline = deadline

    @classmethod
    @asynccontextmanager
    async def open(
        cls, count: int = 2, *, deadline: float = DEADLINE, memory: int = MEMORY
    ) -> AsyncIterator[Self]:
        """Have `count` processes read, each at most `deadline` seconds a document, with `memory` bytes."""
        # A server that has the libraries forks the processes, so that one that was killed is replaced at once.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([__name__])
        pool = ProcessPool(max_workers=count, initializer=_limit_memory, initargs=[memory], context=context)
        try:
            yield cls(pool, deadline)
        finally:
            pool.stop()  # type: ignore[no-untyped-call]  # Pebble says no types of it
            await asyncio.to_thread(pool.join)

    async def read_feed(self, data: bytes, url: str, content_type: str | None, now: datetime) -> Feed:
        """Read a feed as bot.feeds.reading does; raise a PageError, Unreadable if it takes too much."""
        return await self._do(_feed, data, url, content_type, now)

    async def read_page(self, name: str, data: bytes) -> Page:
        """Read a page as bot.pages does; raise a PageError, Unreadable if it takes too much."""
        return await self._do(read_page, name, data)

    async def _do(self, work: Callable[..., Read], *given: Any) -> Read:
        # The first call starts the processes, for which the event loop need not wait.
        future = await asyncio.to_thread(
            self._pool.schedule, _told, args=[work, *given], timeout=self._deadline
        )
        try:
            read, wrong = await asyncio.wrap_future(future)
        except (Overdue, ProcessExpired, MemoryError):
            raise Unreadable from None
        if wrong is not None:
            kind, params = wrong
            raise kind(**params)
        return cast("Read", read)


def _feed(data: bytes, url: str, content_type: str | None, now: datetime) -> Feed:
    return read_feed(data, url=url, content_type=content_type, now=now)


def _told(
    work: Callable[..., Read], *given: Any
) -> tuple[Read | None, tuple[type[PageError], dict[str, object]] | None]:
    """Return what was read, or what is wrong with it: our errors cannot be sent between processes as they are."""
    try:
        return work(*given), None
    except PageError as error:
        return None, (type(error), error.params)


def _limit_memory(most: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
