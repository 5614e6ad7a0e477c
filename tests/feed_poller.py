"""A process that polls feeds until it is killed, in haste: `python -m tests.feed_poller STORE_URL HOST:PORT`."""

import asyncio
import sys
from datetime import timedelta

import pytest

from bot.feeds import Feeds
from bot.settings import Settings
from bot.store.store import Store


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten claims and looks to a tenth, so that a test need not wait as long as a reader."""
    monkeypatch.setattr("bot.feeds.claims.LEASE", timedelta(seconds=0.8))
    monkeypatch.setattr("bot.feeds.claims.RENEW_EVERY", 0.2)
    monkeypatch.setattr("bot.feeds.rounds.LOOK_EVERY", 0.2)


async def _poll(url: str, pair: str) -> None:
    settings = Settings(seeds_dir=None, fetch_allow_hosts=pair)
    async with Store.open(url) as store, Feeds.open(store, settings) as feeds, feeds.polling():
        await asyncio.Event().wait()


if __name__ == "__main__":
    with pytest.MonkeyPatch.context() as monkeypatch:
        hurry(monkeypatch)
        asyncio.run(_poll(sys.argv[1], sys.argv[2]))
