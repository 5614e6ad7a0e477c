"""Who may do what, and where: decided in one place for messages and interactions, before anything is done."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import discord
from discord.ext import commands

from bot.guilds import GuildSettings
from bot.refusals import Elsewhere, GuildsOnly, ManagersOnly, Overloaded, OwnersOnly, Stopping, TooBusy
from bot.replies.send import Asked


class Access(Enum):
    """Whom a command is for."""

    EVERYONE = "everyone"
    MANAGERS = "those who may manage the guild that they ask in"
    OWNERS = "the owner of the bot's application, or the administrators and developers of its team"


ACCESS: Mapping[str, Access] = {
    "news": Access.EVERYONE,
    "headline": Access.EVERYONE,
    "related": Access.EVERYONE,
    "Find related news": Access.EVERYONE,
    "help": Access.EVERYONE,
    "about": Access.EVERYONE,
    "settings": Access.MANAGERS,
    "remove": Access.OWNERS,
    "feeds": Access.OWNERS,
    "feeds list": Access.OWNERS,
    "feeds add": Access.OWNERS,
    "feeds remove": Access.OWNERS,
    "feeds pause": Access.OWNERS,
    "feeds resume": Access.OWNERS,
    "feeds poll": Access.OWNERS,
}
"""Commands by name. What is not listed is for the owners."""

PUBLIC = frozenset({"news", "headline", "related"})
"""Commands whose answers everyone sees; those of other slash commands are private."""

QUESTIONS, SECONDS = 20, 10.0
"""Commands that a guild may give within so many seconds: more than six users may by their own cooldowns."""

AT_ONCE = 100
"""Commands that are under way at a time, some two seconds of work (`make proof PART=load`). Where more were let in,
each would wait for all before it, and in the end none be answered while its reader still waits."""

_TOLD = ("discord.py:", "CommandTree-invoker", "discord-ui-view-dispatch", "discord-ui-dynamic-item")
"""How the names of the tasks begin in which discord.py handles messages and other events, slash commands, and clicks."""


@dataclass(frozen=True, slots=True)
class Somewhere:
    """Where and by whom something is asked."""

    key: int
    """The guild's id, or the user's in direct messages."""
    guild: bool
    manages: bool
    channels: tuple[int | None, ...]
    """The channel's id, and for a thread its parent's."""


def somewhere(asked: Asked) -> Somewhere:
    """Tell where and by whom something is asked."""
    author = asked.user if isinstance(asked, discord.Interaction) else asked.author
    inside = (
        asked.guild_id if isinstance(asked, discord.Interaction) else asked.guild and asked.guild.id
    ) or None
    channel = asked.channel
    return Somewhere(
        key=inside or author.id,
        guild=inside is not None,
        manages=inside is not None and asked.permissions.manage_guild,
        channels=(channel.id if channel else None, getattr(channel, "parent_id", None)),
    )


class Admission:
    """Lets commands in, says why not, or ignores them."""

    def __init__(self, bot: commands.Bot | commands.AutoShardedBot) -> None:
        self._bot = bot
        self._questions = _each(QUESTIONS, SECONDS)
        self._words = _each(1, SECONDS)
        self._under_way: set[asyncio.Task[Any]] = set()
        self._closed = False

    async def admit(self, asked: Asked, command: str | None, choices: GuildSettings) -> bool:
        """Tell whether a command is to be done; raise the AskError that says why not.

        False is for what is ignored silently: messages where the bot does not answer, or too many of them.
        `command` is None for what was said to the bot but is no command.
        """
        if self._closed:
            raise Stopping
        where = somewhere(asked)
        now = discord.utils.utcnow().timestamp()
        spoken = isinstance(asked, commands.Context) and asked.interaction is None
        if self._questions.update_rate_limit(where.key, now) is not None:
            # One word for all who wrote, a private one for each who used a slash command.
            if spoken and self._words.update_rate_limit(where.key, now) is not None:
                return False
            raise TooBusy
        if len(self._under_way) >= AT_ONCE:
            # Each is told: they come from everywhere, and none of them asks too much.
            raise Overloaded
        refused = not self.answers(where, command, choices)
        if refused and spoken:
            return False
        if refused:
            raise Elsewhere(channels=choices.channels)
        if command is not None:
            await self.allow(asked, command)
        task = asyncio.current_task()
        if task is not None:
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return True

    async def close(self, within: float) -> None:
        """Let nothing in any more, and wait up to `within` seconds for what is under way.

        That is what was let in, clicks, and what Discord told of before: it still asks the store what its guild chose,
        and is then told that it comes too late.
        """
        self._closed = True
        told = {task for task in asyncio.all_tasks() if task.get_name().startswith(_TOLD)}
        if left := self._under_way | told - {asyncio.current_task()}:
            await asyncio.wait(left, timeout=within)

    @staticmethod
    def answers(where: Somewhere, command: str | None, choices: GuildSettings) -> bool:
        """Tell whether the bot answers there; who may change that may do so anywhere."""
        may_change = where.manages and ACCESS.get(command or "") is Access.MANAGERS
        channel, *above = where.channels
        return may_change or not where.guild or choices.answers_in(channel or 0, *above)

    async def allow(self, asked: Asked, command: str) -> None:
        """Raise NotAllowed if a command is not for whoever asked."""
        where = somewhere(asked)
        author = asked.user if isinstance(asked, discord.Interaction) else asked.author
        match ACCESS.get(command, Access.OWNERS):
            case Access.EVERYONE:
                return
            case Access.MANAGERS if not where.guild:
                raise GuildsOnly
            case Access.MANAGERS if not where.manages:
                raise ManagersOnly
            case Access.OWNERS if not await self._bot.is_owner(author):
                raise OwnersOnly


def _each(rate: int, per: float) -> "commands.CooldownMapping[Any]":
    return commands.CooldownMapping(commands.Cooldown(rate, per), lambda key: key)
