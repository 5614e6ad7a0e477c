"""Commands counted and timed as they are answered."""

import time
from typing import Any
from weakref import WeakKeyDictionary

from discord import app_commands

from bot.client import NewsBot
from bot.errors import NewsError, StoreError
from bot.monitoring.metrics import Metrics
from bot.replies.doors import FOR_THE_READER
from bot.replies.send import Context
from bot.replies.voice import unwrapped

_NO_COMMAND = "none"
"""The name under which is counted what is no command."""


def count_commands(bot: NewsBot, metrics: Metrics) -> None:
    """Count and time what a client answers from now on: commands in messages and slash commands."""
    began: WeakKeyDictionary[Any, float] = WeakKeyDictionary()

    def count(ctx: Context, outcome: str) -> None:
        name = ctx.command.qualified_name if ctx.command else _NO_COMMAND
        metrics.commands.labels(name, outcome).inc()
        start = began.pop(ctx, None)
        if start is not None:
            metrics.latency.labels(name).observe(time.perf_counter() - start)

    async def on_command(ctx: Context) -> None:
        began[ctx] = time.perf_counter()

    async def on_command_completion(ctx: Context) -> None:
        count(ctx, "answered")

    async def on_command_error(ctx: Context, error: Exception) -> None:
        count(ctx, "refused" if _is_refusal(unwrapped(error)) else "failed")

    async def on_app_command_completion(_: object, command: object) -> None:
        # All others are hybrids, and counted above.
        if isinstance(command, app_commands.ContextMenu):
            metrics.commands.labels(command.name, "answered").inc()

    for listener in (on_command, on_command_completion, on_command_error, on_app_command_completion):
        bot.add_listener(listener)


def _is_refusal(error: BaseException) -> bool:
    if isinstance(error, StoreError):
        return False
    return isinstance(error, (NewsError, *FOR_THE_READER))
