"""What runs in a worker's process: it reads what it is handed, under a limit of memory and of time.

Requests and answers are pickles with their length before them, on standard input and output.
"""

import os
import pickle
import resource
import signal
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from bot.errors import PageError
from bot.failures import Unreadable
from bot.feeds.reading import Feed, read_feed
from bot.pages import read_page

LENGTH = struct.Struct("!Q")
"""Before each message: its length in bytes."""
_GRACE = 2
"""Seconds beyond the deadline after which the system ends a process whose parent did not, being gone itself."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong with a document: errors with parameters cannot be pickled themselves."""

    kind: type[PageError]
    params: dict[str, object]


def feed(data: bytes, url: str, content_type: str | None, now: datetime) -> Feed:
    """Read a feed."""
    return read_feed(data, url=url, content_type=content_type, now=now)


_JOBS: dict[str, Callable[..., Any]] = {"feed": feed, "page": read_page}


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until there are no more."""
    answers.write(LENGTH.pack(0))
    answers.flush()
    while head := requests.read(LENGTH.size):
        name, deadline, arguments = pickle.loads(requests.read(*LENGTH.unpack(head)))  # noqa: S301 - our parent's
        signal.alarm(int(deadline) + _GRACE)
        answer = pickle.dumps(_answer(name, arguments))
        signal.alarm(0)
        answers.write(LENGTH.pack(len(answer)) + answer)
        answers.flush()


def _answer(name: str, arguments: tuple[Any, ...]) -> Any:
    try:
        return _JOBS[name](*arguments)
    except PageError as error:
        return Failure(type(error), error.params)
    except (MemoryError, RecursionError):
        return Failure(Unreadable, {})


def main() -> None:
    """Serve a parent process; the argument is the limit of memory in bytes."""
    # A terminal sends it to all of its processes; the parent ends this one in its own time.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import_module("bot.pages.html.page")  # slow to load: before the first one is read, and not in the parent
    memory = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # What its end is about is told by the parent.
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stderr.fileno())
    serve(sys.stdin.buffer, sys.stdout.buffer)
