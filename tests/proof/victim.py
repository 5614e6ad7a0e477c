"""A process that is to be killed: it changes a store at random, and tells each change before it and once it is kept.

`python -m tests.proof.victim FOLDER SEED FIRST`: the store is in FOLDER, or where NEWSDESK_DATABASE_URL says; the articles that it adds
are numbered from FIRST.
"""

import asyncio
import json
import os
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.desk import Desk, live
from bot.settings import Settings

URL = "https://press.example/stories/{}"


def say(**told: Any) -> None:
    """Tell it at once: what is in a buffer dies with the process."""
    os.write(1, f"{json.dumps(told)}\n".encode())


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
        """Work until killed."""
        # A snapshot of the headlines is written for so few, too, and often.
        live.KEPT_FROM, live.RENEWED_FROM = 20, 5
        while True:
            async with self._desk() as desk:
                say(did="open")
                for _ in range(self._rng.randint(2, 6)):
                    work = self._rng.choice([self._add, self._add, self._update, self._remove, self._back_up])
                    await work(desk)

    async def _add(self, desk: Desk) -> None:
        numbers = [self._next + at for at in range(self._rng.choice([1, 3, 30]))]
        self._next += len(numbers)
        await self._take_in(desk, numbers)

    async def _update(self, desk: Desk) -> None:
        if self._ids:
            await self._take_in(desk, self._rng.sample(sorted(self._ids), min(len(self._ids), 3)))

    async def _take_in(self, desk: Desk, numbers: list[int]) -> None:
        self._version += 1
        file = self._folder / f"records-{self._version}.jsonl"
        file.write_text(
            "".join(f"{json.dumps(record(one, self._version))}\n" for one in numbers), encoding="utf-8"
        )
        say(does="write", numbers=numbers, version=self._version)
        reports = [report async for report in desk.ingest([file])]
        for number, report in zip(numbers, reports, strict=True):
            say(did="write", number=number, version=self._version, id=report.id, outcome=report.outcome)
            if report.id is not None:
                self._ids[number] = report.id
        file.unlink()

    async def _remove(self, desk: Desk) -> None:
        if len(self._ids) < 5:
            return
        number = self._rng.choice(sorted(self._ids))
        id_ = self._ids.pop(number)
        say(does="remove", number=number)
        await desk.remove([id_], "killed")
        say(did="remove", number=number)

    async def _back_up(self, desk: Desk) -> None:
        if os.environ.get("NEWSDESK_DATABASE_URL"):
            return
        path = self._folder / f"backup-{self._rng.getrandbits(40)}.db"
        await desk.backup(path)
        say(did="backup", path=str(path))


if __name__ == "__main__":
    asyncio.run(Victim(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])).live())
