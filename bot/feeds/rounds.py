"""The round of all feeds: those that are due are polled, so many at a time, for as long as the bot runs."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.errors import StoreError
from bot.failures import UnknownFeed
from bot.feeds.claims import Claims
from bot.feeds.polling import Polled
from bot.feeds.schedule import MINIMUM
from bot.store.records import Claim
from bot.store.store import Store

log = logging.getLogger(__name__)

AT_ONCE = 16
"""Feeds that are polled at a time. Most of a poll is waiting for others' servers, some of which never answer."""
LOOK_EVERY = 2.0
"""Seconds between two looks at which feeds are due, those among them whose process died while it polled them."""


class Rounds:
    """Polls whatever is due."""

    def __init__(
        self,
        store: Store,
        claims: Claims,
        poll: Callable[[int, Claim], Awaitable[Polled]],
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._store = store
        self._claims = claims
        self._poll = poll
        self._now = now
        self._sleep = sleep
        self._polls: dict[asyncio.Task[None], Claim] = {}
        self._store_failed = False

    async def run(self) -> None:
        """Poll until cancelled; polls that are under way then are given up, for others to take over."""
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
                self._polls = {poll: claim for poll, claim in self._polls.items() if not poll.done()}
        finally:
            left = [*self._polls, *([pause] if pause else [])]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
            await self._claims.give_back(list(self._polls.values()))
            self._polls.clear()

    async def _pause(self) -> None:
        await self._sleep(LOOK_EVERY)

    async def _start_due(self) -> bool:
        free = AT_ONCE - len(self._polls)
        if not free:
            return False
        try:
            due = await self._claims.due(free)
            self._store_failed = False
        except StoreError as error:
            # Said once, not at every look.
            if not self._store_failed:
                log.warning("Feeds are not polled while the store fails: %s", error)
            self._store_failed = True
            return False
        for claim in due:
            self._polls[asyncio.create_task(self._one(claim), name=f"poll feed {claim.feed}")] = claim
        return bool(due)

    async def _one(self, claim: Claim) -> None:
        try:
            await self._poll(claim.feed, claim)
        except UnknownFeed:
            log.info("Feed %d was removed while it was polled", claim.feed)
        except StoreError as error:
            log.warning("Feed %d is polled later: %s", claim.feed, error)
            await self._put_off(claim.feed)
        except Exception as error:  # noqa: BLE001 - one feed must not end the round of all
            # Not the message: it may quote an address, and that may hold a password.
            log.error("Feed %d is polled later: %s", claim.feed, type(error).__name__)  # noqa: TRY400 - see above
            await self._put_off(claim.feed)

    async def _put_off(self, id_: int) -> None:
        """Let a feed's server have its rest before it is asked again. If the store is away, nothing is due meanwhile."""
        now = self._now()
        with contextlib.suppress(StoreError):
            await self._store.feeds.put_off(id_, now, now + MINIMUM)
