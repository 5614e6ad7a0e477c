"""What there is on this Discord: one bot, two guilds with a channel and a member each; ids, and objects as the API shows them."""

import itertools
from datetime import UTC, datetime
from typing import Any

from tests.loopback.permissions import ORDINARY

BOT, READER, GUILD = 100, 200, 300
"""Ids. The application's is the bot's, as Discord has it."""
OTHER_GUILD = GUILD + (1 << 22)
"""A guild of the next shard, where there are several."""
_EPOCH = 1_420_070_400_000
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


def channel(guild: int = GUILD, *, denied: int = 0) -> dict[str, Any]:
    """Show the channel of a guild, in which some permissions are denied."""
    overwrites = [{"id": str(guild), "type": 0, "allow": "0", "deny": str(denied)}] if denied else []
    return {
        "id": str(guild + 1),
        "type": 0,
        "name": "news",
        "position": 0,
        "permission_overwrites": overwrites,
    }


def direct(user_: int) -> dict[str, Any]:
    """Show the channel of direct messages with a user."""
    return {"id": str(user_ + 1), "type": 1, "last_message_id": None, "recipients": [user(user_)]}


def guild(id_: int, *, denied: int = 0) -> dict[str, Any]:
    """Show a guild as GUILD_CREATE does."""
    everyone = {"id": str(id_), "name": "@everyone", "permissions": str(ORDINARY), "position": 0, "color": 0}
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
        "channels": [channel(id_, denied=denied)],
        "system_channel_id": str(id_ + 1),
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


def interaction(kind: int, data: dict[str, Any], guild: int, user_: int, **more: Any) -> dict[str, Any]:
    """Show an interaction of a kind (2 a command, 3 a control, 4 a completion) in the channel of a guild."""
    id_ = snowflake()
    return {
        "id": str(id_),
        "application_id": str(BOT),
        "type": kind,
        "token": f"token{id_}",
        "version": 1,
        "guild_id": str(guild),
        "channel_id": str(guild + 1),
        "channel": channel(guild),
        "member": member(user_) | {"permissions": "0"},
        "app_permissions": "0",
        "locale": "en-US",
        "entitlements": [],
        "authorizing_integration_owners": {"0": str(guild)},
        "context": 0,
        "attachment_size_limit": 0,
        "data": data,
    } | more


def words(shown: dict[str, Any]) -> str:
    """Return all words of a message."""
    parts = [shown.get("content") or ""]
    for embed in shown.get("embeds") or []:
        parts += [embed.get("title") or "", embed.get("description") or ""]
        parts += [f"{one['name']} {one['value']}" for one in embed.get("fields") or []]
    return "\n".join(part for part in parts if part).replace("**", "")
