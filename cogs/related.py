"""`!related ID`: what belongs to a story. The thinking is in bot/related.py."""

from typing import Annotated

from discord import app_commands
from discord.ext import commands

from bot.client import NewsBot
from bot.desk import Desk
from bot.errors import NothingFound
from bot.replies.arguments import ArticleArgument, Asked
from bot.replies.panels import NearestScreen, Panel, Screen, related_screen
from bot.replies.send import Context, acknowledge, send


class RelatedCog(commands.Cog):
    """Show what belongs to a story."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @commands.cooldown(3, 10, commands.BucketType.user)
    @commands.hybrid_command(extras={"example": "related 1"})
    @app_commands.describe(article="The number beside a headline, or words of the headline")
    async def related(self, ctx: Context, *, article: Annotated[Asked, ArticleArgument]) -> None:
        """List the stories that a story's page teased, then the most similar ones."""
        await acknowledge(ctx)
        audience = await ctx.bot.audience(ctx)
        screen: Screen
        try:
            id_ = await self.desk.pick(article, audience.example("news sort:new"), audience.scope)
            screen = await related_screen(audience, self.desk, id_)
        except NothingFound as nothing:
            screen = NearestScreen(audience, self.desk, nothing)
        panel = Panel(screen)
        await send(ctx, panel.card, panel=panel)


async def setup(bot: NewsBot) -> None:
    """Add the cog to the bot."""
    await bot.add_cog(RelatedCog(bot.desk))
