"""Those who ask: Discord and all its readers in this process, and the bot in one of its own."""

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from tests.canaries import TOKEN
from tests.loopback import Loopback
from tests.ports import free_port

REFUSAL = "More is asked of me"
"""Of the sentence for what cannot be answered in good time."""
PATIENCE = 10.0
"""Seconds after which no answer comes any more."""
_TICKS = os.sysconf("SC_CLK_TCK")
"""Of a second of processor time, in /proc."""


class Readers:
    """All who ask, on a Discord of their own."""

    def __init__(
        self,
        loopback: Loopback,
        process: asyncio.subprocess.Process,
        port: int,
        headlines: Sequence[str],
        articles: int,
        start: float,
    ) -> None:
        """Ask for the first words of some headlines, and for the numbers of so many articles."""
        self._loopback = loopback
        self._process = process
        self._port = port
        self._headlines = headlines
        self._articles = articles
        self._rng = random.Random(1)
        self._refused = 0
        self.start = start
        """Seconds from when the bot's process was begun until it listened."""
        self.asked: dict[str, float] = {}
        """When each message was sent, by its id."""

    async def ask(self) -> str:
        """Let somebody ask something; return the message's id."""
        id_ = self._rng.randint(1, self._articles)
        words = " ".join(self._rng.choice(self._headlines).split()[:2])
        said = self._rng.choice([f"!news {words}", f"!news {words}", f"!headline {id_}", f"!related {id_}"])
        now = asyncio.get_running_loop().time()
        # Each by another user, in guilds in turn: nobody meets a cooldown.
        guilds = self._loopback.world.guilds
        message = await self._loopback.says(
            said, guilds[len(self.asked) % len(guilds)], 10_000 + len(self.asked)
        )
        self.asked[message] = now
        return message

    def answered(self, message: str) -> bool:
        """Tell whether there is an answer."""
        return message in self._loopback.world.answered_at

    def waits(self, of_the_last: int | None = None) -> list[float]:
        """How long each answer took, or each to the last questions, shortest first: seconds."""
        at = self._loopback.world.answered_at
        asked = list(self.asked.items())[-of_the_last if of_the_last else 0 :]
        return sorted(at[message] - sent for message, sent in asked if message in at)

    @property
    def refused(self) -> int:
        """How many were told to try again."""
        return self._refused + sum(REFUSAL in said for said in self._loopback.world.said)

    def forget(self) -> None:
        """Let go of what was said, of which there may be gigabytes."""
        self._refused = self.refused
        self._loopback.world.posted.clear()

    async def patience(self) -> None:
        """Wait until all are answered, or no answer comes any more."""
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE
        while not all(map(self.answered, self.asked)) and loop.time() < end:
            await asyncio.sleep(0.05)

    def megabytes(self) -> float:
        """Return how much memory the bot has."""
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
        return int(kilobytes) / 1024

    def processor(self) -> float:
        """Return how much processor time the bot has had: seconds."""
        stat = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf-8")
        # proc(5): utime and stime are fields 14 and 15; the name before them may have blanks.
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / _TICKS

    async def late(self, seconds: float) -> float:
        """Return how often the bot's event loop was late by more than so many seconds, as a share."""
        async with (
            aiohttp.ClientSession() as client,
            client.get(f"http://127.0.0.1:{self._port}/metrics") as page,
        ):
            families = text_string_to_metric_families(await page.text())
            family = next(one for one in families if one.name == "newsdesk_loop_lag_seconds")
        buckets = {one.labels.get("le"): one.value for one in family.samples if one.name.endswith("_bucket")}
        return 1 - buckets[str(seconds)] / buckets["+Inf"]


@asynccontextmanager
async def readers(
    folder: Path, *, articles: int, headlines: Sequence[str], guilds: Sequence[int]
) -> AsyncIterator[Readers]:
    """Start the bot over a store with some articles, and yield those who ask it in some guilds."""
    async with Loopback.serving() as loopback:
        loopback.world.guilds = list(guilds)
        # More is asked of it here than Discord takes of a bot in a second.
        loopback.world.per_second = None
        port = free_port()
        chosen = {"DISCORD_TOKEN": TOKEN, "NEWSDESK_DATA_DIR": str(folder), "NEWSDESK_SEEDS_DIR": ""}
        chosen |= {"NEWSDESK_HEALTH_PORT": str(port), "NEWSDESK_LOG_LEVEL": "WARNING"}
        command = [sys.executable, "-m", "tests.proof.bot", str(loopback.port)]
        begun = time.monotonic()
        process = await asyncio.create_subprocess_exec(*command, env=os.environ | chosen)
        try:
            await loopback.until(lambda: any(one.session for one in loopback.gateway.connections), 120)
            yield Readers(loopback, process, port, headlines, articles, time.monotonic() - begun)
            assert not loopback.world.violations, loopback.world.violations[:5]
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 15) == 0
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
