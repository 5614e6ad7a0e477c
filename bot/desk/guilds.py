"""What guilds chose, as the desk knows it: read from the store each time, so that every process sees it at once."""

from datetime import datetime, timedelta

from bot.guilds import GuildSettings, guild_settings
from bot.store.store import Store

KEPT = timedelta(days=30)
"""For how long a guild's choices are kept after the bot left it: docs/privacy.md says so."""


class Guilds:
    """Reads and changes what guilds chose."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of(self, guild: int | None) -> GuildSettings:
        """Return a guild's choices; in direct messages, without a guild, what holds everywhere."""
        record = None if guild is None else await self._store.guild(guild)
        return GuildSettings() if record is None else guild_settings(record)

    async def change(self, guild: int, settings: GuildSettings, user: int, now: datetime) -> None:
        """Keep a guild's choices, and which of its users made the last one."""
        await self._store.set_guild(guild, settings.record(), user, now)

    async def joined(self, guild: int) -> None:
        """Note that the bot is in a guild (again)."""
        await self._store.mark_guild(guild, None)

    async def left(self, guild: int, now: datetime) -> None:
        """Note that the bot left a guild."""
        await self._store.mark_guild(guild, now)

    async def known(self) -> list[int]:
        """Return the guilds that chose something, those that the bot left aside."""
        return await self._store.guilds()

    async def forget(self, now: datetime) -> None:
        """Delete the choices of guilds that the bot left longer ago than KEPT."""
        await self._store.forget_guilds(now - KEPT)
