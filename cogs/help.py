"""`!help`: what can be asked, on one card; `!help news`: the same of one command."""

from discord import app_commands
from discord.ext import commands

from bot.client import NewsBot
from bot.refusals import UnknownCommand
from bot.replies.doors import GIVEN
from bot.replies.guidance import TOPICS, help_card, topic_card
from bot.replies.language import speaking
from bot.replies.send import Context, send
from bot.text import clean, shorten


class HelpCog(commands.Cog):
    """Tell newcomers what to type."""

    @commands.cooldown(3, 10, commands.BucketType.user)
    @commands.hybrid_command(extras={"example": "help news"})
    @app_commands.describe(topic="A command to tell more about")
    @app_commands.choices(topic=[app_commands.Choice(name=name, value=name) for name in TOPICS])
    async def help(self, ctx: Context, *, topic: str | None = None) -> None:
        """Show what I can do, with examples."""
        audience = await ctx.bot.audience(ctx, private=True)
        typed = clean(topic or "").casefold().removeprefix(audience.prefix.casefold()).removeprefix("/")
        asked = next(iter(typed.split()), "help")
        if asked not in {"help", *TOPICS}:
            raise UnknownCommand(given=shorten(asked, GIVEN), example=audience.example("help"))
        with speaking(audience.language):
            card = help_card(audience) if asked == "help" else topic_card(asked, audience)
            await send(ctx, card, private=True)


async def setup(bot: NewsBot) -> None:
    """Add the cog to the bot."""
    await bot.add_cog(HelpCog())
