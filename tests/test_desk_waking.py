"""On PostgreSQL those who follow the change log are told of a change; that they look by themselves is the floor."""

import asyncio

import pytest
from sqlalchemy import text

from bot.article import Page
from bot.desk import live
from bot.desk.live import LiveHeadlines
from bot.store.store import Store
from tests.databases import take_in


async def test_on_postgresql_a_change_wakes_those_who_follow(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "FOLLOW_EVERY", 60.0)
    async with Store.open(postgres_url) as writer, Store.open(postgres_url) as reader:
        headlines = LiveHeadlines(reader)
        await headlines.load()
        async with headlines.following():
            # Before it listens nothing wakes it.
            await _listening(writer)
            for number in range(1, 4):
                await take_in(writer, Page(headline=f"Ferry {number} leaves"))
                async with asyncio.timeout(5):
                    while len(headlines) < number:
                        await asyncio.sleep(0.001)


async def test_a_listener_that_is_cut_off_goes_on_looking_and_listens_again(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(live, "FOLLOW_EVERY", 0.1)
    async with Store.open(postgres_url) as writer, Store.open(postgres_url) as reader:
        headlines = LiveHeadlines(reader)
        await headlines.load()
        async with headlines.following():
            for number in range(1, 3):
                await _listening(writer)
                async with writer._database.writing() as connection:
                    await connection.execute(
                        text(
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
                        )
                    )
                await take_in(writer, Page(headline=f"Ferry {number} leaves"))
                async with asyncio.timeout(5):
                    while len(headlines) < number:
                        await asyncio.sleep(0.001)
            await _listening(writer)
    assert "not told" in caplog.text


async def _listening(store: Store) -> None:
    count = text(
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
    )
    async with asyncio.timeout(10):
        while True:
            async with store._database.reading() as connection:
                if await connection.scalar(count):
                    return
            await asyncio.sleep(0.01)
