"""The Discord client: intents, extensions, commands in step with Discord, and the doors of error."""

import asyncio
import gc
import hashlib
import importlib
import json
import logging
import pkgutil
import signal
import sys
from typing import Any

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.desk import Desk
from bot.errors import EmptyQuery, MissingIntent, MissingToken, NoConnection, UnknownCommand, WrongToken
from bot.replies.audience import Audience
from bot.replies.cards import help_card
from bot.replies.panels import SILENT
from bot.replies.send import Context, send
from bot.replies.translator import SlashTranslator
from bot.replies.voice import trouble, unwrapped
from bot.settings import Settings
from bot.text import shorten

log = logging.getLogger(__name__)

# Newsdesk does not speak: nobody needs to install the libraries for voice, or be told that they are missing.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False


def extension_names() -> list[str]:
    """Name every extension: each module of the package `cogs`, found by name so that `bot` never imports it."""
    package = importlib.import_module("cogs")
    return sorted(f"cogs.{module.name}" for module in pkgutil.iter_modules(package.__path__))


class Tree(app_commands.CommandTree["NewsBot"]):
    """Slash commands; what goes wrong before or outside of a command speaks with the same voice."""

    async def on_error(
        self, interaction: discord.Interaction["NewsBot"], error: app_commands.AppCommandError, /
    ) -> None:
        """Answer privately; say nothing where Discord no longer listens."""
        name = interaction.command.qualified_name if interaction.command else "?"
        card = trouble(error, where=f"/{name}")
        try:
            if interaction.response.is_done():
                await interaction.followup.send(embed=card, ephemeral=True, allowed_mentions=SILENT)
            else:
                await interaction.response.send_message(embed=card, ephemeral=True, allowed_mentions=SILENT)
        except discord.HTTPException as failure:
            log.warning("an answer to /%s did not reach Discord: %s", name, failure)


class NewsBot(commands.AutoShardedBot):
    """Newsdesk on Discord. What it knows comes from the desk that it is given, open and loaded."""

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self.desk = desk
        self.settings = settings
        mention = commands.when_mentioned
        prefixed = commands.when_mentioned_or(settings.prefix)
        super().__init__(
            command_prefix=prefixed if settings.prefix_commands else mention,
            tree_cls=Tree,
            help_command=None,
            case_insensitive=True,
            strip_after_prefix=True,
            allowed_mentions=SILENT,
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=True
            ),
            # Mentions and direct messages carry their text without the privileged message-content intent.
            intents=discord.Intents(
                guilds=True,
                guild_messages=True,
                dm_messages=True,
                message_content=settings.prefix_commands,
            ),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
        )

    def example(self, command: str) -> str:
        """Write a command as it can be typed where this bot runs."""
        return f"{self.settings.prefix if self.settings.prefix_commands else '/'}{command}"

    async def audience(self, asked: Context | discord.Interaction[Any]) -> Audience:
        """Tell whom an answer is for: to a command in a message, a slash command, or a click."""
        interaction = asked if isinstance(asked, discord.Interaction) else asked.interaction
        user = asked.user if isinstance(asked, discord.Interaction) else asked.author
        choices = await self.desk.guilds.of(asked.guild.id if asked.guild else None)
        prefix = choices.prefix or self.settings.prefix
        return Audience(
            asker=user.id,
            prefix=prefix if interaction is None and self.settings.prefix_commands else "/",
            choices=choices,
            language=choices.language,
        )

    async def setup_hook(self) -> None:
        """Load every extension, or fail loudly; then give Discord the slash commands if they changed."""
        for name in extension_names():
            await self.load_extension(name)
        await self.tree.set_translator(SlashTranslator())
        if not self.settings.prefix_commands:
            log.info("Prefix commands are off; slash commands and mentions work.")
        await self._sync_commands()

    async def _sync_commands(self) -> None:
        described = json.dumps(
            [
                await command.get_translated_payload(self.tree, SlashTranslator())
                for command in self.tree.get_commands()
            ],
            sort_keys=True,
            default=str,
        )
        digest = hashlib.sha256(described.encode()).hexdigest()
        application = self.application_id or 0
        if await self.desk.synced_commands(application) != digest:
            await self.tree.sync()
            await self.desk.note_synced_commands(application, digest)
            log.info("Discord was given the slash commands.")

    async def on_ready(self) -> None:
        """Tell the log that the bot listens."""
        log.info(
            "Logged in as %s, in %d guilds, with %d headlines.",
            self.user,
            len(self.guilds),
            len(self.desk.headlines),
        )

    async def on_message(self, message: discord.Message, /) -> None:
        """Read commands; a bare mention asks for help."""
        if message.author.bot or self.user is None:
            return
        if message.content.strip() in {f"<@{self.user.id}>", f"<@!{self.user.id}>"}:
            await send(await self.get_context(message), help_card(self.example("")))
            return
        await self.process_commands(message)

    async def on_command_error(self, ctx: Context, error: commands.CommandError, /) -> None:
        """Answer what went wrong. Unknown commands are ignored in guilds: other bots share the prefix."""
        error_meant = unwrapped(error)
        if isinstance(error_meant, commands.CommandNotFound):
            addressed = ctx.guild is None or (ctx.prefix or "").startswith("<@")
            if not addressed:
                return
            error_meant = UnknownCommand(
                given=shorten(ctx.invoked_with or "", 40), example=self.example("help")
            )
        elif isinstance(error_meant, commands.MissingRequiredArgument) and ctx.command:
            error_meant = EmptyQuery(example=self.example(ctx.command.extras["example"]))
        name = ctx.command.qualified_name if ctx.command else "?"
        try:
            await send(ctx, trouble(error_meant, where=name), private=True)
        except discord.HTTPException as failure:
            log.warning("an answer to %s did not reach Discord: %s", name, failure)

    async def on_error(self, event_method: str, /, *_args: Any, **_options: Any) -> None:
        """Log what went wrong outside of any command."""
        log.error("in the event %s", event_method, exc_info=sys.exc_info())


async def serve(settings: Settings) -> None:
    """Run the bot until it is told to stop.

    Raise SettingsError with what to click where, if Discord does not let the bot in as it is configured.
    """
    if settings.discord_token is None:
        raise MissingToken
    async with Desk.open(settings) as desk, desk.following(), NewsBot(desk, settings) as bot:
        # What was loaded stays: without this, each full garbage collection would walk through all of it.
        gc.collect()
        gc.freeze()
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, lambda: loop.create_task(bot.close()))
        try:
            await bot.start(settings.discord_token.get_secret_value().strip())
        except discord.LoginFailure:
            raise WrongToken from None
        except discord.PrivilegedIntentsRequired:
            raise MissingIntent from None
        except aiohttp.ClientConnectionError as error:
            raise NoConnection(cause=type(error).__name__) from error
