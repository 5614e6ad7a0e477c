"""`!help`: what can be asked, on one card."""

from discord.ext import commands

from bot.client import NewsBot
from bot.replies.cards import help_card
from bot.replies.send import Context, send


class HelpCog(commands.Cog):
    """Tell newcomers what to type."""

    @commands.cooldown(3, 10, commands.BucketType.user)
    @commands.hybrid_command()
    async def help(self, ctx: Context) -> None:
        """Show what I can do, with examples."""
        await send(ctx, help_card(ctx.bot.example("")), private=True)


async def setup(bot: NewsBot) -> None:
    """Add the cog to the bot."""
    await bot.add_cog(HelpCog())
