"""The one way out: every reply pings nobody and answers the message that asked."""

from typing import Any, TypeAlias

import discord
from discord.ext import commands

from bot.replies.panels import SILENT, Panel

Context: TypeAlias = commands.Context[Any]


async def acknowledge(ctx: Context) -> None:
    """Tell Discord that a slash command is being answered: it waits three seconds, then 15 minutes.

    Messages have no such deadline, and an answer of milliseconds needs no typing indicator.
    """
    if ctx.interaction is not None and not ctx.interaction.response.is_done():
        await ctx.defer()


async def send(
    ctx: Context, card: discord.Embed, *, panel: Panel | None = None, private: bool = False
) -> None:
    """Answer a command with a card and, where it has any, its buttons. `private` holds for slash commands."""
    options: dict[str, Any] = {"embed": card, "allowed_mentions": SILENT, "ephemeral": private}
    if ctx.interaction is None:
        # A message that was deleted in the meantime must not cost its asker the answer.
        options["reference"] = ctx.message.to_reference(fail_if_not_exists=False)
    if panel is not None and panel.children:
        options["view"] = panel
    message = await ctx.send(**options)
    if panel is not None:
        panel.message = message
