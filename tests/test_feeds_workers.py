"""Documents are read in processes that are killed at their deadline, and replaced."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.errors import NoHeadline
from bot.failures import NotAFeed, Unreadable
from bot.feeds.workers import Workers
from tests.feedmaker import rss

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
URL = "https://herald.example/feed.xml"


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    async with Workers.open(count=1) as opened:
        yield opened


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


async def titles(workers: Workers, data: bytes) -> list[str]:
    feed = await workers.read_feed(data, URL, "application/rss+xml", NOW)
    return [entry.page.headline for entry in feed.entries]


async def test_a_feed_and_a_page_are_read(workers: Workers) -> None:
    assert await titles(workers, rss("Harbour reopens", "Bridge closed")) == [
        "Harbour reopens",
        "Bridge closed",
    ]
    page = await workers.read_page("ferry.txt", b"Ferry aground\n\nA ferry ran aground on Monday.\n")
    assert page.headline == "Ferry aground"


async def test_what_is_wrong_with_a_document_is_told_and_the_process_goes_on(workers: Workers) -> None:
    with pytest.raises(NotAFeed):
        await workers.read_feed(b"<html><body>Welcome</body></html>", URL, None, NOW)
    before = workers.processes
    with pytest.raises(NoHeadline):
        await workers.read_page("empty.txt", b"\n \n")
    assert await titles(workers, rss("Rain")) == ["Rain"]
    assert workers.processes == before


async def test_a_process_is_killed_at_its_deadline_and_replaced() -> None:
    async with Workers.open(count=1) as workers:
        assert await titles(workers, rss("First")) == ["First"]
        (before,) = workers.processes
        workers._deadline = 0.0
        with pytest.raises(Unreadable):
            await titles(workers, rss(*("Long" for _ in range(2_000))))
        workers._deadline = 5.0
        assert await titles(workers, rss("Second")) == ["Second"]
        (after,) = workers.processes
        assert after != before
        assert not is_running(before)


async def test_a_document_beyond_the_memory_costs_its_process_only() -> None:
    async with Workers.open(count=1, memory=160 * 1024**2, deadline=60.0) as workers:
        with pytest.raises(Unreadable):
            await workers.read_feed(b"<rss>" + b"x" * 30_000_000, URL, None, NOW)
        assert await titles(workers, rss("Still here")) == ["Still here"]


async def test_a_process_that_dies_is_replaced(workers: Workers) -> None:
    assert await titles(workers, rss("First")) == ["First"]
    (before,) = workers.processes
    os.kill(before, 9)
    with pytest.raises(Unreadable):
        await titles(workers, rss("Lost"))
    assert await titles(workers, rss("Second")) == ["Second"]


async def test_who_stops_waiting_leaves_a_fresh_process_behind(workers: Workers) -> None:
    assert await titles(workers, rss("First")) == ["First"]
    task = asyncio.create_task(titles(workers, rss(*(f"Story {n}" for n in range(900)))))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await titles(workers, rss("Second")) == ["Second"]


@pytest.mark.parametrize("inside", ["<b>" * 100_000, "&lt;b&gt;" * 33_000])
async def test_nested_markup_is_read_in_time(workers: Workers, inside: str) -> None:
    data = (
        f"<rss version='2.0'><channel><title>T</title><item><title>Deep</title><description>{inside}".encode()
    )
    data += b"</description></item><item><title>Beside</title></item></channel></rss>"
    assert "Beside" in await titles(workers, data)


async def test_processes_are_started_when_there_is_something_to_read_and_none_is_left_behind() -> None:
    async with Workers.open() as workers:
        assert workers.processes == []
        one, two = await asyncio.gather(titles(workers, rss("One")), titles(workers, rss("Two")))
        assert (one, two) == (["One"], ["Two"])
        running = workers.processes
        assert len(running) == 2
    assert not any(map(is_running, running))


async def test_workers_do_not_get_the_secrets_of_the_bot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "not-for-workers")
    async with Workers.open(count=1) as workers:
        assert await titles(workers, rss("One")) == ["One"]
        (process,) = workers.processes
        with open(f"/proc/{process}/environ", "rb") as environment:  # noqa: PTH123, ASYNC230 - a file of the kernel's
            assert b"not-for-workers" not in environment.read()
