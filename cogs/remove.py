"""`!remove ID`: take an article out of the store for good. For the bot's owner or team only."""

import logging
from typing import Annotated

from discord import app_commands
from discord.ext import commands

from bot.client import NewsBot
from bot.desk import Desk
from bot.replies.arguments import NumberArgument
from bot.replies.guidance import removed_card
from bot.replies.language import speaking
from bot.replies.send import Context, send
from bot.text import clean

log = logging.getLogger(__name__)


class RemoveCog(commands.Cog):
    """Remove articles."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @commands.cooldown(3, 10, commands.BucketType.user)
    @commands.hybrid_command(extras={"example": "remove 12"})
    @app_commands.default_permissions()
    @app_commands.describe(
        article="The number beside a headline", reason="Why, for those who look after the store"
    )
    async def remove(
        self, ctx: Context, article: Annotated[int, NumberArgument], *, reason: str = ""
    ) -> None:
        """Take an article out of the store for good."""
        audience = await ctx.bot.audience(ctx, private=True)
        page = (await self.desk.article(article, audience.example("news sort:new"))).page
        removed = await self.desk.remove([article], clean(reason))
        log.info("user %d removed the articles %s", ctx.author.id, removed)
        with speaking(audience.language):
            await send(ctx, removed_card(article, page.headline, len(removed) - 1), private=True)


async def setup(bot: NewsBot) -> None:
    """Add the cog to the bot."""
    await bot.add_cog(RemoveCog(bot.desk))
