"""`!settings`: how a guild has set the bot up. What can be chosen is in bot/guilds.py."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import NewsBot
from bot.desk import Desk
from bot.errors import BadGuildSetting
from bot.guilds import NAMES, GuildSettings, changed
from bot.refusals import GuildsOnly, WrongArgument
from bot.replies.arguments import complete_setting
from bot.replies.guidance import changed_card, settings_card
from bot.replies.language import speaking
from bot.replies.send import Context, send


class SettingsCog(commands.Cog):
    """Show and change what a guild chose."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @commands.cooldown(3, 10, commands.BucketType.user)
    @commands.hybrid_command(extras={"example": "settings prefix ?"})
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    @app_commands.describe(name="What to change", value="What to change it to; default takes it back")
    @app_commands.choices(name=[app_commands.Choice(name=name, value=name) for name in NAMES])
    @app_commands.autocomplete(value=complete_setting)
    async def settings(self, ctx: Context, name: str | None = None, *, value: str | None = None) -> None:
        """Show how this server has set me up, or change it."""
        if ctx.guild is None:
            raise GuildsOnly
        own = self.desk.settings.prefix
        if name is None and value is not None:
            raise WrongArgument(example=(await ctx.bot.audience(ctx)).example("settings prefix ?"))
        if name is not None and name.casefold() not in NAMES:
            raise BadGuildSetting(name=name, fits=", ".join(NAMES))
        if name is not None and value is not None:
            name = name.casefold()
            value = self._meant(ctx, name, value)
            await self.desk.guilds.change(ctx.guild.id, name, value, ctx.author.id, discord.utils.utcnow())
        # The prefix, or the language, may be another one now.
        audience = await ctx.bot.audience(ctx, private=True, anew=True)
        with speaking(audience.language):
            if name is not None and value is not None:
                card = changed_card(name, audience.choices, own, audience)
            else:
                by = await self.desk.guilds.changed_by(ctx.guild.id)
                card = settings_card(audience.choices, by, own, audience)
            await send(ctx, card, private=True)

    def _meant(self, ctx: Context, name: str, typed: str) -> str:
        """Return a value with the names of sources as they are printed; raise BadGuildSetting for what is not there.

        What would fit is then something that is there: channels and sources of other places help nobody.
        """
        match name:
            case "channels":
                return self._there(ctx, typed)
            case "sources":
                return self._printed(typed)
        return typed

    @staticmethod
    def _there(ctx: Context, typed: str) -> str:
        # Not other channels of the guild: some may be secret, and an answer to a message is read by all.
        elsewhere = BadGuildSetting(name="channels", fits=f"#{ctx.channel}")
        try:
            channels = changed(GuildSettings(), "channels", typed).channels
        except BadGuildSetting:
            raise elsewhere from None
        if ctx.guild is None or not all(map(ctx.guild.get_channel_or_thread, channels)):
            raise elsewhere
        return typed

    def _printed(self, typed: str) -> str:
        try:
            names = changed(GuildSettings(), "sources", typed).sources
        except BadGuildSetting:
            raise self._no_source("") from None
        return ", ".join(map(self._source, names)) or typed

    def _source(self, typed: str) -> str:
        for source in self.desk.complete_source(typed):
            if source.casefold() == typed.casefold():
                return source
        raise self._no_source(typed)

    def _no_source(self, typed: str) -> BadGuildSetting:
        known = self.desk.complete_source(typed) or self.desk.complete_source("")
        return BadGuildSetting(name="sources", fits=", ".join(known[:3]) or "default")


async def setup(bot: NewsBot) -> None:
    """Add the cog to the bot."""
    await bot.add_cog(SettingsCog(bot.desk))
