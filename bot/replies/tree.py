"""Slash commands and context menus: who is let in, and their door of errors."""

import asyncio
import logging
from typing import Any

import discord
from discord import app_commands

from bot.refusals import NotAllowed
from bot.replies.admission import PUBLIC, somewhere
from bot.replies.delivery import UNDELIVERED
from bot.replies.doors import tell
from bot.replies.language import privately, speak
from bot.replies.limits import COMPLETED_WITHIN
from bot.replies.send import watch

log = logging.getLogger(__name__)


class Tree(app_commands.CommandTree[Any]):
    """The bot's slash commands and context menus."""

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Let a command in, or answer why not; from here on its task speaks the guild's language.

        What was told before is ignored: a second answer would be refused, but the work done twice.
        """
        if interaction.client.heard.again(interaction.id):
            return False
        if interaction.type is discord.InteractionType.autocomplete:
            return await self._completes(interaction)
        bot = interaction.client
        watch(interaction, private=_name(interaction) not in PUBLIC)
        try:
            choices = await bot.choices(interaction.id, interaction.guild_id)
            speak(choices.language if interaction.guild_id else privately(interaction.locale.value, "en"))
            return bool(await bot.admission.admit(interaction, _name(interaction), choices))
        except Exception as error:  # noqa: BLE001 - what is raised here reaches no door
            await tell(interaction, error)
            return False

    async def _completes(self, interaction: discord.Interaction[Any]) -> bool:
        """Complete for those who may give the command there; nobody is told why not while they are typing."""
        bot = interaction.client
        name = _name(interaction)
        try:
            async with asyncio.timeout(COMPLETED_WITHIN):
                choices = await bot.desk.guilds.of(interaction.guild_id)
                if bot.admission.answers(somewhere(interaction), name, choices):
                    await bot.admission.allow(interaction, name)
                    interaction.extras["choices"] = choices
                    return True
        except NotAllowed:
            pass
        except TimeoutError:
            log.warning("what a guild chose is not known in time to complete an argument of %s", name)
        except Exception:
            log.exception("before completing an argument of %s", name)
        await _offer_nothing(interaction)
        return False

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Answer privately what went wrong before or outside of a command."""
        await tell(interaction, error)


def _name(interaction: discord.Interaction[Any]) -> str:
    return interaction.command.qualified_name if interaction.command else ""


async def _offer_nothing(interaction: discord.Interaction[Any]) -> None:
    try:
        await interaction.response.autocomplete([])
    except UNDELIVERED as failure:
        log.debug("no completion reached Discord: %s", failure)
