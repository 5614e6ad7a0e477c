"""How often the bot may begin a session with Discord: counted in the store, so that restarts are counted too."""

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Final

from bot.store.store import Store

BUDGET: Final = 900
"""Sessions that may be begun in SPAN, by all processes and shards of one application together. Discord allows 1,000
and then resets the token (its gateway documentation, "Session Start Limit"); large bots are allowed more."""
SPAN: Final = timedelta(hours=24)
_HOUR: Final = timedelta(hours=1)


class Identifies:
    """Counts sessions by the hour."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def take(self, application: int, now: datetime) -> timedelta:
        """Count one session and return nothing to wait for; or, if the budget is spent, how long until another one."""
        wait = timedelta()

        def change(known: str | None) -> str:
            nonlocal wait
            hours = Counter({datetime.fromisoformat(at): n for at, n in json.loads(known or "{}").items()})
            # An hour counts until its last moment is SPAN ago.
            recent = Counter({at: n for at, n in hours.items() if at + _HOUR + SPAN > now})
            if recent.total() >= BUDGET:
                wait = min(recent) + _HOUR + SPAN - now
            else:
                recent[now.replace(minute=0, second=0, microsecond=0)] += 1
            return json.dumps({at.isoformat(): n for at, n in recent.items()}, sort_keys=True)

        await self._store.meta_change(f"identifies:{application}", change)
        return wait
