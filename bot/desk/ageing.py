"""How long the texts of articles are kept: below the lead, for as many days as whoever runs the bot wants."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from bot.errors import StoreError
from bot.store.store import Store

log = logging.getLogger(__name__)

AGE_EVERY = 86_400.0
"""Seconds between two looks for texts that were kept long enough."""


@asynccontextmanager
async def dropping_texts(store: Store, days: int | None) -> AsyncIterator[None]:
    """Drop meanwhile, at once and then every day, what was kept for more than some days; None keeps all."""
    if days is None:
        yield
        return
    task = asyncio.create_task(_age_daily(store, timedelta(days=days)), name="drop old texts")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _age_daily(store: Store, kept: timedelta) -> None:
    while True:
        try:
            dropped = await store.drop_texts(datetime.now(UTC) - kept)
        except StoreError as error:
            log.warning("Old texts are dropped later: %s", error)
        else:
            log.info(
                "The texts of %d articles were dropped, which came more than %d days ago.", dropped, kept.days
            )
        await asyncio.sleep(AGE_EVERY)
