import asyncio

import pytest
from sqlalchemy import text

from bot.article import Page, Teaser
from bot.store import schema
from bot.store.store import Store
from tests.databases import take_in


async def test_a_reader_follows_what_others_write(store_url: str, store: Store) -> None:
    assert await store.position() == 0
    assert await store.changes(0) == ([], 0)
    async with Store.open(store_url) as other:
        await take_in(other, Page(headline="One"), Page(headline="Two"))
    ids, position = await store.changes(0) or ([], 0)
    assert ids == [1, 2]
    assert position == await store.position()
    assert await store.changes(position) == ([], position)
    await store.remove([1], "a test")
    changed = await store.changes(position)
    assert changed is not None
    assert changed[0] == [1]
    assert [row[0] for row in await store.headlines_of(changed[0])] == []


async def test_stubs_and_updates_are_logged(store: Store) -> None:
    teaser = Teaser(headline="Whales seen in the inner fjord")
    await take_in(store, Page(headline="One", url="https://example.com/1", teasers=(teaser,)))
    _, position = await store.changes(0) or ([], 0)
    await take_in(store, Page(headline="One, corrected", url="https://example.com/1"))
    assert (await store.changes(position) or ([], 0))[0] == [1]


async def test_nothing_is_logged_when_nothing_changes(store: Store) -> None:
    await take_in(store, Page(headline="One"))
    position = await store.position()
    await take_in(store, Page(headline="One"))
    assert await store.position() == position


async def test_many_changes_come_in_several_calls(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.reading.CHANGES_AT_ONCE", 2)
    await take_in(store, *(Page(headline=f"Story {number}") for number in range(5)))
    seen: list[int] = []
    position = 0
    while (changed := await store.changes(position)) and changed[0]:
        seen += changed[0]
        position = changed[1]
    assert seen == [1, 2, 3, 4, 5]


async def test_a_position_from_another_store_means_reload(store: Store) -> None:
    await take_in(store, Page(headline="One"))
    assert await store.changes(1_000) is None


async def test_the_log_is_pruned_at_start_and_says_so(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "CHANGES_KEPT", 2)
    async with Store.open(store_url) as store:
        await take_in(store, *(Page(headline=f"Story {number}") for number in range(6)))
        position = await store.position()
    async with Store.open(store_url) as store:
        assert await store.position() == position
        assert await store.changes(0) is None
        assert await store.changes(position - 3) is None
        assert await store.changes(position - 2) == ([5, 6], position)
        assert await store.changes(position) == ([], position)


async def test_no_reader_misses_a_row_under_concurrent_writers(store_url: str) -> None:
    writers, rounds = 6, 5
    async with Store.open(store_url) as reader:
        seen: set[int] = set()
        position = 0

        async def look() -> None:
            nonlocal position
            changed = await reader.changes(position)
            assert changed is not None
            seen.update(changed[0])
            position = max(position, changed[1])

        async def write(number: int) -> None:
            async with Store.open(store_url) as store:
                for turn in range(rounds):
                    async with store.writing() as tx:
                        tx.log([number * rounds + turn + 1])
                        # In the log, but not committed: whoever comes after must not overtake.
                        await tx.finish()
                        for _ in range(number % 3 + 1):
                            await look()

        await asyncio.gather(*(write(number) for number in range(writers)))
        await look()
    assert seen == set(range(1, writers * rounds + 1))


async def test_a_transaction_that_fails_changes_and_logs_nothing(store: Store) -> None:
    async def fail() -> None:
        async with store.writing() as tx:
            tx.log([1])
            await tx.finish()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await store.changes(0) == ([], 0)


async def test_ids_are_given_once(store: Store) -> None:
    await take_in(store, Page(headline="One"), Page(headline="Two"))
    await store.remove([2], "a test")
    await take_in(store, Page(headline="Three"))
    assert [row[0] for row in await store.headlines_of(range(10))] == [1, 3]
    async with store._database.writing() as connection:
        await connection.execute(
            text(
                "INSERT INTO articles (kind, headline, added, updated, fingerprint, headline_key)"
                " SELECT kind, headline, added, updated, fingerprint, headline_key FROM articles WHERE id = 3"
            )
        )
    assert [row[0] for row in await store.headlines_of(range(10))] == [1, 3, 4]
