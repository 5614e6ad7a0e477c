"""*Find related news* in a message's menu: the stories that it links to or that are like it."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import NewsBot
from bot.desk import Desk
from bot.replies.language import speaking
from bot.replies.panels import Panel, Screen, related_screen, results_screen
from bot.replies.quoted import quoted
from bot.replies.send import respond


class FindCog(commands.Cog):
    """Find stories like a message."""

    def __init__(self, bot: NewsBot) -> None:
        self.bot = bot
        self.desk: Desk = bot.desk
        slowed = app_commands.checks.cooldown(3, 10)
        self.menu = slowed(app_commands.ContextMenu(name="Find related news", callback=self.find))

    async def cog_load(self) -> None:
        """Offer it."""
        self.bot.tree.add_command(self.menu)

    async def cog_unload(self) -> None:
        """Take it back."""
        self.bot.tree.remove_command(self.menu.name, type=self.menu.type)

    async def find(self, interaction: discord.Interaction[NewsBot], message: discord.Message) -> None:
        """Show what belongs to the story that a message links to, or else the stories that are like its words."""
        audience = await self.bot.audience(interaction, private=True)
        said = quoted(message)
        screen: Screen
        id_ = await self.desk.linked(said.addresses, audience.scope)
        if id_ is not None:
            screen = await related_screen(audience, self.desk, id_)
        else:
            results = await self.desk.like(said.text, discord.utils.utcnow(), audience.scope)
            screen = await results_screen(audience, self.desk, results)
        panel = Panel(screen)
        with speaking(audience.language):
            await respond(interaction, panel.card, panel=panel)


async def setup(bot: NewsBot) -> None:
    """Add the cog to the bot."""
    await bot.add_cog(FindCog(bot))
