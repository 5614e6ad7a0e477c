"""When the bot may begin a session with Discord: kept in the store, for all processes, and across restarts."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.store.store import Store

BUDGET: Final = 900
"""Sessions that may be begun in SPAN, by all processes and shards of one application together. Discord allows 1,000
and then resets the token (its gateway documentation, "Session Start Limit"); large bots are allowed more."""
SPAN: Final = timedelta(hours=24)
SPACING: Final = timedelta(seconds=5.5)
"""Between two sessions: Discord lets in one in five seconds (ibid., "max_concurrency" of 1), large bots more. The rest is for
what lies between this moment and Discord: where one is noted slowly and the next one at once, they are nearer there."""
_HOUR: Final = timedelta(hours=1)
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


class Identifies:
    """Counts sessions by the hour, and spaces them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def take(self, application: int, now: datetime) -> timedelta:
        """Begin a session now and return nothing to wait for; or return how long to wait before asking again."""
        wait = timedelta()

        def change(known: str | None) -> str:
            nonlocal wait
            read = json.loads(known or "{}")
            hours = Counter({datetime.fromisoformat(at): n for at, n in read.get("hours", {}).items()})
            # An hour counts until its last moment is SPAN ago.
            recent = Counter({at: n for at, n in hours.items() if at + _HOUR + SPAN > now})
            latest = datetime.fromisoformat(read["latest"]) if "latest" in read else _LONG_AGO
            if recent.total() >= BUDGET:
                wait = min(recent) + _HOUR + SPAN - now
            elif latest <= now < latest + SPACING:
                wait = latest + SPACING - now
            else:
                # A clock that was put back keeps nobody waiting.
                recent[now.replace(minute=0, second=0, microsecond=0)] += 1
                latest = now
            told = {at.isoformat(): n for at, n in recent.items()}
            return json.dumps({"hours": told, "latest": latest.isoformat()}, sort_keys=True)

        await self._store.meta_change(f"identifies:{application}", change)
        return wait
