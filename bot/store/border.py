"""The border of the store: whatever a database driver raises leaves as a StoreError."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.errors import StoreBusy, StoreDamaged, StoreError, StoreFull, StoreUnavailable

_PRIMARY = 0xFF
"""The bits of an extended SQLite result code that hold the primary one (sqlite.org/rescode.html)."""

_SQLITE_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_SQLITE_UNREACHABLE = frozenset(
    {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM}
)

# PostgreSQL's error codes (appendix A of its manual): lock_not_available, query_canceled,
# serialization_failure, deadlock_detected; disk_full; data_corrupted, index_corrupted.
_POSTGRES_BUSY = frozenset({"55P03", "57014", "40001", "40P01"})
_POSTGRES_FULL = frozenset({"53100"})
_POSTGRES_DAMAGED = frozenset({"XX001", "XX002"})

_QUOTED = re.compile(r'(?:(?:for|as) )?(?:user |role )?"[^"]*" ?')
_SEVERITY = re.compile(r".*(?:FATAL|ERROR|failed):\s+")


@contextmanager
def border() -> Iterator[None]:
    """Let nothing of a driver out: raise the StoreError that says what its error means."""
    try:
        yield
    except DBAPIError as error:
        raise translated(error.orig or error) from error
    except PoolTimeoutError as error:
        raise StoreBusy from error
    except ArgumentError as error:
        # Its message may quote the URL, and the URL may hold a password.
        raise StoreUnavailable(cause="its address is not a database URL") from error
    except (sqlite3.Error, SQLAlchemyError) as error:
        raise translated(error) from error


def translated(error: BaseException) -> StoreError:
    """Return the StoreError for what a driver raised."""
    if isinstance(error, sqlite3.Error):
        return _from_sqlite(error)
    state = getattr(error, "sqlstate", None) or ""
    if state in _POSTGRES_BUSY:
        return StoreBusy()
    if state in _POSTGRES_FULL:
        return StoreFull()
    if state in _POSTGRES_DAMAGED:
        return StoreDamaged(cause=_cause(error))
    # 22 and 23, 42: the statement and the schema do not fit each other.
    if state[:2] in {"22", "23", "42"}:
        return StoreDamaged(cause=_cause(error))
    return StoreUnavailable(cause=_cause(error))


def _from_sqlite(error: sqlite3.Error) -> StoreError:
    # aiosqlite raises ValueError or ProgrammingError without a code when its connection is gone.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY
    if code in _SQLITE_BUSY:
        return StoreBusy()
    if code == sqlite3.SQLITE_FULL:
        return StoreFull()
    if code in _SQLITE_UNREACHABLE:
        return StoreUnavailable(cause=_cause(error))
    return StoreDamaged(cause=_cause(error))


def _cause(error: BaseException) -> str:
    """Say why in a few words, without names of users, roles or databases."""
    line = next(iter(str(error).strip().splitlines()), "") or type(error).__name__
    line = _SEVERITY.sub("", line)
    return _QUOTED.sub("", line).strip().rstrip(".") or type(error).__name__
