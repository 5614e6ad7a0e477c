"""Watched folders: what is in them at the start, and what is dropped into them or edited while the bot runs."""

import asyncio
import contextlib
import logging
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

from watchfiles import Change, awatch

from bot.errors import StoreError, UnreadableFile
from bot.ingest.documents import Did, Report
from bot.ingest.intake import Intake
from bot.ingest.walk import RECORDS, files_below, printable
from bot.meanwhile import meanwhile
from bot.pages import SUFFIXES
from bot.store.records import FileEntry
from bot.store.store import Store

log = logging.getLogger(__name__)

QUIET = 0.8
"""Seconds for which a file must stay as it is before it is read. No system tells whether a program goes on
writing it; programs that download or copy write many times a second. What was read too early is read again
when it changes, and is the same story then if its headline was there."""

TICK = 200
"""Milliseconds between two looks at files that are not quiet yet; also for how long changes are collected, so
that a file that is written without a pause delays no other."""

MANY = 1_000
"""Changes at once from which on the folders are looked through afterwards. The kernel drops what nobody fetches
in time: Linux keeps 16,384 of them (fs.inotify.max_queued_events), some four for each file."""

_PAUSE = 1.0
"""Seconds before folders that could not be watched are tried again."""

_Signature = tuple[int, int, int, int]
"""What changes with a file: its device, inode, size and time of modification."""


class Folders:
    """Takes in what watched folders have, and what they get.

    What is below a folder that is watched itself is watched once. Files that are gone change nothing.
    """

    def __init__(self, folders: Mapping[Path, str], store: Store, intake: Intake) -> None:
        """Take folders, each with the name of the setting that names it."""
        real = {Path(os.path.realpath(folder)): setting for folder, setting in folders.items()}
        self._folders = {
            folder: setting for folder, setting in real.items() if real.keys().isdisjoint(folder.parents)
        }
        self._store = store
        self._intake = intake
        self._told: dict[str, str | None] = {}
        """Why files were rejected, as the log was told."""
        self._unread: dict[Path, tuple[_Signature, float]] = {}
        """Files that are to be read: what they were like, and since when."""
        self._looked = 0.0
        """When all folders were last looked through, as the times of files are counted."""

    async def sync(self) -> None:
        """Take in what is new or edited; what is in the store already is left alone. Raise StoreErrors."""
        self._looked = time.time()
        for folder, setting in self._folders.items():
            if await asyncio.to_thread(folder.is_dir):
                self._tell(await self._intake.sync_folder(folder))
            else:
                log.warning("%s: there is no folder %s; nothing was taken in from it", setting, folder)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Watch the folders meanwhile; a folder that is not there is watched as soon as it is."""
        if not self._folders:
            yield
            return
        # It counts every change of every file in them.
        logging.getLogger("watchfiles").setLevel(logging.WARNING)
        async with meanwhile(self._watch(), "watch folders"):
            yield

    async def _watch(self) -> None:
        polling = False
        while True:
            standing = await asyncio.to_thread(self._standing)
            try:
                await self._follow(standing, polling=polling)
            except FileNotFoundError:
                # A folder went between the two looks at it.
                await asyncio.sleep(_PAUSE)
            except (OSError, RuntimeError) as error:
                # Mostly there are more folders than the system watches for one user; watchfiles has no error of its own.
                if not polling:
                    log.warning(
                        "The system does not watch folders (%s); they are looked through instead", error
                    )
                polling = True
                await asyncio.sleep(_PAUSE)
            except Exception:
                log.exception("Watched folders are looked through anew")
                await asyncio.sleep(_PAUSE)

    async def _follow(self, standing: Mapping[Path, tuple[int, int]], *, polling: bool) -> None:
        """Take in what comes until other folders are there."""
        watched = awatch(
            *standing,
            watch_filter=None,
            debounce=TICK,
            rust_timeout=TICK,
            yield_on_timeout=True,
            force_polling=polling or None,
            ignore_permission_denied=True,
        )
        # What came after the folders were synced and before they were watched was told by nobody.
        look, failed = True, False
        async with aclosing(watched) as batches:
            async for batch in batches:
                look = look or len(batch) >= MANY
                changed = {Path(path) for change, path in batch if change is not Change.deleted}
                try:
                    if changed:
                        await asyncio.to_thread(self._note, changed)
                    elif look:
                        await self._look(standing)
                        look = False
                    await self._take_quiet()
                    failed = False
                except StoreError as error:
                    # The store may come back. Said once, not five times a second.
                    if not failed:
                        log.warning("What is in watched folders is taken in later: %s", error)
                    failed = True
                if not batch and await asyncio.to_thread(self._standing) != standing:
                    return

    def _standing(self) -> dict[Path, tuple[int, int]]:
        """Return the folders that are there; another folder of the same name is another one."""
        found = {}
        for folder in self._folders:
            with contextlib.suppress(OSError):
                status = folder.stat()
                found[folder] = (status.st_dev, status.st_ino)
        return found

    async def _look(self, folders: Iterable[Path]) -> None:
        """Find the files that are not in the store, or changed since all were last looked through."""
        since, now = self._looked, time.time()
        for folder in folders:
            known = await self._store.files(printable(folder))
            await asyncio.to_thread(lambda: self._note(_changed(folder, known, since)))  # noqa: B023 - awaited at once
        self._looked = now

    def _note(self, paths: Iterable[Path]) -> None:
        """Note files that are to be read once they are quiet, and what is below folders."""
        now = time.monotonic()
        for path in paths:
            root = self._root(path)
            if any(part.startswith(".") for part in path.relative_to(root).parts):
                continue
            for page in _pages(path):
                if signature := _signature(page):
                    self._unread[page] = (signature, now)

    def _root(self, path: Path) -> Path:
        return next(folder for folder in self._folders if path.is_relative_to(folder))

    async def _take_quiet(self) -> None:
        quiet = await asyncio.to_thread(self._quiet) if self._unread else []
        by_root: dict[Path, list[Path]] = {}
        for path in quiet:
            by_root.setdefault(self._root(path), []).append(path)
        for root, paths in by_root.items():
            self._tell(reports := await self._read(root, paths))
            counted = Counter(report.outcome for report in reports)
            log.info("%s: %s", root, ", ".join(f"{count} {did}" for did, count in counted.items()))
            for path in paths:
                del self._unread[path]

    def _quiet(self) -> list[Path]:
        """Return the files that have been as they are for QUIET seconds, by name; forget those that are gone."""
        now = time.monotonic()
        quiet = []
        for path, (before, since) in list(self._unread.items()):
            signature = _signature(path)
            if signature is None:
                del self._unread[path]
            elif signature != before:
                self._unread[path] = (signature, now)
            elif now - since >= QUIET:
                quiet.append(path)
        return sorted(quiet)

    async def _read(self, root: Path, paths: Collection[Path]) -> list[Report]:
        try:
            return [report async for report in self._intake.ingest(list(paths), root=root)]
        except StoreError:
            raise
        except Exception:
            if len(paths) > 1:
                # One of them cannot be read: the others can.
                return [report for path in paths for report in await self._read(root, [path])]
            log.exception("%s was not taken in", *paths)
            return []

    def _tell(self, reports: Iterable[Report]) -> None:
        """Tell the log what was rejected and why, once."""
        for report in reports:
            if report.outcome is not Did.REJECTED:
                self._told.pop(report.path, None)
            elif self._told.get(report.path) != report.reason:
                self._told[report.path] = report.reason
                log.warning("%s was not taken in: %s", report.path, report.reason)


def _changed(folder: Path, known: Mapping[str, FileEntry], since: float) -> Iterator[Path]:
    """Find the files below a folder that are not known, or changed, or came under their names, since a moment."""
    for path in files_below(folder):
        if isinstance(path, UnreadableFile):
            continue
        with contextlib.suppress(OSError):
            name = printable(path.relative_to(folder).as_posix())
            if name not in known or path.stat().st_ctime >= since:
                yield path


def _pages(path: Path) -> Iterator[Path]:
    """Return what may be a page or have records: a file, or those below a folder."""
    if path.is_dir():
        yield from (below for below in files_below(path) if isinstance(below, Path))
    elif path.suffix.lower() in SUFFIXES or path.suffix.lower() == RECORDS:
        yield path


def _signature(path: Path) -> _Signature | None:
    """Return what changes with a regular file; None for anything else, and for what is gone."""
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns) if path.is_file() else None
