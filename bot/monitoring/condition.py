"""Whether the bot can answer: each part that it needs, and what is the matter with it."""

import asyncio
from collections.abc import Mapping
from typing import Final, Protocol

from bot.client import NewsBot
from bot.desk import Desk
from bot.errors import NewsError

WITHIN: Final = 2.0
"""Seconds that the store has to answer."""
FAR_BEHIND: Final = 5_000
"""Changes behind which the headlines in memory are not what is in the store; a catch-up takes half a second for so many."""
WELL: Final = "ok"


class Presence(Protocol):
    """The bot on Discord."""

    client: NewsBot | None
    stopping: bool


async def condition(desk: Desk, presence: Presence) -> Mapping[str, str]:
    """Tell of each part WELL, or in a few words what is the matter."""
    return {
        "process": "stopping" if presence.stopping else WELL,
        "store": await _store(desk),
        "index": await _index(desk),
        "gateway": _gateway(presence.client),
    }


async def _store(desk: Desk) -> str:
    try:
        async with asyncio.timeout(WITHIN):
            await desk.guilds.of(0)
    except NewsError as error:
        return type(error).__name__
    except TimeoutError:
        return f"no answer within {WITHIN:.0f} s"
    return WELL


async def _index(desk: Desk) -> str:
    try:
        async with asyncio.timeout(WITHIN):
            behind = await desk.headlines.behind()
    except (NewsError, TimeoutError):
        return "not known"
    return WELL if behind <= FAR_BEHIND else f"{behind} changes behind"


def _gateway(client: NewsBot | None) -> str:
    if client is None or client.is_closed() or not client.is_ready():
        return "not connected"
    away = [str(id_) for id_, shard in client.shards.items() if shard.is_closed()]
    return f"shards {', '.join(away)} not connected" if away else WELL
