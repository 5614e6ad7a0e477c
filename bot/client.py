"""The Discord client: intents, extensions, commands in step with Discord, and whom it listens to."""

import asyncio
import hashlib
import importlib
import json
import logging
import pkgutil
import sys
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.desk import Desk
from bot.errors import StoreError
from bot.failures import remembered
from bot.guilds import GuildSettings
from bot.replies.admission import Admission
from bot.replies.audience import Audience
from bot.replies.delivery import post
from bot.replies.doors import tell
from bot.replies.feeds import notice_card
from bot.replies.guidance import help_card
from bot.replies.heard import Heard
from bot.replies.language import privately, speak, speaking
from bot.replies.panels import SILENT
from bot.replies.send import Asked, Context, send
from bot.replies.translator import SlashTranslator
from bot.replies.tree import Tree
from bot.settings import Settings
from bot.store.records import FeedRow

log = logging.getLogger(__name__)

FINISHED_WITHIN = 8.0
"""Seconds that are left to what is under way when the process is told to end; systemd and Docker allow ten and more."""
SILENCE = 60.0
"""Seconds in which nothing was heard of Discord after which a connection counts as dead: discord.py's own default, by a name
that can be set. Discord's heartbeats are 41 apart."""
_LONGEST_WAIT = 3_600.0
_WORTH_A_WORD = 60.0
_chosen: ContextVar[tuple[int, GuildSettings] | None] = ContextVar("chosen", default=None)
"""Of the question that this task answers: its id, and what its guild chose when it came."""


@dataclass(frozen=True, slots=True)
class Shards:
    """The part of all guilds that one process serves: these shards of so many."""

    ids: range
    count: int


# Newsdesk does not speak: nobody needs to install the libraries for voice, or be told that they are missing.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False


def extension_names() -> list[str]:
    """Name every extension: each module of the package `cogs`, found by name so that `bot` never imports it."""
    package = importlib.import_module("cogs")
    return sorted(f"cogs.{module.name}" for module in pkgutil.iter_modules(package.__path__))


class NewsBot(commands.AutoShardedBot):
    """Newsdesk on Discord. What it knows comes from the desk that it is given, open and loaded."""

    def __init__(self, desk: Desk, settings: Settings, shards: Shards | None = None) -> None:
        """Serve some shards; without `shards`, as many as Discord recommends, all of them."""
        self.desk = desk
        self.settings = settings
        self.admission = Admission(self)
        self.heard = Heard()
        part: dict[str, Any] = {"shard_ids": list(shards.ids), "shard_count": shards.count} if shards else {}
        self.silent_in: set[int] = set()
        """Channels in which the log was told that sending is not permitted."""
        super().__init__(
            command_prefix=commands.when_mentioned,
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
            heartbeat_timeout=SILENCE,
            **part,
        )

    def typed_before(self, choices: GuildSettings) -> str:
        """Return what stands before commands in messages of a guild; a slash where messages are not read."""
        return (choices.prefix or self.settings.prefix) if self.settings.prefix_commands else "/"

    def example(self, command: str) -> str:
        """Write a command as it can be typed where nothing else was chosen."""
        return f"{self.typed_before(GuildSettings())}{command}"

    async def get_prefix(self, message: discord.Message, /) -> list[str]:
        """Return the mention of the bot, and what the message's guild chose."""
        mentions = commands.when_mentioned(self, message)
        if not self.settings.prefix_commands:
            return mentions
        try:
            choices = await self.choices(message.id, message.guild.id if message.guild else None)
        except StoreError as error:
            # Whoever gives a command meanwhile is told; everyone else talks to each other.
            log.debug("what a guild chose cannot be read: %s", error)
            choices = GuildSettings()
        return [*mentions, self.typed_before(choices)]

    async def choices(self, question: int, guild: int | None) -> GuildSettings:
        """Return what a guild chose, read once for a question; `question` is the id of its message or interaction."""
        known = _chosen.get()
        if known is None or known[0] != question:
            known = question, await self.desk.guilds.of(guild)
            _chosen.set(known)
        return known[1]

    async def audience(self, asked: Asked, *, private: bool = False, anew: bool = False) -> Audience:
        """Tell whom an answer is for: to a command in a message, a slash command, or a click.

        What the guild chose is read once for each question; with `anew` again, where the question changed it.
        To an interaction a private answer is in the language of whoever asked, and so is any in direct messages.
        """
        interaction = asked if isinstance(asked, discord.Interaction) else asked.interaction
        user = asked.user if isinstance(asked, discord.Interaction) else asked.author
        if anew:
            _chosen.set(None)
        question = interaction or cast("Context", asked).message
        guild = interaction.guild_id if interaction is not None else (asked.guild.id if asked.guild else None)
        choices = await self.choices(question.id, guild)
        language = choices.language
        if interaction is not None and (private or asked.guild is None):
            language = privately(interaction.locale.value, language)
        return Audience(
            asker=user.id,
            prefix=self.typed_before(choices) if interaction is None else "/",
            choices=choices,
            language=language,
        )

    def serves(self, guild: int) -> bool:
        """Tell whether a guild belongs to one of the shards of this process (Discord's rule: gateway.mdx, Sharding)."""
        return (guild >> 22) % (self.shard_count or 1) in self.shards

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

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait until a session may be begun: Discord lets in one in every five seconds, and so many a day."""
        try:
            while wait := await self.desk.identifies.take(self.application_id or 0, discord.utils.utcnow()):
                seconds = wait.total_seconds()
                if seconds > _WORTH_A_WORD:
                    log.error("Too many sessions were begun in a day: shard %s waits for %s", shard_id, wait)
                await asyncio.sleep(min(seconds, _LONGEST_WAIT))
        except StoreError as error:
            # Whoever asks is to be told that the store fails, and not to find the bot gone.
            log.warning("The session of shard %s is not counted: %s", shard_id, error)
            await super().before_identify_hook(shard_id, initial=initial)

    async def stop(self) -> None:
        """Finish what is under way, for FINISHED_WITHIN at most, and log out."""
        log.info("Told to end: what is under way is finished")
        await self.admission.close(FINISHED_WITHIN)
        await self.close()

    async def on_ready(self) -> None:
        """Tell the log that the bot listens."""
        log.info(
            "Logged in as %s, in %d guilds, with %d headlines.",
            self.user,
            len(self.guilds),
            len(self.desk.headlines),
        )

    async def tell_of_feeds(self) -> None:
        """Tell whoever added a feed from now on how it is; first, what there is to tell."""
        self.desk.feeds.notices.callback = self._tell_of_feed
        await self.desk.feeds.notices.tell_all()

    async def _tell_of_feed(self, row: FeedRow, well: bool) -> None:
        """Tell that a feed was paused, or is well again; the log, where nobody may or can be told."""
        if well:
            log.warning("Feed %d is well again", row.id)
        else:
            log.warning("Feed %d was paused: %s", row.id, remembered(row.problem or ""))
        if row.added_by is None:
            return
        user = discord.Object(row.added_by)
        # Who has left the team since may not see the address any more.
        if not await self.is_owner(user):  # type: ignore[arg-type]  # of a user it reads nothing but the id
            log.warning("User %d, who added it, is not told: they are no owner any more", user.id)
            return
        with speaking((await self.desk.guilds.of(None)).language):
            card = notice_card(row, well=well)
        try:
            await post(await self.create_dm(user), embed=card, allowed_mentions=SILENT)
        except (discord.Forbidden, discord.NotFound):
            log.warning("User %d, who added it, takes no direct messages", user.id)

    async def on_message(self, message: discord.Message, /) -> None:
        """Read commands of people; a bare mention asks for help."""
        if message.author.bot or message.webhook_id is not None or self.user is None:
            return
        ctx = await self.get_context(message)
        asks_help = message.content.strip() in {f"<@{self.user.id}>", f"<@!{self.user.id}>"}
        # In guilds other bots share the prefix: what they are told is no mistake.
        meant = asks_help or ctx.valid or (ctx.invoked_with and self._addressed(ctx))
        if not meant or self.heard.again(message.id):
            return
        name = "help" if asks_help else ctx.command.qualified_name if ctx.command else None
        try:
            choices = await self.choices(message.id, message.guild.id if message.guild else None)
            speak(choices.language)
            if not await self.admission.admit(ctx, name, choices):
                return
            if asks_help:
                await send(ctx, help_card(await self.audience(ctx)))
                return
        except Exception as error:  # noqa: BLE001 - whatever it is, whoever asked is told
            await tell(ctx, error)
            return
        await self.invoke(ctx)

    @staticmethod
    def _addressed(ctx: Context) -> bool:
        return ctx.guild is None or (ctx.prefix or "").startswith("<@")

    async def on_command_error(self, ctx: Context, error: commands.CommandError, /) -> None:
        """Answer what went wrong in a command: in a message, or in a slash command that is one as well."""
        await tell(ctx, error)

    async def on_error(self, event_method: str, /, *_args: Any, **_options: Any) -> None:
        """Log what went wrong outside of any command."""
        log.error("in the event %s", event_method, exc_info=sys.exc_info())
