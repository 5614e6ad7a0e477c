"""The n-th write fails, for every n: an error that is declared, nothing changed, and the next attempt succeeds."""

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bot.article import Page, Teaser
from bot.errors import StoreBusy, StoreError, StoreFull
from bot.store.store import Store
from tests.databases import take_in

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FEED = {"url": "https://gazette.example/feed", "key": b"k" * 16, "take": "none", "full_text": True, "user": 7}
HARBOUR = Page(
    headline="Harbour bridge reopens",
    standfirst="Traffic crossed the harbour bridge on Monday.",
    url="https://gazette.example/1",
    teasers=(Teaser(headline="Ferry strike ends", text="Ferry crews went back to wo..."),),
)
EDITED = Page(headline="Harbour bridge reopens at last", standfirst=HARBOUR.standfirst, url=HARBOUR.url)
FERRY = Page(headline="Ferry strike ends", standfirst="Ferry crews went back to work on Sunday.")


async def add_two(store: Store) -> None:
    await take_in(store, HARBOUR, FERRY)


async def edit(store: Store) -> None:
    await take_in(store, EDITED)


async def remove(store: Store) -> None:
    await store.remove([1], "asked to")


async def restore(store: Store) -> None:
    await store.restore([1])


async def choose(store: Store) -> None:
    await store.set_guild(1, "prefix", "?", 7, NOW)


async def add_a_feed(store: Store) -> None:
    await store.feeds.add(now=NOW, **FEED)  # type: ignore[arg-type]  # one value of each of its parameters


async def note(store: Store) -> None:
    await store.meta_change("key", lambda known: f"{known}!")


SCENARIO: list[Callable[[Store], Awaitable[None]]] = [
    add_two,
    edit,
    remove,
    restore,
    choose,
    add_a_feed,
    note,
]


class Faults:
    """Makes the n-th statement of a store, a commit among them, fail once."""

    def __init__(self, store: Store, code: int) -> None:
        self.left = 0
        self._code = code
        engine = store._database.engine.sync_engine
        event.listen(engine, "do_execute", self._execute)
        event.listen(engine, "do_executemany", self._execute)
        self._commit = engine.dialect.do_commit
        engine.dialect.do_commit = self._committing  # type: ignore[method-assign, assignment]  # there is no event for it

    def _count(self) -> None:
        self.left -= 1
        if self.left == 0:
            error = sqlite3.OperationalError("made up")
            error.sqlite_errorcode = self._code
            raise error

    def _execute(self, *_: Any) -> None:
        self._count()

    def _committing(self, connection: Any) -> None:
        self._count()
        self._commit(connection)


def dump(path: Path) -> str:
    with closing(sqlite3.connect(path)) as outside:
        return "\n".join(outside.iterdump())


@pytest.mark.parametrize(
    ("code", "declared"),
    [
        (sqlite3.SQLITE_FULL, StoreFull),
        (sqlite3.SQLITE_IOERR, StoreError),
        (sqlite3.SQLITE_BUSY, StoreBusy),
    ],
)
async def test_whichever_write_fails_nothing_is_changed(
    sqlite_store: Store, tmp_path: Path, code: int, declared: type[StoreError]
) -> None:
    faults = Faults(sqlite_store, code)
    failed = 0
    for step in SCENARIO:
        before = dump(tmp_path / "store.db")
        nth = 1
        while True:
            faults.left = nth
            try:
                await step(sqlite_store)
            except declared:
                assert dump(tmp_path / "store.db") == before, (step.__name__, nth)
                failed += 1
                nth += 1
            else:
                break
        assert faults.left > 0, "the fault did not surface"
        assert nth > 2, step.__name__
        assert dump(tmp_path / "store.db") != before, step.__name__
    faults.left = 0
    assert failed > 50
    assert await sqlite_store.check() == []
