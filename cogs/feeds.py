"""`!feeds`: the feeds that keep the store fresh. For the bot's owner or team only; the work is in bot/feeds/.

An answer to a message in a guild is read by all: it shows no address of a feed, nor what went wrong with one.
"""

import logging

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import NewsBot
from bot.desk import Desk
from bot.replies import limits
from bot.replies.feeds import name, paused_card, polled_card, removed_card, resumed_card
from bot.replies.language import speaking
from bot.replies.panels import Panel, Screen
from bot.replies.panels.feeds import ListScreen, add_screen
from bot.replies.send import Context, send

log = logging.getLogger(__name__)

ALL = 0
"""No feed's number. With None for a default, a word in a message that is no number would be passed over."""


async def complete_feed(
    interaction: discord.Interaction[NewsBot], typed: str
) -> list[app_commands.Choice[int]]:
    """Offer feeds by their numbers or words of their titles. An error here would reach no door."""
    try:
        rows = await interaction.client.desk.feeds.list()
    except Exception:
        log.exception("while completing a feed")
        return []
    asked = typed.casefold().strip()
    named = {row.id: limits.cut(f"{row.id}. {name(row)}", limits.CHOICE_NAME) for row in rows}
    fitting = [(id_, label) for id_, label in named.items() if asked in label.casefold()]
    return [app_commands.Choice(name=label, value=id_) for id_, label in fitting[: limits.CHOICES]]


def _unread(ctx: Context) -> bool:
    """Tell whether nobody but the one who asked reads the answer."""
    return ctx.interaction is not None or ctx.guild is None


class FeedsCog(commands.Cog):
    """Look after feeds."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @commands.cooldown(3, 10, commands.BucketType.user)
    @commands.hybrid_group(extras={"example": "feeds"})
    @app_commands.default_permissions()
    async def feeds(self, ctx: Context) -> None:
        """Look after the feeds that I read."""
        await self._show_list(ctx)

    @commands.cooldown(3, 10, commands.BucketType.user)
    @feeds.command(name="list", extras={"example": "feeds list"})
    async def list_(self, ctx: Context) -> None:
        """Show every feed and how it is."""
        await self._show_list(ctx)

    async def _show_list(self, ctx: Context) -> None:
        audience = await ctx.bot.audience(ctx, private=True)
        rows = await self.desk.feeds.list()
        await _show(ctx, ListScreen(audience, self.desk, rows, addresses=_unread(ctx)))

    @commands.cooldown(3, 10, commands.BucketType.user)
    @feeds.command(extras={"example": "feeds add https://example.org/feed.xml"})
    @app_commands.describe(
        address="The address of a feed, or of a page that names one",
        full_text="Whether to fetch the texts of stories of which the feed has only a summary",
    )
    async def add(self, ctx: Context, address: str, full_text: bool = True) -> None:
        """Show what a feed would bring, and add it."""
        audience = await ctx.bot.audience(ctx, private=True)
        # In angle brackets an address is written whose preview is not to be shown.
        url = address.removeprefix("<").removesuffix(">")
        screen = await add_screen(audience, self.desk, url, full_text=full_text, addresses=_unread(ctx))
        await _show(ctx, screen)

    @commands.cooldown(3, 10, commands.BucketType.user)
    @feeds.command(extras={"example": "feeds remove 3"})
    @app_commands.describe(feed="The number before a feed's title")
    @app_commands.autocomplete(feed=complete_feed)
    async def remove(self, ctx: Context, feed: int) -> None:
        """Forget a feed; its articles stay."""
        row = await self.desk.feeds.remove(feed)
        log.info("user %d removed the feed %d", ctx.author.id, feed)
        audience = await ctx.bot.audience(ctx, private=True)
        with speaking(audience.language):
            await send(ctx, removed_card(row), private=True)

    @commands.cooldown(3, 10, commands.BucketType.user)
    @feeds.command(extras={"example": "feeds pause 3"})
    @app_commands.describe(feed="The number before a feed's title")
    @app_commands.autocomplete(feed=complete_feed)
    async def pause(self, ctx: Context, feed: int) -> None:
        """Read a feed no more until it is resumed."""
        row = await self.desk.feeds.pause(feed)
        audience = await ctx.bot.audience(ctx, private=True)
        with speaking(audience.language):
            await send(ctx, paused_card(row, audience), private=True)

    @commands.cooldown(3, 10, commands.BucketType.user)
    @feeds.command(extras={"example": "feeds resume 3"})
    @app_commands.describe(feed="The number before a feed's title")
    @app_commands.autocomplete(feed=complete_feed)
    async def resume(self, ctx: Context, feed: int) -> None:
        """Read a paused feed again."""
        row = await self.desk.feeds.resume(feed)
        audience = await ctx.bot.audience(ctx, private=True)
        with speaking(audience.language):
            await send(ctx, resumed_card(row), private=True)

    @commands.cooldown(3, 10, commands.BucketType.user)
    @feeds.command(extras={"example": "feeds poll 3"})
    @app_commands.describe(feed="The number before a feed's title; without it, all of them")
    @app_commands.autocomplete(feed=complete_feed)
    async def poll(self, ctx: Context, feed: int = ALL) -> None:
        """Read a feed now, or all of them."""
        audience = await ctx.bot.audience(ctx, private=True)
        polled = await self.desk.feeds.poll(None if feed == ALL else [feed])
        with speaking(audience.language):
            await send(ctx, polled_card(polled, addresses=_unread(ctx)), private=True)


async def _show(ctx: Context, screen: Screen) -> None:
    with speaking(screen.audience.language):
        panel = Panel(screen)
        await send(ctx, panel.card, panel=panel, private=True)


async def setup(bot: NewsBot) -> None:
    """Add the cog to the bot."""
    await bot.add_cog(FeedsCog(bot.desk))
