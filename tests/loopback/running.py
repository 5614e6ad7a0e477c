"""The real bot on the loopback Discord."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

import discord
import pytest

from bot.desk import Desk
from bot.replies import delivery
from bot.running import Session
from tests.canaries import TOKEN
from tests.loopback.server import Loopback


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a bot of this process not wait: pauses are short, and attempts end soon."""
    monkeypatch.setattr("bot.desk.identifies.SPACING", timedelta())
    monkeypatch.setattr(discord.backoff.ExponentialBackoff, "delay", lambda _: 0.01)
    monkeypatch.setattr("bot.supervision.FIRST_PAUSE", 0.02)
    monkeypatch.setattr(delivery, "FIRST_PAUSE", 0.02)
    monkeypatch.setattr(delivery, "ATTEMPT", 0.3)


@asynccontextmanager
async def hasty(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Loopback]:
    """Serve a Discord whose clients need not wait."""
    hurry(monkeypatch)
    async with Loopback.open(monkeypatch) as served:
        yield served


@pytest.fixture
async def loopback(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Loopback]:
    """A Discord for hasty clients, none of which may break its rules."""
    async with hasty(monkeypatch) as served:
        yield served
        assert served.world.violations == []


def running(loopback: Loopback, desk: Desk) -> AbstractAsyncContextManager[asyncio.Task[None]]:
    """Run the bot meanwhile."""
    return on_discord(loopback, Session(desk, desk.settings, TOKEN))


@asynccontextmanager
async def on_discord(loopback: Loopback, session: Session) -> AsyncIterator[asyncio.Task[None]]:
    """Run a session meanwhile, from when it listens."""
    task = asyncio.create_task(session.run())
    ready = asyncio.create_task(loopback.connected())
    await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
    if not ready.done():
        ready.cancel()
        await task
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
