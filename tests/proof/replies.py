"""Every fault that Discord and the network can show, while readers ask: each question is answered once."""

import asyncio
import random
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from bot.desk import Desk
from bot.running import Session
from bot.settings import Settings
from tests.canaries import TOKEN
from tests.loopback import Loopback
from tests.loopback.faults import FAULTS
from tests.loopback.running import hasty, on_discord
from tests.newsroom import PAGES
from tests.proof.proving import Claim, Figures, total

TITLE = "Replies that arrive"
SEEDS = 5
ENDS = (
    "abort",
    "reconnect",
    "invalid",
    "malformed",
    "1000",
    "4000",
    "4001",
    "4002",
    "4005",
    "4007",
    "4008",
    "4009",
)
"""How a connection to the gateway ends."""
WAYS = ("message", "first answer", "announcement", "announced answer")
"""What a fault of the REST API hits."""
ANSWER, HELP = "Two whales seen", "Newsdesk"
"""Words of the right answers."""
BACK_WITHIN = 10.0
"""Seconds."""


def pieces() -> Sequence[str]:
    """Name the seeds."""
    return [f"seed-{seed}" for seed in range(1, SEEDS + 1)]


def run(piece: str) -> Figures:
    """Let every kind of fault happen once, followed by further ones at random."""
    return asyncio.run(_run(random.Random(piece)))


def claims(found: Mapping[str, Figures]) -> Sequence[Claim]:
    """Add the seeds up."""
    sums = total(found, _NOTHING)
    slowest = max((figures["slowest"] for figures in found.values()), default=0.0)
    kinds = len(FAULTS) * len(WAYS) + len(ENDS)
    return [
        Claim(
            says=f"Every command is answered exactly once, under {kinds} kinds of fault",
            figure=f"{sums['asked']} asked, {sums['lost']} not answered, {sums['doubled']} answered twice",
            kept=sums["lost"] == sums["doubled"] == 0,
            test="tests/test_loopback.py",
        ),
        Claim(
            says=f"However its connection ends, the bot answers again within {BACK_WITHIN:.0f} s"
            " (the pauses of discord.py and ours shortened)",
            figure=f"{sums['ends']} ends, {sums['gone']} times it did not; slowest {slowest:.2f} s",
            kept=sums["gone"] == 0,
            test="tests/test_loopback.py",
        ),
        Claim(
            says="It breaks none of the rules that the Discord on loopback keeps",
            figure=f"{sums['violations']} violations",
            kept=sums["violations"] == 0,
            test="tests/test_loopback.py",
        ),
    ]


_NOTHING = dict.fromkeys(("asked", "lost", "doubled", "ends", "gone", "violations"), 0)


@asynccontextmanager
async def _newsroom() -> AsyncIterator[Desk]:
    with tempfile.TemporaryDirectory(prefix="newsdesk-replies-") as folder:
        pages = Path(folder) / "pages"
        pages.mkdir()
        for name, text in PAGES.items():
            (pages / name).write_text(text, encoding="utf-8")
        async with (
            Desk.open(Settings(data_dir=Path(folder) / "data", seeds_dir=pages)) as desk,
            desk.following(),
        ):
            yield desk


async def _run(rng: random.Random) -> Figures:
    figures: Figures = dict(_NOTHING)
    figures["slowest"] = 0.0
    with pytest.MonkeyPatch.context() as monkeypatch:
        async with _newsroom() as desk, hasty(monkeypatch) as loopback:
            # Another user in another guild each time: nobody is told to wait.
            loopback.world.guilds = [1000 + number for number in range(len(WAYS) * len(FAULTS))]
            async with on_discord(loopback, Session(desk, desk.settings, TOKEN)):
                for way in rng.sample(WAYS, len(WAYS)):
                    for fault in rng.sample(FAULTS, len(FAULTS)):
                        await _hit(loopback, way, fault, rng, figures)
            figures["violations"] += len(loopback.world.violations)
        for end in rng.sample(ENDS, len(ENDS)):
            async with _newsroom() as desk, hasty(monkeypatch) as loopback:
                async with on_discord(loopback, Session(desk, desk.settings, TOKEN)):
                    await _end(loopback, end, figures)
                figures["violations"] += len(loopback.world.violations)
    return figures


async def _hit(loopback: Loopback, way: str, fault: str, rng: random.Random, figures: Figures) -> None:
    """Let a fault hit one answer, and up to two more its next attempts."""
    world = loopback.world
    before = world.said
    more = rng.choices(["503", "reset", "429"], k=rng.randint(0, 2))
    world.faults.extend([fault, *more] if way != "announced answer" else ["", fault, *more])
    guild = world.guilds[figures["asked"]]
    figures["asked"] += 1
    words = ANSWER
    match way:
        case "message":
            await loopback.says("!news whales", guild, guild)
        case "first answer":
            words = HELP
            await loopback.invokes("help", guild, guild)
        case _:
            await loopback.invokes("news", guild, guild, query="whales")
    try:
        await loopback.until(lambda: _count(world.said, words) > _count(before, words))
        # What an earlier attempt did is known only when the last one is made.
        with suppress(TimeoutError):
            await loopback.until(lambda: not world.faults, 1)
    except TimeoutError:
        figures["lost"] += 1
    world.faults.clear()
    # A second answer would come with the attempt that hangs no longer.
    await asyncio.sleep(0.4 if "hang" in fault else 0.05)
    figures["doubled"] += max(0, len(world.said) - len(before) - 1)


def _count(said: Sequence[str], words: str) -> int:
    return sum(words in one for one in said)


async def _end(loopback: Loopback, end: str, figures: Figures) -> None:
    """End the connection, ask at once, and see how long the answer takes."""
    world = loopback.world
    sessions = world.identified
    loop = asyncio.get_running_loop()
    await loopback.break_off(end)
    figures["ends"] += 1
    start = loop.time()
    if end in {"invalid", "malformed"}:
        # What is said between two sessions never reaches the bot: that is Discord's to lose.
        await loopback.until(lambda: world.identified > sessions, BACK_WITHIN)
        await loopback.connected()
    figures["asked"] += 1
    await loopback.says("!news whales")
    try:
        await loopback.until(lambda: any(ANSWER in said for said in world.said), BACK_WITHIN)
    except TimeoutError:
        figures["gone"] += 1
        return
    figures["slowest"] = max(figures["slowest"], round(loop.time() - start, 2))
    await asyncio.sleep(0.05)
    figures["doubled"] += len(world.said) - 1
