"""A process that is to be killed: it changes a store at random, and tells each change before it and once it is kept.

`python -m tests.proof.victim FOLDER SEED FIRST`: the store is in FOLDER, or where NEWSDESK_DATABASE_URL says; the articles that it adds
are numbered from FIRST. With a fourth argument, `on`, it never closes the store, whatever becomes of the database below it.
"""

import asyncio
import json
import os
import random
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from bot.desk import Desk, live
from bot.errors import StoreError
from bot.search import snapshot
from bot.settings import Settings

URL = "https://press.example/stories/{}"
INGEST, UPDATE, REMOVAL, SNAPSHOT, BACKUP = "ingest", "update", "removal", "snapshot", "backup"
"""What it does."""
_PAUSE = 0.05
"""Seconds after something failed."""


def say(**told: Any) -> None:
    """Tell it at once: what is in a buffer dies with the process."""
    os.write(1, f"{json.dumps(told)}\n".encode())


@contextmanager
def telling(work: str) -> Iterator[None]:
    """Tell when some work begins, and when it ended."""
    say(begins=work)
    start = time.perf_counter()
    try:
        yield
    finally:
        say(ends=work, seconds=time.perf_counter() - start)


def record(number: int, version: int) -> dict[str, Any]:
    """Make up an article, of which there are several versions."""
    return {
        "headline": f"Ward {number} gets its ferry number {number * 7}",
        "paragraphs": [
            f"The ferry of ward {number} left pier {number * 3} at last.",
            f"This is version {version}.",
        ],
        "url": URL.format(number),
        "source": "Press",
    }


class Victim:
    """What it knows of its own work."""

    def __init__(self, folder: Path, seed: int, first: int) -> None:
        self._folder = folder
        self._rng = random.Random(seed)
        self._next = first
        self._ids: dict[int, int] = {}
        self._version = seed * 1000

    @asynccontextmanager
    async def _desk(self) -> AsyncIterator[Desk]:
        settings = Settings(data_dir=self._folder / "data", seeds_dir=None)
        async with Desk.open(settings) as desk:
            yield desk

    async def live(self) -> None:
        """Work until killed, and open the store anew now and then."""
        _tell_of_snapshots()
        while True:
            async with self._desk() as desk:
                say(did="open")
                for _ in range(self._rng.randint(2, 6)):
                    await self._work(desk)

    async def go_on(self) -> None:
        """Work until killed, with a store that is open once and may fail."""
        async with self._desk() as desk, desk.following():
            say(did="open")
            while True:
                try:
                    await self._work(desk)
                except StoreError as error:
                    say(failed=type(error).__name__)
                    await asyncio.sleep(_PAUSE)

    async def _work(self, desk: Desk) -> None:
        work = [self._add, self._add, self._update, self._remove]
        if not os.environ.get("NEWSDESK_DATABASE_URL"):
            work.append(self._back_up)
        await self._rng.choice(work)(desk)

    async def _add(self, desk: Desk) -> None:
        numbers = [self._next + at for at in range(self._rng.choice([1, 3, 30]))]
        self._next += len(numbers)
        with telling(INGEST):
            await self._take_in(desk, numbers)

    async def _update(self, desk: Desk) -> None:
        if self._ids:
            with telling(UPDATE):
                await self._take_in(desk, self._rng.sample(sorted(self._ids), min(len(self._ids), 3)))

    async def _take_in(self, desk: Desk, numbers: list[int]) -> None:
        self._version += 1
        file = self._folder / f"records-{self._version}.jsonl"
        file.write_text(
            "".join(f"{json.dumps(record(one, self._version))}\n" for one in numbers), encoding="utf-8"
        )
        say(does="write", numbers=numbers, version=self._version)
        try:
            reports = [report async for report in desk.ingest([file])]
        finally:
            file.unlink()
        for number, report in zip(numbers, reports, strict=True):
            say(did="write", number=number, version=self._version, id=report.id, outcome=report.outcome)
            if report.id is not None:
                self._ids[number] = report.id

    async def _remove(self, desk: Desk) -> None:
        if len(self._ids) < 5:
            return
        number = self._rng.choice(sorted(self._ids))
        id_ = self._ids.pop(number)
        with telling(REMOVAL):
            say(does="remove", number=number)
            await desk.remove([id_], "killed")
            say(did="remove", number=number)

    async def _back_up(self, desk: Desk) -> None:
        path = self._folder / f"backup-{self._rng.getrandbits(40)}.db"
        with telling(BACKUP):
            await desk.backup(path)
        say(did="backup", path=str(path))


def _tell_of_snapshots() -> None:
    """Write a snapshot of the headlines for so few, too, and often, and tell of it."""
    live.KEPT_FROM, live.RENEWED_FROM = 20, 5
    write = snapshot.write

    def told(*arguments: Any, **named: Any) -> None:
        with telling(SNAPSHOT):
            write(*arguments, **named)

    snapshot.write = told


if __name__ == "__main__":
    victim = Victim(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    asyncio.run(victim.go_on() if sys.argv[4:] == ["on"] else victim.live())
