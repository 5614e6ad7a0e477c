"""What is done when the client ends: it is started anew, unless that can never help."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Final, Literal

import discord
from discord.ext import commands

from bot.errors import NewsError, SessionRefused, WrongToken

log = logging.getLogger(__name__)

LONGEST_RETRY: Final = 4.0
"""Seconds at most between two attempts of discord.py to connect: with the five that there must be between two sessions,
the bot is back within ten of the fault's end."""

FIRST_PAUSE: Final = 1.0
"""Seconds before the first new start; each further one waits twice as long."""
LONGEST_PAUSE: Final = 8.0
"""Seconds at most, so that the bot is back within ten of the fault's end. What it costs in sessions is counted."""
STEADY: Final = 60.0
"""Seconds after which a client counts as well, and the pauses begin anew."""

_WRONG_TOKEN: Final = 4004
_FOR_GOOD: Final = frozenset({4010, 4011, 4012, 4013})
"""Close codes after which Discord says not to reconnect (its "Gateway Close Event Codes"): wrong shard, sharding
required, wrong version, wrong intents."""


class _Backoff(discord.backoff.ExponentialBackoff[Literal[False]]):
    """The pauses of discord.py between its attempts to connect, but never longer than LONGEST_RETRY.

    discord.py 2.7.1 doubles them up to 1,024 seconds, and begins anew only after half an hour without any: when Discord
    was away for ten minutes, the bot could be away for another 17, all shards together.
    """

    def delay(self) -> float:
        """Return the seconds of the next pause."""
        return min(super().delay(), LONGEST_RETRY)


discord.shard.ExponentialBackoff = _Backoff  # type: ignore[attr-defined, assignment]


async def keep_up(
    run: Callable[[], Awaitable[None]],
    *,
    began: Callable[[], bool],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Run a client until it ends by itself, and start it anew whenever it fails.

    What `run` raises before any client `began`, that is, listened to Discord, stops the start loudly. Raise WrongToken
    and SessionRefused for what Discord closed for good, PrivilegedIntentsRequired as discord.py does.
    """
    clock = asyncio.get_running_loop().time
    pause = FIRST_PAUSE
    while True:
        started = clock()
        try:
            await run()
        except Exception as error:
            meant = _meant(error)
            if meant is not None:
                raise meant from None
            if not began() or _is_for_good(error):
                raise
            log.exception("The connection to Discord ended; it is begun anew")
        else:
            return
        if clock() - started > STEADY:
            pause = FIRST_PAUSE
        await sleep(pause * random.uniform(0.75, 1))  # noqa: S311 - no secret
        pause = min(2 * pause, LONGEST_PAUSE)


def _meant(error: Exception) -> NewsError | None:
    match error:
        case discord.LoginFailure():
            return WrongToken()
        case discord.ConnectionClosed(code=code) if code == _WRONG_TOKEN:
            return WrongToken()
        case discord.ConnectionClosed(code=code) if code in _FOR_GOOD:
            return SessionRefused(code=code)
    return None


def _is_for_good(error: Exception) -> bool:
    """Tell whether it is our own fault: another start would end as this one did."""
    return isinstance(error, discord.PrivilegedIntentsRequired | commands.ExtensionError)
