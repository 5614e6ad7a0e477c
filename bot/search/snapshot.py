"""The headline index in a file, so that a start need not build it.

The file is a cache. It may be deleted at any time, and whatever is wrong with it, it is made anew; nobody
reads an index from it that does not belong to the store. A first line says what it is, a line of JSON
what follows, then come the bytes of the columns, one after the other:

    newsdesk headlines 1 <CRC-32 of the second line>
    {"store": ..., "position": ..., "normaliser": ..., "columns": [[name, type, length, CRC-32], ...]}

It is written beside its place and then put there, so that its place always holds a whole one. It is read
into memory, not mapped: a mapped file that somebody truncates ends the process.
"""

import contextlib
import json
import os
import tempfile
import time
import zlib
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from bot.search.headlines import Headlines
from bot.search.parts import Columns
from bot.text import NORMALISER

FORMAT = 1
"""Number of what the columns hold. Raise it when the same words would be filed in another way."""

_TITLE = b"newsdesk headlines %d %d\n"
_LONGEST_LINE = 1 << 16
"""Bytes; the second line has some hundred."""

_TYPES = {np.dtype(kind).str: np.dtype(kind) for kind in ("u1", "u4", "i4", "i8")}
"""The types of columns, in this machine's order of bytes: a file from another one is not read."""

_ABANDONED = 3600
"""Seconds after which an unfinished file is the remains of a process that was killed."""


class Unusable(Exception):
    """A snapshot cannot be used; the message says why. That it is not there is no reason to say anything."""


def write(path: Path, columns: Columns, *, store: str, position: int) -> None:
    """Write the columns of an index that stands for a position in a store's change log; raise OSError.

    What was there is replaced when the new file is whole and on the disk.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(path)
    arrays = {name: np.ascontiguousarray(column) for name, column in columns.items()}
    described = json.dumps(
        {
            "store": store,
            "position": position,
            "normaliser": NORMALISER,
            "columns": [
                [name, array.dtype.str, len(array), zlib.crc32(_bytes(array))]
                for name, array in arrays.items()
            ],
        }
    ).encode()
    descriptor, unfinished = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(_TITLE % (FORMAT, zlib.crc32(described)))
            file.write(described + b"\n")
            file.writelines(map(_bytes, arrays.values()))
            file.flush()
            os.fsync(file.fileno())
        Path(unfinished).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(unfinished).unlink()
        raise


def read(path: Path, *, store: str) -> tuple[Headlines, int]:
    """Read a store's index and the position that it stands for; raise Unusable, or FileNotFoundError."""
    try:
        with path.open("rb", buffering=0) as file:
            described = _description(file)
            if described["store"] != store:
                raise Unusable("it belongs to another store")
            if described["normaliser"] != NORMALISER:
                raise Unusable("its words were read by other rules")
            position = int(described["position"])
            _check_size(file, described["columns"])
            columns = {name: _column(file, *shape) for name, *shape in described["columns"]}
        return Headlines.restored(columns), position
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Unusable(error.strerror or str(error)) from None
    except (KeyError, TypeError, ValueError):
        # The checksum is right and yet it is not what we write: a foreign file.
        raise Unusable("it is of another format") from None


def _description(file: BinaryIO) -> dict[str, Any]:
    title = file.readline(_LONGEST_LINE).split()
    if title[:3] != (_TITLE % (FORMAT, 0)).split()[:3] or len(title) != 4:
        raise Unusable("it is of another format")
    line = file.readline(_LONGEST_LINE).rstrip(b"\n")
    if zlib.crc32(line) != int(title[3]):
        raise Unusable("it is damaged")
    described: dict[str, Any] = json.loads(line)
    return described


def _check_size(file: BinaryIO, described: list[list[Any]]) -> None:
    """See to it that no more memory is taken than the file can fill."""
    wanted = file.tell() + sum(_TYPES[kind].itemsize * length for _, kind, length, _ in described)
    if os.fstat(file.fileno()).st_size != wanted:
        raise Unusable("it is cut short")


def _column(file: BinaryIO, kind: str, length: int, checksum: int) -> NDArray[Any]:
    array: NDArray[Any] = np.empty(length, _TYPES[kind])
    rest = _bytes(array)
    while rest:
        count = file.readinto(rest)  # type: ignore[attr-defined]  # an unbuffered file has it
        if not count:
            raise Unusable("it is cut short")
        rest = rest[count:]
    if zlib.crc32(_bytes(array)) != checksum:
        raise Unusable("it is damaged")
    return array


def _bytes(array: NDArray[Any]) -> memoryview:
    return memoryview(array.view(np.uint8).data)


def _remove_abandoned(path: Path) -> None:
    for unfinished in path.parent.glob(f"{path.name}.*.part"):
        with contextlib.suppress(OSError):
            if time.time() - unfinished.stat().st_mtime > _ABANDONED:
                unfinished.unlink()
