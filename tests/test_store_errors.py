import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from sqlalchemy import event, make_url, text

from bot.article import Page
from bot.errors import StoreBusy, StoreDamaged, StoreError, StoreFull, StoreTooNew, StoreUnavailable
from bot.store import engine, sqlite
from bot.store.border import translated
from bot.store.engine import Database
from bot.store.store import Store
from tests.databases import take_in


def sqlite_error(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("it went wrong")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (sqlite_error(sqlite3.SQLITE_BUSY), StoreBusy),
        (sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT), StoreBusy),
        (sqlite_error(sqlite3.SQLITE_FULL), StoreFull),
        (sqlite_error(sqlite3.SQLITE_CORRUPT), StoreDamaged),
        (sqlite_error(sqlite3.SQLITE_NOTADB), StoreDamaged),
        (sqlite_error(sqlite3.SQLITE_CANTOPEN), StoreUnavailable),
        (sqlite_error(sqlite3.SQLITE_READONLY), StoreUnavailable),
        (sqlite3.OperationalError("without a code"), StoreDamaged),
        (psycopg.errors.LockNotAvailable("x"), StoreBusy),
        (psycopg.errors.DeadlockDetected("x"), StoreBusy),
        (psycopg.errors.DiskFull("x"), StoreFull),
        (psycopg.errors.DataCorrupted("x"), StoreDamaged),
        (psycopg.errors.UndefinedTable("x"), StoreDamaged),
        (psycopg.errors.AdminShutdown("x"), StoreUnavailable),
        (psycopg.OperationalError("connection refused"), StoreUnavailable),
    ],
)
def test_what_drivers_say_is_told_as_what_it_means(error: Exception, expected: type[StoreError]) -> None:
    said = translated(error)
    assert type(said) is expected
    assert str(said)


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        (
            'connection to server at "10.1.2.3", port 5432 failed: FATAL:  login refused for user "bob"\nmore',
            "login refused",
        ),
        ('connection to server at "10.1.2.3", port 1 failed: Connection refused', "Connection refused"),
        ('FATAL:  database "secret" does not exist', "database does not exist"),
        ("", "OperationalError"),
    ],
)
def test_causes_name_nobody(message: str, cause: str) -> None:
    assert str(translated(psycopg.OperationalError(message))) == (
        f"The article store cannot be reached: {cause}."
    )


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://bob:hunter2@127.0.0.1:1/news",
        "postgresql://bob:hunter2@127.0.0.1:1/news",
        "postgres://bob:hunter2@127.0.0.1:1/news",
        "mysql://bob:hunter2@127.0.0.1/news",
        "nonsense bob:hunter2",
        "postgresql://bob:hunter2@[::bad",
        "postgresql://bob:hunter2@host:port/news",
    ],
)
async def test_an_unreachable_store_says_so_without_credentials(url: str) -> None:
    with pytest.raises(StoreUnavailable) as caught:
        async with Store.open(url):
            pass
    assert "hunter2" not in str(caught.value)
    assert "bob" not in str(caught.value)


async def test_another_writer_s_lock_is_waited_for_only_so_long(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "WAIT", 0.02)
    async with Store.open(sqlite_url) as store:
        with closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreBusy):
                await take_in(store, Page(headline="One"))
            assert (await store.stats()).articles == 0
        await take_in(store, Page(headline="One"))
        assert (await store.stats()).articles == 1


async def test_postgresql_s_writers_wait_only_so_long(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "WAIT", 0.05)
    async with Store.open(postgres_url) as store, Store.open(postgres_url) as other:
        async with other.writing():
            with pytest.raises(StoreBusy):
                await take_in(store, Page(headline="One"))
        await take_in(store, Page(headline="One"))


async def test_a_reader_that_turns_writer_is_never_refused(store_url: str) -> None:
    async with Store.open(store_url) as one, Store.open(store_url) as other:
        # Both read before they write: deferred transactions would fail at once (SQLITE_BUSY_SNAPSHOT).
        await asyncio.gather(
            *(
                take_in(store, Page(headline=f"Story {number} {name}"))
                for number in range(8)
                for name, store in (("one", one), ("other", other))
            )
        )
        assert (await one.stats()).articles == 16


async def test_what_is_no_database_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(b"This is no database at all. " * 100)
    with pytest.raises(StoreDamaged):
        async with Store.open(f"sqlite+aiosqlite:///{path}"):
            pass


async def test_a_damaged_page_is_damage(tmp_path: Path, sqlite_url: str) -> None:
    async with Store.open(sqlite_url) as store:
        await take_in(
            store, *(Page(headline=f"Story {number}", paragraphs=("word " * 300,)) for number in range(200))
        )
    path = tmp_path / "store.db"
    data = bytearray(path.read_bytes())
    data[4096 * 4 :] = b"\xa5" * (len(data) - 4096 * 4)
    path.write_bytes(data)
    with pytest.raises(StoreDamaged):
        async with Store.open(sqlite_url) as store:
            _ = [batch async for batch in store.headlines()]


async def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreUnavailable):
        async with Store.open(f"sqlite+aiosqlite:///{tmp_path}/file/data/store.db"):
            pass


async def test_the_data_folder_is_made_with_its_parents(tmp_path: Path) -> None:
    async with Store.open(f"sqlite+aiosqlite:///{tmp_path}/a/b/store.db") as store:
        assert (await store.stats()).articles == 0
    assert (tmp_path / "a/b/store.db").is_file()


async def test_a_full_disk_changes_nothing(sqlite_store: Store) -> None:
    await take_in(sqlite_store, Page(headline="One"))

    @event.listens_for(sqlite_store._database.engine.sync_engine, "begin")
    def limit(connection: object) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")  # type: ignore[attr-defined]  # a Connection

    with pytest.raises(StoreFull):
        await take_in(sqlite_store, Page(headline="Two", paragraphs=("word " * 100_000,)))
    assert (await sqlite_store.stats()).articles == 1
    assert await sqlite_store.check() == []


async def test_a_newer_schema_is_refused(store_url: str) -> None:
    async with Store.open(store_url) as store, store._database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreTooNew, match="9999"):
        async with Store.open(store_url):
            pass


async def test_several_processes_may_make_the_store_at_once(empty_url: str) -> None:
    async def open_it(number: int) -> str | None:
        async with Store.open(empty_url) as store:
            await take_in(store, Page(headline=f"Story {number}"))
            return await store.meta_get("store_id")

    ids = await asyncio.gather(*(open_it(number) for number in range(5)))
    assert len(set(ids)) == 1
    async with Store.open(empty_url) as store:
        assert (await store.stats()).articles == 5
        assert await store.check() == []


async def test_a_current_store_is_opened_without_writing(store_url: str) -> None:
    async with (
        Store.open(store_url) as other,
        other.writing(),
        asyncio.timeout(5),
        Store.open(store_url) as store,
    ):
        assert (await store.stats()).articles == 0


async def test_a_cancelled_call_leaves_the_store_usable(store: Store) -> None:
    for turns in range(12):
        task = asyncio.create_task(take_in(store, Page(headline=f"Story {turns}")))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await take_in(store, Page(headline="The last one"))
    assert await store.check() == []


async def test_a_cancelled_call_leaves_no_lock_behind(tmp_path: Path) -> None:
    """SQLite keeps the lock of a closed connection while one of its cursors is not done; here its traceback is kept."""
    rows = text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT i FROM n WHERE i % 2 = 0"
    )
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'news.db'}")
    reached = asyncio.Event()
    tracebacks: list[BaseException] = []

    async def work() -> None:
        try:
            async with database.writing() as connection:
                await connection.execute(text("CREATE TABLE kept (a)"))
                reached.set()
                await connection.execute(rows)
        except asyncio.CancelledError as cancelled:
            tracebacks.append(cancelled)
            raise

    for times in range(3):
        task = asyncio.create_task(work())
        await reached.wait()
        reached.clear()
        for _ in range(times + 1):
            task.cancel()
            await asyncio.sleep(0)
        await asyncio.wait([task])
        with closing(sqlite3.connect(tmp_path / "news.db", timeout=5)) as other:
            other.execute("BEGIN IMMEDIATE")
    assert len(tracebacks) == 3
    await database.close()


async def test_of_several_hosts_the_one_that_answers_is_used(postgres_url: str) -> None:
    async with Store.open(postgres_url) as store:
        await take_in(store, Page(headline="Kept on the second host"))
    url = make_url(postgres_url)
    folder = str(url.query["host"])
    several = f"postgresql://{url.username}:secret-word@127.0.0.1:1,{quote(folder, safe='')}/{url.database}?connect_timeout=5"
    async with Store.open(several) as store:
        assert (await store.stats()).articles == 1
        assert "secret-word" not in store.address


@pytest.mark.parametrize(
    "where", ["desk:secret-word@db.example/news", "desk@db.example/news?password=secret-word"]
)
def test_the_address_that_is_shown_has_no_password(where: str) -> None:
    address = Database(f"postgresql://{where}").address
    assert "db.example/news" in address
    assert "secret-word" not in address
