"""Reading in processes of its own, so that no document holds up the bot, eats its memory or brings it down."""

import asyncio
import os
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any

from bot.article import Page
from bot.failures import Unreadable
from bot.feeds.reading import Feed
from bot.feeds.work import LENGTH, Failure

DEADLINE = 5.0
"""Seconds for one document. A feed takes some 60 ms, a page 70 ms, the longest below a second."""
MEMORY = 512 * 1024**2
"""Bytes of address space of a worker. One that has read 119 news pages has used 120 MB at most, libraries included."""
_START = 60.0
"""Seconds in which a process is ready, on a machine that has much else to do."""
_PASSED_ON = ("PATH", "HOME", "LANG", "TZ", "VIRTUAL_ENV", "SYSTEMROOT", "LD_LIBRARY_PATH")
"""The variables that a worker gets, beside those of Python and of the locale: no token, no password."""


class Workers:
    """A few processes that read documents, one each at a time. One that fails is killed and replaced.

    They are started when there is something to read: most of what uses a store reads no feed.
    """

    def __init__(self, count: int, *, deadline: float, memory: int) -> None:
        """Use `open`."""
        self._to_start = count
        self._deadline = deadline
        self._memory = memory
        self._idle: asyncio.Queue[_Worker] = asyncio.Queue()
        self._starting: set[asyncio.Task[None]] = set()
        self._all: set[_Worker] = set()

    @classmethod
    @asynccontextmanager
    async def open(
        cls, count: int = 2, *, deadline: float = DEADLINE, memory: int = MEMORY
    ) -> AsyncIterator["Workers"]:
        """Have up to so many processes; each is ready a second after it is first needed, and ends with the context.

        `deadline`: seconds for one document. `memory`: bytes of address space of each process.
        """
        workers = cls(count, deadline=deadline, memory=memory)
        try:
            yield workers
        finally:
            await workers._close()

    async def read_feed(self, data: bytes, url: str, content_type: str | None, now: datetime) -> Feed:
        """Read a feed. Raises NotAFeed or Unreadable."""
        feed: Feed = await self._do("feed", data, url, content_type, now)
        return feed

    async def read_page(self, name: str, data: bytes) -> Page:
        """Read a page, as bot.pages.read_page does. Raises PageError, Unreadable among others."""
        page: Page = await self._do("page", name, data)
        return page

    @property
    def processes(self) -> list[int]:
        """The ids of the processes that run."""
        return [worker.process.pid for worker in self._all]

    async def _do(self, name: str, *arguments: Any) -> Any:
        if self._idle.empty() and self._to_start:
            self._to_start -= 1
            self._replace()
        worker = await self._idle.get()
        is_well = False
        try:
            async with asyncio.timeout(_START):
                await worker.ready()
            async with asyncio.timeout(self._deadline):
                answer = await worker.ask(pickle.dumps((name, self._deadline, arguments)))
            is_well = not (isinstance(answer, Failure) and answer.kind is Unreadable)
        except (TimeoutError, EOFError, ConnectionError):
            raise Unreadable from None
        finally:
            if is_well:
                self._idle.put_nowait(worker)
            else:
                worker.kill()
                self._replace(worker)
        if isinstance(answer, Failure):
            raise answer.kind(**answer.params)
        return answer

    def _replace(self, worker: "_Worker | None" = None) -> None:
        task = asyncio.create_task(self._start(worker))
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def _start(self, killed: "_Worker | None") -> None:
        if killed is not None:
            await killed.end()
            self._all.discard(killed)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from bot.feeds.work import main; main()", str(self._memory)),
            stdin=PIPE,
            stdout=PIPE,
            env=_environment(),
        )
        worker = _Worker(process)
        self._all.add(worker)
        self._idle.put_nowait(worker)

    async def _close(self) -> None:
        # A process that is just being started is let start, so that it can be ended.
        await asyncio.gather(*self._starting, return_exceptions=True)
        for worker in self._all:
            worker.kill()
        await asyncio.gather(*(worker.end() for worker in self._all))
        self._all.clear()


class _Worker:
    """One process, and the pipes to it."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self._is_ready = False

    async def ready(self) -> None:
        """Wait until the process has loaded its libraries. Raises EOFError if it has ended."""
        if not self._is_ready:
            await self._read()
            self._is_ready = True

    async def ask(self, request: bytes) -> Any:
        """Return the answer to a request. Raises EOFError or ConnectionError if the process ends over it."""
        assert self.process.stdin is not None  # noqa: S101 - it was made with a pipe
        self.process.stdin.writelines((LENGTH.pack(len(request)), request))
        await self.process.stdin.drain()
        return pickle.loads(await self._read())  # noqa: S301 - written by our own process

    async def _read(self) -> bytes:
        assert self.process.stdout is not None  # noqa: S101 - it was made with a pipe
        head = await self.process.stdout.readexactly(LENGTH.size)
        return await self.process.stdout.readexactly(*LENGTH.unpack(head))

    def kill(self) -> None:
        """End the process at once; it holds nothing that could be lost."""
        with suppress(ProcessLookupError):
            self.process.kill()

    async def end(self) -> None:
        """Wait until the process is gone and its pipes are closed."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        await self.process.wait()


def _environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name in _PASSED_ON or name.startswith(("PYTHON", "LC_"))
    }
