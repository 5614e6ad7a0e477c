"""Two processes serve a shard each, over one PostgreSQL, and are killed in turn while a third one takes stories in."""

import asyncio
import json
import os
import random
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from bot.desk import Desk
from bot.settings import Settings
from tests.canaries import TOKEN
from tests.databases import serving_postgres
from tests.loopback import Loopback
from tests.loopback import world as here
from tests.proof.proving import Claim, Figures, total
from tests.proof.victim import record
from tests.test_monitoring import free_port

TITLE = "More than one process"
KILLS = 10
"""In each piece."""
PIECES = 3
GUILDS = (here.GUILD, here.OTHER_GUILD)
"""One of each shard."""
FIND_WITHIN = 1.0
"""Seconds from when a story is taken in until every process finds it."""
PATIENCE = 30.0
"""Seconds after which nothing is waited for any more."""
_NOTHING = dict.fromkeys(
    ("kills", "stories", "asked", "lost", "late", "unequal", "differences", "violations"), 0
)


def pieces() -> Sequence[str]:
    """Name the seeds."""
    return [f"seed-{seed}" for seed in range(1, PIECES + 1)]


def run(piece: str) -> Figures:
    """Kill one process or the other KILLS times."""
    return asyncio.run(_run(random.Random(piece), KILLS))


def claims(found: Mapping[str, Figures]) -> Sequence[Claim]:
    """Add the seeds up."""
    sums = total(found, _NOTHING)
    slowest = max((figures["slowest"] for figures in found.values()), default=0.0)
    test = "tests/test_shards.py"
    return [
        Claim(
            says="Where one of two processes on one PostgreSQL is killed, the other one answers as before, and the one that is"
            " started anew finds all that was acknowledged meanwhile",
            figure=f"{sums['kills']} kills, {sums['stories']} stories, {sums['asked']} questions, {sums['lost']} not answered",
            kept=sums["lost"] == 0,
            test=test,
        ),
        Claim(
            says=f"What any process takes in is found by every other one within {FIND_WITHIN:.0f} s",
            figure=f"{sums['late']} later, slowest {slowest:.2f} s from taking it in to its answer on Discord",
            kept=sums["late"] == 0,
            test=test,
        ),
        Claim(
            says="After that all have the same headlines, the store is whole, and sessions were begun as far apart as Discord asks",
            figure=f"{sums['unequal']} unequal, {sums['differences']} differences, {sums['violations']} violations",
            kept=sums["unequal"] == sums["differences"] == sums["violations"] == 0,
            test=test,
        ),
    ]


class Fleet:
    """Two processes, and who asks them."""

    def __init__(self, loopback: Loopback, folder: Path, url: str) -> None:
        self._loopback = loopback
        self._folder = folder
        self._url = url
        self._asked = 0
        self._ports = [free_port(), free_port()]
        self.processes: dict[int, asyncio.subprocess.Process] = {}

    async def start(self, shard: int) -> None:
        """Start the process of a shard, and wait until it listens."""
        chosen = {"DISCORD_TOKEN": TOKEN, "NEWSDESK_DATABASE_URL": self._url, "NEWSDESK_SEEDS_DIR": ""}
        chosen |= {"NEWSDESK_DATA_DIR": str(self._folder / str(shard)), "NEWSDESK_LOG_LEVEL": "WARNING"}
        chosen |= {"NEWSDESK_HEALTH_PORT": str(self._ports[shard])}
        command = [sys.executable, "-m", "tests.proof.bot", str(self._loopback.port), str(shard), "2"]
        listening = self._listening()
        self.processes[shard] = await asyncio.create_subprocess_exec(*command, env=os.environ | chosen)
        await self._loopback.until(lambda: self._listening() > listening, PATIENCE)

    def _listening(self) -> int:
        return sum(one.session is not None for one in self._loopback.gateway.connections)

    async def kill(self, shard: int) -> None:
        """Kill it, and wait until Discord sees it gone."""
        listening = self._listening()
        self.processes[shard].kill()
        await self.processes[shard].wait()
        await self._loopback.until(lambda: self._listening() < listening, PATIENCE)

    async def finds(self, number: int, shard: int) -> bool:
        """Ask in the guild of a shard for a story until it is found."""
        loop = asyncio.get_running_loop()
        channel = str(GUILDS[shard] + 1)
        end = loop.time() + PATIENCE
        while loop.time() < end:
            self._asked += 1
            message = await self._loopback.says(
                f"!news ferry {number * 7}", GUILDS[shard], 10_000 + self._asked
            )
            while message not in self._loopback.world.answered_at and loop.time() < end:
                await asyncio.sleep(0.005)
            said = [
                here.words(shown) for shown in self._loopback.world.posted if shown["channel_id"] == channel
            ]
            if said and f"Ward {number} gets" in said[-1]:
                return True
            await asyncio.sleep(0.1)
        return False

    async def headlines(self, shard: int) -> int:
        """Return how many headlines a process has in memory."""
        address = f"http://127.0.0.1:{self._ports[shard]}/metrics"
        async with aiohttp.ClientSession() as client, client.get(address) as page:
            families = text_string_to_metric_families(await page.text())
            return int(next(one for one in families if one.name == "newsdesk_headlines").samples[0].value)


@asynccontextmanager
async def fleet(folder: Path, url: str) -> AsyncIterator[tuple[Fleet, Loopback]]:
    """Start both, and end them."""
    async with Loopback.serving() as loopback:
        loopback.world.identify_spacing = 4.9
        ships = Fleet(loopback, folder, url)
        try:
            for shard in range(2):
                await ships.start(shard)
            yield ships, loopback
        finally:
            for process in ships.processes.values():
                if process.returncode is None:
                    process.kill()
                    await process.wait()


async def _run(rng: random.Random, kills: int) -> Figures:
    figures: Figures = dict(_NOTHING) | {"slowest": 0.0}
    folder = Path(tempfile.mkdtemp(prefix="newsdesk-processes-"))
    try:
        with serving_postgres(folder / "server") as server:
            server.run("CREATE DATABASE newsdesk")
            url = server.url("newsdesk")
            settings = Settings(data_dir=folder / "own", seeds_dir=None, database_url=url)
            async with Desk.open(settings) as desk, fleet(folder, url) as (ships, loopback):
                for number in range(1000, 1000 + kills):
                    await _round(desk, ships, number, rng.randrange(2), folder, figures)
                figures["asked"] = ships._asked
                figures["violations"] = len(loopback.world.violations)
                await desk.headlines.catch_up()
                stored = len(desk.headlines)
                for shard in range(2):
                    figures["unequal"] += await ships.headlines(shard) != stored
                figures["differences"] = len(await desk.check())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return figures


async def _round(desk: Desk, ships: Fleet, number: int, victim: int, folder: Path, figures: Figures) -> None:
    """Take a story in while both live, and another one while one of them is dead."""
    loop = asyncio.get_running_loop()
    await _take_in(desk, number, folder, figures)
    start = loop.time()
    found = await asyncio.gather(*(ships.finds(number, shard) for shard in range(2)))
    passed = loop.time() - start
    figures["lost"] += found.count(False)
    figures["late"] += passed > FIND_WITHIN
    figures["slowest"] = max(figures["slowest"], round(passed, 2))
    await ships.kill(victim)
    figures["kills"] += 1
    await _take_in(desk, number + 100_000, folder, figures)
    figures["lost"] += not await ships.finds(number + 100_000, 1 - victim)
    await ships.start(victim)
    figures["lost"] += not await ships.finds(number + 100_000, victim)


async def _take_in(desk: Desk, number: int, folder: Path, figures: Figures) -> None:
    file = folder / "record.jsonl"
    file.write_text(f"{json.dumps(record(number, 1))}\n", encoding="utf-8")
    (report,) = [report async for report in desk.ingest([file])]
    assert report.outcome == "added", report
    figures["stories"] += 1
