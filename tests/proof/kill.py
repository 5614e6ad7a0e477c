"""kill -9 at random moments of work; then everything that was acknowledged is there, and the rest is whole or absent."""

import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.desk import Desk
from bot.settings import Settings
from bot.store.store import Store
from tests.databases import serving_postgres
from tests.proof.proving import Claim, Figures, total
from tests.proof.victim import URL

TITLE = "A process that is killed"
KILLS = 20
"""In each piece."""
PIECES, ON_POSTGRESQL = 10, 3
_LONGEST_LIFE = 1.2
"""Seconds after its store is open within which a process is killed."""


def pieces() -> Sequence[str]:
    """Name the seeds, those on a SQLite file first."""
    files = [str(seed) for seed in range(1, PIECES + 1)]
    return files + [f"postgresql-{seed}" for seed in range(PIECES + 1, PIECES + ON_POSTGRESQL + 1)]


def run(piece: str) -> Figures:
    """Kill a process KILLS times, all on one store."""
    database, _, seed = piece.rpartition("-")
    with (
        tempfile.TemporaryDirectory(prefix="newsdesk-kill-") as folder,
        pytest.MonkeyPatch.context() as chosen,
    ):
        killer = Killer(Path(folder), int(seed))
        if not database:
            return asyncio.run(killer.kill(KILLS))
        # Not below this folder: as root, the server runs as another user, who cannot enter that.
        own = Path(tempfile.mkdtemp(prefix="newsdesk-kill-pg-"))
        try:
            with serving_postgres(own / "data") as server:
                server.run("CREATE DATABASE newsdesk")
                chosen.setenv("NEWSDESK_DATABASE_URL", server.url("newsdesk"))
                return asyncio.run(killer.kill(KILLS))
        finally:
            shutil.rmtree(own, ignore_errors=True)


def claims(found: Mapping[str, Figures]) -> Sequence[Claim]:
    """Add the pieces up."""
    sums = total(found, _NOTHING)
    test = "tests/test_proof.py"
    there = sum(figures["kills"] for piece, figures in found.items() if piece.startswith("postgresql"))
    return [
        Claim(
            says="What was acknowledged is there after kill -9, and what was removed stays removed",
            figure=f"{sums['kills']} kills, {there} of them on PostgreSQL, {sums['acknowledged']} acknowledged changes, {sums['lost']} lost",
            kept=sums["lost"] == 0,
            test=test,
        ),
        Claim(
            says="The next start needs no hand, and `newsdesk db check` finds nothing",
            figure=f"{sums['kills']} starts, {sums['differences']} differences",
            kept=sums["differences"] == 0,
            test=test,
        ),
        Claim(
            says="A backup that was acknowledged opens and is whole, a killed one leaves no file of its name",
            figure=f"{sums['backups']} backups, {sums['bad_backups']} bad",
            kept=sums["bad_backups"] == 0,
            test=test,
        ),
    ]


_NOTHING = dict.fromkeys(("kills", "acknowledged", "lost", "differences", "backups", "bad_backups"), 0)


class Killer:
    """Starts processes on one store, kills them, and keeps the books."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._rng = random.Random(seed)
        self._seed = seed
        self._kept: dict[int, set[int | None]] = {}
        """By an article's number, the versions that it may have now; None: it may be absent."""
        self._backups: set[str] = set()
        self.figures: Figures = dict(_NOTHING)

    async def kill(self, times: int) -> Figures:
        """Kill as often, look after each time, and return what was found."""
        for turn in range(times):
            lines = await asyncio.to_thread(self._one_life, turn)
            self._keep_books(lines)
            self.figures["kills"] += 1
            await self._look()
        return self.figures

    def _one_life(self, turn: int) -> list[dict[str, Any]]:
        command = [sys.executable, "-m", "tests.proof.victim", str(self._folder)]
        command += [str(self._seed * 100 + turn), str((self._seed * 100 + turn) * 10_000)]
        life = self._rng.uniform(0, _LONGEST_LIFE)
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            first = process.stdout.readline()
            assert first, "the process did not start"
            try:
                process.wait(life)
            except subprocess.TimeoutExpired:
                os.kill(process.pid, signal.SIGKILL)
            told = first + process.stdout.read()
            assert process.wait() == -signal.SIGKILL, "the process ended by itself"
        # The last line may be cut.
        return [json.loads(line) for line in told.split(b"\n")[:-1]]

    def _keep_books(self, lines: Sequence[Mapping[str, Any]]) -> None:
        for line in lines:
            match line:
                case {"does": "write", "numbers": numbers, "version": version}:
                    for number in numbers:
                        self._kept.setdefault(number, {None}).add(version)
                case {"did": "write", "number": number, "version": version, "outcome": outcome}:
                    assert outcome in {"added", "updated"}, line
                    self._kept[number] = {version}
                    self.figures["acknowledged"] += 1
                case {"does": "remove", "number": number}:
                    self._kept[number].add(None)
                case {"did": "remove", "number": number}:
                    self._kept[number] = {None}
                    self.figures["acknowledged"] += 1
                case {"did": "backup", "path": path}:
                    self._backups.add(path)
                    self.figures["backups"] += 1

    async def _look(self) -> None:
        settings = Settings(data_dir=self._folder / "data", seeds_dir=None)
        async with Desk.open(settings) as desk:
            self.figures["differences"] += len(await desk.check())
            found = await _versions(desk.store)
        for number, may_be in self._kept.items():
            is_now = found.pop(URL.format(number), None)
            self.figures["lost"] += is_now not in may_be
            # What was not acknowledged is settled now.
            self._kept[number] = {is_now}
        self.figures["lost"] += len(found)
        there = {str(path) for path in self._folder.glob("backup-*.db")}
        for path in there - self._backups:
            # It was published, and its word was not heard.
            self._backups.add(path)
        self.figures["bad_backups"] += len(self._backups - there)
        for path in sorted(there):
            async with Store.open(f"sqlite:///{path}") as store:
                self.figures["bad_backups"] += bool(await store.check())
            Path(path).unlink()
        self._backups.clear()


async def _versions(store: Store) -> dict[str, int]:
    """Return the version of every article, by its address."""
    found = {}
    async for batch in store.headlines():
        for row in batch:
            article = await store.article(row[0])
            assert article is not None
            said = article.page.paragraphs[-1]
            found[str(article.page.url)] = int(said.removeprefix("This is version ").rstrip("."))
    return found
