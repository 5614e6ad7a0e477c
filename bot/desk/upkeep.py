"""What is done for the store once a day: texts that were kept long enough are dropped, and its full text is put together."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from bot.errors import StoreError
from bot.meanwhile import meanwhile
from bot.store.store import Store

log = logging.getLogger(__name__)

EVERY = 86_400.0
"""Seconds between two rounds."""


@asynccontextmanager
async def looking_after(store: Store, days: int | None) -> AsyncIterator[None]:
    """Look after the store meanwhile, at once and then every day; texts are kept for some days, with None for ever."""
    async with meanwhile(_daily(store, days), "upkeep"):
        yield


async def _daily(store: Store, days: int | None) -> None:
    while True:
        try:
            if days is not None:
                dropped = await store.drop_texts(datetime.now(UTC) - timedelta(days=days))
                log.info(
                    "The texts of %d articles were dropped, which came more than %d days ago.", dropped, days
                )
            if await store.tidy():
                log.info("The full text was put together.")
        except StoreError as error:
            log.warning("The store is looked after later: %s", error)
        await asyncio.sleep(EVERY)
