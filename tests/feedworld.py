"""A small world of feeds without a network: what a fetch gives is said in a table, and time is what a test says."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, cast

from bot.article import Page
from bot.errors import NewsError
from bot.failures import FetchStatus
from bot.feeds.feeds import Feeds
from bot.feeds.reading import Entry, Feed
from bot.feeds.workers import Workers
from bot.store.records import FeedRow
from bot.store.store import Store
from bot.web import Fetched, Web

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEED = "https://gazette.example/feed"
_SUBJECTS = "harbour ferry bridge school library stadium orchard railway hospital theatre".split()
_DEEDS = "opens closes grows shrinks burns floods wins loses moves waits".split()


@dataclass
class Clock:
    """A clock that tests move."""

    time: datetime = NOON

    def __call__(self) -> datetime:
        return self.time

    def pass_(self, time: timedelta) -> None:
        self.time += time


def datetime_of(clock: Clock) -> type[datetime]:
    """Return a class whose now() is what a clock says."""

    class Injected(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # not one of its own
            return clock().astimezone(tz)

    return Injected


def entry(number: int, *, source: str = "Gazette", teaser: bool = False, **changes: Any) -> Entry:
    """Make up the entry with a number: another story for each."""
    subject, deed = _SUBJECTS[number % 10], _DEEDS[number // 10 % 10]
    said: dict[str, Any] = {
        "headline": f"The {subject} of ward {number} {deed} again",
        "standfirst": f"People who live near the {subject} in ward {number} saw on day {number} how it {deed}.",
        "published": NOON - timedelta(hours=number),
        "source": source,
        "url": f"https://gazette.example/stories/{number}",
        **changes,
    }
    key = said.pop("key", f"tag:{source}:{number}")
    return Entry(key=key, page=Page(**said), teaser=teaser)


@dataclass
class Site:
    """A feed as its server gives it."""

    entries: Sequence[Entry] = ()
    title: str = "Gazette"
    ttl: timedelta | None = None
    etag: str | None = None
    max_age: timedelta | None = None
    permanent: str | None = None
    fails: Exception | None = None


@dataclass
class World:
    """What there is to fetch, by address, and what was asked for."""

    sites: dict[str, Site] = field(default_factory=dict)
    pages: dict[str, Page | NewsError] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        modified: str | None = None,
        robots: bool = False,
        deadline: float = 30,
    ) -> Fetched:
        self.asked.append(url)
        if url in self.pages:
            assert robots, "an article's page is asked for as its site allows"
            return Fetched(url=url, status=200, body=url.encode(), content_type="text/html")
        if url not in self.sites:
            raise FetchStatus(host=url, status=404)
        site = self.sites[url]
        if site.fails:
            raise site.fails
        unchanged = etag is not None and etag == site.etag
        return Fetched(
            url=url,
            status=304 if unchanged else 200,
            body=b"" if unchanged else url.encode(),
            content_type="application/rss+xml",
            etag=site.etag,
            max_age=site.max_age,
            permanent=site.permanent,
        )

    async def read_feed(self, data: bytes, url: str, content_type: str | None, now: datetime) -> Feed:
        site = self.sites[data.decode()]
        return Feed(
            title=site.title, site=None, language=None, ttl=site.ttl, entries=tuple(site.entries), dropped=0
        )

    async def read_page(self, name: str, data: bytes) -> Page:
        page = self.pages[data.decode()]
        if isinstance(page, NewsError):
            raise page
        return page


def feeds(store: Store, world: World, clock: Clock, **injected: Any) -> Feeds:
    """Return the feeds of a store in a world."""
    injected.setdefault("chance", lambda: 0.0)
    return Feeds(store, cast("Web", world), cast("Workers", world), now=clock, **injected)


async def added(store: Store, name: str, **changes: Any) -> FeedRow:
    """Add a feed to a store, and change some of what is known of it."""
    row = await store.feeds.add(
        url=f"https://me:secret@{name}.example/feed",
        key=name.encode().ljust(16),
        take="none",
        full_text=True,
        user=2**60,
        now=NOON,
    )
    return await store.feeds.change(row.id, lambda row: replace(row, **changes)) if changes else row
