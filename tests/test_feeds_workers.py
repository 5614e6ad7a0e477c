"""Documents that take too long or too much cost a process of their own, and nothing else."""

import asyncio
import os
from datetime import UTC, datetime

import pytest

from bot.errors import NoHeadline
from bot.failures import NotAFeed, Unreadable
from bot.feeds.workers import Workers

NOW = datetime(2026, 5, 4, tzinfo=UTC)
FEED = b"""<rss version="2.0"><channel><title>Harbour Gazette</title>
<item><guid>1</guid><title>Ferry sails again</title><link>https://harbour.example/1</link>
<description>The ferry left the harbour on Monday.</description></item></channel></rss>"""


def bomb(size: int) -> bytes:
    """Return a feed of markup opened and never closed, which parsers take long for."""
    return FEED.replace(b"The ferry left", b"&lt;b&gt;" * size)


async def test_feeds_and_pages_are_read() -> None:
    async with Workers.open(count=1) as workers:
        feed = await workers.read_feed(FEED, "https://harbour.example/feed", "application/rss+xml", NOW)
        page = await workers.read_page("a.txt", b"Ferry sails again\n\nThe ferry left the harbour on Monday.")
    assert [entry.page.headline for entry in feed.entries] == ["Ferry sails again"]
    assert page.headline == "Ferry sails again"


async def test_what_is_wrong_with_a_document_is_told_as_it_is() -> None:
    async with Workers.open(count=1) as workers:
        with pytest.raises(NotAFeed):
            await workers.read_feed(b"<html><body>Hello</body></html>", "https://a.example", "text/html", NOW)
        with pytest.raises(NoHeadline):
            await workers.read_page("a.txt", b"   ")


async def test_a_process_that_takes_too_long_is_killed_and_replaced() -> None:
    async with Workers.open(count=1, deadline=0.5) as workers:
        await workers.read_feed(FEED, "https://harbour.example/feed", None, NOW)
        with pytest.raises(Unreadable):
            await workers._do(_for_ever)
        feed = await workers.read_feed(FEED, "https://harbour.example/feed", None, NOW)
    assert len(feed.entries) == 1


async def test_a_process_that_dies_or_takes_too_much_memory_is_replaced() -> None:
    async with Workers.open(count=1) as workers:
        for work in (_die, _grow):
            with pytest.raises(Unreadable):
                await workers._do(work)
        assert (await workers.read_page("a.txt", b"Ferry sails again\n\nIt left.")).headline


async def test_the_loop_goes_on_while_a_bomb_is_read() -> None:
    async with Workers.open(count=1, deadline=1.0) as workers:
        task = asyncio.ensure_future(
            workers.read_feed(bomb(100_000), "https://harbour.example/feed", None, NOW)
        )
        turns = 0
        while not task.done():
            await asyncio.wait([task], timeout=0.01)
            turns += 1
        read = await asyncio.gather(task, return_exceptions=True)
    # Read, or given up: either way nobody waited for it.
    assert turns > 1
    assert isinstance(read[0], Unreadable) or len(read[0].entries) == 1  # type: ignore[union-attr]  # a Feed


def _for_ever() -> None:
    while True:
        pass


def _die() -> None:
    os._exit(1)


def _grow() -> None:
    bytearray(8 * 1024 * 1024 * 1024)
