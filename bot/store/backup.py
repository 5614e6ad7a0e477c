"""Copying a SQLite store while it is in use."""

import asyncio
import contextlib
import errno
import os
import sqlite3
import tempfile
from pathlib import Path

from bot.errors import BackupElsewhere, BackupExists, StoreFull, StoreUnavailable
from bot.store.border import border
from bot.store.engine import Database
from bot.store.sqlite import WAIT


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
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", suffix=".part", dir=path.parent)
    except OSError as error:
        raise StoreUnavailable(cause=f"{path.parent}: {error.strerror}") from error
    os.close(handle)
    part = Path(name)
    try:
        _copy_database(store, part)
        _publish(part, path)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StoreFull from error
        raise StoreUnavailable(cause=f"{path}: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)


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
