"""A simulated Discord with one guild, one channel and one reader, and the real bot in it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import discord
import simcord

from bot.client import NewsBot
from bot.desk import Desk
from bot.errors import Unsendable
from bot.replies import limits
from bot.settings import Settings

PATIENCE = 9.0
"""Real seconds that an answer may take before the simulation gives up on it. Less than a passing reply stays (PASSING in
bot/replies/send.py): the simulation would wait for its end."""
BETWEEN_MESSAGES = 10.0
"""Simulated seconds between two messages: as a reader types, so that no cooldown strikes."""

PAYLOAD = ("content", "embeds", "components", "allowed_mentions", "flags")
"""What is kept of a message as Discord would get it."""

_POSTED = re.compile(r"/channels/\d+/messages")
_MENTION = re.compile(r"^@newsdesk\b", re.IGNORECASE)


@dataclass(slots=True)
class Stage:
    """The reader's side of the simulated channel."""

    env: simcord.Env
    bot: NewsBot
    channel: simcord.ChannelHandle
    reader: simcord.MemberActor

    async def say(self, text: str) -> list[dict[str, Any]]:
        """Send a message as the reader; return the messages that the bot answered with, as Discord would get them.

        Raises Unsendable for what Discord would not take.
        """
        typed = self.typed(text)
        await self.env.advance_time(BETWEEN_MESSAGES)
        before = len(self.env.http_requests)
        await self.reader.send(self.channel, typed)
        return [
            {"content": "", "embeds": [], "components": [], "allowed_mentions": None, "flags": 0}
            | {name: request.json[name] for name in PAYLOAD if request.json.get(name) is not None}
            for request in self.env.http_requests[before:]
            if request.method == "POST" and _POSTED.fullmatch(request.path) and isinstance(request.json, dict)
        ]

    async def click(self, label: str) -> dict[str, Any] | None:
        """Click a button of the newest message; return the message as it is then, None if it has no such button."""
        await self.env.advance_time(BETWEEN_MESSAGES)
        try:
            await self.reader.click(self.last_message(), label=label)
        except (simcord.SetupError, LookupError):
            return None
        after = self.last_message()
        return {
            "content": after.content,
            "embeds": [embed.to_dict() for embed in after.embeds],
            "components": [row.to_dict() for row in after.components],
        }

    def last_message(self) -> discord.Message:
        """Return the newest message of the channel; raise LookupError while it is empty."""
        message = self.channel.last_message
        if message is None:
            raise LookupError("nobody has said anything yet")
        return message

    def typed(self, text: str) -> str:
        """Return a message as it is sent; raise Unsendable.

        `@Newsdesk` mentions the bot, and a slash stands for the prefix. Where a message begins with a
        command's name alone, the prefix is put before it.
        """
        typed = self._with_prefix(text.strip())
        if not 1 <= limits.length(typed) <= limits.CONTENT:
            raise Unsendable(length=limits.length(typed), limit=limits.CONTENT)
        return typed

    def _with_prefix(self, text: str) -> str:
        mention = self.bot.user.mention if self.bot.user else ""
        if _MENTION.match(text):
            return _MENTION.sub(mention, text, count=1)
        settings = self.bot.settings
        prefix = settings.prefix if settings.prefix_commands else f"{mention} "
        if text.startswith("/"):
            return prefix + text[1:]
        first = text.split(maxsplit=1)[0].lower() if text else ""
        return prefix + text if first in self.bot.all_commands else text


@asynccontextmanager
async def stage(desk: Desk, settings: Settings, *, as_owner: bool = False) -> AsyncIterator[Stage]:
    """Set the simulated guild up, at today's date, with the bot logged in and its slash commands known.

    The reader is a member like any other or, `as_owner`, whoever runs the bot and manages the guild.
    """
    bot = NewsBot(desk, settings)
    # Not simcord.run(): it also sets its clock for this side of the conversation, which belongs to whoever calls.
    env = simcord.Env(bot, shard_count=1, settle_timeout=PATIENCE)
    env.backend.bot_user.name = "Newsdesk"
    await env.start()
    try:
        await env.advance_time((datetime.now(UTC) - env.now()).total_seconds())
        await bot.tree.sync()
        guild = env.create_guild("Newsroom")
        channel = guild.create_text_channel("news")
        roles = []
        if as_owner:
            roles = [guild.create_role("staff", permissions=discord.Permissions(administrator=True))]
        reader = guild.add_member(env.create_user("owner" if as_owner else "reader"), roles=roles)
        if as_owner:
            bot.owner_id = reader.id
        yield Stage(env=env, bot=bot, channel=channel, reader=reader)
    finally:
        await env.shutdown()
