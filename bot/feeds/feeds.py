"""Feeds: all that a cog or a command of the CLI ever asks of them."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

from bot.errors import NewsError, PageError
from bot.failures import BadAddress, FetchError, KnownFeed, NotAFeed, SeveralFeeds
from bot.feeds.claims import Claims
from bot.feeds.discovery import common_places, feeds_of
from bot.feeds.entries import Take, named, unwanted
from bot.feeds.notices import Notices
from bot.feeds.opml import Outline, read_opml, write_opml
from bot.feeds.polling import Polled, Poller, key_of
from bot.feeds.reading import Entry, Feed
from bot.feeds.rounds import AT_ONCE, Rounds
from bot.feeds.schedule import paused, resumed
from bot.feeds.workers import Workers
from bot.meanwhile import meanwhile
from bot.settings import Settings
from bot.store.records import Claim, FeedRow
from bot.store.store import Store
from bot.web import Fetched, Web, read_address, shown

PLACE_SECONDS = 5.0
"""Time for each place where a site may have a feed that its page does not name."""
LIST_NAME = "Newsdesk"
"""The title of an exported list."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A line of a list: the feed that was added, or why none was."""

    title: str
    url: str = field(repr=False)
    feed: FeedRow | None = None
    error: NewsError | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """A feed that was looked at and not added."""

    url: str = field(repr=False)
    """It may hold credentials."""
    title: str | None
    entries: tuple[Entry, ...]
    """Those that would be taken in."""


class Feeds:
    """The feeds of one store. Make it with `Feeds.open`.

    All raise StoreErrors; what takes an id raises UnknownFeed; what takes an address raises FetchErrors
    and PageErrors, and SeveralFeeds where it is that of a page with several.
    """

    def __init__(
        self,
        store: Store,
        web: Web,
        workers: Workers,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """`now`, `sleep` and `chance` (from 0 to 1) are the world's; tests bring their own."""
        self._store = store
        self._web = web
        self._claims = Claims(store, now=now)
        self._poller = Poller(store, web, workers, self._claims, now=now, chance=chance)
        self._now = now
        self._sleep = sleep
        self.notices = Notices(store)

    @classmethod
    @asynccontextmanager
    async def open(cls, store: Store, settings: Settings) -> AsyncIterator[Self]:
        """Open what fetches and reads, and close it at the end."""
        async with Web.open(settings) as web, Workers.open() as workers:
            yield cls(store, web, workers)

    async def list(self) -> Sequence[FeedRow]:
        """Return all feeds, in the order in which they were added."""
        return await self._store.feeds.all()

    async def get(self, id_: int) -> FeedRow:
        """Return a feed."""
        return await self._store.feeds.get(id_)

    async def preview(self, url: str, take: Take = Take.ALL) -> Preview:
        """Look at the feed at an address, or behind the page there: what would come in if it were added."""
        found, _, feed = await self._look(url)
        entries = await asyncio.to_thread(named, feed.entries)
        now = self._now()
        passed = {one.path for one in unwanted(entries, take, added=now, now=now)}
        return Preview(found, feed.title, tuple(one.entry for one in entries if one.path not in passed))

    async def add(
        self, url: str, *, user: int | None = None, take: Take = Take.NONE, full_text: bool = True
    ) -> Polled:
        """Add the feed at an address, or behind the page there, and take in what is wanted of it; raise KnownFeed."""
        await self._expect_unknown(key_of(url))
        found, fetched, feed = await self._look(url)
        row = await self._store.feeds.add(
            url=found, key=key_of(found), take=take, full_text=full_text, user=user, now=self._now()
        )
        return await self._poller.begin(row, fetched, feed)

    async def _expect_unknown(self, key: bytes) -> None:
        for row in await self._store.feeds.all():
            if row.key == key:
                raise KnownFeed(id=row.id)

    async def _look(self, url: str) -> tuple[str, Fetched, Feed]:
        fetched = await self._web.get(url)
        try:
            return fetched.permanent or url, fetched, await self._poller.read(fetched)
        except NotAFeed:
            found = await asyncio.to_thread(feeds_of, fetched.body, fetched.url)
            if not found:
                return await self._guess(fetched.url)
        if len(found) > 1:
            feeds = "; ".join(f"{title} {shown(address)}".strip() for title, address in found)
            raise SeveralFeeds(found=tuple(found), feeds=feeds)
        ((_, url),) = found
        fetched = await self._web.get(url)
        return fetched.permanent or url, fetched, await self._poller.read(fetched)

    async def _guess(self, page: str) -> tuple[str, Fetched, Feed]:
        for url in common_places(page):
            with contextlib.suppress(FetchError, PageError):
                fetched = await self._web.get(url, deadline=PLACE_SECONDS)
                return fetched.permanent or url, fetched, await self._poller.read(fetched)
        raise NotAFeed

    async def add_unseen(
        self, url: str, *, user: int | None = None, take: Take = Take.NONE, full_text: bool = True
    ) -> FeedRow:
        """Add a feed without looking at it, to be polled with the others soon; raise KnownFeed or BadAddress."""
        read_address(url)
        return await self._store.feeds.add(
            url=url, key=key_of(url), take=take, full_text=full_text, user=user, now=self._now()
        )

    async def import_(
        self, data: bytes, *, user: int | None = None, take: Take = Take.NONE
    ) -> Sequence[Imported]:
        """Add the feeds of an OPML list unseen; say for each what became of it. Raise NotAFeed if it is no list."""
        done: list[Imported] = []
        for outline in await asyncio.to_thread(read_opml, data):
            try:
                feed = await self.add_unseen(outline.url, user=user, take=take)
            except (KnownFeed, BadAddress) as error:
                done.append(Imported(outline.title, outline.url, error=error))
            else:
                done.append(Imported(outline.title, outline.url, feed))
        return done

    async def export(self, *, secrets: bool = False) -> bytes:
        """Return all feeds as an OPML list; credentials in their addresses are masked unless `secrets`."""
        outlines = [
            Outline(url=row.url if secrets else shown(row.url), title=row.title or "", site=row.site)
            for row in await self._store.feeds.all()
        ]
        return await asyncio.to_thread(write_opml, LIST_NAME, outlines)

    async def remove(self, id_: int) -> FeedRow:
        """Forget a feed; its articles stay. Return what it was."""
        return await self._store.feeds.remove(id_)

    async def pause(self, id_: int) -> FeedRow:
        """Poll a feed no more until someone resumes it."""
        return await self._store.feeds.change(id_, paused)

    async def resume(self, id_: int) -> FeedRow:
        """Poll a feed again, beginning at once."""
        return await self._store.feeds.change(id_, lambda row: resumed(row, self._now()))

    async def poll(self, ids: Iterable[int] | None = None) -> Sequence[Polled]:
        """Poll some feeds now, or all that are not paused; return what that did, in their order."""
        if ids is None:
            ids = [row.id for row in await self._store.feeds.all() if not row.paused]
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(id_: int) -> Polled:
            async with turns:
                return await self._poll(id_)

        return await asyncio.gather(*(one(id_) for id_ in ids))

    async def _poll(self, id_: int, claim: Claim | None = None) -> Polled:
        polled = await self._poller.poll(id_, claim)
        await self.notices.tell(polled.feed)
        return polled

    @asynccontextmanager
    async def polling(self) -> AsyncIterator[None]:
        """Poll whatever is due meanwhile."""
        await self.notices.tell_all()
        rounds = Rounds(self._store, self._claims, self._poll, now=self._now, sleep=self._sleep)
        async with meanwhile(rounds.run(), "poll feeds"):
            yield
