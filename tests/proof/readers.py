"""Those who ask: Discord and all its readers in this process, and the bot in one or several of its own."""

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from bot.settings import Settings
from tests.canaries import TOKEN
from tests.loopback import Loopback
from tests.ports import free_port

REFUSAL = "More is asked of me"
"""Of the sentence for what cannot be answered in good time."""
PATIENCE = 10.0
"""Seconds after which no answer comes any more."""
_TICKS = os.sysconf("SC_CLK_TCK")
"""Of a second of processor time, in /proc."""


@dataclass(frozen=True, slots=True)
class Bot:
    """A process that is asked."""

    process: asyncio.subprocess.Process
    port: int
    """Where it tells how it is."""

    def megabytes(self) -> float:
        """Return how much memory it has."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
        return int(kilobytes) / 1024

    def processor(self) -> float:
        """Return how much processor time it has had: seconds."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8")
        # proc(5): utime and stime are fields 14 and 15; the name before them may have blanks.
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / _TICKS

    async def late(self, seconds: float) -> float:
        """Return how often its event loop was late by more than so many seconds, as a share."""
        async with (
            aiohttp.ClientSession() as client,
            client.get(f"http://127.0.0.1:{self.port}/metrics") as page,
        ):
            families = text_string_to_metric_families(await page.text())
            family = next(one for one in families if one.name == "newsdesk_loop_lag_seconds")
        buckets = {one.labels.get("le"): one.value for one in family.samples if one.name.endswith("_bucket")}
        return 1 - buckets[str(seconds)] / buckets["+Inf"]


class Readers:
    """All who ask, on a Discord of their own."""

    def __init__(
        self,
        loopback: Loopback,
        bots: Sequence[Bot],
        headlines: Sequence[str],
        articles: int,
        start: float,
    ) -> None:
        """Ask for the first words of some headlines, and for the numbers of so many articles."""
        self._loopback = loopback
        self._bots = bots
        self._headlines = headlines
        self._articles = articles
        self._rng = random.Random(1)
        self._refused = 0
        self.start = start
        """Seconds from when the first process of the bot was begun until all listened."""
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
        return sum(bot.megabytes() for bot in self._bots)

    def processor(self) -> float:
        """Return how much processor time the bot has had: seconds."""
        return sum(bot.processor() for bot in self._bots)

    async def late(self, seconds: float) -> float:
        """Return how often an event loop was late by more than so many seconds, as a share: that of the worst process."""
        return max([await bot.late(seconds) for bot in self._bots])


def guild_ids(count: int) -> Sequence[int]:
    """Return the ids of so many guilds, which any number of shards would share evenly."""
    # gateway.mdx, Sharding: a guild's shard is told by the bits of its id that are left of 22.
    return [number << 22 for number in range(1, count + 1)]


@asynccontextmanager
async def readers(
    folder: Path, *, articles: int, headlines: Sequence[str], guilds: Sequence[int], processes: int = 1
) -> AsyncIterator[Readers]:
    """Start the bot over a store with some articles, and yield those who ask it in some guilds.

    Of several processes each has a shard, and a folder of its own for its headlines.
    """
    async with Loopback.serving() as loopback, AsyncExitStack() as running:
        loopback.world.guilds = list(guilds)
        # More is asked of it here than Discord takes of a bot in a second.
        loopback.world.per_second = None
        begun = time.monotonic()
        bots = [
            await running.enter_async_context(_bot(loopback, folder, shard, processes))
            for shard in range(processes)
        ]
        yield Readers(loopback, bots, headlines, articles, time.monotonic() - begun)
        assert not loopback.world.violations, loopback.world.violations[:5]
        for bot in bots:
            bot.process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(bot.process.wait(), 15) == 0


@asynccontextmanager
async def _bot(loopback: Loopback, folder: Path, shard: int, shards: int) -> AsyncIterator[Bot]:
    """Start one process, and yield it once it listens."""
    port = free_port()
    own = folder if shards == 1 else folder / f"shard-{shard}-of-{shards}"
    chosen = {"DISCORD_TOKEN": TOKEN, "NEWSDESK_DATA_DIR": str(own), "NEWSDESK_SEEDS_DIR": ""}
    chosen |= {"NEWSDESK_HEALTH_PORT": str(port), "NEWSDESK_LOG_LEVEL": "WARNING"}
    chosen |= {"NEWSDESK_DATABASE_URL": Settings(data_dir=folder).url}
    command = [sys.executable, "-m", "tests.proof.bot", str(loopback.port)]
    command += ["--shards", str(shard), "--of", str(shards)] if shards > 1 else []
    process = await asyncio.create_subprocess_exec(*command, env=os.environ | chosen)
    try:
        await loopback.until(
            lambda: sum(one.session is not None for one in loopback.gateway.connections) > shard, 120
        )
        yield Bot(process, port)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
