"""The round of all feeds: those that are due are polled, so many at a time, for as long as the bot runs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.errors import StoreError
from bot.failures import UnknownFeed
from bot.feeds.polling import Polled
from bot.store.store import Store

log = logging.getLogger(__name__)

AT_ONCE = 16
"""Feeds that are polled at a time. Most of a poll is waiting for others' servers, some of which never answer."""
LOOK_EVERY = 10.0
"""Seconds between two looks at which feeds are due."""
CLAIMED = timedelta(minutes=15)
"""How long a feed that is being polled is kept from others who would poll it. Longer than a poll takes."""


class Rounds:
    """Polls whatever is due."""

    def __init__(
        self,
        store: Store,
        poll: Callable[[int], Awaitable[Polled]],
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._store = store
        self._poll = poll
        self._now = now
        self._sleep = sleep
        self._polls: set[asyncio.Task[None]] = set()
        self._store_failed = False

    async def run(self) -> None:
        """Poll until cancelled; polls that are under way then are given up."""
        pause: asyncio.Task[None] | None = None
        try:
            while True:
                started = await self._start_due()
                waited: set[asyncio.Task[None]] = set(self._polls)
                if not started and len(self._polls) < AT_ONCE:
                    if pause is None or pause.done():
                        pause = asyncio.ensure_future(self._pause())
                    waited.add(pause)
                if waited:
                    await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
                self._polls = {poll for poll in self._polls if not poll.done()}
        finally:
            left = [*self._polls, *([pause] if pause else [])]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
            self._polls.clear()

    async def _pause(self) -> None:
        await self._sleep(LOOK_EVERY)

    async def _start_due(self) -> bool:
        free = AT_ONCE - len(self._polls)
        if not free:
            return False
        now = self._now()
        try:
            due = await self._store.feeds.due(now, free, now + CLAIMED)
            self._store_failed = False
        except StoreError as error:
            # Said once, not at every look.
            if not self._store_failed:
                log.warning("Feeds are not polled while the store fails: %s", error)
            self._store_failed = True
            return False
        self._polls |= {asyncio.create_task(self._one(row.id), name=f"poll feed {row.id}") for row in due}
        return bool(due)

    async def _one(self, id_: int) -> None:
        try:
            await self._poll(id_)
        except UnknownFeed:
            log.info("Feed %d was removed while it was polled", id_)
        except StoreError as error:
            log.warning("Feed %d is polled later: %s", id_, error)
        except Exception as error:  # noqa: BLE001 - one feed must not end the round of all
            # Not the message: it may quote an address, and that may hold a password.
            log.error("Feed %d is polled later: %s", id_, type(error).__name__)  # noqa: TRY400 - see above
