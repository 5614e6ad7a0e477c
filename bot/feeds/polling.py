"""One poll of a feed: fetched, read, what is new or edited taken in, and only then its state written down.

Whatever happens between two of these steps, the next poll begins with the state before and finds what is
missing: an entry is remembered in the transaction that takes it in, and taking one in again changes nothing.
Each of these transactions holds only under the poll's claim: a poll that comes to itself after another one was
begun elsewhere writes nothing over what that one found.
"""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from bot.errors import NewsError, PageError, StoreError
from bot.failures import BadAnswer, FetchError, FetchStatus, UnknownFeed, written
from bot.feeds.articles import whole_pages
from bot.feeds.claims import Claims
from bot.feeds.entries import Named, Take, named, unwanted
from bot.feeds.reading import Feed
from bot.feeds.schedule import after_failure, after_success
from bot.feeds.workers import Workers
from bot.ingest.documents import Did, Outcome
from bot.ingest.identity import canonical_url, digest
from bot.ingest.intake import Intake
from bot.store.claims import ClaimLost
from bot.store.records import Claim, FeedRow, FileEntry
from bot.store.store import Store
from bot.web import Fetched, Web, read_address

log = logging.getLogger(__name__)

BATCH = 200
"""Entries in one transaction: others want to write, too."""
_GONE = 410
"""RFC 9110, section 15.5.11."""


@dataclass(frozen=True, slots=True)
class Polled:
    """What a poll did: the feed as it is now, what became of new and edited entries, and why it failed if so."""

    feed: FeedRow
    outcomes: tuple[Outcome, ...] = ()
    error: NewsError | None = None

    def count(self, did: Did) -> int:
        """Count the entries of which something became."""
        return sum(outcome.outcome is did for outcome in self.outcomes)


class Poller:
    """Polls feeds, each by one at a time."""

    def __init__(
        self,
        store: Store,
        web: Web,
        workers: Workers,
        claims: Claims,
        *,
        now: Callable[[], datetime],
        chance: Callable[[], float],
    ) -> None:
        self._store = store
        self._web = web
        self._workers = workers
        self._claims = claims
        self._now = now
        self._chance = chance
        self._intake = Intake(store)
        self._alone: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def poll(self, id_: int, claim: Claim | None = None) -> Polled:
        """Poll a feed, under a claim that is taken from whoever has it if none is given.

        Raises StoreError and UnknownFeed; what is wrong with the feed is said by what is returned.
        """
        alone = self._alone.get(id_) or asyncio.Lock()
        self._alone[id_] = alone
        async with alone:
            return await self._under(claim or await self._claims.take(id_), self._poll)

    async def begin(self, row: FeedRow, fetched: Fetched, feed: Feed) -> Polled:
        """Take in a feed that was just added, and fetched before. Raises as `poll` does."""
        claim = await self._claims.take(row.id)
        return await self._under(claim, lambda claim: self._take_in(row, claim, fetched, feed))

    async def _under(self, claim: Claim, work: Callable[[Claim], Awaitable[Polled]]) -> Polled:
        try:
            async with self._claims.kept(claim):
                return await work(claim)
        except ClaimLost:
            feed = await self._store.feeds.get(claim.feed)
            log.info("Feed %d is polled by another poll by now", claim.feed)
            return Polled(feed)

    async def _poll(self, claim: Claim) -> Polled:
        row = await self._store.feeds.get(claim.feed)
        try:
            fetched = await self._web.get(row.url, etag=row.etag, modified=row.modified)
            feed = None if fetched.status == 304 else await self.read(fetched)
            return await self._take_in(row, claim, fetched, feed)
        except (StoreError, UnknownFeed, ClaimLost):
            raise
        except (FetchError, PageError) as error:
            return await self._failed(claim, error)
        except Exception as error:  # noqa: BLE001 - whatever a feed does to us, others are still polled
            # Not the message: it may quote the address, and that may hold a password.
            place = "".join(traceback.format_tb(error.__traceback__))
            log.error("Feed %d could not be polled: %s\n%s", row.id, type(error).__name__, place)  # noqa: TRY400 - see above
            return await self._failed(claim, BadAnswer(host=read_address(row.url).host))

    async def read(self, fetched: Fetched) -> Feed:
        """Read what was fetched as a feed; raise PageError, NotAFeed above all."""
        return await self._workers.read_feed(fetched.body, fetched.url, fetched.content_type, self._now())

    async def _take_in(self, row: FeedRow, claim: Claim, fetched: Fetched, feed: Feed | None) -> Polled:
        """Take in what is new or edited in a feed (None: it has not changed), then write down how it is."""
        outcomes = [] if feed is None else await self._entries(row, claim, feed)
        now, chance = self._now(), self._chance()
        news = any(outcome.outcome is Did.ADDED for outcome in outcomes)

        def change(known: FeedRow) -> FeedRow:
            if feed is not None:
                ttl = None if feed.ttl is None else int(feed.ttl.total_seconds())
                known = replace(
                    known,
                    title=feed.title or known.title,
                    site=feed.site or known.site,
                    ttl=ttl,
                    etag=fetched.etag,
                    modified=fetched.modified,
                )
            if fetched.permanent is not None:
                known = replace(known, url=fetched.permanent, key=key_of(fetched.permanent))
            return after_success(
                known,
                now,
                news=news,
                ttl=None if known.ttl is None else timedelta(seconds=known.ttl),
                max_age=fetched.max_age,
                chance=chance,
            )

        return Polled(await self._store.feeds.settle(claim, change), tuple(outcomes))

    async def _entries(self, row: FeedRow, claim: Claim, feed: Feed) -> list[Outcome]:
        entries = await asyncio.to_thread(named, feed.entries)
        if row.take is not None:
            passed = unwanted(entries, Take(row.take), added=row.added, now=self._now())
            await self._store.feeds.pass_over(claim, [name for one in passed for name in one.names])
        outcomes: list[Outcome] = []
        for start in range(0, len(entries), BATCH):
            outcomes += await self._batch(row, claim, entries[start : start + BATCH])
        return outcomes

    async def _batch(self, row: FeedRow, claim: Claim, entries: Sequence[Named]) -> list[Outcome]:
        known = await self._store.feeds.known(row.root, [name for one in entries for name in one.names])
        fresh = [one for one in entries if one.is_fresh(known)]
        if not fresh:
            return []
        asked = await self._short(fresh, known) if row.full_text else []
        pages = await whole_pages([one.entry.page for one in asked], self._web, self._workers)
        whole = {one.path: page for one, page in zip(asked, pages, strict=True)}
        documents = [one.document(row.root, whole.get(one.path)) for one in fresh]
        return await self._intake.take_in(documents, claim)

    async def _short(self, fresh: Sequence[Named], known: Mapping[str, FileEntry]) -> list[Named]:
        """Return the entries that are summaries and whose pages are worth asking for."""
        short = [one for one in fresh if one.entry.teaser and one.url_key]
        if not short:
            return []
        settled = await self._store.feeds.settled(one.url_key for one in short if one.url_key)
        return [one for one in short if one.is_edited(known) or one.url_key not in settled]

    async def _failed(self, claim: Claim, error: NewsError) -> Polled:
        now, chance = self._now(), self._chance()
        status = error if isinstance(error, FetchStatus) else None

        def change(known: FeedRow) -> FeedRow:
            return after_failure(
                known,
                now,
                written(error),
                gone=status is not None and status.status == _GONE,
                retry_after=status.retry_after if status else None,
                chance=chance,
            )

        return Polled(await self._store.feeds.settle(claim, change), error=error)


def key_of(url: str) -> bytes:
    """Return by what a feed's address is recognised: http or https, with www. or without, it is the same feed."""
    return digest(canonical_url(url) or url)
