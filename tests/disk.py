"""A disk that fails: the n-th thing that is asked of it, or whatever would make a file too large."""

import io
import os
import resource
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_MUCH = 4096
"""Bytes."""


class Disk:
    """Counts what Python asks of it, and lets the n-th fail. What SQLite asks itself is not seen."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left = 0
        """How many things are asked until one fails; it then has passed 0."""
        self.failed = ""
        """What failed last."""
        self._errno = 0
        for owner, name in (
            (tempfile, "mkstemp"),
            (os, "fsync"),
            (os, "link"),
            (os, "close"),
            (Path, "replace"),
            (Path, "rename"),
            (Path, "mkdir"),
        ):
            monkeypatch.setattr(owner, name, self._counted(name, getattr(owner, name)))
        monkeypatch.setattr(
            os, "fdopen", lambda descriptor, _mode: io.BufferedWriter(_File(descriptor, self))
        )

    def fail(self, nth: int, errno: int) -> None:
        """Let the n-th thing from now on fail."""
        self.left, self._errno = nth, errno

    def ask(self, what: str) -> None:
        """Count; raise OSError when it is the turn of this one."""
        self.left -= 1
        if self.left == 0:
            self.failed = what
            raise OSError(self._errno, os.strerror(self._errno))

    def _counted(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:
            try:
                self.ask(name)
            except OSError:
                # A descriptor is gone even where closing it fails.
                if name == "close":
                    function(*arguments)
                raise
            return function(*arguments, **named)

        return counted


class _File(io.FileIO):
    """Writes half of what it is given if it is much, as a system may at any time, and asks its disk each time."""

    def __init__(self, descriptor: int, disk: Disk) -> None:
        super().__init__(descriptor, "wb")
        self._disk = disk

    def write(self, data: Any) -> int:
        self._disk.ask("write")
        much = len(data) > _MUCH
        return super().write(bytes(data)[: len(data) // 2] if much else data)


@contextmanager
def limited(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond some bytes meanwhile: the system itself says EFBIG."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
