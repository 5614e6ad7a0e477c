"""What there is on this Discord: one bot, two guilds with a channel and a member each; ids, and objects as the API shows them."""

import asyncio
import itertools
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

BOT, READER, GUILD = 100, 200, 300
"""Ids. The application's is the bot's, as Discord has it."""
OTHER_GUILD = GUILD + (1 << 22)
"""A guild of the next shard, where there are several."""
_EPOCH = 1_420_070_400_000
_SEND_MESSAGES = 1 << 11
_PERMISSIONS = str((1 << 53) - 1 - (1 << 3))
"""All but that of administrators, who may write anywhere."""
_serial = itertools.count(1)


def snowflake() -> int:
    """Return a new id that says when it was made, as those of Discord do."""
    passed = int(datetime.now(UTC).timestamp() * 1000) - _EPOCH
    return (passed << 22) | (next(_serial) % 4096)


def user(id_: int) -> dict[str, Any]:
    """Show a user."""
    name = "newsdesk" if id_ == BOT else "reader"
    return {"id": str(id_), "username": name, "discriminator": "0", "avatar": None, "bot": id_ == BOT}


def member(id_: int) -> dict[str, Any]:
    """Show a member of the guild."""
    joined = "2026-01-01T00:00:00+00:00"
    return {"user": user(id_), "roles": [], "joined_at": joined, "deaf": False, "mute": False, "flags": 0}


def channel(guild: int = GUILD, *, silent: bool = False) -> dict[str, Any]:
    """Show the channel of a guild, in which the bot may not write if it is `silent`."""
    denied = {"id": str(guild), "type": 0, "allow": "0", "deny": str(_SEND_MESSAGES)}
    overwrites = [denied] if silent else []
    return {
        "id": str(guild + 1),
        "type": 0,
        "name": "news",
        "position": 0,
        "permission_overwrites": overwrites,
    }


def guild(id_: int, *, silent: bool = False) -> dict[str, Any]:
    """Show a guild as GUILD_CREATE does."""
    everyone = {"id": str(id_), "name": "@everyone", "permissions": _PERMISSIONS, "position": 0, "color": 0}
    everyone |= {"hoist": False, "managed": False, "mentionable": False, "flags": 0}
    return {
        "id": str(id_),
        "name": "Readers",
        "owner_id": str(READER),
        "roles": [everyone],
        "emojis": [],
        "features": [],
        "verification_level": 0,
        "preferred_locale": "en-US",
        "channels": [channel(id_, silent=silent)],
        "threads": [],
        "members": [member(BOT)],
        "member_count": 2,
        "large": False,
        "unavailable": False,
    }


def message(content: str, author: int, guild: int = GUILD, **more: Any) -> dict[str, Any]:
    """Show a message in the channel of a guild."""
    return {
        "id": str(snowflake()),
        "channel_id": str(guild + 1),
        "author": user(author),
        "content": content,
        "timestamp": datetime.now(UTC).isoformat(),
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "components": [],
        "pinned": False,
        "type": 0,
    } | more


@dataclass
class Asked:
    """An interaction, and what became of it."""

    payload: dict[str, Any]
    answered: int | None = None
    """The type of its first answer."""
    original: dict[str, Any] | None = None
    at: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    """When it was told: time of the event loop, in seconds."""


@dataclass
class World:
    """What happened, and what is to go wrong."""

    guilds: list[int] = field(default_factory=lambda: [GUILD, OTHER_GUILD])
    posted: list[dict[str, Any]] = field(default_factory=list)
    """Messages of the bot in the channels."""
    answered_at: dict[str, float] = field(default_factory=dict)
    """When a message was answered, by its id: times of the event loop, in seconds."""
    nonces: dict[str, dict[str, Any]] = field(default_factory=dict)
    interactions: dict[str, Asked] = field(default_factory=dict)
    """By their tokens."""
    faults: deque[str] = field(default_factory=deque)
    """What happens to the next requests that say something, one each: names of rest.FAULTS, or "" for nothing."""
    silent: set[int] = field(default_factory=set)
    """Guilds in whose channels the bot may not write."""
    answer_within: float = 3.0
    """Seconds until which an interaction has to be answered, or at least an answer announced."""
    token_lives: float = 900.0
    """Seconds for which what follows the first answer is taken."""
    per_second: int | None = None
    """Requests a second that are taken of a bot; Discord takes 50. The load of the proof is larger."""
    limited: int = 0
    """Messages that were told to wait since there were too many in their channel."""
    invalid: int = 0
    """Answers 401, 403 and 429."""
    identify_spacing: float = 0.0
    """Seconds between two sessions that are begun; on Discord, five."""
    violations: list[str] = field(default_factory=list)
    identified: int = 0
    identified_at: list[float] = field(default_factory=list)
    """Times of the event loop, in seconds."""
    resumed: int = 0
    closes_with: int | None = None
    """The close code that every IDENTIFY gets."""

    def violate(self, rule: str) -> None:
        """Note that a rule was broken."""
        self.violations.append(rule)

    @property
    def said(self) -> list[str]:
        """All words of every message that is shown: those in the channel, and answers to interactions."""
        originals = [asked.original for asked in self.interactions.values() if asked.original]
        return [words(shown) for shown in [*self.posted, *originals]]


def words(shown: dict[str, Any]) -> str:
    """Return all words of a message."""
    parts = [shown.get("content") or ""]
    for embed in shown.get("embeds") or []:
        parts += [embed.get("title") or "", embed.get("description") or ""]
        parts += [f"{one['name']} {one['value']}" for one in embed.get("fields") or []]
    return "\n".join(part for part in parts if part).replace("**", "")
