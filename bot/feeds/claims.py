"""The claims of this process on the feeds that it polls: short, and renewed for as long as the polls take."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bot.errors import StoreError
from bot.store.records import Claim
from bot.store.store import Store
from bot.store.waiting import within

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=8)
"""How long a claim is good for. When its process dies, others poll the feed after that and the time between two of their
looks (LOOK_EVERY in rounds.py), ten seconds at most; what comes is to be found within 15."""
RENEW_EVERY = 2.0
"""Seconds between two renewals: two may fail, or a clock of another machine be five seconds ahead."""
GIVE_BACK_WITHIN = 2.0
"""Seconds that a process which ends takes for giving its claims back. They end by themselves soon after."""


class Claims:
    """Claims feeds, and keeps the claims while their feeds are polled."""

    def __init__(self, store: Store, *, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._kept: set[Claim] = set()
        self._renewing: asyncio.Task[None] | None = None

    async def due(self, limit: int) -> list[Claim]:
        """Claim the feeds whose time has come and that nobody polls, longest overdue first."""
        return await self._store.claims.due(self._now(), limit, LEASE)

    async def take(self, id_: int) -> Claim:
        """Claim a feed now, whoever had it: their poll then changes nothing any more. Raise UnknownFeed."""
        return await self._store.claims.take(id_, self._now(), LEASE)

    @asynccontextmanager
    async def kept(self, claim: Claim) -> AsyncIterator[None]:
        """Renew a claim meanwhile, all that are kept in one statement."""
        self._kept.add(claim)
        if self._renewing is None:
            self._renewing = asyncio.create_task(self._renew(), name="renew claims")
        try:
            yield
        finally:
            self._kept.discard(claim)
            if not self._kept:
                renewing, self._renewing = self._renewing, None
                renewing.cancel()
                await asyncio.gather(renewing, return_exceptions=True)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEW_EVERY)
            try:
                await self._store.claims.renew(list(self._kept), self._now() + LEASE)
            except StoreError as error:
                log.info("Claims are not renewed: %s", error)
            except Exception:
                # The next one may succeed; without any, others would take over what is being polled.
                log.exception("Claims are not renewed")

    async def give_back(self, claims: Sequence[Claim]) -> None:
        """End claims at once, if the store lets us."""
        if claims:
            with contextlib.suppress(StoreError, TimeoutError):
                await within(GIVE_BACK_WITHIN, self._store.claims.give_back(claims))
