"""Copying a SQLite store while it is in use."""

import asyncio
import contextlib
import errno
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bot.errors import BackupElsewhere, BackupExists, StoreFull, StoreUnavailable
from bot.store.border import border
from bot.store.engine import Database
from bot.store.sqlite import WAIT

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


async def back_up(database: Database, path: Path) -> None:
    """Copy the store into a new file.

    Raises BackupExists if there is a file of that name, and BackupElsewhere on PostgreSQL.
    """
    if database.path is None:
        raise BackupElsewhere
    with border():
        await asyncio.to_thread(_copy, database.path, path)


def _copy(store: Path, path: Path) -> None:
    if os.path.lexists(path):
        raise BackupExists(path=path)
    try:
        with _unfinished(path) as part:
            _copy_database(store, part)
            _publish(part, path)
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFull from error
        raise StoreUnavailable(cause=f"{path.parent}: {error.strerror}") from error


@contextlib.contextmanager
def _unfinished(path: Path) -> Iterator[Path]:
    """Make a file beside a path meanwhile, of which nothing stays."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", suffix=".part", dir=path.parent)
    try:
        os.close(handle)
        yield Path(name)
    finally:
        # What SQLite had beside it stays where it could not finish.
        for left in (name, f"{name}-journal", f"{name}-wal", f"{name}-shm"):
            # A copy that is whole and in its place is one, even where this fails.
            with contextlib.suppress(OSError):
                Path(left).unlink()


def _copy_database(store: Path, part: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(store, timeout=WAIT)) as source,
        contextlib.closing(sqlite3.connect(part)) as target,
    ):
        # All pages in one step: one snapshot of the WAL, which keeps no writer from writing.
        source.backup(target)
        # One file that needs nothing beside it, and can be read where nothing can be written.
        target.execute("PRAGMA journal_mode = DELETE")


def _publish(part: Path, path: Path) -> None:
    with part.open("rb") as file:
        os.fsync(file.fileno())
    try:
        # Unlike a rename, a link does not replace a file that came meanwhile.
        os.link(part, path)
    except FileExistsError:
        raise BackupExists(path=path) from None
    except OSError:
        # A file system without hard links.
        part.rename(path)
