"""`!headline ID`: sum up a story. The thinking is in bot/summary.py."""

from typing import Annotated

from discord import app_commands
from discord.ext import commands

from bot.client import NewsBot
from bot.desk import Desk
from bot.replies.arguments import ArticleArgument, Asked
from bot.replies.cards import story_card
from bot.replies.panels import StoryPanel
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
        prefix = ctx.bot.example("")
        example = f"{prefix}news sort:new"
        story = await self.desk.story(await self.desk.pick(article, example), example)
        found_by = None if isinstance(article, int) else article.text
        await send(
            ctx,
            story_card(story, prefix, found_by=found_by),
            panel=StoryPanel(ctx.author.id, story, self.desk, prefix),
        )


async def setup(bot: NewsBot) -> None:
    """Add the cog to the bot."""
    await bot.add_cog(HeadlineCog(bot.desk))
