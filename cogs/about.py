"""`!about`: what this bot is, and how fresh what it knows."""

from discord.ext import commands

from bot.client import NewsBot
from bot.desk import Desk
from bot.replies.guidance import about_card
from bot.replies.language import speaking
from bot.replies.send import Context, send


class AboutCog(commands.Cog):
    """Tell of the bot itself."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @commands.cooldown(3, 10, commands.BucketType.user)
    @commands.hybrid_command()
    async def about(self, ctx: Context) -> None:
        """Tell my version, how many articles I have and how fresh they are."""
        audience = await ctx.bot.audience(ctx, private=True)
        stats = await self.desk.stats()
        with speaking(audience.language):
            card = about_card(stats, ctx.bot.latency, self.desk.settings.source_url)
            await send(ctx, card, private=True)


async def setup(bot: NewsBot) -> None:
    """Add the cog to the bot."""
    await bot.add_cog(AboutCog(bot.desk))
