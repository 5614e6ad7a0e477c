"""Whatever is written beside the database's own statements fails, at each step of it: nothing else suffers."""

import errno
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.desk import Desk
from bot.errors import StoreError, StoreFull, StoreUnavailable
from bot.preview.history import Typed
from bot.search import Headlines, Row, parse_query, snapshot
from bot.settings import Settings
from bot.store.store import Store
from tests.databases import take_in
from tests.disk import Disk, limited
from tests.proof.writer import page

FAULTS = (errno.ENOSPC, errno.EIO, errno.EACCES)
MB = 1 << 20


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


@pytest.fixture
def _small_stores_have_snapshots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.desk.live.KEPT_FROM", 1)
    monkeypatch.setattr("bot.desk.live.RENEWED_FROM", 0)


@pytest.mark.parametrize("fault", FAULTS)
def test_whichever_step_of_a_snapshot_fails_the_old_one_stays(tmp_path: Path, disk: Disk, fault: int) -> None:
    folder = tmp_path / "new" / "data"
    path = folder / "headlines.snapshot"
    failed: set[str] = set()
    for version in (1, 2):
        index = Headlines.build(Row(at, f"Story {at} of version {version}", at) for at in range(300))
        nth = 0
        while not failed or disk.left <= 0:
            nth += 1
            disk.fail(nth, fault)
            try:
                snapshot.write(path, index.columns(), store="this", position=version)
            except OSError:
                failed.add(disk.failed)
                there = [path] if version == 2 else []
                assert list(folder.glob("*")) == there
                assert all(snapshot.read(known, store="this")[1] == 1 for known in there)
            else:
                assert disk.left > 0, "the fault did not surface"
        assert nth > 10
        assert snapshot.read(path, store="this")[1] == version
        assert list(folder.iterdir()) == [path]
        disk.fail(0, 0)
    assert failed == {"mkdir", "mkstemp", "write", "fsync", "replace"}


@pytest.mark.usefixtures("_small_stores_have_snapshots")
async def test_a_desk_whose_snapshot_cannot_be_written_answers_and_starts_right(
    settings: Settings, pages: Path, disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    async with Desk.open(settings.model_copy(update={"seeds_dir": pages})):
        pass
    nth = 0
    while disk.left <= 0:
        async with Desk.open(settings) as desk:
            assert await desk.check() == []
            assert (await desk.search(parse_query("harbour"))).hits
            await take_in(desk.store, page(nth, 1))
            await desk.headlines.catch_up()
            caplog.clear()
            nth += 1
            # The snapshot is renewed when the desk closes.
            disk.fail(nth, errno.ENOSPC)
        if disk.left <= 0:
            (said,) = caplog.messages
            assert "headlines.snapshot cannot be written, so the next start takes longer: No space" in said
        assert not list(settings.data_dir.glob("*.part"))
    assert nth > 5
    assert caplog.messages == []


@pytest.mark.parametrize("fault", FAULTS)
async def test_whichever_step_of_a_backup_fails_nothing_is_left_of_it(
    sqlite_store: Store, tmp_path: Path, disk: Disk, fault: int
) -> None:
    await take_in(sqlite_store, *(page(number, 1) for number in range(5)))
    folder = tmp_path / "copies"
    folder.mkdir()
    path = folder / "copy.db"
    declared = StoreFull if fault == errno.ENOSPC else StoreUnavailable
    failed: set[str] = set()
    nth = 0
    while not path.exists():
        nth += 1
        disk.fail(nth, fault)
        try:
            await sqlite_store.backup(path)
        except declared:
            failed.add(disk.failed)
            assert list(folder.iterdir()) == []
    # A file system without hard links is no fault: there it is renamed.
    assert failed == {"mkstemp", "close", "fsync"}
    assert disk.failed == "link"
    assert list(folder.iterdir()) == [path]
    async with Store.open(f"sqlite:///{path}") as copy:
        assert await copy.listings(range(20)) == await sqlite_store.listings(range(20))


async def test_a_backup_that_outgrows_its_disk_is_declared_and_leaves_nothing(
    sqlite_store: Store, tmp_path: Path
) -> None:
    await take_in(sqlite_store, *(page(number, 1) for number in range(5)))
    folder = tmp_path / "copies"
    folder.mkdir()
    for size in (0, 4096, 50_000):
        with limited(size), pytest.raises(StoreError):
            await sqlite_store.backup(folder / "copy.db")
        assert list(folder.iterdir()) == []
    await sqlite_store.backup(folder / "copy.db")
    assert [file.name for file in folder.iterdir()] == ["copy.db"]


@pytest.mark.usefixtures("_small_stores_have_snapshots")
async def test_on_a_disk_that_is_really_full_all_that_was_acknowledged_stays_and_is_answered(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    acknowledged = refused = 0
    with ExitStack() as until_closed:
        async with Desk.open(settings) as desk:
            await take_in(desk.store, page(0, 1))
            with limited(MB):
                while refused < 3:
                    start = 1000 * (acknowledged + refused + 1)
                    try:
                        await take_in(desk.store, *(page(start + at, 1) for at in range(20)))
                        acknowledged += 20
                    except (StoreFull, StoreUnavailable):
                        refused += 1
                    await desk.headlines.catch_up()
                    assert (await desk.search(parse_query("ward 0"))).hits
                stored = (await desk.store.stats()).articles
                assert stored == acknowledged + 1
            # There is room again: nothing needs repair.
            await take_in(desk.store, page(7, 1))
            await desk.headlines.catch_up()
            assert await desk.check() == []
            # The snapshot is renewed when the desk closes.
            until_closed.enter_context(limited(100))
    assert "headlines.snapshot cannot be written" in caplog.text
    async with Desk.open(settings) as desk:
        assert (await desk.store.stats()).articles == stored + 1
        assert await desk.check() == []


def test_what_is_typed_is_kept_where_it_can_be(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "chat_history"
    Typed(str(file)).store_string("!news whales")
    with limited(file.stat().st_size + 10):
        Typed(str(file)).store_string("!news harbour")
    assert "What is typed is not kept: File too large" in caplog.text
    # What is cut short is read as it is.
    assert list(Typed(str(file)).load_history_strings())[-1] == "!news whales"
    file.unlink()
    file.mkdir()
    assert list(Typed(str(file)).load_history_strings()) == []
    assert "What was typed before is not known: Is a directory" in caplog.text
