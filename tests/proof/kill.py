"""kill -9 in the middle of work; then everything that was acknowledged is there, and the rest is whole or absent."""

import asyncio
import contextlib
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import pytest

from tests.databases import Server, on_postgresql
from tests.proof.books import Books, read
from tests.proof.proving import Claim, Figures, total
from tests.proof.victim import BACKUP, INGEST, REMOVAL, SNAPSHOT, UPDATE

TITLE = "A process that is killed"
KILLS = 20
"""In each piece; 200 in all."""
SEEDS = {"": range(1, 9), "postgresql-": range(11, 13), "server-": range(13, 15)}
"""Of pieces with processes on a SQLite file, with processes on PostgreSQL, and with ends of PostgreSQL itself."""
WORKS = (INGEST, UPDATE, REMOVAL, SNAPSHOT, BACKUP)
"""In the middle of which a process is killed, in turn; on PostgreSQL all but the last, which is not ours there."""
_FIRST_GUESS = 0.005
"""Seconds that a piece of work takes, as long as nothing is known of it."""
_LONGEST_WORK = 0.6
"""Seconds for which a process works until its database is ended."""
_PATIENCE = 30.0
"""Seconds within which it has to go on after that."""
_OVERSHOOT = 0.3
"""The part at the end of a piece of work for which no kill is meant: it takes a moment to hear of the beginning."""
_COUNTED = (
    "kills",
    "acknowledged",
    "lost",
    "differences",
    "backups",
    "bad_backups",
    "ends",
    "failed",
    "gone",
)
_NOTHING = dict.fromkeys((*_COUNTED, *WORKS, "between"), 0)


def pieces() -> Sequence[str]:
    """Name the seeds."""
    return [f"{name}{seed}" for name, seeds in SEEDS.items() for seed in seeds]


def run(piece: str) -> Figures:
    """Kill KILLS times, all on one store."""
    what, _, seed = piece.rpartition("-")
    with (
        tempfile.TemporaryDirectory(prefix="newsdesk-kill-") as folder,
        pytest.MonkeyPatch.context() as chosen,
    ):
        if not what:
            return asyncio.run(Killer(Path(folder), int(seed)).kill(KILLS))
        with on_postgresql(chosen) as server:
            if what == "server":
                return asyncio.run(Killer(Path(folder), int(seed)).end(server, KILLS))
            return asyncio.run(Killer(Path(folder), int(seed), WORKS[:-1]).kill(KILLS))


def claims(found: Mapping[str, Figures]) -> Sequence[Claim]:
    """Add the pieces up."""
    sums = total(found, _NOTHING)
    test = "tests/test_proof.py"
    there = sum(figures["kills"] for piece, figures in found.items() if piece.startswith("postgresql"))
    slowest = max((figures.get("slowest", 0.0) for figures in found.values()), default=0.0)
    hit = ", ".join(f"{sums[work]} in {work}" for work in WORKS)
    return [
        Claim(
            says="What was acknowledged is there after kill -9, and what was removed stays removed",
            figure=f"{sums['kills']} kills, {there} of them on PostgreSQL ({hit}, {sums['between']} in between),"
            f" {sums['acknowledged']} acknowledged changes, {sums['lost']} lost",
            kept=sums["lost"] == 0 and all(sums[work] for work in WORKS if found),
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
        Claim(
            says="Where PostgreSQL itself is ended (all of it killed, one of its processes killed, an immediate stop) and comes back,"
            " a process that works on it fails with a declared error and goes on by itself; nothing acknowledged is lost",
            figure=f"{sums['ends']} ends, {sums['failed']} declared errors, {sums['gone']} times it did not go on;"
            f" slowest {slowest:.1f} s after PostgreSQL was back",
            kept=sums["gone"] == 0,
            test=test,
        ),
    ]


class Killer:
    """Starts processes on one store, kills them or the database below them, and looks what is left."""

    def __init__(self, folder: Path, seed: int, works: Sequence[str] = WORKS) -> None:
        """Take the victims' folder, and the works to kill them in."""
        self._folder = folder
        self._rng = random.Random(seed)
        self._seed = seed
        self._works = works
        self._takes: dict[str, float] = {}
        """Seconds that each piece of work took last."""
        self.figures: Figures = dict(_NOTHING)
        self.books = Books(folder, self.figures)

    async def kill(self, times: int) -> Figures:
        """Kill as often, look after each time, and return what was found."""
        for turn in range(times):
            work = self._works[turn % len(self._works)]
            lines = await asyncio.to_thread(self._one_life, turn, work)
            self.books.keep(lines)
            self.figures["kills"] += 1
            for hit in _under_way(lines) or ["between"]:
                self.figures[hit] += 1
            await self.books.look()
        return self.figures

    def _start(self, turn: int, *more: str) -> "subprocess.Popen[bytes]":
        number = self._seed * 100 + turn
        command = [sys.executable, "-m", "tests.proof.victim", str(self._folder)]
        command += [str(number), str(number * 10_000), *more]
        return subprocess.Popen(command, stdout=subprocess.PIPE)

    def _one_life(self, turn: int, work: str) -> Sequence[Mapping[str, Any]]:
        """Let a process live until it is somewhere in a piece of work."""
        times = self._rng.randint(1, 2)
        told = b""
        with self._start(turn) as process:
            assert process.stdout is not None
            for line in process.stdout:
                told += line
                match json.loads(line):
                    case {"ends": ended, "seconds": seconds}:
                        self._takes[ended] = seconds
                    case {"begins": begun} if begun == work:
                        times -= 1
                if not times:
                    takes = self._takes.get(work, _FIRST_GUESS)
                    # Somewhere within the work: there is nothing to wait for, the moment is what is drawn.
                    time.sleep(self._rng.uniform(0, takes * (1 - _OVERSHOOT)))
                    break
            process.kill()
            told += process.stdout.read()
            assert not times, "the process ended by itself"
        return list(read(told))

    async def end(self, server: Server, times: int) -> Figures:
        """End the database as often below a process that goes on, then kill that one too, and look."""
        server.run("ALTER SYSTEM SET fsync = on", "SELECT pg_reload_conf()")
        self.figures["slowest"] = 0.0
        ways = [server.kill_all, server.kill_one, server.stop_immediately]
        async with Enduring.started(self._start(0, "on")) as victim:
            assert await victim.goes_on(_PATIENCE) is not None, "the process did not start"
            for turn in range(times):
                await asyncio.sleep(self._rng.uniform(0, _LONGEST_WORK))
                await asyncio.to_thread(ways[turn % len(ways)])
                self.figures["ends"] += 1
                await asyncio.sleep(self._rng.uniform(0, _LONGEST_WORK))
                await asyncio.to_thread(server.start)
                waited = await victim.goes_on(_PATIENCE)
                self.figures["gone"] += waited is None
                self.figures["slowest"] = max(self.figures["slowest"], round(waited or 0.0, 1))
        lines = list(read(victim.told))
        self.figures["failed"] = sum("failed" in line for line in lines)
        self.books.keep(lines)
        await self.books.look()
        return self.figures


class Enduring:
    """A process that works on whatever happens, and what it told so far."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self._reading = asyncio.create_task(asyncio.to_thread(self._read))
        self.told = b""

    @classmethod
    @contextlib.asynccontextmanager
    async def started(cls, process: "subprocess.Popen[bytes]") -> AsyncIterator[Self]:
        """Listen to it meanwhile, and kill it at the end."""
        with process:
            enduring = cls(process)
            try:
                yield enduring
            finally:
                process.kill()
                await enduring._reading

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.told += line

    async def goes_on(self, patience: float) -> float | None:
        """Return after how many seconds it was acknowledged something new; None if it never was."""
        before = self.told.count(b'"did"')
        start = time.monotonic()
        while time.monotonic() - start < patience and not self._reading.done():
            if self.told.count(b'"did"') > before:
                return time.monotonic() - start
            await asyncio.sleep(0.01)
        return None


def _under_way(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what had begun and not ended when a process was killed."""
    begun = Counter(line["begins"] for line in lines if "begins" in line)
    ended = Counter(line["ends"] for line in lines if "ends" in line)
    return sorted(begun - ended)
