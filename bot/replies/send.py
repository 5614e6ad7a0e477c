"""The way out: every reply pings nobody, answers whoever asked, and fits what is permitted where it goes."""

import asyncio
import logging
from typing import Any, TypeAlias

import discord
from discord.ext import commands

from bot.replies import delivery
from bot.replies.panels import SILENT, Panel
from bot.replies.plain import face

log = logging.getLogger(__name__)

Context: TypeAlias = commands.Context[Any]
Asked: TypeAlias = Context | discord.Interaction[Any]

PASSING = 10.0
"""Seconds after which a reply to a message that is meant for nobody else deletes itself."""
ACKNOWLEDGED_WITHIN = 1.5
"""Seconds that an answer may take before Discord is told that it is under way: it waits three."""
_WATCH = "watch"


async def acknowledge(ctx: Context) -> None:
    """Tell Discord that a slash command is being answered: it waits three seconds, then 15 minutes.

    Messages have no such deadline, and an answer of milliseconds needs no typing indicator.
    """
    if ctx.interaction is not None:
        await defer(ctx.interaction, private=False)


async def defer(interaction: discord.Interaction[Any], *, private: bool) -> None:
    """Tell Discord that an answer is under way, unless it knows."""
    _stop_watching(interaction)
    if not interaction.response.is_done():
        await delivery.acknowledge(interaction, private=private)


def watch(interaction: discord.Interaction[Any], *, private: bool) -> None:
    """Defer an interaction once it takes ACKNOWLEDGED_WITHIN, whatever it is waiting for then."""

    async def wait() -> None:
        await asyncio.sleep(ACKNOWLEDGED_WITHIN)
        await delivery.acknowledge(interaction, private=private)

    interaction.extras[_WATCH] = asyncio.create_task(wait(), name="acknowledge")


def _stop_watching(interaction: discord.Interaction[Any]) -> None:
    task: asyncio.Task[None] | None = interaction.extras.pop(_WATCH, None)
    if task is not None:
        task.cancel()


async def send(
    ctx: Context,
    card: discord.Embed,
    *,
    panel: Panel | None = None,
    private: bool = False,
    passing: bool = False,
) -> None:
    """Answer a command with a card and, where it has any, its controls.

    `private` holds for slash commands; the answer to a message that is `passing` deletes itself. Where cards are
    not permitted the answer is plain text, and where sending is not, there is none.
    """
    if ctx.interaction is not None:
        await respond(ctx.interaction, card, panel=panel, private=private)
        return
    permitted = _permitted(ctx)
    if not _may_send(permitted, ctx.channel):
        _stay_silent(ctx)
        return
    options: dict[str, Any] = {
        **face(card, permitted),
        "allowed_mentions": SILENT,
        "delete_after": PASSING if passing else None,
    }
    if permitted.read_message_history:
        # A message that was deleted in the meantime must not cost its asker the answer.
        options["reference"] = ctx.message.to_reference(fail_if_not_exists=False)
    if panel is not None and panel.children:
        options["view"] = panel
    try:
        message = await delivery.post(ctx, **options)
    except discord.Forbidden:
        # A timeout, for example, is no matter of permissions.
        _stay_silent(ctx)
        return
    if panel is not None:
        panel.message = discord.PartialMessage(channel=message.channel, id=message.id)


async def respond(
    interaction: discord.Interaction[Any],
    card: discord.Embed,
    *,
    panel: Panel | None = None,
    private: bool = True,
) -> None:
    """Answer an interaction with a card and, where it has any, its controls.

    Once Discord was told that an answer is under way, that decided whether it is private.
    """
    # Sending cards in an answer to an interaction is always permitted.
    options: dict[str, Any] = {"embed": card, "allowed_mentions": SILENT}
    if panel is not None and panel.children:
        options["view"] = panel
    _stop_watching(interaction)
    message = await delivery.answer(interaction, private=private, **options)
    if panel is not None:
        panel.message = message


def _permitted(ctx: Context) -> discord.Permissions:
    """Return what the bot may do where it was asked; in direct messages, and where nothing is known, everything."""
    if ctx.guild is None or isinstance(ctx.channel, discord.PartialMessageable):
        return discord.Permissions.all()
    return ctx.bot_permissions


def _may_send(permitted: discord.Permissions, channel: object) -> bool:
    if isinstance(channel, discord.Thread):
        return permitted.send_messages_in_threads
    return permitted.send_messages


def _stay_silent(ctx: Context) -> None:
    silent: set[int] = ctx.bot.silent_in
    if ctx.channel.id not in silent:
        silent.add(ctx.channel.id)
        log.warning("Sending is not permitted in the channel %d: nothing is answered there.", ctx.channel.id)
