"""Sending so that it arrives, and only once: everything that the bot says leaves through here.

discord.py tries some answers of Discord again (500, 502, 504, rate limits) and gives up on the others. Here all that
may pass is tried again, in a way that cannot double it: a message under one nonce, a first answer to an interaction
until Discord says that it has one, an edit as often as it takes.
"""

import asyncio
import json
import logging
import random
import secrets
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import aiohttp
import discord

log = logging.getLogger(__name__)

T = TypeVar("T")

MESSAGE: Final = 30.0
"""Seconds within which a message is sent or given up. Discord remembers a nonce for a few minutes."""
FIRST_ANSWER: Final = 2.8
"""Seconds for the first answer to an interaction, from when it came: Discord waits three."""
LATER_ANSWER: Final = 60.0
"""Seconds for all that follows the first answer. An interaction's token lives 15 minutes; a reader does not wait so long."""
ATTEMPT: Final = 10.0
"""Seconds for one attempt: long enough for discord.py to sit out the rate limit of a channel (5 messages in 5 s)."""
FIRST_PAUSE: Final = 0.25
"""Seconds before the second attempt; each further pause is twice as long."""
LONGEST_PAUSE: Final = 4.0
_ACKNOWLEDGED: Final = 40060
"""Discord's error code: the interaction has already been acknowledged."""
_SLEEP = asyncio.sleep
_LEFT: Final[set[asyncio.Future[Any]]] = set()
"""Attempts that are left to themselves: the loop itself keeps only weak references."""
_GONE: Final = frozenset({10003, 10008, 10062, 50027})
"""Discord's error codes: unknown channel, message or interaction, and a token that lives no longer."""

FAULTS: Final[Counter[str]] = Counter()
"""Attempts that failed and were made again since the process began, by what went wrong."""


UNDELIVERED: Final = (discord.HTTPException, OSError, aiohttp.ClientError, json.JSONDecodeError)
"""What is raised when something did not reach Discord, or when Discord did not take it."""


def may_pass(error: BaseException) -> bool:
    """Tell whether another attempt may do better: the fault is Discord's or the network's.

    A 429 that comes without `Via` is Cloudflare's, and discord.py does not sit it out. An answer that cannot be
    read, or is no JSON at all, says nothing of whether what was asked is done.
    """
    if isinstance(error, discord.RateLimited):
        return False
    if isinstance(error, discord.HTTPException):
        return error.status == 429 or error.status >= 500
    return isinstance(error, UNDELIVERED) or _is_misread(error)


def is_lost(error: BaseException) -> bool:
    """Tell whether an answer did not reach its reader by no mistake of ours: it came too late, or Discord failed."""
    if isinstance(error, discord.HTTPException):
        return error.code in _GONE or may_pass(error)
    # A RuntimeError of aiohttp: the client was closed meanwhile.
    closed = isinstance(error, RuntimeError) and _raised_in(error, "aiohttp.")
    return closed or isinstance(error, aiohttp.ClientError)


def _is_misread(error: BaseException) -> bool:
    """Tell whether discord.py stumbled over an answer that is no JSON object."""
    return isinstance(error, TypeError | KeyError) and _raised_in(error, "discord.")


def _raised_in(error: BaseException, package: str) -> bool:
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return bool(frames) and str(frames[-1].f_globals.get("__name__")).startswith(package)


def did_nothing(error: BaseException) -> bool:
    """Tell whether the attempt surely changed nothing at Discord, so that another one doubles nothing."""
    if isinstance(error, discord.HTTPException):
        return error.status in {429, 503}
    return isinstance(error, aiohttp.ClientConnectorError)


async def deliver(
    attempt: Callable[[], Awaitable[T]],
    *,
    within: float,
    again: Callable[[BaseException], bool] = may_pass,
    sleep: Callable[[float], Awaitable[None]] | None = None,
    by: object = None,
) -> T:
    """Attempt something until it succeeds, fails for good, or has taken `within` seconds; then raise what it raised.

    `by` is the object of discord.py that is asked to do it, if it goes through the client's own requests.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    pause = FIRST_PAUSE
    while True:
        try:
            return await _once(attempt, min(deadline - loop.time(), ATTEMPT), by)
        except Exception as error:
            if not again(error) or loop.time() + pause >= deadline:
                raise
            fault = _said(error)
            FAULTS[fault] += 1
            log.info("Discord did not take it (%s); it is tried again", fault)
        # Not all at once: after a fault there are many that try again.
        await (sleep or _SLEEP)(pause * random.uniform(0.5, 1))  # noqa: S311 - no secret
        pause = min(2 * pause, LONGEST_PAUSE)


async def _once(attempt: Callable[[], Awaitable[T]], seconds: float, by: object) -> T:
    """Attempt it; after so many seconds cancel it and raise TimeoutError.

    What sits out a limit on all requests is left to itself: discord.py 2.7.1 closes the door for everyone, and opens
    it after its pause; cancelled there, it never would, and nothing could be sent until the next start.
    """
    task = asyncio.ensure_future(attempt())
    try:
        await asyncio.wait({task}, timeout=max(seconds, 0.0))
    finally:
        if not task.done() and _all_are_limited(by):
            _LEFT.add(task)
            task.add_done_callback(_forget)
        else:
            task.cancel()
    if task not in _LEFT:
        await asyncio.wait({task})
    if not task.done() or task.cancelled():
        raise TimeoutError
    return task.result()


def _all_are_limited(by: object) -> bool:
    door = getattr(getattr(getattr(by, "_state", None), "http", None), "_global_over", None)
    return isinstance(door, asyncio.Event) and not door.is_set()


def _forget(task: asyncio.Future[Any]) -> None:
    _LEFT.discard(task)
    if not task.cancelled() and (error := task.exception()):
        log.debug("what was left to itself failed: %s", error)


async def post(channel: discord.abc.Messageable, **message: Any) -> discord.Message:
    """Send a message: however often it is attempted, Discord posts it once (`enforce_nonce`)."""
    nonce = secrets.token_hex(12)
    return await deliver(lambda: channel.send(**message, nonce=nonce), within=MESSAGE, by=channel)


async def answer(
    interaction: discord.Interaction[Any], *, private: bool, **message: Any
) -> discord.Message | None:
    """Answer an interaction: at once, or where Discord was told that an answer is under way, in its place.

    Return the message if Discord told it. That it is `private` was decided by the first word that Discord got.
    """
    response = interaction.response
    if not response.is_done():
        try:
            told = await _first(interaction, lambda: response.send_message(**message, ephemeral=private))
        except discord.InteractionResponded:
            pass
        except discord.HTTPException as error:
            # Discord was told in this very moment that the answer is under way.
            if error.code != _ACKNOWLEDGED:
                raise
            return await _in_place(interaction, message)
        else:
            if told is None:
                # It arrived, and what Discord said of it did not.
                return await deliver(interaction.original_response, within=LATER_ANSWER)
            return told.resource if isinstance(told.resource, discord.Message) else None
    if response.type is discord.InteractionResponseType.deferred_channel_message:
        return await _in_place(interaction, message)
    return await follow(interaction, private=private, **message)


async def follow(interaction: discord.Interaction[Any], *, private: bool, **message: Any) -> discord.Message:
    """Send a further message to an interaction. It has no nonce: what may have been done is not tried again."""
    return await deliver(
        lambda: interaction.followup.send(**message, ephemeral=private, wait=True),
        within=LATER_ANSWER,
        again=did_nothing,
    )


async def redraw(interaction: discord.Interaction[Any], **changes: Any) -> None:
    """Edit the message whose control was used."""
    if interaction.response.is_done():
        await _in_place(interaction, changes)
    else:
        await _first(interaction, lambda: interaction.response.edit_message(**changes))


async def redraw_later(
    target: discord.Interaction[Any] | discord.PartialMessage | discord.Message, **changes: Any
) -> None:
    """Edit a message that was sent: the answer to an interaction, or any other."""
    if isinstance(target, discord.PartialMessage | discord.Message):
        await deliver(lambda: target.edit(**changes), within=LATER_ANSWER, by=target)
    else:
        await _in_place(target, changes)


async def acknowledge(interaction: discord.Interaction[Any], *, private: bool = False) -> None:
    """Tell Discord that an answer is under way, unless it knows."""
    try:
        await _first(interaction, lambda: interaction.response.defer(ephemeral=private))
    except discord.InteractionResponded:
        pass
    except discord.HTTPException as error:
        if error.code != _ACKNOWLEDGED:
            raise


async def _first(interaction: discord.Interaction[Any], attempt: Callable[[], Awaitable[T]]) -> T | None:
    """Give the first answer; None if an earlier attempt turns out to have arrived."""
    unsure = False

    async def one() -> T | None:
        nonlocal unsure
        try:
            return await attempt()
        except discord.InteractionResponded:
            # discord.py notes an answer as given before it reads what Discord says of it.
            if unsure:
                return None
            raise
        except discord.HTTPException as error:
            if unsure and error.code == _ACKNOWLEDGED:
                return None
            unsure = unsure or not did_nothing(error)
            raise
        except Exception as error:
            unsure = unsure or not did_nothing(error)
            raise

    return await deliver(one, within=_left(interaction))


async def _in_place(interaction: discord.Interaction[Any], message: dict[str, Any]) -> discord.Message:
    return await deliver(lambda: interaction.edit_original_response(**message), within=LATER_ANSWER)


def _left(interaction: discord.Interaction[Any]) -> float:
    """Return the seconds that are left for a first answer. Our clock may be late: one attempt there always is."""
    passed = (discord.utils.utcnow() - interaction.created_at).total_seconds()
    return min(FIRST_ANSWER, max(FIRST_ANSWER - max(passed, 0), 1.0))


def _said(error: BaseException) -> str:
    """Name a fault. Not its message: that may be the address, which has the interaction's token."""
    return f"status {error.status}" if isinstance(error, discord.HTTPException) else type(error).__name__
