"""`!headline ID`: sum up a story. The thinking is in bot/summary.py."""

from typing import Annotated

from discord import app_commands
from discord.ext import commands

from bot.client import NewsBot
from bot.desk import Desk
from bot.errors import NothingFound
from bot.replies.arguments import ArticleArgument, Asked
from bot.replies.panels import NearestScreen, Panel, Screen, story_screen
from bot.replies.send import Context, acknowledge, send


class HeadlineCog(commands.Cog):
    """Show a story."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @commands.cooldown(3, 10, commands.BucketType.user)
    @commands.hybrid_command(extras={"example": "headline 1"})
    @app_commands.describe(article="The number beside a headline, or words of the headline")
    async def headline(self, ctx: Context, *, article: Annotated[Asked, ArticleArgument]) -> None:
        """Sum up a story by its number or headline."""
        await acknowledge(ctx)
        audience = await ctx.bot.audience(ctx)
        found_by = None if isinstance(article, int) else article.text
        screen: Screen
        try:
            id_ = await self.desk.pick(article, audience.example("news sort:new"), audience.scope)
            screen = await story_screen(audience, self.desk, id_, found_by)
        except NothingFound as nothing:
            screen = NearestScreen(audience, self.desk, nothing)
        panel = Panel(screen)
        await send(ctx, panel.card, panel=panel)


async def setup(bot: NewsBot) -> None:
    """Add the cog to the bot."""
    await bot.add_cog(HeadlineCog(bot.desk))
