"""What guilds chose, as the desk knows it: read from the store each time, so that every process sees it at once."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from bot.errors import StoreError
from bot.guilds import GuildSettings, changed, guild_settings
from bot.meanwhile import meanwhile
from bot.store.store import Store

log = logging.getLogger(__name__)

FORGET_EVERY = 86_400.0
"""Seconds between two looks for guilds that were left long ago."""
KEPT = timedelta(days=30)
"""For how long a guild's choices are kept after the bot left it: docs/privacy.md says so."""


class Guilds:
    """Reads and changes what guilds chose."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of(self, guild: int | None) -> GuildSettings:
        """Return a guild's choices; in direct messages, without a guild, what holds everywhere."""
        if guild is None:
            return GuildSettings()
        chosen = await self._store.guild(guild)
        return guild_settings({name: choice.value for name, choice in chosen.items()})

    async def changed_by(self, guild: int) -> dict[str, int]:
        """Return the ids of the users who made a guild's choices, by the settings' names."""
        return {name: choice.changed_by for name, choice in (await self._store.guild(guild)).items()}

    async def change(self, guild: int, name: str, typed: str, user: int, now: datetime) -> GuildSettings:
        """Change one setting of a guild, as a user typed it; raise BadGuildSetting before anything is changed.

        No other setting is written: two managers who change two of them at once both get what they chose.
        """
        settings = changed(await self.of(guild), name, typed)
        await self._store.set_guild(guild, name, settings.written(name), user, now)
        return settings

    async def joined(self, guild: int) -> None:
        """Note that the bot is in a guild (again)."""
        await self._store.mark_guilds([guild], None)

    async def left(self, guild: int, now: datetime) -> None:
        """Note that the bot left a guild."""
        await self._store.mark_guilds([guild], now)

    async def reconcile(self, present: Collection[int], ours: Callable[[int], bool], now: datetime) -> None:
        """Note which guilds were left or joined while nobody listened.

        `present` are the guilds that the bot is in; `ours` tells for any guild whether we would know of it,
        since other processes serve others.
        """
        known = {guild: left for guild, left in (await self._store.guilds()).items() if ours(guild)}
        gone = [guild for guild, left in known.items() if left is None and guild not in present]
        back = [guild for guild, left in known.items() if left is not None and guild in present]
        if gone:
            await self._store.mark_guilds(gone, now)
        if back:
            await self._store.mark_guilds(back, None)

    async def forget(self, now: datetime) -> None:
        """Delete the choices of guilds that the bot left longer ago than KEPT."""
        await self._store.forget_guilds(now - KEPT)

    @asynccontextmanager
    async def forgetting(self) -> AsyncIterator[None]:
        """Forget meanwhile, at once and then every day."""
        async with meanwhile(self._forget_daily(), "forget guilds that were left"):
            yield

    async def _forget_daily(self) -> None:
        while True:
            try:
                await self.forget(datetime.now(UTC))
            except StoreError as error:
                log.warning("What guilds chose that the bot left is deleted later: %s", error)
            await asyncio.sleep(FORGET_EVERY)
