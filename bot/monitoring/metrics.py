"""What there is to see, in the terms of Prometheus. Labels have few values: names of commands and kinds of faults."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from bot.desk import Desk
from bot.meanwhile import meanwhile
from bot.replies import delivery
from bot.store.records import FeedRow

LOOK_EVERY: Final = 0.5
"""Seconds between two looks at how late the event loop is."""
_LATENCY = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_LAG = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)


class _Faults(Collector):
    """What the way out counts by itself."""

    def collect(self) -> Sequence[CounterMetricFamily]:
        """Return the attempts that failed, by fault."""
        family = CounterMetricFamily(
            "newsdesk_discord_faults",
            "Attempts to tell Discord something that failed and were repeated.",
            labels=["fault"],
        )
        for fault, times in delivery.FAULTS.items():
            family.add_metric([fault], times)
        return [family]


class Metrics:
    """All metrics of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Faults())
        self.commands = Counter(
            "newsdesk_commands",
            "Commands by name and outcome: answered, refused (with a sentence), failed (with an incident).",
            ["command", "outcome"],
            registry=self.registry,
        )
        self.latency = Histogram(
            "newsdesk_command_seconds",
            "From a command's beginning to its answer at Discord.",
            ["command"],
            buckets=_LATENCY,
            registry=self.registry,
        )
        self.lag = Histogram(
            "newsdesk_loop_lag_seconds",
            "How late the event loop came back to something.",
            buckets=_LAG,
            registry=self.registry,
        )
        self._ready = Gauge(
            "newsdesk_ready",
            "1 for each part that is well, else 0: process, store, index, gateway.",
            ["part"],
            registry=self.registry,
        )
        self._headlines = self._gauge("headlines", "Headlines in memory, those of teasers included.")
        self._behind = self._gauge(
            "changes_behind", "Changes in the store that the headlines in memory lack."
        )
        self._articles = self._gauge("articles", "Articles in the store.")
        self._size = self._gauge("store_bytes", "The store's size on disk.")
        self._newest = self._gauge("last_ingest_timestamp_seconds", "When an article was last added.")
        self._overdue = self._gauge(
            "feeds_overdue_seconds", "For how long the most overdue feed has been due."
        )
        self._feeds = Gauge(
            "newsdesk_feeds", "Feeds by state: well, failing, paused.", ["state"], registry=self.registry
        )

    def _gauge(self, name: str, help_: str) -> Gauge:
        return Gauge(f"newsdesk_{name}", help_, registry=self.registry)

    def note(self, parts: Mapping[str, bool]) -> None:
        """Note of each part whether it is well."""
        for part, well in parts.items():
            self._ready.labels(part).set(well)

    async def look(self, desk: Desk) -> None:
        """Bring up to date what is read from the store. Raises StoreError."""
        stats = await desk.stats()
        self._headlines.set(stats.indexed)
        self._behind.set(stats.behind)
        self._articles.set(stats.store.articles)
        self._size.set(stats.store.size)
        self._newest.set(stats.store.newest.timestamp() if stats.store.newest else 0)
        feeds = await desk.feeds.list()
        paused = sum(feed.paused for feed in feeds)
        failing = sum(not feed.paused and feed.failures > 0 for feed in feeds)
        for state, count in (
            ("paused", paused),
            ("failing", failing),
            ("well", len(feeds) - paused - failing),
        ):
            self._feeds.labels(state).set(count)
        self._overdue.set(max((_overdue(feed) for feed in feeds), default=0))

    @asynccontextmanager
    async def timing_the_loop(self) -> AsyncIterator[None]:
        """Measure meanwhile how late the event loop is."""
        async with meanwhile(self._time_the_loop(), "time the loop"):
            yield

    async def _time_the_loop(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(LOOK_EVERY)
            self.lag.observe(loop.time() - before - LOOK_EVERY)


def _overdue(feed: FeedRow) -> float:
    if feed.paused or feed.next_poll is None:
        return 0
    return max(0.0, (datetime.now(UTC) - feed.next_poll).total_seconds())
