"""Any order of what happens to a store, against the plain model of tests/storemodel.py."""

import asyncio
import tempfile
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.desk import Desk, identifies
from bot.failures import FetchStatus, KnownFeed, remembered
from bot.feeds.claims import LEASE
from bot.feeds.entries import Take
from bot.feeds.reading import Entry
from bot.feeds.rounds import AT_ONCE
from bot.feeds.schedule import paused, resumed
from bot.ingest import intake
from bot.search import parse_query
from bot.settings import Settings
from bot.store import store as stores
from tests.databases import take_in
from tests.feedworld import Clock, Site, World, datetime_of, feeds
from tests.storemodel import FEEDS, NAMES, Model, Subscription, address, page

T = TypeVar("T")
NewUrl = Callable[[], str]
"""Makes an empty store, or room for one, and tells its URL."""

NUMBERS, VERSIONS = st.integers(0, len(NAMES) - 1), st.integers(1, 3)
GUILDS, APPLICATION, USER, SESSIONS = st.integers(1, 3), 9, 7, 3
FORWARDS = [
    timedelta(seconds=3),
    timedelta(minutes=16),
    timedelta(hours=3),
    timedelta(days=2),
    timedelta(days=31),
]
BACKWARDS = [timedelta(seconds=-2), timedelta(hours=-5), timedelta(days=-40)]


@dataclass
class Done:
    """How much was done."""

    orders: int = 0
    steps: int = 0


class StoreMachine(RuleBasedStateMachine):
    """Stories come, change, age, go, and come back; guilds and feeds do, too; the clock jumps, and the bot is restarted."""

    def __init__(self, new_url: NewUrl, done: Done) -> None:
        super().__init__()
        self._done = done
        done.orders += 1
        self._runner = asyncio.Runner()
        self._folder = tempfile.TemporaryDirectory(prefix="newsdesk-machine-")
        self._url = new_url()
        self._open = AsyncExitStack()
        self.clock = Clock()
        self.entries = {url: dict.fromkeys(numbers, 1) for url, numbers in FEEDS.items()}
        """The versions of stories that each feed has."""
        self.world = World(sites={url: Site(self._published(url)) for url in FEEDS})
        self.model = Model()
        self.ids: dict[str, int] = {}
        self._patched = pytest.MonkeyPatch()
        for module in (intake, stores):
            self._patched.setattr(module, "datetime", datetime_of(self.clock))
        self._patched.setattr(identifies, "BUDGET", SESSIONS)
        self._await(self._start())

    def _await(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(coroutine)

    async def _start(self) -> None:
        chosen = Settings(data_dir=Path(self._folder.name) / "data", seeds_dir=None, database_url=self._url)
        self.desk = await self._open.enter_async_context(Desk.open(chosen))
        self.desk.feeds = feeds(self.desk.store, self.world, self.clock)

    @rule(jump=st.sampled_from(FORWARDS + BACKWARDS))
    def time_passes_or_the_clock_is_put_back(self, jump: timedelta) -> None:
        self.clock.pass_(jump)

    @rule()
    def restart(self) -> None:
        self._await(self._open.aclose())
        self._await(self._start())

    @rule(number=NUMBERS, version=VERSIONS)
    def write(self, number: int, version: int) -> None:
        (outcome,) = self._await(take_in(self.desk.store, page(number, version)))
        assert outcome.outcome == self.model.write(address(number), version, self.clock())

    @precondition(lambda self: self.model.stories)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        url = data.draw(st.sampled_from(sorted(self.model.stories)))
        self._await(self.desk.remove([self.ids[url]], "asked to"))
        self.model.remove(url)

    @precondition(lambda self: self.model.removed)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        url = data.draw(st.sampled_from(sorted(self.model.removed)))
        assert self._await(self.desk.restore([self.ids[url]])) == [self.ids[url]]
        self.model.undo(url)

    @rule(days=st.sampled_from([0, 1, 7]))
    def drop_old_texts(self, days: int) -> None:
        before = self.clock() - timedelta(days=days)
        assert self._await(self.desk.store.drop_texts(before)) == self.model.drop_texts(before)

    @rule(
        guild=GUILDS, chosen=st.sampled_from(["prefix ?", "prefix default", "results 7", "results default"])
    )
    def choose(self, guild: int, chosen: str) -> None:
        if guild in self.model.left:
            self.rejoin(guild)
        name, typed = chosen.split()
        self._await(self.desk.guilds.change(guild, name, typed, USER, self.clock()))
        self.model.choose(guild, name, typed)

    @rule(guild=GUILDS, what=st.sampled_from(["leave", "rejoin", "forget"]))
    def guilds_come_and_go(self, guild: int, what: str) -> None:
        now = self.clock()
        match what:
            case "leave":
                self._await(self.desk.guilds.left(guild, now))
                self.model.leave(guild, now)
            case "rejoin":
                self.rejoin(guild)
            case "forget":
                self._await(self.desk.guilds.forget(now))
                self.model.forget(now)

    def rejoin(self, guild: int) -> None:
        self._await(self.desk.guilds.joined(guild))
        self.model.left.pop(guild, None)

    @rule(present=st.sets(GUILDS))
    def connect_anew(self, present: set[int]) -> None:
        self._await(self.desk.guilds.reconcile(present, lambda _: True, self.clock()))
        for guild in self.model.chosen:
            if guild in present:
                self.model.left.pop(guild, None)
            elif guild not in self.model.left:
                self.model.leave(guild, self.clock())

    @rule()
    def begin_a_session(self) -> None:
        waited = self._await(self.desk.identifies.take(APPLICATION, self.clock()))
        assert waited == self.model.begin_session(self.clock(), SESSIONS)

    @rule(url=st.sampled_from(sorted(FEEDS)), which=st.integers(0, 1), version=st.integers(0, 3))
    def publish_or_withdraw(self, url: str, which: int, version: int) -> None:
        number = FEEDS[url][which]
        self.entries[url].pop(number, None)
        if version:
            self.entries[url][number] = version
        self.world.sites[url].entries = self._published(url)

    def _published(self, url: str) -> list[Entry]:
        return [
            Entry(key=f"tag:{number}", page=page(number, version), teaser=False)
            for number, version in self.entries[url].items()
        ]

    @rule(url=st.sampled_from(sorted(FEEDS)))
    def end_or_mend(self, url: str) -> None:
        site = self.world.sites[url]
        site.fails = None if site.fails else FetchStatus(host="press.example", status=410)

    @rule(url=st.sampled_from(sorted(FEEDS)), take=st.sampled_from([Take.NONE, Take.ALL]))
    def add_feed(self, url: str, take: Take) -> None:
        adding = self.desk.feeds.add(url, user=USER, take=take)
        if url in self.model.feeds or self.world.sites[url].fails:
            with pytest.raises(KnownFeed if url in self.model.feeds else FetchStatus):
                self._await(adding)
            return
        polled = self._await(adding)
        passed = set(self.entries[url]) if take is Take.NONE else set()
        unread = replace(polled.feed, last_success=None, last_new=None)
        self.model.feeds[url] = Subscription(unread, passed)
        assert [one.outcome for one in polled.outcomes] == self._polled(url)

    def _poll(self, url: str) -> None:
        (polled,) = self._await(self.desk.feeds.poll([self.model.feeds[url].row.id]))
        assert [one.outcome for one in polled.outcomes] == self._polled(url)

    def _polled(self, url: str) -> list[str]:
        return self.model.poll(url, self.entries[url], self.world.sites[url].fails, self.clock())

    @precondition(lambda self: self.model.feeds)
    @rule(data=st.data(), what=st.sampled_from(["pause", "resume", "remove"]))
    def do_to_a_feed(self, data: st.DataObject, what: str) -> None:
        url = data.draw(st.sampled_from(sorted(self.model.feeds)))
        feed = self.model.feeds[url]
        match what:
            case "pause":
                self._await(self.desk.feeds.pause(feed.row.id))
                feed.row = paused(feed.row)
            case "resume":
                self._await(self.desk.feeds.resume(feed.row.id))
                feed.row = resumed(feed.row, self.clock())
            case "remove":
                self._await(self.desk.feeds.remove(feed.row.id))
                del self.model.feeds[url]

    @rule()
    def poll_feeds(self) -> None:
        for url in list(self.model.feeds):
            self._poll(url)

    @rule()
    def claim_feeds(self) -> None:
        now = self.clock()
        claimed = self._await(self.desk.store.claims.due(now, AT_ONCE, LEASE))
        assert [claim.feed for claim in claimed] == self.model.due(now)

    @invariant()
    def everything_is_as_the_model_says(self) -> None:
        # Also before the first step, as often as there are orders.
        self._done.steps += 1
        self._await(self._compare())

    async def _compare(self) -> None:
        await self.desk.headlines.catch_up()
        stats = await self.desk.stats()
        assert stats.store.articles == stats.indexed == len(self.model.stories)
        for url, story in self.model.stories.items():
            number = int(url.rpartition("/")[2])
            found = await self.desk.search(parse_query(f'"{NAMES[number]} of ward"'))
            (id_,) = [hit.listing.id for hit in found.hits]
            # Its number is its own, whatever happened to it.
            assert self.ids.setdefault(url, id_) == id_
            article = await self.desk.article(id_)
            said = page(number, story.version).paragraphs
            assert article.page.paragraphs == (said if story.whole else said[:1])
            assert article.added == story.added
        assert await self.desk.store.guilds() == {
            guild: self.model.left.get(guild) for guild in self.model.chosen
        }
        for guild in range(1, 4):
            chosen, kept = self.model.chosen.get(guild, {}), await self.desk.guilds.of(guild)
            assert (kept.prefix, kept.results) == (chosen.get("prefix"), int(chosen.get("results", 5)))
        assert [_schedule(row) for row in await self.desk.feeds.list()] == sorted(
            _schedule(feed.row) for feed in self.model.feeds.values()
        )

    def teardown(self) -> None:
        assert self._await(self.desk.check()) == []
        self._await(self._open.aclose())
        self._runner.close()
        self._patched.undo()
        self._folder.cleanup()


def _schedule(row: Any) -> tuple[Any, ...]:
    names = "id url paused next_poll last_success last_new failures failing_since".split()
    return (*(getattr(row, name) for name in names), row.problem and str(remembered(row.problem)))


def run_in_order(new_url: NewUrl, *steps: Callable[[StoreMachine], None]) -> None:
    """Run the machine in one order."""
    machine = StoreMachine(new_url, Done())
    machine.everything_is_as_the_model_says()
    for step in steps:
        step(machine)
        machine.everything_is_as_the_model_says()
    machine.teardown()


def run(
    new_url: NewUrl, *, examples: int, steps: int, seed: int | None = None, done: Done | None = None
) -> None:
    """Run the machine in so many orders of so many steps; without a seed, in the same ones each time."""
    counted = done or Done()
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=seed is None,
        # What is found is shrunk, but not explained line by line: that takes minutes.
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )

    def machine() -> StoreMachine:
        return StoreMachine(new_url, counted)

    if seed is not None:
        machine = hypothesis.seed(seed)(machine)
    run_state_machine_as_test(machine, settings=chosen)  # type: ignore[arg-type]  # it is called without arguments
