"""`!news WORDS`: find stories. The thinking is in bot/search/."""

from typing import Annotated, Literal, TypeAlias

from discord import app_commands
from discord.ext import commands

from bot.client import NewsBot
from bot.desk import Desk
from bot.errors import NothingFound
from bot.replies.arguments import QueryArgument, SourceArgument, read_query
from bot.replies.panels import NearestScreen, OldControl, Panel, Screen, results_screen
from bot.replies.send import Context, acknowledge, send

Day: TypeAlias = commands.Range[str, 1, 40] | None
"""A day as it is typed; the longest are ten characters."""


class NewsCog(commands.Cog):
    """Search the store."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @commands.cooldown(3, 10, commands.BucketType.user)
    @commands.hybrid_command()
    @app_commands.describe(
        query='Words of a headline; typos are forgiven, "quotes" are exact, -word must not occur',
        source="Only from this source: its name, or how one of its words begins",
        after="Only from this day on: 2020-05-04, today, yesterday, friday, 7d, 2w, 3m",
        before="Only from before this day: 2020-05-04, today, yesterday, friday, 7d, 2w, 3m",
        since="Only from this long ago on: 7d, 2w, 3m, or a day",
        sort="The newest first, instead of the best",
    )
    async def news(
        self,
        ctx: Context,
        *,
        query: Annotated[str, QueryArgument] = "",
        # A message has all of these within its query.
        source: Annotated[str | None, SourceArgument] = None,
        after: Day = None,
        before: Day = None,
        since: Day = None,
        sort: Literal["new"] | None = None,
    ) -> None:
        """Find stories by headline, source and day."""
        options = {"source": source, "after": after, "before": before, "since": since, "sort": sort}
        audience = await ctx.bot.audience(ctx)
        asked = read_query(query, audience.example("news Syria"), options, audience.choices.tzinfo)
        await acknowledge(ctx)
        screen: Screen
        try:
            results = await self.desk.answer(asked, audience.example("news sort:new"), audience.scope)
            screen = await results_screen(audience, self.desk, results)
        except NothingFound as nothing:
            screen = NearestScreen(audience, self.desk, nothing)
        panel = Panel(screen)
        await send(ctx, panel.card, panel=panel)


async def setup(bot: NewsBot) -> None:
    """Add the cog to the bot, and what answers clicks on controls that are too old."""
    bot.add_dynamic_items(OldControl)
    await bot.add_cog(NewsCog(bot.desk))
