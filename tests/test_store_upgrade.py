"""A store of the first Newsdesk, with articles in it, is brought up to date by being opened."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, inspect, select, text

from bot.article import Page, Teaser
from bot.desk import Desk
from bot.errors import RemovedArticle
from bot.ingest.intake import Intake
from bot.replies.arguments import read_query
from bot.settings import Settings
from bot.store.engine import Database
from bot.store.migrating import config
from bot.store.schema import REVISION
from bot.store.store import Store
from tests.databases import Server, take_in

PAGES = [
    Page(
        headline="Harbour bridge reopens after three years",
        standfirst="Traffic crossed the harbour bridge on Monday.",
        paragraphs=(
            "The mayor walked over it at noon.",
            "Repairs had cost more than twice what was planned.",
        ),
        url="https://gazette.example/bridge",
        teasers=(Teaser(headline="Ferry workers end their strike", text="Ferry crews went back to wo..."),),
    ),
    Page(headline="Two whales seen in the fjord", standfirst="Fishermen saw two humpback whales on Tuesday."),
    Page(headline="Library closes its doors", standfirst="The library of the old town closes in June."),
]
COPIED = ["articles", "teasers", "tombstones", "files", "changes", "meta"]
"""Every table of the first schema but the full text, which is of other words."""
_RULES = ("DELETE FROM meta WHERE key = 'stories'", "UPDATE meta SET value = '0' WHERE key = 'normaliser'")
OTHERWISE = {
    False: (
        *_RULES,
        "INSERT INTO article_words (rowid, words) VALUES (1, 'longgone')",
        "UPDATE sqlite_sequence SET seq = :last WHERE name = 'articles'",
    ),
    True: (
        *_RULES,
        "INSERT INTO article_words VALUES (1, array_to_tsvector(ARRAY['longgone']))",
        "SELECT setval('articles_id_seq', :last)",
        "SELECT setval('changes_seq_seq', max(seq)) FROM changes",
    ),
}
"""What the first store has otherwise, by whether it is PostgreSQL: other rules, other words, and which ids were given."""


@pytest.fixture(params=["sqlite", "postgresql"])
def first_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'first.db'}"
        return
    server: Server = request.getfixturevalue("postgres_server")
    name = f"first_{next(server.numbers)}"
    server.run(f"CREATE DATABASE {name}")
    yield server.url(name)
    server.run(f"DROP DATABASE {name} WITH (FORCE)")


Rows: TypeAlias = list[dict[str, Any]]


def reflected(connection: Connection, name: str) -> Table:
    return Table(name, MetaData(), autoload_with=connection)


def everything_in(connection: Connection, name: str) -> Rows:
    return [dict(row._mapping) for row in connection.execute(select(reflected(connection, name)))]


async def _copy_into_the_first_schema(today_url: str, first_url: str) -> None:
    rows: dict[str, Rows] = {}
    first, source = Database(first_url), Database(today_url)
    await first.make_ready()
    async with first.writing() as connection:
        await connection.run_sync(lambda sync: command.upgrade(config(sync), "0001"))
    for name in COPIED:
        rows[name] = await source.read(partial(everything_in, name=name))
        assert rows[name], name
    async with first.writing() as connection:
        assert not await connection.run_sync(lambda sync: inspect(sync).has_table("feeds"))
        for name in COPIED:
            table = await connection.run_sync(reflected, name)
            for row in rows[name]:
                await connection.execute(table.insert(), {key: row[key] for key in row if key in table.c})
        last = max(row["article_id"] for row in rows["changes"])
        for statement in OTHERWISE[first.postgres]:
            await connection.execute(text(statement), {"last": last} if ":last" in statement else {})
    await first.close()
    await source.close()


async def test_a_store_of_the_first_schema_is_brought_up_to_date(
    first_url: str, sqlite_url: str, postgres_server: Server, pages: Path, tmp_path: Path
) -> None:
    # What it holds is made by a store of today, on the same kind of database, and cut to the columns of then.
    today_url = sqlite_url
    if first_url.startswith("postgresql"):
        name = f"today_{next(postgres_server.numbers)}"
        postgres_server.run(f"CREATE DATABASE {name}")
        today_url = postgres_server.url(name)
    async with Store.open(today_url) as today:
        await Intake(today).sync_folder(pages)
        library = (await take_in(today, *PAGES))[-1].id
        assert library is not None
        await today.remove([library], "asked to")
        await today.meta_set("commands:9", "digest")
        store_id = await today.meta_get("store_id")
        listed = await today.files(str(pages.resolve()))
        expected = {row[0]: await today.article(row[0]) async for batch in today.headlines() for row in batch}
    await _copy_into_the_first_schema(today_url, first_url)

    settings = Settings(data_dir=tmp_path / "data", seeds_dir=pages, database_url=first_url)
    for _ in range(2):
        async with Desk.open(settings) as desk:
            assert await desk.check() == []
            found = {id_: await desk.store.article(id_) for id_ in expected}
            assert found == expected
            for words in ("harbour bridge", "humpback", "walked at noon"):
                assert (await desk.search(read_query(words, ""))).hits, words
            with pytest.raises(RemovedArticle):
                await desk.article(library)
            assert await desk.feeds.list() == []
            assert (await desk.guilds.of(1)).prefix is None
            # Files that did not change are not read again.
            assert await desk.store.files(str(pages.resolve())) == listed
            assert await desk.store.meta_get("store_id") == store_id
            assert await desk.synced_commands(9) == "digest"
            assert await desk.store.text_search(["longgone"], 5) == []
    async with Desk.open(settings) as desk:
        again, new = await take_in(desk.store, PAGES[-1], Page(headline="Orchard wins the cider prize"))
        assert (again.outcome, new.outcome, new.id) == ("rejected", "added", max(*expected, library) + 1)
        await desk.feeds.add_unseen("https://gazette.example/feed")
        await desk.guilds.change(1, "prefix", "?", 7, datetime(2026, 3, 2, tzinfo=UTC))
        assert await desk.store.check() == []


def test_the_newest_migration_is_the_one_that_a_start_looks_for() -> None:
    assert ScriptDirectory.from_config(config()).get_heads() == [REVISION]
