"""Watched folders: real files, and what the system tells of them."""

import asyncio
import logging
import os
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import watchfiles

from bot.article import Page
from bot.desk import Desk, watching
from bot.errors import StoreBusy
from bot.ingest import walk
from bot.pages import read_page
from bot.search import parse_query
from bot.settings import Settings
from tests.newsroom import PAGES, WHALES

SOON = 2.0
"""Seconds within which what is dropped is found: the README says so."""
PATIENCE = 20.0
"""Seconds that a loaded machine gets where how long it takes is not the question."""

LATE = """Lighthouse keeper retires after forty years

Jonna Aaltonen lit the lamp of the outer skerry for the last time on Sunday evening.

Her successor will look after it from a desk on the mainland. The house is to become a hostel.
"""


async def ids(desk: Desk, query: str) -> list[int]:
    return [hit.listing.id for hit in (await desk.search(parse_query(query))).hits]


async def until(true: Callable[[], object], within: float = PATIENCE) -> None:
    async with asyncio.timeout(within):
        while not true():
            await asyncio.sleep(0.01)


async def found(desk: Desk, query: str, within: float = PATIENCE) -> list[int]:
    """Wait until a query finds something."""
    async with asyncio.timeout(within):
        while not (listed := await ids(desk, query)):
            await asyncio.sleep(0.01)
    return listed


@asynccontextmanager
async def watched(settings: Settings) -> AsyncIterator[Desk]:
    """Open a desk that watches, once it does: what is dropped before that is found a little later."""
    async with Desk.open(settings) as desk:
        synced = desk._folders._looked
        async with desk.following(), desk.watching():
            await until(lambda: desk._folders._looked > synced)
            yield desk


@pytest.fixture
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that write no file slowly."""
    monkeypatch.setattr(watching, "QUIET", 0.2)


@pytest.fixture
def folders(settings: Settings, pages: Path, tmp_path: Path) -> Settings:
    """Settings with the three pages as seeds, and a further folder without any."""
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    return settings.model_copy(update={"seeds_dir": pages, "watch_dirs": str(inbox)})


async def test_a_page_that_is_dropped_is_found_within_two_seconds(folders: Settings, pages: Path) -> None:
    async with watched(folders) as desk:
        (pages / "late.txt").write_text(LATE, encoding="utf-8")
        assert await found(desk, "lighthouse", SOON) == [5]


async def test_so_it_is_in_any_folder_that_the_settings_name(folders: Settings, tmp_path: Path) -> None:
    elsewhere = tmp_path / "late.txt"
    elsewhere.write_text(LATE, encoding="utf-8")
    async with watched(folders) as desk:
        elsewhere.rename(tmp_path / "inbox" / "late.txt")
        assert await found(desk, "lighthouse", SOON) == [5]


@pytest.mark.usefixtures("brisk")
async def test_an_edited_page_keeps_its_id(folders: Settings, pages: Path) -> None:
    async with watched(folders) as desk:
        (pages / "whales.txt").write_text(
            PAGES["whales.txt"].replace("herring", "mackerel"), encoding="utf-8"
        )
        assert await found(desk, "mackerel", SOON) == [WHALES]
        assert await ids(desk, "herring") == []


@pytest.mark.usefixtures("brisk")
async def test_a_page_that_is_saved_by_way_of_another_file_keeps_its_id(
    folders: Settings, pages: Path
) -> None:
    async with watched(folders) as desk:
        (pages / ".whales.txt.swp").write_text("swap", encoding="utf-8")
        other = pages / ".whales.tmp"
        other.write_text(PAGES["whales.txt"].replace("herring", "mackerel"), encoding="utf-8")
        other.replace(pages / "whales.txt")
        assert await found(desk, "mackerel", SOON) == [WHALES]


async def test_a_page_that_is_written_slowly_is_taken_when_it_is_complete(
    folders: Settings, pages: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with watched(folders) as desk:
        with (pages / "late.txt").open("w", encoding="utf-8") as file:
            # The first piece ends within the headline: taken in, it would be another story.
            for start in range(0, len(LATE), 30):
                file.write(LATE[start : start + 30])
                file.flush()
                await asyncio.sleep(watching.QUIET / 4)
                assert await ids(desk, "lighthouse") == []
        assert await found(desk, "hostel", SOON) == [5]
        assert (await desk.article(5)).page.headline == LATE.splitlines()[0]
    assert "was not taken in" not in caplog.text


async def test_a_slow_writer_delays_no_other_page(folders: Settings, pages: Path) -> None:
    async def write() -> None:
        with (pages / "slow.txt").open("w", encoding="utf-8") as file:
            while True:
                file.write("x")
                file.flush()
                await asyncio.sleep(0.01)

    async with watched(folders) as desk:
        writing = asyncio.create_task(write())
        (pages / "late.txt").write_text(LATE, encoding="utf-8")
        assert await found(desk, "lighthouse", SOON) == [5]
        writing.cancel()


@pytest.mark.usefixtures("brisk")
async def test_folders_that_come_with_pages_in_them(folders: Settings, pages: Path, tmp_path: Path) -> None:
    (tmp_path / "day" / "deep").mkdir(parents=True)
    (tmp_path / "day" / "deep" / "late.txt").write_text(LATE, encoding="utf-8")
    async with watched(folders) as desk:
        (tmp_path / "day").rename(pages / "day")
        assert await found(desk, "lighthouse", SOON) == [5]
        (pages / "day" / "deep" / "more.txt").write_text("Skerry\n\nIt has a lamp.\n", encoding="utf-8")
        assert await found(desk, "skerry lamp", SOON)


async def test_a_thousand_pages_at_once(folders: Settings, tmp_path: Path) -> None:
    async with watched(folders) as desk:
        for number in range(1_000):
            text = f"Lot {number} is sold\n\nSomebody paid {number} crowns for it on Monday.\n"
            (tmp_path / "inbox" / f"{number}.txt").write_text(text, encoding="utf-8")
        await until(lambda: len(desk.headlines) == 1_004, 60.0)


@pytest.mark.usefixtures("brisk")
async def test_what_nobody_told_of_many_changes_is_found_as_well(
    folders: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def awatch(*paths: Path, **options: Any) -> AsyncIterator[set[watchfiles.main.FileChange]]:
        async with aclosing(watchfiles.awatch(*paths, **options)) as batches:
            async for batch in batches:
                yield set(sorted(batch)[:5])

    monkeypatch.setattr(watching, "awatch", awatch)
    monkeypatch.setattr(watching, "MANY", 5)
    async with watched(folders) as desk:
        for number in range(50):
            (tmp_path / "inbox" / f"{number}.txt").write_text(
                f"Lot {number}\n\nIt is sold.\n", encoding="utf-8"
            )
        await until(lambda: len(desk.headlines) == 54)


@pytest.mark.usefixtures("brisk")
async def test_what_came_between_the_start_and_the_watching_is_found(folders: Settings, pages: Path) -> None:
    async with Desk.open(folders) as desk:
        (pages / "late.txt").write_text(LATE, encoding="utf-8")
        old = pages / "whales.txt"
        times = old.stat().st_mtime_ns
        old.write_text(PAGES["whales.txt"].replace("herring", "mackerel"), encoding="utf-8")
        os.utime(old, ns=(times, times))
        async with desk.following(), desk.watching():
            assert await found(desk, "lighthouse") == [5]
            assert await found(desk, "mackerel") == [WHALES]


@pytest.mark.usefixtures("brisk")
async def test_what_is_no_page_is_passed_over(
    folders: Settings, pages: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with watched(folders) as desk:
        (pages / "README.md").write_text(LATE, encoding="utf-8")
        (pages / ".hidden").mkdir()
        (pages / ".hidden" / "page.txt").write_text(LATE, encoding="utf-8")
        os.mkfifo(pages / "pipe.txt")
        (pages / "gone.txt").write_text(LATE, encoding="utf-8")
        (pages / "gone.txt").unlink()
        (pages / "skerry.txt").write_text("Skerry\n\nIt has a lamp.\n", encoding="utf-8")
        await until(lambda: len(desk.headlines) == 5)
        assert await ids(desk, "skerry") == [5]
    assert "was not taken in" not in caplog.text


@pytest.mark.usefixtures("brisk")
async def test_records_are_taken_in_as_well(folders: Settings, pages: Path) -> None:
    async with watched(folders) as desk:
        (pages / "day.jsonl").write_text('{"headline": "Skerry sold"}\n{"headline": "Lamp lit"}\n')
        assert await found(desk, "skerry")
        assert await found(desk, "lamp")


@pytest.mark.usefixtures("brisk")
async def test_what_cannot_be_read_is_said_once_and_the_rest_goes_on(
    folders: Settings, pages: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with watched(folders) as desk:
        for name in ("a.txt", "b.txt"):
            (pages / "broken.txt").write_bytes(b"\x00\xff" * 40)
            (pages / name).write_text(f"Skerry {name}\n\nIt has a lamp.\n", encoding="utf-8")
            await found(desk, f"skerry {name[0]}")
        assert caplog.text.count("broken.txt was not taken in") == 1


@pytest.mark.usefixtures("brisk")
async def test_a_page_that_breaks_its_reader_stops_nothing(
    folders: Settings, pages: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = read_page

    def read(name: str, data: bytes) -> Page:
        if name == "deep.txt":
            raise RecursionError
        return real(name, data)

    async with watched(folders) as desk:
        monkeypatch.setattr(walk, "read_page", read)
        (pages / "deep.txt").write_text(LATE, encoding="utf-8")
        (pages / "skerry.txt").write_text("Skerry\n\nIt has a lamp.\n", encoding="utf-8")
        assert await found(desk, "skerry")
        await until(lambda: "deep.txt was not taken in" in caplog.text)


@pytest.mark.usefixtures("brisk")
async def test_what_the_store_does_not_take_now_it_gets_later(
    folders: Settings, pages: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with watched(folders) as desk:
        taking, tries = desk.store.writing, 0

        def writing() -> object:
            nonlocal tries
            tries += 1
            if tries <= 3:
                raise StoreBusy
            return taking()

        monkeypatch.setattr(desk.store, "writing", writing)
        (pages / "late.txt").write_text(LATE, encoding="utf-8")
        assert await found(desk, "lighthouse") == [5]
        assert tries == 4
    assert caplog.text.count("taken in later") == 1


@pytest.mark.usefixtures("brisk")
async def test_what_nobody_expected_is_logged_and_the_folders_are_watched_anew(
    folders: Settings, pages: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with watched(folders) as desk:
        real, broken = watching._pages, True

        def pages_at(path: Path) -> object:
            nonlocal broken
            if broken:
                broken = False
                raise LookupError(path)
            return real(path)

        monkeypatch.setattr(watching, "_pages", pages_at)
        (pages / "late.txt").write_text(LATE, encoding="utf-8")
        assert await found(desk, "lighthouse") == [5]
    assert caplog.text.count("looked through anew") == 1


@pytest.mark.usefixtures("brisk")
async def test_a_folder_that_is_not_there_is_said_and_watched_once_it_is(
    folders: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.rmtree(tmp_path / "inbox")
    async with watched(folders) as desk:
        assert f"NEWSDESK_WATCH_DIRS: there is no folder {tmp_path / 'inbox'}" in caplog.text
        (tmp_path / "inbox").mkdir()
        (tmp_path / "inbox" / "late.txt").write_text(LATE, encoding="utf-8")
        assert await found(desk, "lighthouse") == [5]


@pytest.mark.usefixtures("brisk")
async def test_a_folder_that_is_replaced_is_still_watched(folders: Settings, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    async with watched(folders) as desk:
        inbox.rename(tmp_path / "yesterday")
        inbox.mkdir()
        (inbox / "late.txt").write_text(LATE, encoding="utf-8")
        assert await found(desk, "lighthouse") == [5]
        (inbox / "skerry.txt").write_text("Skerry\n\nIt has a lamp.\n", encoding="utf-8")
        assert await found(desk, "skerry")


@pytest.mark.usefixtures("brisk")
async def test_a_folder_within_another_is_watched_once(settings: Settings, pages: Path) -> None:
    (pages / "inside").mkdir()
    both = settings.model_copy(update={"seeds_dir": pages, "watch_dirs": f"{pages / 'inside'}, {pages}"})
    async with watched(both) as desk:
        (pages / "inside" / "late.txt").write_text(LATE, encoding="utf-8")
        assert await found(desk, "lighthouse") == [5]
        assert (await desk.store.files(str(pages)))["inside/late.txt"].article_id == 5
        assert await desk.store.files(str(pages / "inside")) == {}


@pytest.mark.usefixtures("brisk")
async def test_where_the_system_does_not_watch_folders_are_looked_through(
    folders: Settings, pages: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = watchfiles.awatch

    def awatch(*paths: Path, force_polling: bool | None, **options: object) -> object:
        if not force_polling:
            raise OSError("OS file watch limit reached.")
        return real(*paths, force_polling=force_polling, **options)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(watching, "awatch", awatch)
    async with watched(folders) as desk:
        (pages / "late.txt").write_text(LATE, encoding="utf-8")
        assert await found(desk, "lighthouse") == [5]
    assert caplog.text.count("looked through instead") == 1


async def test_without_folders_nothing_is_watched(settings: Settings) -> None:
    before = {task.get_name() for task in asyncio.all_tasks()}
    async with Desk.open(settings) as desk, desk.watching():
        assert {task.get_name() for task in asyncio.all_tasks()} <= before


@pytest.mark.usefixtures("brisk")
async def test_after_a_restart_nothing_is_new(
    folders: Settings, pages: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with watched(folders) as desk:
        (pages / "late.txt").write_text(LATE, encoding="utf-8")
        await found(desk, "lighthouse")
        position = await desk.store.position()
    caplog.set_level(logging.INFO)
    async with watched(folders) as desk:
        started = time.monotonic()
        await until(lambda: time.monotonic() > started + 2 * watching.QUIET)
        assert await desk.store.position() == position
