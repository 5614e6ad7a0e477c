"""`!news WORDS`: find stories. The thinking is in bot/search/."""

from typing import Annotated

from discord import app_commands
from discord.ext import commands

from bot.client import NewsBot
from bot.desk import Desk
from bot.replies.arguments import QueryArgument
from bot.replies.cards import results_card
from bot.replies.panels import ResultsPanel
from bot.replies.send import Context, acknowledge, send
from bot.search import Query


class NewsCog(commands.Cog):
    """Search the store."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @commands.cooldown(3, 10, commands.BucketType.user)
    @commands.hybrid_command(extras={"example": "news Syria"})
    @app_commands.describe(query='Words of a headline; typos are forgiven, "quotes" are exact')
    async def news(self, ctx: Context, *, query: Annotated[Query, QueryArgument]) -> None:
        """Find stories by headline."""
        await acknowledge(ctx)
        prefix = ctx.bot.example("")
        results = await self.desk.answer(query, f"{prefix}news Syria")
        await send(ctx, results_card(results, 0, prefix), panel=ResultsPanel(ctx.author.id, results, prefix))


async def setup(bot: NewsBot) -> None:
    """Add the cog to the bot."""
    await bot.add_cog(NewsCog(bot.desk))
