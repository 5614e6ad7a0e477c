"""On PostgreSQL those who follow the change log are told of a change; that they look by themselves is the floor."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from bot.article import Page
from bot.desk import live
from bot.desk.live import LiveHeadlines
from bot.store.store import Store
from tests.databases import LISTENERS, listening, take_in


@asynccontextmanager
async def followed(url: str) -> AsyncIterator[tuple[Store, LiveHeadlines]]:
    """Yield a store to write to, and headlines that follow it elsewhere."""
    async with Store.open(url) as writer, Store.open(url) as reader:
        headlines = LiveHeadlines(reader)
        await headlines.load()
        async with headlines.following():
            # Before it listens nothing wakes it.
            await listening(writer)
            yield writer, headlines


async def _taken_in(writer: Store, headlines: LiveHeadlines, number: int) -> None:
    """Take an article in, the first, second and so on, and wait until it is followed."""
    await take_in(writer, Page(headline=f"Ferry {number} leaves"))
    async with asyncio.timeout(5):
        while len(headlines) < number:
            await asyncio.sleep(0.001)


async def test_on_postgresql_a_change_wakes_those_who_follow(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "FOLLOW_EVERY", 60.0)
    async with followed(postgres_url) as (writer, headlines):
        for number in range(1, 4):
            await _taken_in(writer, headlines, number)


async def test_a_listener_that_is_cut_off_goes_on_looking_and_listens_again(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(live, "FOLLOW_EVERY", 0.1)
    cut_off = text(f"SELECT pg_terminate_backend(pid) {LISTENERS}")
    async with followed(postgres_url) as (writer, headlines):
        for number in range(1, 3):
            async with writer._database.writing() as connection:
                await connection.execute(cut_off)
            await _taken_in(writer, headlines, number)
            await listening(writer)
    assert "not told" in caplog.text
