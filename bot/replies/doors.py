"""Where errors leave: whatever happens at any of the doors, whoever asked is told in one voice, and nothing is raised."""

import logging

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import EmptyQuery, NewsError, StoreError
from bot.refusals import OldCommand, TooBusy, UnknownCommand, WrongArgument
from bot.replies.delivery import UNDELIVERED, is_lost
from bot.replies.language import privately, speak
from bot.replies.send import Asked, respond, send
from bot.replies.voice import trouble, unwrapped
from bot.text import shorten

log = logging.getLogger(__name__)

GIVEN = 40
"""Characters that are repeated of a command that there is none of."""

FOR_THE_READER = (
    commands.CommandNotFound,
    commands.UserInputError,
    commands.CheckFailure,
    commands.CommandOnCooldown,
    app_commands.TransformerError,
    app_commands.CheckFailure,
    app_commands.CommandOnCooldown,
    app_commands.CommandNotFound,
    app_commands.CommandSignatureMismatch,
)
"""Errors of discord.py that are no fault of ours: a sentence tells whoever asked."""

_PASSING = (commands.CommandOnCooldown, TooBusy)
"""What matters for a moment and to one reader only."""


async def tell(asked: Asked, error: BaseException) -> None:
    """Say what went wrong to whoever asked, where interactions allow it privately and in their own language."""
    where = _place(asked)
    if is_lost(unwrapped(error)):
        log.warning("an answer to %s did not reach Discord: %s", where, unwrapped(error))
        return
    try:
        meant = await _meant(asked, error)
        interaction = asked if isinstance(asked, discord.Interaction) else asked.interaction
        if interaction is not None and (own := privately(interaction.locale.value, "")):
            speak(own)
        card = trouble(meant, where=where)
        if isinstance(asked, discord.Interaction):
            await respond(asked, card)
        else:
            await send(asked, card, private=True, passing=isinstance(meant, _PASSING))
    except UNDELIVERED as failure:
        log.warning("an answer to %s did not reach Discord: %s", where, failure)


async def _meant(asked: Asked, error: BaseException) -> BaseException:
    """Return what an error means for whoever asked: those of discord.py know nothing of our commands."""
    error = unwrapped(error)
    match error:
        case NewsError():
            return error
        case commands.CommandNotFound():
            given = shorten(getattr(asked, "invoked_with", None) or "", GIVEN)
            return UnknownCommand(given=given, example=await _example(asked))
        case commands.MissingRequiredArgument():
            return EmptyQuery(example=await _example(asked))
        case commands.UserInputError() | app_commands.TransformerError():
            return WrongArgument(example=await _example(asked))
        case app_commands.CommandNotFound() | app_commands.CommandSignatureMismatch():
            return OldCommand()
    return error


async def _example(asked: Asked) -> str:
    command = asked.command
    typed = (command.extras.get("example") if command else None) or "help"
    if isinstance(asked, discord.Interaction):
        return f"/{typed}"
    try:
        return str((await asked.bot.audience(asked)).example(typed))
    except StoreError:
        # What is the matter is said; how the guild calls it cannot be known.
        return str(asked.bot.example(typed))


def _place(asked: Asked) -> str:
    """Name command, guild and user for the log: never what was asked."""
    user = asked.user if isinstance(asked, discord.Interaction) else asked.author
    name = asked.command.qualified_name if asked.command else "?"
    return f"{name} (guild {asked.guild.id if asked.guild else None}, user {user.id})"
