"""The bot in a browser page that looks like Discord: simcord's preview, on loopback only."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from simcord import Preview, SetupError

from bot.preview.stage import Stage

TICK = 1.0
"""Seconds between two steps of the simulated clock, which does not run by itself."""


@asynccontextmanager
async def page(stage: Stage, port: int = 0) -> AsyncIterator[Preview]:
    """Serve the channel; `port` 0 takes any free one. The page's `url` carries its own key."""
    await stage.say("help")
    async with stage.env.preview(
        stage.channel, viewers=[stage.reader], layout="channel", port=port or None
    ) as preview:
        clock = asyncio.create_task(_keep_time(stage), name="the simulated clock")
        try:
            yield preview
        finally:
            clock.cancel()


async def _keep_time(stage: Stage) -> None:
    """Keep the simulated clock at the real time, so that cooldowns end and buttons die as they would."""
    while True:
        await asyncio.sleep(TICK)
        behind = (datetime.now(UTC) - stage.env.now()).total_seconds()
        if behind <= 0:
            continue
        try:
            await stage.env.advance_time(behind)
        except SetupError:
            continue  # a click is being handled; the next tick makes up for it
