"""Copies of a store that several processes change: restored as docs/operating.md tells, each is the store of one moment."""

import asyncio
import contextlib
import json
import os
import random
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.desk import Desk
from bot.search import parse_query
from bot.settings import Settings
from bot.store.store import Store
from tests.databases import Server, on_postgresql, take_in
from tests.proof.proving import Claim, Figures, total
from tests.proof.writer import GUILDS, page, state

TITLE = "A backup under load"
COPIES = 8
"""In each piece."""
PIECES, ON_POSTGRESQL = 2, 1
WRITERS = 2
_BETWEEN = 0.3
"""Seconds until the next copy, at most."""
_PATIENCE = 30.0
"""Seconds after which nothing is waited for any more."""
_ASKED = 20
"""Stories that a copy is asked for."""
_NEW = 99_999
"""The number of a story that no writer makes up."""
_HANDBOOK = Path(__file__).parents[2] / "docs/operating.md"
_NOTHING = dict.fromkeys(("copies", "moments", "unequal", "differences", "otherwise"), 0)


def pieces() -> Sequence[str]:
    """Name the seeds."""
    files = [f"sqlite-{seed}" for seed in range(1, PIECES + 1)]
    return files + [f"postgresql-{seed}" for seed in range(1, ON_POSTGRESQL + 1)]


def run(piece: str) -> Figures:
    """Copy and restore a store COPIES times."""
    rng = random.Random(piece)
    with (
        tempfile.TemporaryDirectory(prefix="newsdesk-backup-") as folder,
        pytest.MonkeyPatch.context() as chosen,
    ):
        if piece.startswith("sqlite"):
            return asyncio.run(_run(Copier(Path(folder), rng)))
        with on_postgresql(chosen) as server:
            return asyncio.run(_run(Copier(Path(folder), rng, server)))


async def _run(copier: "Copier") -> Figures:
    await copier.copy(COPIES)
    return await copier.copy_at_rest()


def claims(found: Mapping[str, Figures]) -> Sequence[Claim]:
    """Add the seeds up."""
    sums = total(found, _NOTHING)
    there = sum(figures["copies"] for piece, figures in found.items() if piece.startswith("postgresql"))
    test = "tests/test_proof_backup.py"
    return [
        Claim(
            says=f"What is backed up while {WRITERS} processes write, and restored as docs/operating.md tells, is in every row of"
            " every table the store as it was between two changes",
            figure=f"{sums['copies']} copies (the last of each piece at rest), {there} of them of a PostgreSQL, during {sums['moments']} changes;"
            f" {sums['unequal']} unequal",
            kept=sums["unequal"] == 0,
            test=test,
        ),
        Claim(
            says="`newsdesk db check` finds nothing in it, it answers as the store did, and gives no number twice",
            figure=f"{sums['differences']} differences, {sums['otherwise']} answered or counted otherwise",
            kept=sums["differences"] == sums["otherwise"] == 0,
            test=test,
        ),
    ]


class Handbook:
    """The commands that docs/operating.md tells, made to fit a store that is not where it says."""

    def __init__(self, folder: Path, server: Server | None) -> None:
        text = _HANDBOOK.read_text(encoding="utf-8").partition("## Back up and restore\n")[2]
        blocks = re.findall(r"(?:^    .+\n)+", text.partition("\n## ")[0], re.MULTILINE)
        # Between them, and after, stands the same for containers.
        sqlite, postgresql = blocks[:2], blocks[4:6]
        self._back_up, self._restore = postgresql if server else sqlite
        self._folder = folder
        self._server = server
        (folder / "data").mkdir()

    def back_up(self, number: int) -> None:
        """Do what it tells to make a backup."""
        self._do(self._back_up, number, self._folder / "data", "newsdesk")

    def restore(self, number: int) -> Settings:
        """Do what it tells to restore one, but beside the store; return where that is."""
        data = self._folder / "restored"
        data.mkdir(exist_ok=True)
        for backup in (self._folder / "data").glob("backup-*"):
            backup.replace(data / backup.name)
        self._do(self._restore, number, data, "restored")
        url = self._server.url("restored") if self._server else None
        return Settings(data_dir=data, seeds_dir=None, database_url=url)

    def _do(self, block: str, number: int, data: Path, database: str) -> None:
        lines = [line.strip() for line in block.splitlines() if "systemctl" not in line]
        # There is no such user here.
        script = "\n".join(lines).replace(" -o newsdesk -g newsdesk", "")
        script = script.replace("/var/lib/newsdesk", str(data)).replace("2026-05-04", str(number))
        path = [str(Path(sys.executable).parent), os.environ["PATH"]]
        chosen = {"NEWSDESK_DATA_DIR": str(data), "NEWSDESK_SEEDS_DIR": ""}
        if self._server:
            script = re.sub(r"/postgres newsdesk$", f"/postgres {database}", script, flags=re.MULTILINE)
            for name, there in (("newsdesk", database), ("postgres", "postgres")):
                address = shlex.quote(self._server.address(there))
                script = script.replace(f"postgresql://newsdesk@db.example/{name}", address)
            chosen["NEWSDESK_DATABASE_URL"] = self._server.url(database)
            path.insert(0, str(self._server.handle.bin_path))
        chosen["PATH"] = ":".join(path)
        done = subprocess.run(
            ["/bin/sh", "-ec", script],
            cwd=data,
            env=os.environ | chosen,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"


class Copier:
    """Copies a store while others write, and compares."""

    def __init__(self, folder: Path, rng: random.Random, server: Server | None = None) -> None:
        """Take an empty folder, or one beside the database `newsdesk` of a server."""
        self._rng = rng
        self._folder = folder
        self._handbook = Handbook(folder, server)
        url = server.url("newsdesk") if server else None
        self._settings = Settings(data_dir=folder / "data", seeds_dir=None, database_url=url)
        self._moments: set[str] = set()
        self.figures: Figures = dict(_NOTHING)

    async def copy(self, times: int) -> Figures:
        """Copy as often while others write, then restore each copy: who writes would only be in the way of that."""
        async with contextlib.AsyncExitStack() as writing:
            for seed in self._rng.sample(range(1, 1000), WRITERS):
                await writing.enter_async_context(self._writer(seed))
            before = len(self._moments)
            for number in range(times):
                await asyncio.sleep(self._rng.uniform(0, _BETWEEN))
                await asyncio.to_thread(self._handbook.back_up, number)
            # Those who write are in the middle of something, but on a slow machine it may be the first.
            async with asyncio.timeout(_PATIENCE):
                while len(self._moments) == before:
                    await asyncio.sleep(0.01)
            self.figures["moments"] = len(self._moments) - before
        for number in range(times):
            async with Desk.open(await self._restored(number)) as desk:
                await self._look_at(desk)
        return self.figures

    async def copy_at_rest(self) -> Figures:
        """Copy and restore when nobody writes any more, and compare what both answer."""
        await asyncio.to_thread(self._handbook.back_up, COPIES)
        restored = await self._restored(COPIES)
        async with Desk.open(restored) as copy, Desk.open(self._settings) as desk:
            self.figures["otherwise"] += await answers(copy) != await answers(desk)
        return self.figures

    @contextlib.asynccontextmanager
    async def _writer(self, seed: int) -> AsyncIterator[None]:
        command = [sys.executable, "-m", "tests.proof.writer", str(self._folder), str(seed)]
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        assert process.stdout is not None
        opened = asyncio.Event()
        listening = asyncio.create_task(self._listen(process.stdout, opened))
        try:
            async with asyncio.timeout(_PATIENCE):
                await opened.wait()
            yield
            assert process.returncode is None, "a writer ended by itself"
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await listening
            await process.wait()

    async def _listen(self, stdout: asyncio.StreamReader, opened: asyncio.Event) -> None:
        async for line in stdout:
            match json.loads(line):
                case {"state": moment}:
                    self._moments.add(moment)
                case {"did": "open"}:
                    opened.set()

    async def _restored(self, number: int) -> Settings:
        restored = await asyncio.to_thread(self._handbook.restore, number)
        self.figures["copies"] += 1
        await self._compare(restored)
        return restored

    async def _compare(self, restored: Settings) -> None:
        async with Store.open(restored.url) as store:
            # It was told of before it was committed, and whoever told has ended.
            self.figures["unequal"] += await store._database.read(state) not in self._moments

    async def _look_at(self, desk: Desk) -> None:
        self.figures["differences"] += len(await desk.check())
        given = [row[0] async for batch in desk.store.headlines() for row in batch]
        for id_ in self._rng.sample(given, min(len(given), _ASKED)):
            article = await desk.article(id_)
            found = await desk.search(parse_query(f'"{article.page.headline}"'))
            self.figures["otherwise"] += id_ not in {hit.listing.id for hit in found.hits}
        added = await take_in(desk.store, page(_NEW, 1))
        self.figures["otherwise"] += not all(one.id and one.id > max(given, default=0) for one in added)


async def answers(desk: Desk) -> Any:
    """Ask a desk for some of its stories, and for all else that can be asked of it."""
    ids = [row[0] async for batch in desk.store.headlines() for row in batch]
    asked = ids[:: max(1, len(ids) // _ASKED)]
    return [
        ids,
        [(await desk.story(id_), await desk.related(id_, min_score=0)) for id_ in asked],
        [
            await desk.search(parse_query(words))
            for words in ("ferry", "orchrad blooms", "captain tide -press")
        ],
        [(await desk.guilds.of(guild), await desk.guilds.changed_by(guild)) for guild in GUILDS],
        await desk.store.guilds(),
        await desk.feeds.list(),
        [await desk.store.tombstone(id_) for id_ in range(max(ids, default=0))],
    ]
