import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.article import Page, Teaser
from bot.errors import BackupElsewhere, BackupExists, StoreUnavailable
from bot.store import fts5, tidying
from bot.store.store import Store
from bot.text import NORMALISER
from tests.databases import take_in

PAGES = [
    Page(headline="Harbour bridge reopens", paragraphs=("Traffic crossed the bridge on Monday.",)),
    Page(headline="Ferry strike ends", teasers=(Teaser(headline="Whales seen in the inner fjord"),)),
]


async def test_a_sound_store_has_no_differences(store: Store) -> None:
    assert await store.check() == []
    await take_in(store, *PAGES)
    assert await store.check() == []


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("INSERT INTO article_words (article_words) VALUES ('delete-all')", "article 1"),
        ("INSERT INTO article_words (rowid, words) VALUES (77, 'ghost')", "article 77"),
        ("INSERT INTO article_words (article_words, rowid, words) VALUES ('delete', 1, 'bridge')", "bridge"),
        ("UPDATE articles SET headline = 'Other words' WHERE id = 2", "article 2"),
    ],
)
async def test_check_names_what_differs_on_sqlite(sqlite_store: Store, damage: str, named: str) -> None:
    await take_in(sqlite_store, *PAGES)
    async with sqlite_store._database.writing() as connection:
        await connection.execute(text(damage))
    assert any(named in line for line in await sqlite_store.check())


async def pieces(store: Store) -> int:
    """Count the segments of SQLite's full text."""
    query = text("SELECT count(DISTINCT segid) FROM article_words_idx")
    return int(await store._database.read(lambda connection: connection.scalar(query)))


async def test_the_full_text_is_put_together_when_much_of_it_changed(sqlite_store: Store) -> None:
    pages = [Page(headline=f"Story {number}", paragraphs=(f"word{number} " * 9,)) for number in range(40)]
    for one in pages[:3]:
        await take_in(sqlite_store, one)
    assert await pieces(sqlite_store) > 1
    assert await sqlite_store.tidy()
    assert await pieces(sqlite_store) == 1
    assert not await sqlite_store.tidy()
    for one in pages[3:]:
        await take_in(sqlite_store, one)
    assert await sqlite_store.tidy()
    assert await pieces(sqlite_store) == 1
    # A tenth of them is 4.
    await sqlite_store.remove([1, 2, 3], "by request")
    assert not await sqlite_store.tidy()
    await sqlite_store.remove([4], "by request")
    assert await sqlite_store.tidy()
    assert await sqlite_store.text_search(["word5"], 5) == [6]
    assert await sqlite_store.text_search(["word3"], 5) == []
    assert await sqlite_store.check() == []


async def test_where_it_is_put_together_by_itself_nothing_is_done_twice(store: Store) -> None:
    assert not await store.tidy(), "there is nothing in it"
    await take_in(store, *PAGES)
    assert await store.tidy()
    assert not await store.tidy()
    assert await store.check() == []


async def test_others_write_while_it_is_put_together(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fts5, "_PAGES", 1)
    monkeypatch.setattr(tidying, "PAUSE", 0.0)
    for number in range(3):
        words = " ".join(f"word{number}x{at}" for at in range(3_000))
        await take_in(sqlite_store, Page(headline=f"Story {number}", paragraphs=(words,)))
    merge = sqlite_store._fulltext.merge
    steps = 0

    async def and_write(connection: AsyncConnection, *, begins: bool) -> bool:
        nonlocal steps
        steps += 1
        return await merge(connection, begins=begins)

    monkeypatch.setattr(sqlite_store._fulltext, "merge", and_write)
    tidied = asyncio.create_task(sqlite_store.tidy())
    while not steps:
        await asyncio.sleep(0)
    await take_in(sqlite_store, Page(headline="Meanwhile"))
    assert not tidied.done()
    assert await tidied
    assert steps > 3
    assert await sqlite_store.text_search(["meanwhile"], 5) == [4]
    assert await sqlite_store.check() == []


async def test_check_names_teasers_that_lead_nowhere(sqlite_store: Store, tmp_path: Path) -> None:
    await take_in(sqlite_store, *PAGES)
    with closing(sqlite3.connect(tmp_path / "store.db")) as outside:
        outside.execute("UPDATE teasers SET target_id = 99")
        outside.commit()
    found = await sqlite_store.check()
    assert any("article 2: teaser 0 leads to nothing" in line for line in found)


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("DELETE FROM article_words WHERE article_id = 1", "article 1"),
        (
            "UPDATE article_words SET words = array_to_tsvector(ARRAY['ghost']) WHERE article_id = 2",
            "article 2",
        ),
        ("UPDATE articles SET headline = 'Other words' WHERE id = 2", "article 2"),
    ],
)
async def test_check_names_what_differs_on_postgresql(postgres_store: Store, damage: str, named: str) -> None:
    await take_in(postgres_store, *PAGES)
    async with postgres_store._database.writing() as connection:
        await connection.execute(text(damage))
    assert any(named in line for line in await postgres_store.check())


async def test_other_rules_for_words_index_everything_anew(store_url: str) -> None:
    async with Store.open(store_url) as store:
        await take_in(store, *PAGES)
        assert await store.tidy()
        await store.meta_set("normaliser", "0")
        async with store._database.writing() as connection:
            await connection.execute(
                text(
                    "DELETE FROM article_words"
                    if store._database.postgres
                    else "INSERT INTO article_words (article_words) VALUES ('delete-all')"
                )
            )
        assert await store.text_search(["bridge"], 5) == []
    async with Store.open(store_url) as store:
        assert await store.text_search(["bridge"], 5) == [1]
        assert await store.meta_get("normaliser") == str(NORMALISER)
        assert await store.tidy(), "what was made anew is in pieces again"
        assert await store.check() == []


async def test_a_backup_is_a_whole_store(sqlite_store: Store, tmp_path: Path) -> None:
    await take_in(sqlite_store, *PAGES)
    (tmp_path / "copies").mkdir()
    path = tmp_path / "copies" / "copy.db"
    await sqlite_store.backup(path)
    assert [file.name for file in path.parent.iterdir()] == ["copy.db"]
    async with Store.open(f"sqlite+aiosqlite:///{path}") as copy:
        assert await copy.listings([1, 2, 3]) == await sqlite_store.listings([1, 2, 3])
        assert await copy.check() == []
        assert await copy.meta_get("store_id") == await sqlite_store.meta_get("store_id")


async def test_a_backup_overwrites_nothing(sqlite_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "precious.txt"
    path.write_text("precious")
    with pytest.raises(BackupExists, match="precious"):
        await sqlite_store.backup(path)
    assert path.read_text() == "precious"


async def test_a_backup_into_no_folder_fails_with_a_sentence(sqlite_store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        await sqlite_store.backup(tmp_path / "missing" / "copy.db")


async def test_a_backup_is_consistent_while_others_write(
    sqlite_url: str, sqlite_store: Store, tmp_path: Path
) -> None:
    async with Store.open(sqlite_url) as writer:

        async def write() -> None:
            for number in range(40):
                teaser = Teaser(headline=f"Teased story with the number {number}")
                await take_in(writer, Page(headline=f"Story number {number}", teasers=(teaser,)))

        writing = asyncio.create_task(write())
        for number in range(4):
            await sqlite_store.backup(tmp_path / f"copy{number}.db")
        await writing
    for number in range(4):
        async with Store.open(f"sqlite+aiosqlite:///{tmp_path}/copy{number}.db") as copy:
            stats = await copy.stats()
            assert stats.articles == stats.stubs
            assert await copy.check() == []


async def test_postgresql_is_backed_up_by_its_own_tool(postgres_store: Store, tmp_path: Path) -> None:
    with pytest.raises(BackupElsewhere, match="pg_dump"):
        await postgres_store.backup(tmp_path / "copy.db")
