"""Joining and leaving guilds: a first word, and from when on what a guild chose is kept no longer."""

import logging

import discord
from discord.ext import commands

from bot.client import NewsBot
from bot.replies.audience import Audience
from bot.replies.delivery import UNDELIVERED, post
from bot.replies.guidance import greeting_card
from bot.replies.language import privately, speaking
from bot.replies.panels import SILENT
from bot.replies.plain import face

log = logging.getLogger(__name__)


class MembershipCog(commands.Cog):
    """Introduce the bot, and note which guilds it left."""

    def __init__(self, bot: NewsBot) -> None:
        self.bot = bot

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Make up for what happened while this process was not listening."""
        present = {guild.id for guild in self.bot.guilds}
        await self.bot.desk.guilds.reconcile(present, self.bot.serves, discord.utils.utcnow())

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Say hello in the system channel, if that is permitted, once each time that the bot joins."""
        await self.bot.desk.guilds.joined(guild.id)
        if self.bot.heard.again((guild.id, guild.me.joined_at)):
            return
        channel = guild.system_channel
        permitted = channel.permissions_for(guild.me) if channel else discord.Permissions.none()
        if channel is None or not (permitted.view_channel and permitted.send_messages):
            return
        choices = await self.bot.desk.guilds.of(guild.id)
        audience = Audience(
            asker=guild.me.id,
            prefix=self.bot.typed_before(choices),
            choices=choices,
            language=privately(guild.preferred_locale.value, choices.language),
        )
        with speaking(audience.language):
            shown = face(greeting_card(audience), permitted)
        try:
            await post(channel, **shown, allowed_mentions=SILENT)
        except UNDELIVERED as failure:
            log.warning("no first word reached the guild %d: %s", guild.id, failure)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Note when the bot left, for the day when what the guild chose is deleted."""
        await self.bot.desk.guilds.left(guild.id, discord.utils.utcnow())


async def setup(bot: NewsBot) -> None:
    """Add the cog to the bot."""
    await bot.add_cog(MembershipCog(bot))
