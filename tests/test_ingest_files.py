import asyncio
import json
import os
from contextlib import aclosing
from pathlib import Path

import pytest

from bot.errors import PageTooLarge, UnknownFormat, UnreadableFile, WasRemoved
from bot.ingest import intake, walk
from bot.ingest.documents import Did, Report
from bot.ingest.intake import Intake
from bot.store.store import Store

BRIDGE = "Harbour bridge reopens\n\nTraffic crossed the harbour bridge on Monday for the first time in three years.\n"
FERRY = "Ferry strike ends\n\nFerry crews went back to work on Sunday after eleven days without wages.\n"


def line(headline: str, **fields: object) -> str:
    return json.dumps({"headline": headline, **fields}) + "\n"


async def ingest(store: Store, *paths: Path) -> list[Report]:
    return [report async for report in Intake(store).ingest(paths)]


def told(reports: list[Report]) -> list[tuple[str, Did, int | None]]:
    return [(Path(report.path).name, report.outcome, report.id) for report in reports]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "pages"
    (made / "b").mkdir(parents=True)
    (made / "c.txt").write_text(FERRY)
    (made / "b" / "z.TXT").write_text(BRIDGE)
    (made / "a.jsonl").write_text(line("First record") + "\n" + line("Second record"))
    (made / "README.md").write_text("# No page")
    (made / ".hidden.txt").write_text("Hidden\n\nA hidden page.")
    (made / ".git").mkdir()
    (made / ".git" / "x.txt").write_text("Hidden\n\nA hidden page.")
    return made


async def test_a_folder_is_walked_in_order(store: Store, folder: Path) -> None:
    reports = await ingest(store, folder)
    assert told(reports) == [
        ("a.jsonl:1", Did.ADDED, 1),
        ("a.jsonl:3", Did.ADDED, 2),
        ("z.TXT", Did.ADDED, 3),
        ("c.txt", Did.ADDED, 4),
    ]
    assert {outcome for _, outcome, _ in told(await ingest(store, folder))} == {Did.UNCHANGED}


async def test_links_that_go_round_are_survived(sqlite_store: Store, folder: Path) -> None:
    (folder / "b" / "up").symlink_to(folder)
    (folder / "self").symlink_to("self")
    (folder / "gone.txt").symlink_to(folder / "missing")
    assert len(await ingest(sqlite_store, folder)) == 4


async def test_what_cannot_be_read_is_reported_and_the_rest_goes_on(
    sqlite_store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "MAX_PAGE", 300)
    (folder / "b" / "a-large.txt").write_text("Large\n\n" + "x" * 300)
    (folder / "b" / "empty.txt").write_text("")
    os.mkfifo(tmp := folder / "pipe.txt")
    reports = await ingest(sqlite_store, folder, folder / "missing.txt", folder / "README.md", tmp)
    rejected = {Path(report.path).name: report for report in reports if report.outcome is Did.REJECTED}
    assert rejected.keys() == {"a-large.txt", "empty.txt", "missing.txt", "README.md", "pipe.txt"}
    assert isinstance(rejected["a-large.txt"].error, PageTooLarge)
    assert isinstance(rejected["missing.txt"].error, UnreadableFile)
    assert isinstance(rejected["README.md"].error, UnknownFormat)
    assert isinstance(rejected["pipe.txt"].error, UnreadableFile)
    assert all(report.reason for report in rejected.values())
    assert [report.id for report in reports if report.outcome is Did.ADDED] == [1, 2, 3, 4]


async def test_bad_lines_are_named_by_their_number(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "MAX_LINE", 200)
    path = tmp_path / "records.jsonl"
    path.write_bytes(
        b"\xef\xbb\xbf"
        + line("One").encode()
        + b"{broken\n"
        + b'"no object"\n'
        + line("x" * 1_000).encode()
        + b"\xff\xfe\n"
        + b"   \n"
        + line("Last, without an end").encode().rstrip()
    )
    reports = await ingest(sqlite_store, path)
    assert [(report.path.rpartition(":")[2], report.outcome) for report in reports] == [
        ("1", Did.ADDED),
        ("2", Did.REJECTED),
        ("3", Did.REJECTED),
        ("4", Did.REJECTED),
        ("5", Did.REJECTED),
        ("7", Did.ADDED),
    ]
    assert reports[3].reason is not None
    assert reports[3].reason.startswith("Line 4: ")


async def test_what_is_reported_is_committed(
    sqlite_url: str, sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "FIRST_BATCH", 2)
    monkeypatch.setattr(intake, "BATCH", 3)
    path = tmp_path / "records.jsonl"
    path.write_text("".join(line(f"Record {number}") for number in range(12)))
    async with Store.open(sqlite_url) as other, aclosing(Intake(sqlite_store).ingest([path])) as reports:
        seen = 0
        async for report in reports:
            seen += 1
            assert report.id is not None
            assert await other.article(report.id) is not None
            if seen == 4:
                break
        # Whoever stops listening keeps what was told, and no more than the batch it was in.
        assert (await other.stats()).articles == 5


async def test_batches_end_where_pages_are_large(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "BATCH_BYTES", 10)
    path = tmp_path / "records.jsonl"
    path.write_text("".join(line(f"Record {number}") for number in range(5)))
    async with aclosing(Intake(sqlite_store).ingest([path])) as reports:
        await anext(reports)
        assert (await sqlite_store.stats()).articles == 1


async def test_the_event_loop_runs_on_while_pages_are_read(sqlite_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text("".join(line(f"Record number {number}") for number in range(3_000)))
    turns = 0

    async def tick() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    ticking = asyncio.create_task(tick())
    await ingest(sqlite_store, path)
    ticking.cancel()
    assert turns > 50


async def test_a_watched_folder_is_read_again_only_where_it_changed(store: Store, folder: Path) -> None:
    sync = Intake(store).sync_folder
    assert told(await sync(folder)) == [
        ("a.jsonl:1", Did.ADDED, 1),
        ("a.jsonl:3", Did.ADDED, 2),
        ("z.TXT", Did.ADDED, 3),
        ("c.txt", Did.ADDED, 4),
    ]
    position = await store.position()
    assert await sync(folder) == []
    (folder / "c.txt").write_text(FERRY.replace("Sunday", "Saturday"))
    assert told(await sync(folder)) == [("c.txt", Did.UPDATED, 4)]
    (folder / "c.txt").write_text(
        FERRY.replace("Sunday", "Saturday").replace("Ferry strike ends", "Strike over")
    )
    assert told(await sync(folder)) == [("c.txt", Did.UPDATED, 4)]
    (folder / "c.txt").write_text(
        "Whales in the fjord\n\nTwo humpback whales were seen by fishermen on Tuesday.\n"
    )
    assert told(await sync(folder)) == [("c.txt", Did.ADDED, 5)]
    with (folder / "a.jsonl").open("a") as records:
        records.write(line("Third record"))
    assert told(await sync(folder)) == [("a.jsonl:4", Did.ADDED, 6)]
    (folder / "b" / "z.TXT").unlink()
    assert await sync(folder) == []
    assert (await store.stats()).articles == 6
    assert await store.position() == position + 4


async def test_nothing_is_written_where_nothing_changed(sqlite_url: str, folder: Path) -> None:
    (folder / "broken.txt").write_bytes(b"\x00\x01\x02\x03" * 50)
    async with Store.open(sqlite_url) as store:
        await Intake(store).sync_folder(folder)
    # Another process writes: a transaction of ours would wait for it.
    async with (
        Store.open(sqlite_url) as store,
        Store.open(sqlite_url) as other,
        other.writing(),
        asyncio.timeout(5),
    ):
        reports = await Intake(store).sync_folder(folder)
    assert told(reports) == [("broken.txt", Did.REJECTED, None)]


async def test_a_removed_article_s_file_is_left_alone_until_it_is_restored(
    store: Store, folder: Path
) -> None:
    sync = Intake(store).sync_folder
    await sync(folder)
    await store.remove([2, 4], "x")
    assert await sync(folder) == []
    (folder / "c.txt").write_text(FERRY.replace("Sunday", "Saturday"))
    (report,) = await sync(folder)
    assert isinstance(report.error, WasRemoved)
    assert await sync(folder) == []
    await store.restore([2, 4])
    assert told(await sync(folder)) == [("a.jsonl:3", Did.ADDED, 2), ("c.txt", Did.ADDED, 4)]
    assert await sync(folder) == []


async def test_a_folder_that_is_not_there_is_reported(sqlite_store: Store, tmp_path: Path) -> None:
    (report,) = await Intake(sqlite_store).sync_folder(tmp_path / "missing")
    assert report.outcome is Did.REJECTED


async def test_a_moved_folder_brings_nothing_twice(sqlite_store: Store, folder: Path, tmp_path: Path) -> None:
    sync = Intake(sqlite_store).sync_folder
    await sync(folder)
    folder.rename(tmp_path / "elsewhere")
    assert await sync(tmp_path / "elsewhere") == []
    assert (await sqlite_store.stats()).articles == 4


async def test_below_a_root_an_edited_page_is_known_by_its_path(sqlite_store: Store, folder: Path) -> None:
    async def ingest_below() -> list[tuple[str, Did, int | None]]:
        return told([report async for report in Intake(sqlite_store).ingest([folder / "c.txt"], root=folder)])

    assert await ingest_below() == [("c.txt", Did.ADDED, 1)]
    (folder / "c.txt").write_text(FERRY.replace("Sunday", "Saturday"))
    assert await ingest_below() == [("c.txt", Did.UPDATED, 1)]
