"""One voice for everything that goes wrong: a sentence for the reader, an incident id for the log."""

import logging
import secrets

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import AskError, NewsError, NothingFound, PageError, StoreDamaged, StoreUnavailable
from bot.failures import FetchError
from bot.refusals import Elsewhere
from bot.replies.cards import trouble_card
from bot.replies.language import _, ngettext
from bot.replies.wording import sentence

log = logging.getLogger(__name__)

# What frameworks wrap around the error that was meant: hybrids invoked by slash wrap it twice.
_WRAPPERS = (
    commands.CommandInvokeError,
    commands.ConversionError,
    commands.HybridCommandError,
    app_commands.CommandInvokeError,
    app_commands.TransformerError,
)


def unwrapped(error: BaseException) -> BaseException:
    """Return the error that was raised, without what discord.py wrapped around it."""
    while isinstance(error, _WRAPPERS):
        inner = getattr(error, "original", None) or error.__cause__
        if inner is None:
            break
        error = inner
    return error


def trouble(error: BaseException, *, where: str) -> discord.Embed:
    """Turn any error into what its reader sees.

    What a reader can act on is said; everything else gets an incident id, and goes to the log with its
    traceback under that id. `where` names the command or button for the log.
    """
    error = unwrapped(error)
    match error:
        case NothingFound():
            return trouble_card(sentence(error), error.suggestions, error.remarks)
        case Elsewhere(channels=channels):
            return trouble_card(
                _("In this server I answer in other channels: {channels}").format(
                    channels=" ".join(f"<#{channel}>" for channel in channels)
                )
            )
        case AskError() | FetchError() | PageError():
            return trouble_card(sentence(error))
        case commands.CommandOnCooldown() | app_commands.CommandOnCooldown():
            seconds = max(1, round(error.retry_after))
            return trouble_card(
                ngettext(
                    "One moment: ask again in {n} second.", "One moment: ask again in {n} seconds.", seconds
                ).format(n=seconds)
            )
        case commands.CheckFailure() | app_commands.CheckFailure():
            return trouble_card(_("You may not use this here."))
    incident = secrets.token_hex(4)
    log.error("incident %s in %s", incident, where, exc_info=error, extra={"incident": incident})
    tell = _("Tell whoever runs me: incident {id}.").format(id=f"`{incident}`")
    return trouble_card(f"{_fault(error)} {tell}")


def _fault(error: BaseException) -> str:
    """Say what is the matter; a database's own words are for the log: they are English, and may name machines."""
    match error:
        case StoreUnavailable():
            return _("The article store cannot be reached.")
        case StoreDamaged():
            return _("The article store is damaged.")
        case NewsError():
            return sentence(error)
    return _("Something went wrong on my side.")
