"""Whether the bot can answer: each part that it needs, and what is the matter with it."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, Final, Protocol, TypeVar

from bot.client import NewsBot
from bot.desk import Desk
from bot.errors import NewsError
from bot.store.waiting import within

WITHIN: Final = 2.0
"""Seconds that the store has to answer."""
FAR_BEHIND: Final = 5_000
"""Changes behind which the headlines in memory are not what is in the store; a catch-up takes half a second for so many."""
WELL: Final = "ok"
NEVER: Final = "never"
LAST_INGEST: Final = "last_ingest"
"""Told beside the parts: an old store answers as well as a new one, so it is no reason not to be asked."""

T = TypeVar("T")


class Presence(Protocol):
    """The bot on Discord."""

    client: NewsBot | None
    stopping: bool


async def condition(desk: Desk, presence: Presence) -> Mapping[str, str]:
    """Tell of each part WELL, or in a few words what is the matter; and as LAST_INGEST when an article last came in."""
    (store, last), index = await asyncio.gather(_store(desk), _index(desk))
    return {
        "process": "stopping" if presence.stopping else WELL,
        "store": store,
        "index": index,
        "gateway": _gateway(presence.client),
        LAST_INGEST: last,
    }


def parts(told: Mapping[str, str]) -> Mapping[str, bool]:
    """Tell of each part whether it is well."""
    return {part: said == WELL for part, said in told.items() if part != LAST_INGEST}


async def soon(asking: Coroutine[Any, Any, T]) -> T:
    """Return what the store answers; raise TimeoutError if that takes longer than WITHIN."""
    return await within(WITHIN, asking)


async def _store(desk: Desk) -> tuple[str, str]:
    try:
        last = await soon(desk.store.newest())
    except NewsError as error:
        return type(error).__name__, "not known"
    except TimeoutError:
        return f"no answer within {WITHIN:.0f} s", "not known"
    return WELL, last.isoformat(timespec="seconds") if last else NEVER


async def _index(desk: Desk) -> str:
    try:
        behind = await soon(desk.headlines.behind())
    except (NewsError, TimeoutError):
        return "not known"
    return WELL if behind <= FAR_BEHIND else f"{behind} changes behind"


def _gateway(client: NewsBot | None) -> str:
    if client is None or client.is_closed() or not client.is_ready():
        return "not connected"
    away = [str(id_) for id_, shard in client.shards.items() if shard.is_closed()]
    return f"shards {', '.join(away)} not connected" if away else WELL
