"""A feed is polled by one, and by another one soon after that one died; who comes too late changes nothing."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.errors import StoreBusy
from bot.failures import NotReached, UnknownFeed
from bot.feeds import Feeds, Take
from bot.feeds.claims import LEASE, Claims
from bot.feeds.rounds import LOOK_EVERY
from bot.feeds.schedule import MINIMUM, paused
from bot.ingest.documents import Document
from bot.ingest.intake import Intake
from bot.store.claims import ClaimLost
from bot.store.records import Claim, FeedRow
from bot.store.store import Store
from bot.web import Fetched
from tests import feed_poller, webserver
from tests.feed_site import rss
from tests.feedworld import FEED, HOUR, NOON, Clock, Site, World, added, entry, feeds

SECOND = timedelta(seconds=1)


async def due(store: Store, seconds: float = 0, limit: int = 9) -> list[Claim]:
    """Claim what is due some seconds after noon."""
    return await store.claims.due(NOON + seconds * SECOND, limit, LEASE)


def test_a_dead_process_s_feeds_are_taken_over_in_time() -> None:
    assert LEASE + LOOK_EVERY * SECOND <= 10 * SECOND, "what is polled then is to be found within 15 seconds"


async def test_what_is_due_is_given_to_one_only_and_longest_overdue_first(store: Store) -> None:
    late = await added(store, "a", next_poll=NOON - HOUR)
    now = await added(store, "b")
    later = await added(store, "c", next_poll=NOON + SECOND)
    await added(store, "d", next_poll=None)
    assert [claim.feed for claim in await due(store, limit=1)] == [late.id]
    assert [claim.feed for claim in await due(store)] == [now.id]
    assert await due(store) == []
    assert [claim.feed for claim in await due(store, 1)] == [later.id]
    assert [claim.feed for claim in await due(store, 8)] == [late.id, now.id]
    assert await store.feeds.all() == [late, now, later, await store.feeds.get(4)], (
        "when it is due has not changed"
    )


async def test_a_claim_lasts_for_as_long_as_it_is_renewed(store: Store) -> None:
    await added(store, "a")
    (claim,) = await due(store)
    for seconds in (8, 16, 24):
        await store.claims.renew([claim], NOON + seconds * SECOND + LEASE)
        assert await due(store, seconds + 7) == []
    (other,) = await due(store, 33)
    await store.claims.renew([claim], NOON + HOUR)
    assert [known.feed for known in await due(store, 42)] == [claim.feed], "what was lost is not renewed"
    with pytest.raises(ClaimLost):
        await store.feeds.settle(other, paused)


async def test_a_claim_that_ran_out_holds_until_another_one_is_made(store: Store) -> None:
    await added(store, "a")
    (claim,) = await due(store)
    await store.claims.renew([claim], NOON + 60 * SECOND)
    assert await due(store, 59) == []
    assert (await store.feeds.settle(claim, lambda row: replace(row, title="A"))).title == "A"
    assert len(await due(store, 59)) == 1, "what a poll found ends its claim"


async def test_a_claim_that_is_given_back_is_free_at_once(store: Store) -> None:
    await added(store, "a")
    (claim,) = await due(store)
    await store.claims.give_back([claim])
    assert len(await due(store)) == 1


async def test_a_claim_by_a_clock_that_is_wrong_keeps_nobody_waiting(store: Store) -> None:
    row = await added(store, "a")
    await store.claims.take(row.id, NOON + HOUR, LEASE)
    assert len(await due(store)) == 1
    await store.claims.take(row.id, NOON + 5 * SECOND, LEASE)
    assert await due(store) == [], "a clock that is some seconds ahead is no wrong one"


async def test_nothing_is_written_under_a_claim_that_was_lost(store: Store) -> None:
    row = await added(store, "a")
    (claim,) = await due(store)
    newer = await store.claims.take(row.id, NOON, LEASE)
    document = Document(entry(1).page)
    for write in (
        store.feeds.settle(claim, lambda row: replace(row, title="Late")),
        store.feeds.pass_over(claim, ["x"]),
        Intake(store).take_in([document], claim),
    ):
        with pytest.raises(ClaimLost):
            await write
    assert await store.feeds.get(row.id) == row
    assert await store.feeds.known(row.root, ["x"]) == {}
    assert (await store.stats()).articles == 0
    await Intake(store).take_in([document], newer)
    assert (await store.stats()).articles == 1


async def test_a_removed_feed_s_claim_is_lost_and_none_is_made(store: Store) -> None:
    row = await added(store, "a")
    (claim,) = await due(store)
    await store.feeds.remove(row.id)
    with pytest.raises(ClaimLost):
        await store.feeds.pass_over(claim, ["x"])
    for id_ in (row.id, -1, 10**30):
        with pytest.raises(UnknownFeed):
            await store.claims.take(id_, NOON, LEASE)


async def test_only_what_is_due_is_put_off(store: Store) -> None:
    row, later = await added(store, "a"), await added(store, "b", next_poll=NOON + HOUR)
    held = await added(store, "c", next_poll=None)
    for id_ in (row.id, later.id, held.id):
        await store.feeds.put_off(id_, NOON, NOON + 2 * SECOND)
    assert [feed.next_poll for feed in await store.feeds.all()] == [NOON + 2 * SECOND, NOON + HOUR, None]


class Hanging(World):
    """A world in which a fetch, once begun, takes until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.asked_for = asyncio.Event()
        self.let_go = asyncio.Event()

    async def get(self, url: str, **how: Any) -> Fetched:
        self.asked_for.set()
        await self.let_go.wait()
        return await super().get(url, **how)


class Two:
    """Two processes on one store: one whose fetches hang, and one whose fetches do not."""

    def __init__(self, one: Store, other: Store) -> None:
        self.clock = Clock()
        self.hanging, self.world = Hanging(), World()
        self.store = other
        self.stuck = feeds(one, self.hanging, self.clock)
        self.feeds = feeds(other, self.world, self.clock)
        self.hanging.sites[FEED] = Site([entry(1)], etag='"old"', title="Old")
        newer = entry(1, headline="The ferry of ward 1 was closed in error")
        self.world.sites[FEED] = Site([newer, entry(2)], etag='"new"', title="New", ttl=HOUR)

    @asynccontextmanager
    async def stuck_in_a_poll(self) -> AsyncIterator[None]:
        """Let the one begin its round, and be in the middle of a fetch."""
        await self.feeds.add_unseen(FEED, take=Take.ALL)
        async with self.stuck.polling():
            await asyncio.wait_for(self.hanging.asked_for.wait(), 10)
            yield

    async def polled(self) -> FeedRow:
        """Let the other one do its round until the feed was polled."""
        async with self.feeds.polling(), asyncio.timeout(10):
            while (row := await self.feeds.get(1)).last_success is None:
                await asyncio.sleep(0.005)
        return row

    async def headlines(self) -> list[str]:
        rows = [row[0] async for batch in self.store.headlines() for row in batch]
        return [listing.headline for listing in await self.store.listings(rows)]


@pytest.fixture
async def two(store_url: str) -> AsyncIterator[Two]:
    async with Store.open(store_url) as one, Store.open(store_url) as other:
        yield Two(one, other)


@pytest.mark.parametrize("fails", [None, NotReached(host="gazette.example")])
async def test_who_was_stalled_for_longer_than_its_lease_changes_nothing(
    two: Two, fails: Exception | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot.feeds")
    async with two.stuck_in_a_poll():
        two.clock.pass_(LEASE)
        row = await two.polled()
        assert (row.title, row.etag, row.next_poll) == ("New", '"new"', two.clock() + HOUR)
        found = await two.headlines()
        two.clock.pass_(SECOND)
        two.hanging.sites[FEED].fails = fails
        two.hanging.let_go.set()
        async with asyncio.timeout(10):
            while "by another poll" not in caplog.text:
                await asyncio.sleep(0.005)
    assert await two.feeds.get(1) == row
    assert await two.headlines() == found
    assert len(found) == 2


async def test_a_poll_that_takes_long_keeps_its_claim(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.feeds.claims.RENEW_EVERY", 0.005)
    renewed = asyncio.Event()
    renew = two.stuck._store.claims.renew

    async def noted(*given: Any) -> None:
        await renew(*given)
        renewed.set()

    monkeypatch.setattr(two.stuck._store.claims, "renew", noted)
    async with two.stuck_in_a_poll():
        for _ in range(5):
            two.clock.pass_(LEASE * 0.9)
            # The one that is under way may have been begun before the clock went on.
            for _ in range(2):
                renewed.clear()
                await asyncio.wait_for(renewed.wait(), 10)
            assert await Claims(two.store, now=two.clock).due(9) == []
        two.hanging.let_go.set()
        async with asyncio.timeout(10):
            while (await two.feeds.get(1)).title != "Old":
                await asyncio.sleep(0.005)
    assert await two.headlines() == [entry(1).page.headline]


@pytest.mark.parametrize("error", [StoreBusy(), RuntimeError("odd")], ids=["declared", "unexpected"])
async def test_a_renewal_that_fails_is_said_and_followed_by_others(
    two: Two, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    caplog.set_level("INFO", "bot.feeds")
    monkeypatch.setattr("bot.feeds.claims.RENEW_EVERY", 0.005)
    errors, renewed = [error], asyncio.Event()
    renew = two.stuck._store.claims.renew

    async def failing_once(*given: Any) -> None:
        if errors:
            raise errors.pop()
        await renew(*given)
        if two.clock() > NOON:
            renewed.set()

    monkeypatch.setattr(two.stuck._store.claims, "renew", failing_once)
    async with two.stuck_in_a_poll():
        two.clock.pass_(LEASE * 0.9)
        await asyncio.wait_for(renewed.wait(), 10)
        two.clock.pass_(LEASE * 0.9)
        assert await Claims(two.store, now=two.clock).due(9) == []
    assert "Claims are not renewed" in caplog.text


async def test_who_stops_gives_its_claims_back_at_once(two: Two) -> None:
    async with two.stuck_in_a_poll():
        assert await Claims(two.store, now=two.clock).due(9) == []
    assert (await two.polled()).title == "New"


async def test_a_poll_by_hand_does_not_wait_for_another_process(two: Two) -> None:
    async with two.stuck_in_a_poll():
        (polled,) = await two.feeds.poll([1])
        assert len(polled.outcomes) == 2
        two.hanging.let_go.set()
    assert (await two.feeds.get(1)).title == "New"


async def test_while_it_is_polled_a_feed_is_paused_and_resumed_as_ever(two: Two) -> None:
    async with two.stuck_in_a_poll():
        assert (await two.feeds.pause(1)).next_poll is None
        two.hanging.let_go.set()
        async with asyncio.timeout(10):
            while (row := await two.feeds.get(1)).last_success is None:
                await asyncio.sleep(0.005)
    assert (row.paused, row.next_poll) == (True, None)
    assert (await two.feeds.resume(1)).next_poll == two.clock()
    assert len(await Claims(two.store, now=two.clock).due(9)) == 1


async def test_a_poll_that_the_store_fails_is_put_off(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy(*_: object) -> FeedRow:
        raise StoreBusy

    monkeypatch.setattr(two.store.feeds, "settle", busy)
    await two.feeds.add_unseen(FEED)
    async with two.feeds.polling(), asyncio.timeout(10):
        while (await two.feeds.get(1)).next_poll != two.clock() + MINIMUM:
            await asyncio.sleep(0.005)
    assert len(two.world.asked) == 1


async def test_what_a_killed_process_was_polling_is_polled_by_another_one(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed_poller.hurry(monkeypatch)
    async with (
        webserver.Site.open({"/feed.xml": webserver.silence}) as site,
        Store.open(postgres_url) as store,
    ):
        settings = webserver.allowing(site, data_dir=tmp_path)
        async with Feeds.open(store, settings) as ours:
            await ours.add_unseen(site.url("/feed.xml"), take=Take.ALL, full_text=False)
            holder = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.feed_poller", postgres_url, site.pair
            )
            try:
                await _asked(site, 1)
                async with ours.polling():
                    site.routes["/feed.xml"] = rss("Ferry fares rise in spring")
                    holder.kill()
                    await holder.wait()
                    await _asked(site, 2)
                    async with asyncio.timeout(10):
                        while not (await store.stats()).articles:
                            await asyncio.sleep(0.01)
            finally:
                if holder.returncode is None:
                    holder.kill()
                    await holder.wait()


async def _asked(site: webserver.Site, times: int) -> None:
    async with asyncio.timeout(20):
        while len(site.asked) < times:
            await asyncio.sleep(0.01)
