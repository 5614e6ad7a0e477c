"""The client is started anew; sessions are counted across restarts, and waited for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest

from bot.client import NewsBot
from bot.desk import Desk
from bot.desk.identifies import BUDGET, SPACING, SPAN, Identifies
from bot.errors import StoreBusy, WrongToken
from bot.store.store import Store
from bot.supervision import LONGEST_PAUSE, LONGEST_RETRY, keep_up

NOON = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Runs:
    """What a client does each time it is started: end, or fail."""

    def __init__(self, *ends: Exception | None) -> None:
        self.ends = list(ends)
        self.pauses: list[float] = []

    async def __call__(self) -> None:
        end = self.ends.pop(0)
        if end is not None:
            raise end

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


async def test_a_client_that_fails_is_started_anew_after_growing_pauses() -> None:
    runs = Runs(*[ValueError("a frame")] * 6, None)
    await keep_up(runs, began=lambda: True, sleep=runs.sleep)
    assert runs.ends == []
    assert runs.pauses[0] <= 1 < runs.pauses[1] <= 2 < runs.pauses[2] <= 4
    assert max(runs.pauses) <= LONGEST_PAUSE


async def test_what_fails_before_anything_began_stops_the_start() -> None:
    runs = Runs(ValueError("a frame"), None)
    with pytest.raises(ValueError, match="a frame"):
        await keep_up(runs, began=lambda: False, sleep=runs.sleep)


@pytest.mark.parametrize(
    ("end", "error"),
    [
        (discord.LoginFailure("no"), WrongToken),
        (discord.PrivilegedIntentsRequired(None), discord.PrivilegedIntentsRequired),
        (discord.ext.commands.ExtensionNotFound("cogs.news"), discord.ext.commands.ExtensionNotFound),
    ],
)
async def test_what_another_start_cannot_mend_is_raised(end: Exception, error: type[Exception]) -> None:
    runs = Runs(ValueError("a frame"), end, None)
    with pytest.raises(error):
        await keep_up(runs, began=lambda: True, sleep=runs.sleep)


async def test_sessions_are_counted_across_restarts_and_by_application(store: Store) -> None:
    now = NOON
    for _ in range(BUDGET):
        assert not await Identifies(store).take(1, now)
        now += SPACING
    assert now < NOON + 2 * HOUR
    wait = await Identifies(store).take(1, now)
    assert now + wait == NOON.replace(minute=0) + HOUR + SPAN
    assert not await Identifies(store).take(2, now)
    assert not await Identifies(store).take(1, now + wait)


async def test_sessions_are_spaced_among_processes_whatever_a_clock_says(store: Store) -> None:
    one, other = Identifies(store), Identifies(store)
    assert not await one.take(1, NOON)
    assert await other.take(1, NOON + SPACING / 4) == SPACING * 3 / 4
    assert not await other.take(1, NOON + SPACING)
    assert await one.take(1, NOON + SPACING) == SPACING
    assert not await one.take(1, NOON - HOUR)


async def test_a_session_waits_until_one_may_be_begun(
    empty_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = NewsBot(empty_desk, empty_desk.settings)
    waits = [timedelta(seconds=40), timedelta(hours=5), timedelta()]
    slept: list[float] = []

    async def take(*_: Any) -> timedelta:
        return waits.pop(0)

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(empty_desk.identifies, "take", take)
    monkeypatch.setattr("asyncio.sleep", sleep)
    await bot.before_identify_hook(0, initial=False)
    assert slept == [40, 3600]


async def test_a_store_that_fails_keeps_no_session_from_beginning(
    empty_desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def take(*_: Any) -> timedelta:
        raise StoreBusy

    monkeypatch.setattr(empty_desk.identifies, "take", take)
    await NewsBot(empty_desk, empty_desk.settings).before_identify_hook(0, initial=True)
    assert "not counted" in caplog.text


def test_no_pause_of_discord_py_is_longer_than_ours() -> None:
    pauses = discord.shard.ExponentialBackoff()  # type: ignore[attr-defined]
    assert max(pauses.delay() for _ in range(100)) == LONGEST_RETRY
