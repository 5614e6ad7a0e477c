"""Two processes of the bot, each with a shard of its own, over one PostgreSQL; the feeds that they poll, and who asks them."""

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.canaries import TOKEN
from tests.loopback import Loopback
from tests.loopback import world as here
from tests.proof.bot import DIFFERENCES
from tests.webserver import Site

GUILDS = (here.GUILD, here.OTHER_GUILD)
"""One of each shard."""
PATIENCE = 30.0
"""Seconds after which nothing is waited for any more."""
START_WITHIN = 90.0
"""Seconds for the start of a process, on a machine that others use."""
_SHARD = re.compile(r"shard-(\d)")


class Fleet:
    """Two processes, and who asks them."""

    def __init__(self, loopback: Loopback, site: Site, folder: Path, url: str) -> None:
        self._loopback = loopback
        self.site = site
        """Where their feeds are."""
        self._folder = folder
        self._url = url
        self.asked = 0
        self.processes: dict[int, asyncio.subprocess.Process] = {}

    async def start(self, shard: int) -> None:
        """Start the process of a shard, and wait until it listens."""
        chosen = {"DISCORD_TOKEN": TOKEN, "NEWSDESK_DATABASE_URL": self._url, "NEWSDESK_SEEDS_DIR": ""}
        chosen |= {"NEWSDESK_DATA_DIR": str(self._folder / str(shard)), "NEWSDESK_LOG_LEVEL": "WARNING"}
        chosen |= {
            "NEWSDESK_FETCH_ALLOW_HOSTS": self.site.pair,
            "NEWSDESK_CONTACT": f"shard-{shard}@proof.example",
        }
        command = [sys.executable, "-m", "tests.proof.bot", str(self._loopback.port)]
        command += ["--shards", str(shard), "--of", "2"]
        listening = self._listening()
        self.processes[shard] = await asyncio.create_subprocess_exec(*command, env=os.environ | chosen)
        await self._loopback.until(lambda: self._listening() > listening, START_WITHIN)

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
            self.asked += 1
            message = await self._loopback.says(
                f"!news ferry {number * 7}", GUILDS[shard], 10_000 + self.asked
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

    def pollers(self, path: str) -> list[int]:
        """Return the shards whose processes polled a feed, in their order."""
        found = [
            _SHARD.search(asked.headers["user-agent"]) for asked in self.site.asked if asked.path == path
        ]
        return [int(match[1]) for match in found if match]

    async def differences(self, shard: int) -> list[str]:
        """Let a process compare its headlines in memory with the store, and tell every difference in a sentence."""
        told = self._folder / str(shard) / DIFFERENCES
        self.processes[shard].send_signal(signal.SIGUSR1)

        async def is_told() -> bool:
            return told.exists()

        await until(is_told)
        found: list[str] = json.loads(told.read_text(encoding="utf-8"))
        told.unlink()
        return found


async def until(came: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something came; raise TimeoutError."""
    async with asyncio.timeout(PATIENCE):
        while not await came():
            await asyncio.sleep(0.02)


@asynccontextmanager
async def fleet(folder: Path, url: str) -> AsyncIterator[tuple[Fleet, Loopback]]:
    """Start both, and end them."""
    async with Loopback.serving() as loopback, Site.open() as site:
        loopback.world.identify_spacing = 4.9
        ships = Fleet(loopback, site, folder, url)
        try:
            for shard in range(2):
                await ships.start(shard)
            yield ships, loopback
        finally:
            for process in ships.processes.values():
                if process.returncode is None:
                    process.kill()
                    await process.wait()
