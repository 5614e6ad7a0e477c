"""A week of fifty feeds, with a clock of its own, and a process that is killed at any moment of it."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.failures import NotReached
from bot.feeds.claims import LEASE
from bot.feeds.entries import NEWEST, Take
from bot.feeds.reading import Entry, Feed
from bot.store.store import Store
from bot.store.writing import Writing
from bot.web import Fetched
from tests.feedworld import NOON, Clock, Site, World, entry, feeds

FEEDS = 50
WEEK = timedelta(days=7)
OLD = 10
"""Entries that a feed has when it is added."""
SHOWN = 20
"""Entries that a feed shows at a time."""
STEP = timedelta(hours=1)
"""How far the clock goes while the round sleeps."""
KILLS = 30
BETWEEN_KILLS = (5, 90)
"""Moments at which the process can be killed; a poll has some three."""


class Killed:
    """Ends the process, as far as it can tell: at some moments whoever asks waits for ever."""

    def __init__(self, rng: random.Random, times: int) -> None:
        self._rng = rng
        self.left = times
        self._in = rng.randint(*BETWEEN_KILLS)
        self.now = asyncio.Event()

    async def moment(self) -> None:
        self._in -= 1
        if self.left and self._in <= 0:
            self.left -= 1
            self._in = self._rng.randint(*BETWEEN_KILLS)
            self.now.set()
        if self.now.is_set():
            await asyncio.Event().wait()


class MortalStore(Store):
    """A store that is killed before and after each commit."""

    killed: Killed

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Writing]:
        async with super().writing() as tx:
            yield tx
            await self.killed.moment()
        await self.killed.moment()


class Week(World):
    """Fifty feeds that publish at random, some of which fail for a while, in a process that is killed."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.rng = random.Random(seed)
        self.clock = Clock()
        self.killed = Killed(self.rng, KILLS)
        self.ended = asyncio.Event()
        self.published: Counter[str] = Counter()
        self._number = 0
        self._next: dict[str, datetime] = {}
        for number in range(FEEDS):
            url = f"https://feed{number}.example/"
            self.sites[url] = Site([self._entry(url) for _ in range(OLD)], title=f"Feed {number}")
            self.sites[url].ttl = timedelta(hours=self.rng.choice([20, 22, 24]))
            self._next[url] = NOON + timedelta(hours=self.rng.uniform(2, 12))

    def _entry(self, url: str) -> Entry:
        self._number += 1
        made = entry(self._number, source=url, url=f"{url}stories/{self._number}", published=self.clock())
        self.published[str(made.page.url)] += 1
        return made

    def publish(self) -> None:
        """Let the feeds publish what they did until now, correct some of it, and fail for a time."""
        for url, due in self._next.items():
            if due > self.clock():
                continue
            site = self.sites[url]
            shown = [self._entry(url), *site.entries][:SHOWN]
            if self.rng.random() < 0.3:
                at = self.rng.randrange(len(shown))
                # The same story with another id, by another address.
                shown[at] = Entry(key=f"{shown[at].key}!", page=shown[at].page, teaser=False)
            site.entries = shown
            site.etag = f'"{self._number}"'
            site.fails = NotReached(host="feed") if self.rng.random() < 0.05 else None
            self._next[url] = self.clock() + timedelta(hours=self.rng.uniform(2, 12))

    async def get(self, url: str, **how: Any) -> Fetched:
        await self.killed.moment()
        return await super().get(url, **how)

    async def read_feed(self, data: bytes, url: str, content_type: str | None, now: datetime) -> Feed:
        await self.killed.moment()
        return await super().read_feed(data, url, content_type, now)

    async def sleep(self, _: float) -> None:
        """Let time pass while nothing is going on; a poll takes none of it."""
        while any(task.get_name().startswith("poll feed ") for task in asyncio.all_tasks()):
            await asyncio.sleep(0.001)
        if self.clock() >= NOON + WEEK:
            self.ended.set()
            await asyncio.Event().wait()
        self.clock.pass_(STEP)
        self.publish()

    async def live(self, url: str) -> None:
        """Run a process on the store until it is killed, or the week is over."""
        self.killed.now.clear()
        async with MortalStore.open(url) as store:
            store.killed = self.killed
            kept = feeds(store, self, self.clock, sleep=self.sleep, chance=self.rng.random)
            async with kept.polling():
                waiting = [asyncio.create_task(event.wait()) for event in (self.killed.now, self.ended)]
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in waiting:
                    task.cancel()

    def recover(self) -> None:
        """End all trouble, and let what a killed process had claimed be due."""
        self.killed.left = 0
        self.killed.now.clear()
        for site in self.sites.values():
            site.fails = None
        self.clock.pass_(LEASE)


def take(number: int) -> Take:
    return list(Take)[number % 3]


@pytest.mark.parametrize("seed", [1])
async def test_a_week_in_which_nothing_is_lost_and_nothing_comes_twice(sqlite_url: str, seed: int) -> None:
    week = Week(seed)
    old = set(week.published)
    async with Store.open(sqlite_url) as store:
        for number, url in enumerate(week.sites):
            await feeds(store, week, week.clock).add_unseen(url, take=take(number))
    lives = 0
    while not week.ended.is_set():
        await week.live(sqlite_url)
        lives += 1
    assert lives > KILLS // 2

    week.recover()
    async with Store.open(sqlite_url) as store:
        kept = feeds(store, week, week.clock)
        assert all(polled.error is None for polled in await kept.poll())
        rows = await kept.list()
        ids = [row[0] async for batch in store.headlines() for row in batch]
        found = Counter(str(listing.url) for listing in await store.listings(ids))
        assert await store.check() == []
    assert not any(row.paused for row in rows)
    assert max(found.values()) == 1, "something came twice"
    new = set(week.published) - old
    assert len(new) > FEEDS * 10
    assert new <= set(found), "something was lost"
    came = Counter(url.partition("stories/")[0] for url in old & set(found))
    for number, row in enumerate(rows):
        assert came[row.url] == {Take.NONE: 0, Take.NEWEST: NEWEST, Take.ALL: OLD}[take(number)]
